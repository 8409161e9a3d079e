import { upperGamma } from "./gamma.ts";

/** A statistic that is asymptotically chi-square, with its degrees of freedom and the probability of one as large. */
export interface Fit {
  readonly statistic: number;
  readonly freedom: number;
  readonly p: number;
}

/** The probability of a chi-square statistic at least as large: Q(df/2, x/2). */
export function upperChiSquare(statistic: number, freedom: number): number {
  return upperGamma(freedom / 2, statistic / 2);
}

/** Pearson's test of counts against shares, which need not sum to 1: Σ (O − E)² / E. */
export function chiSquareTest(counts: readonly number[], shares: readonly number[]): Fit {
  return fit(counts, shares, (observed, expected) => (observed - expected) ** 2 / expected);
}

/** The likelihood ratio test of the same: 2 Σ O ln(O / E). */
export function gTest(counts: readonly number[], shares: readonly number[]): Fit {
  return fit(counts, shares, (observed, expected) => (observed === 0 ? 0 : 2 * observed * Math.log(observed / expected)));
}

/** Shares of 0 take no part, unless something was observed where nothing can be: then the fit is impossible. */
function fit(counts: readonly number[], shares: readonly number[], term: (observed: number, expected: number) => number): Fit {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const freedom = Math.max(0, shares.filter((share) => share > 0).length - 1);
  let statistic = 0;
  for (const [index, share] of shares.entries()) {
    const observed = counts[index] ?? 0;
    if (share > 0) statistic += total === 0 ? 0 : term(observed, (total * share) / whole);
    else if (observed > 0) return { statistic: Infinity, freedom, p: 0 };
  }
  return { statistic, freedom, p: freedom === 0 ? 1 : upperChiSquare(statistic, freedom) };
}
