import { betaShare } from "./beta.ts";
import { logGamma } from "./gamma.ts";

/**
 * Outcomes whose probabilities differ by less than this part are equally likely: they may be the same number, computed twice.
 * The tolerance that R's `binom.test` has.
 */
const SAME = 1e-7;

/**
 * The exact two-sided p-value of `count` among `total` when each has the probability `share`: the probability of all outcomes
 * that are no likelier than the observed one. The likelihood rises to the mode and falls after it, so these are two tails;
 * the far one is found by bisection, and each is one incomplete beta function. So ten million take no longer than ten.
 */
export function binomialTest(count: number, total: number, share: number): number {
  if (share <= 0) return count === 0 ? 1 : 0;
  if (share >= 1) return count === total ? 1 : 0;
  const likelihood = (k: number): number =>
    logGamma(total + 1) - logGamma(k + 1) - logGamma(total - k + 1) + k * Math.log(share) + (total - k) * Math.log1p(-share);
  const limit = likelihood(count) + Math.log1p(SAME);
  const mode = Math.min(total, Math.floor((total + 1) * share));
  if (likelihood(mode) <= limit) return 1;
  const below = count < mode;
  let near = mode;
  let far = below ? total + 1 : -1;
  while (Math.abs(far - near) > 1) {
    const middle = Math.floor((near + far) / 2);
    if (likelihood(middle) <= limit) far = middle;
    else near = middle;
  }
  const [low, high] = below ? [count, far] : [far, count];
  return Math.min(1, atMost(low, total, share) + atLeast(high, total, share));
}

function atMost(k: number, total: number, share: number): number {
  if (k < 0) return 0;
  return k >= total ? 1 : betaShare(1 - share, total - k, k + 1);
}

function atLeast(k: number, total: number, share: number): number {
  if (k <= 0) return 1;
  return k > total ? 0 : betaShare(share, k, total - k + 1);
}
