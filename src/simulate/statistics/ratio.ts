import { binomialTest } from "./binomial.ts";
import { chiSquareTest } from "./chi-square.ts";

/** Whether what was observed is what the weights say. */
export interface Verdict {
  /**
   * `binomial` is exact: of two arms one is tested, of more each, and then `p` is the smallest of their values times the number of arms
   * (Bonferroni). `chi-square` is for more than two arms with enough in each.
   */
  readonly test: "binomial" | "chi-square";
  readonly p: number;
  /** Whether p is at least the risk: no more than chance. */
  readonly chance: boolean;
}

/**
 * What the smallest arm is expected to get at least where the chi-square test is used. It rejects at a nominal risk of 0.0005 with a
 * probability of up to 0.0006 for arms of 98, 1 and 1 % then, by a sum over all outcomes; with 20 it is 0.0008, with 5 it is
 * 0.0016, and with 1 it is 0.007.
 */
const ENOUGH = 50;

/** Compares counts with shares that are above 0 and sum to 1: exactly, but for many arms with many observations. */
export function ratioTest(counts: readonly number[], shares: readonly number[], risk: number): Verdict {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const verdict = (test: Verdict["test"], p: number): Verdict => ({ test, p, chance: p >= risk });
  if (shares.length > 2 && Math.min(...shares) * total >= ENOUGH) return verdict("chi-square", chiSquareTest(counts, shares).p);
  const tested = shares.length <= 2 ? shares.slice(0, 1) : shares;
  const smallest = Math.min(1, ...tested.map((share, index) => binomialTest(counts[index] ?? 0, total, share)));
  return verdict("binomial", Math.min(1, smallest * tested.length));
}
