import { type Checked, type Diagnostic, fail, type Input, type Pointer, readInput } from "../document/index.ts";

/**
 * Reads a population or a rollout with the functions that read aliases: all problems are collected, and returned with pointers.
 * Never throws.
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

/** Adds the diagnostics of another reader for the value at `at`. */
export function adopt({ reading: { diagnostics } }: Input, at: Pointer, told: readonly Diagnostic[]): void {
  diagnostics.push(...told.map((diagnostic) => ({ ...diagnostic, at: `${at}${diagnostic.at}` })));
}

/** The tolerance of a sum of shares: decimal fractions are not exact in binary. */
const ROUNDING = 1e-9;

/** Reports shares whose sum is not 100 %. Nothing is reported if one of them was refused. */
export function checkWhole(input: Input, shares: readonly number[], declared: number, help = "make them 100 % together"): boolean {
  if (shares.length !== declared) return false;
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) <= ROUNDING) return true;
  fail(input, "share-sum", `the shares sum to ${Number(sum.toFixed(9))} %`, help);
  return false;
}
