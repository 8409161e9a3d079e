import { type Checked, type Diagnostic, fail, type Input, type Pointer, readInput } from "../document/index.ts";

/**
 * Reads a value that is no alias, a population or a rollout, with the tools that read aliases: what is wrong is collected, and
 * reported at once with pointers. Never throws.
 */
export function reading<T>(value: unknown, read: (input: Input) => T | undefined): Checked<T> {
  return readInput(
    value,
    (input: Input) => {
      try {
        return read(input);
      } catch {
        return fail(
          input,
          "unreadable",
          "a part of it cannot be read: reading it throws",
          "give plain data, without getters or proxies that throw",
        );
      }
    },
    { state: undefined },
  );
}

/** Takes over what another reader said of a value that stands at `at` here. */
export function adopt({ reading: { diagnostics } }: Input, at: Pointer, told: readonly Diagnostic[]): void {
  diagnostics.push(...told.map((diagnostic) => ({ ...diagnostic, at: `${at}${diagnostic.at}` })));
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
