import { logGamma } from "./gamma.ts";

/**
 * The sample-ratio test that may be looked at as often as one likes (Lindon and Malek, NeurIPS 2022, arXiv:2011.03567). The
 * counts are believed to be of the stated shares, against all others weighted by a Dirichlet distribution about them;
 * the Bayes factor of the two is a martingale while the shares are right, so by Ville's inequality it ever reaches 1/a with
 * a probability of at most a.
 */
export interface Sequential {
  /** The natural logarithm of the Bayes factor against the stated shares, at the last look. */
  readonly logFactor: number;
  /** The smallest 1 / factor at any look: a p-value that holds however often it was looked. */
  readonly p: number;
  readonly looks: number;
  /** Observations at the last look. */
  readonly count: number;
}

/** A test before its first look. */
export const UNSEEN: Sequential = { logFactor: 0, p: 1, looks: 0, count: 0 };

/**
 * How concentrated the alternatives are, as a number of imagined observations. A large one finds small differences
 * sooner once there are about so many observations, and a small one finds large differences sooner. The mean of
 * several factors is a martingale too, and never more than ln 5 behind the best of these five.
 */
const CONCENTRATIONS: readonly number[] = [1, 10, 100, 1_000, 10_000];

/** The logarithm of the Bayes factor of counts against shares that sum to 1, each above 0. */
export function logBayesFactor(counts: readonly number[], shares: readonly number[], concentration: number): number {
  let total = 0;
  let sum = logGamma(concentration);
  for (const [index, share] of shares.entries()) {
    const count = counts[index] ?? 0;
    const prior = concentration * share;
    total += count;
    sum += logGamma(prior + count) - logGamma(prior) - count * Math.log(share);
  }
  return sum - logGamma(concentration + total);
}

/** The test after one more look, at the counts of everything observed so far. */
export function look(
  before: Sequential,
  counts: readonly number[],
  shares: readonly number[],
  concentrations: readonly number[] = CONCENTRATIONS,
): Sequential {
  const factors = concentrations.map((concentration) => logBayesFactor(counts, shares, concentration));
  const largest = Math.max(...factors);
  const mean = factors.reduce((sum, factor) => sum + Math.exp(factor - largest), 0) / factors.length;
  const logFactor = largest + Math.log(mean);
  return {
    logFactor,
    p: Math.min(before.p, Math.exp(-logFactor)),
    looks: before.looks + 1,
    count: counts.reduce((sum, count) => sum + count, 0),
  };
}
