import { normalQuantile, upperNormal } from "./normal.ts";

/** The risks of a test: `alpha` of seeing a difference that is not there (two-sided), `power` of seeing one that is. */
export interface Risks {
  readonly alpha: number;
  readonly power: number;
}

/** Observations after which a share near `share` is known to within ±`distance`: z² p (1 − p) / d². */
export function sizeForPrecision(share: number, distance: number, confidence = 0.95): number {
  return (normalQuantile((1 - confidence) / 2) ** 2 * share * (1 - share)) / distance ** 2;
}

/** Observations until one sample tells the share `actual` from the share `supposed`. */
export function sizeForOneSample(supposed: number, actual: number, { alpha, power }: Risks): number {
  const reach = normalQuantile(alpha / 2) * deviation(supposed) + normalQuantile(1 - power) * deviation(actual);
  return (reach / (actual - supposed)) ** 2;
}

/**
 * Observations of the first of two samples until their shares are told apart, where the second sample is `ratio` times as
 * large: the normal approximation with the pooled share under the null (Fleiss, Levin and Paik 2003, section 4.6, without the
 * correction for continuity). With the ratio 1 this is R's `power.prop.test`.
 */
export function sizeForTwoSamples(first: number, second: number, { alpha, power }: Risks, ratio = 1): number {
  const pooled = (first + ratio * second) / (1 + ratio);
  const even = Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const apart = Math.sqrt(first * (1 - first) + (second * (1 - second)) / ratio);
  return ((normalQuantile(alpha / 2) * even + normalQuantile(1 - power) * apart) / (first - second)) ** 2;
}

/** The probability that `size` observations of the first of two samples tell their shares apart: what `sizeForTwoSamples` takes as given. */
export function powerOfTwoSamples(size: number, first: number, second: number, alpha: number, ratio = 1): number {
  const pooled = (first + ratio * second) / (1 + ratio);
  const even = Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const apart = Math.sqrt(first * (1 - first) + (second * (1 - second)) / ratio);
  return upperNormal((normalQuantile(alpha / 2) * even - Math.abs(first - second) * Math.sqrt(size)) / apart);
}

/**
 * By how much a sample must grow if it has whole clusters instead of single observations: 1 + (m − 1) ρ, where `correlation` is ρ, that
 * of two observations of a cluster (Kish, Survey Sampling, 1965, section 5.4). For clusters of several sizes `size` is
 * Σ m² / Σ m = (1 + cv²) · mean (Eldridge, Ashby and Kerry, Int J Epidemiol 35:1292, 2006).
 */
export function designEffect(size: number, correlation: number): number {
  return 1 + (size - 1) * correlation;
}

function deviation(share: number): number {
  return Math.sqrt(share * (1 - share));
}
