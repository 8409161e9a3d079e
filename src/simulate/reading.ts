import { atMost, type Checked, type Diagnostic, type Pointer } from "../diagnostic.ts";
import { BUDGETS, fail, type Input, list, type Reading } from "../parse/input.ts";
import { PROFILES } from "../parse/profile.ts";

/**
 * Reads a value that is no alias, a population or a rollout, with the tools that read aliases: what is wrong is collected, and
 * reported at once with pointers.
 */
export function reading<T>(value: unknown, read: (input: Input) => T | undefined): Checked<T> {
  const begun: Reading = {
    profile: PROFILES.extended,
    unknownKeys: "error",
    // The only maps here are of shares, and the text bounds them.
    budgets: { ...BUDGETS, versions: Infinity },
    diagnostics: [],
    additional: new Set(),
    rules: 0,
    items: 0,
    listed: 0,
  };
  const whole: Input = { value, key: "", parent: undefined, reading: begun };
  let result: T | undefined;
  try {
    result = read(whole);
  } catch {
    fail(whole, "unreadable", "a part of it cannot be read: reading it throws", "give plain data, without getters or proxies that throw");
  }
  const diagnostics = atMost(begun.diagnostics, begun.budgets.diagnostics);
  if (result === undefined || diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics };
  return { ok: true, value: result, diagnostics };
}

/** Takes over what another reader said of a value that stands at `at` here. */
export function adopt({ reading: { diagnostics } }: Input, at: Pointer, told: readonly Diagnostic[]): void {
  diagnostics.push(...told.map((diagnostic) => ({ ...diagnostic, at: `${at}${diagnostic.at}` })));
}

/** The items of a list that has at most `most`, a bound that no option raises. */
export function several(input: Input, most: number, what: string): readonly Input[] | undefined {
  const { value } = input;
  if (Array.isArray(value) && value.length > most) return fail(input, "over-budget", `more than ${most} ${what}`, "make it smaller");
  return list(input, most, "items", what);
}

/** Percent as people write them need not add up to the last binary digit. */
const ROUNDING = 1e-9;

/** Complains of shares that are not 100 % together; there is nothing to add up where one of them was refused. */
export function checkWhole(input: Input, shares: readonly number[], declared: number, help = "make them 100 % together"): boolean {
  if (shares.length !== declared) return false;
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) <= ROUNDING) return true;
  fail(input, "share-sum", `the shares sum to ${Number(sum.toFixed(9))} %`, help);
  return false;
}
