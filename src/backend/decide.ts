import { slotOf } from "../plan/index.ts";

/** The parts of a plan that decide. `F` stands for a field: what `read` takes. */
export type Decidable<F> = {
  readonly rules: readonly {
    readonly test: { readonly kind: "all" | "any"; readonly matches: readonly { readonly field: F; readonly values: readonly string[] }[] };
    readonly outcome: number;
  }[];
  readonly split:
    | { readonly kind: "fixed"; readonly outcome: number }
    | {
        readonly kind: "arms";
        readonly arms: readonly { readonly until: number; readonly outcome: number }[];
        readonly sticky: { readonly keys: readonly { readonly field: F }[]; readonly missing: number | "random" } | undefined;
      };
  readonly error: number;
};

/** The outcome of a decision, and the draw where one was taken; its slot is -1 where the draw is none. */
export interface Decided {
  readonly outcome: number;
  readonly draw:
    | { readonly value: unknown; readonly slot: number; readonly from: "given" | "random" }
    | {
        readonly value: number;
        readonly slot: number;
        readonly from: "sticky";
        readonly key: number;
        readonly text: string;
      }
    | undefined;
}

/**
 * Decides by the plan as it stands: rules in turn, the matches of each from left to right and no further than needed, then the
 * split. Every back end must agree with this. `read` gives the value of a field, or undefined where the request has none; what
 * it throws is thrown. `random` is called once at most; `drawOfKey` gives the draw of a sticky key.
 */
export function decide<F>(
  { rules, split, error }: Decidable<F>,
  read: (field: F) => string | undefined,
  draw: unknown,
  random: () => number,
  drawOfKey: (key: string) => number,
): Decided {
  const rule = rules.find(({ test }) => testHolds(test, read));
  if (rule !== undefined) return { outcome: rule.outcome, draw: undefined };
  if (split.kind === "fixed") return { outcome: split.outcome, draw: undefined };
  const { arms, sticky } = split;
  const pick = <D extends NonNullable<Decided["draw"]>>(drawn: D): Decided => ({
    outcome: arms.find(({ until }) => drawn.slot !== -1 && drawn.slot < until)?.outcome ?? error,
    draw: drawn,
  });
  if (draw !== undefined) return pick({ value: draw, slot: slotOf(draw), from: "given" });
  for (const [key, { field }] of sticky?.keys.entries() ?? []) {
    const text = read(field);
    if (text === undefined || text === "") continue;
    const value = drawOfKey(text);
    return pick({ value, slot: slotOf(value), from: "sticky", key, text });
  }
  if (sticky !== undefined && sticky.missing !== "random") return { outcome: sticky.missing, draw: undefined };
  const value = random();
  return pick({ value, slot: slotOf(value), from: "random" });
}

/** Whether a test holds: every match of `all`, at least one of `any`. */
export function testHolds<F>({ kind, matches }: Decidable<F>["rules"][number]["test"], read: (field: F) => string | undefined): boolean {
  const holds = ({ field, values }: { readonly field: F; readonly values: readonly string[] }): boolean => {
    const value = read(field);
    return value !== undefined && values.includes(value);
  };
  return kind === "all" ? matches.every(holds) : matches.some(holds);
}
