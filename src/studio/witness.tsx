import type { JSX } from "preact";
import type { Witness } from "../index.ts";
import type { Page } from "./page.ts";
import { SLOTS } from "./slots.ts";
import { rowsOf } from "./state.ts";

interface Props {
  readonly page: Page;
  readonly request: Witness;
  /** The draw with which it shows what it is there for; undefined where any does. */
  readonly draw?: number | undefined;
}

/** A request in one line, and a button that asks it. */
export function WitnessLine({ page: { say, act }, request, draw }: Props): JSX.Element {
  const slot = draw === undefined ? undefined : Math.floor(draw * SLOTS);
  return (
    <span class="witness">
      <code>{textOf(request) ?? say("witness.any")}</code>
      <button type="button" onClick={() => act({ kind: "witness", witness: request, slot })}>
        {say("witness")}
      </button>
    </span>
  );
}

/** A request in one line; undefined for one that has nothing. */
function textOf(request: Witness): string | undefined {
  const parts = rowsOf(request).map(({ part, name, value }) => (name === "" ? `${part} ${value}` : `${part} ${name}: ${value}`));
  return parts.length === 0 ? undefined : parts.join(", ");
}
