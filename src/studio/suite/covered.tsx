import type { JSX } from "preact";
import type { Page } from "../page.ts";
import { missingOf } from "./marks.ts";
import type { SuiteRun } from "./run.ts";

/** Places that are listed; the margin of the editor has all. */
const MOST_PLACES = 50;

/** What of the alias the cases see. The margin of the editor shows the same. */
export function Covered({ page: { say, show }, run: { coverage } }: { readonly page: Page; readonly run: SuiteRun }): JSX.Element {
  const missing = (coverage?.points ?? []).flatMap((point) => missingOf(point).map((sight) => ({ ...point, sight })));
  return (
    <>
      <h2>
        {say("coverage")}
        {coverage !== undefined && <span class="count">{say("coverage.seen", coverage.seen, coverage.possible)}</span>}
      </h2>
      {coverage === undefined && <p class="hint">{say("coverage.none")}</p>}
      <ul class="results">
        {missing.slice(0, MOST_PLACES).map(({ at, part, version, sight }) => (
          <li key={`${sight} ${at}`}>
            <button type="button" class="place" onClick={() => show(at)}>
              {at}
            </button>{" "}
            <span class="hint">{say("coverage.missing", say(`coverage.${part}`, version), say(`coverage.${sight}`))}</span>
          </li>
        ))}
      </ul>
      {missing.length > MOST_PLACES && <p class="hint">{say("items.more", missing.length - MOST_PLACES)}</p>}
    </>
  );
}
