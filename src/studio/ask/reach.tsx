import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Equivalence, Outcome, Plan } from "../../index.ts";
import type { Page } from "../page.ts";
import { WitnessLine } from "../witness.tsx";

type Found = Equivalence | "working" | { readonly kind: "failed"; readonly why: string };

/** For each thing that the alias can answer: a request that gets it, or the proof that none does. */
export function Reach({ page, plan }: { readonly page: Page; readonly plan: Plan }): JSX.Element {
  const { say, tasks, source } = page;
  const [kept, keep] = useState<{ readonly of: Plan; readonly found: ReadonlyMap<number, Found> }>({ of: plan, found: new Map() });
  const found = kept.of === plan ? kept.found : new Map<number, Found>();
  const find = async (index: number): Promise<void> => {
    keep({ of: plan, found: new Map(found).set(index, "working") });
    const done = await tasks.ask(`reach ${index}`, "reach", source, index);
    if (done.kind === "superseded") return;
    const result: Found = done.kind === "done" ? done.result : { kind: "failed", why: done.why };
    keep((known) => (known.of === plan ? { of: plan, found: new Map(known.found).set(index, result) } : known));
  };
  return (
    <section class="reach">
      <h2>{say("reach")}</h2>
      <ul>
        {plan.outcomes
          .filter(({ reason }) => reason !== "error")
          .map((outcome) => (
            <li key={outcome.index}>
              <span class={`dot v${page.colour(outcome.version)}`} />
              <span class="what">{nameOf(page, outcome)}</span>
              <Result page={page} found={found.get(outcome.index)} onFind={() => void find(outcome.index)} />
            </li>
          ))}
      </ul>
    </section>
  );
}

function nameOf({ say }: Page, { reason, version }: Outcome): string {
  switch (reason) {
    case "rule":
      return say("reach.rule", version);
    case "split":
      return say("reach.split", version);
    case "default":
    case "error":
      return say("reach.default", version);
  }
}

interface ResultProps {
  readonly page: Page;
  readonly found: Found | undefined;
  readonly onFind: () => void;
}

function Result({ page, found, onFind }: ResultProps): JSX.Element {
  const { say } = page;
  if (found === undefined) {
    return (
      <button type="button" onClick={onFind}>
        {say("reach.find")}
      </button>
    );
  }
  if (found === "working") return <span class="hint">{say("working")}</span>;
  switch (found.kind) {
    case "equivalent":
      return <strong class="proof">{say("reach.none")}</strong>;
    case "different":
      return <WitnessLine page={page} request={found.request} draw={found.draw} />;
    case "unknown":
    case "failed":
      return <span class="fault">{say("reach.unknown", found.why)}</span>;
  }
}
