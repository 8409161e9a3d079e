import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Equivalence, Outcome, Plan, Witness } from "../../index.ts";
import type { Page } from "../page.ts";
import { rowsOf } from "../state.ts";
import { SLOTS } from "../slots.ts";

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

function Result({
  page: { say, act },
  found,
  onFind,
}: {
  readonly page: Page;
  readonly found: Found | undefined;
  readonly onFind: () => void;
}): JSX.Element {
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
    case "different": {
      const { request, draw } = found;
      const slot = draw === undefined ? undefined : Math.floor(draw * SLOTS);
      return (
        <span class="witness">
          <code>{requestText(request) ?? say("reach.any")}</code>
          <button type="button" onClick={() => act({ kind: "witness", witness: request, slot })}>
            {say("witness")}
          </button>
        </span>
      );
    }
    case "unknown":
    case "failed":
      return <span class="fault">{say("reach.unknown", found.why)}</span>;
  }
}

/** A request in one line; undefined for one that has nothing. */
export function requestText(request: Witness): string | undefined {
  const parts = rowsOf(request).map(({ part, name, value }) => (name === "" ? `${part} ${value}` : `${part} ${name}: ${value}`));
  return parts.length === 0 ? undefined : parts.join(", ");
}
