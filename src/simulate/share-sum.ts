import { fail, type Input } from "../document/index.ts";

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
