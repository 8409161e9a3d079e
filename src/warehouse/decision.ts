import type { Plan, Test } from "../plan/index.ts";
import { type Dialect, type Layer, wellFormed } from "./dialect/dialect.ts";
import { DRAW, type Sources } from "./sources.ts";

/** How a plan decides, as columns over those of its fields. Their names begin with `prefix`. */
export interface DecisionColumns {
  /** The outcome of the rule that holds, and the sticky key behind the seed; then the slot; then the outcome. */
  readonly layers: readonly [Layer, Layer, Layer];
  /** The columns `version`, `reason` and `at`, each as an expression over the outcome. */
  readonly version: string;
  readonly reason: string;
  readonly at: string;
  /** The column of the slot. NULL where no draw was taken. */
  readonly slot: string;
  /** The column of the outcome, by its index. NULL where only a random draw could decide and there is none. */
  readonly outcome: string;
  /** Whether a draw that the row has decides, as a condition. */
  readonly isRecorded: string;
  /** The first of the sticky keys that a row has, without the seed, as an expression; undefined where the split has no keys. */
  readonly key: string | undefined;
}

/** Writes the decision of a plan over its sources. */
export function decisionColumns(
  { rules, split, outcomes, error }: Plan,
  dialect: Dialect,
  sources: Pick<Sources, "column" | "isGiven">,
  prefix: string = "canary",
): DecisionColumns {
  const { column } = sources;
  const [rule, key, slot, outcome] = ["rule", "key", "slot", "outcome"].map((name) => `${prefix}_${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const sticky = split.kind === "arms" ? split.sticky : undefined;
  const isGiven = split.kind === "arms" && sources.isGiven;
  const seed = wellFormed(sticky?.seed ?? "");
  const keys = (sticky?.keys ?? []).map(({ field }): Branch => [`${column(field)} <> ''`, dialect.key(seed, column(field))]);
  const held: Branch = [`${rule} IS NOT NULL`, rule];
  const slots: Branch[] = [];
  if (isGiven) slots.push([`${DRAW} IS NOT NULL`, cases([[`${DRAW} >= 0 AND ${DRAW} < 1`, dialect.slotOfDraw(DRAW)]], dialect.noNumber)]);
  if (sticky !== undefined) slots.push([`${key} IS NOT NULL`, dialect.slot(sticky.hash, key)]);
  const pick = (texts: readonly string[]): string =>
    dialect.pick(
      texts.map((text) => dialect.text(text) ?? "''"),
      outcome,
    );
  return {
    layers: [
      [
        [
          rule,
          cases(
            rules.map((each) => [conditionOf(each.test, column, dialect), String(each.outcome)]),
            dialect.noNumber,
          ),
        ],
        ...(keys.length === 0 ? [] : [[key, cases(keys, dialect.noText)] as const]),
      ],
      [[slot, slots.length === 0 ? dialect.noNumber : cases([[`${rule} IS NOT NULL`, dialect.noNumber], ...slots], dialect.noNumber)]],
      [
        [
          outcome,
          split.kind === "fixed"
            ? cases([held], String(split.outcome))
            : cases(
                [
                  held,
                  ...split.arms.map(({ until, outcome: index }): Branch => [`${slot} < ${until}`, String(index)]),
                  ...(isGiven ? [[`${DRAW} IS NOT NULL`, String(error)] satisfies Branch] : []),
                ],
                sticky === undefined || sticky.missing === "random" ? dialect.noNumber : String(sticky.missing),
              ),
        ],
      ],
    ],
    version: pick(outcomes.map(({ version }) => version)),
    reason: pick(outcomes.map(({ reason }) => reason)),
    at: pick(outcomes.map(({ at }) => at)),
    slot,
    outcome,
    isRecorded: isGiven ? `${slot} IS NOT NULL AND ${DRAW} IS NOT NULL` : "1 = 0",
    key:
      sticky &&
      cases(
        sticky.keys.map(({ field }) => [`${column(field)} <> ''`, column(field)]),
        dialect.noText,
      ),
  };
}

/** A condition, and the value where it is the first that holds. */
type Branch = readonly [condition: string, value: string];

function cases(branches: readonly Branch[], otherwise: string): string {
  if (branches.length === 0) return otherwise;
  return `CASE ${branches.map(([condition, value]) => `WHEN ${condition} THEN ${value}`).join(" ")} ELSE ${otherwise} END`;
}

/** A test as a condition: NULL where a field is absent counts as false. */
function conditionOf({ kind, matches }: Test, column: Sources["column"], dialect: Dialect): string {
  const [join, empty] = kind === "all" ? [" AND ", "1 = 1"] : [" OR ", "1 = 0"];
  const conditions = matches.map(({ field, values }) => {
    const literals = values.map(dialect.text).filter((literal) => literal !== undefined);
    if (literals.length === 0) return "1 = 0";
    return literals.length === 1 ? `${column(field)} = ${literals[0]}` : `${column(field)} IN (${literals.join(", ")})`;
  });
  return conditions.length === 0 ? empty : conditions.join(join);
}
