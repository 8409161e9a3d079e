import type { JSX } from "preact";
import { formatCount } from "../../index.ts";
import type { Page } from "../page.ts";
import { WitnessLine } from "../witness.tsx";
import type { MutationRun } from "./run.ts";

interface Props {
  readonly page: Page;
  readonly result: MutationRun | { readonly failure: string };
  readonly isOld: boolean;
}

/** Typical mistakes in the alias that no case notices, each with a request that would. */
export function Mutants({ page, result, isOld }: Props): JSX.Element {
  const { say, show } = page;
  return (
    <div aria-busy={isOld}>
      <h2>
        {say("mutants")}
        <span class="count">
          {isOld
            ? say("working")
            : "kind" in result && result.kind === "looked" && say("mutants.noticed", result.killed, result.killed + result.lived)}
        </span>
      </h2>
      {"failure" in result ? (
        <p class="fault">{say("suite.failed", result.failure)}</p>
      ) : result.kind === "many" ? (
        <p class="hint">{say("mutants.many", formatCount(result.count))}</p>
      ) : (
        <>
          {result.lived === 0 && <p class="proof">{say("mutants.none")}</p>}
          <ul class="results">
            {result.survivors.map(({ at, mistake, request, draw }) => (
              <li key={`${at} ${mistake}`}>
                <p>
                  <button type="button" class="place" onClick={() => show(at)}>
                    {at === "" ? say("mutants.whole") : at}
                  </button>{" "}
                  {mistake}
                </p>
                {request !== undefined && <WitnessLine page={page} request={request} draw={draw} />}
              </li>
            ))}
          </ul>
          {result.lived > result.survivors.length && <p class="hint">{say("items.more", result.lived - result.survivors.length)}</p>}
        </>
      )}
    </div>
  );
}
