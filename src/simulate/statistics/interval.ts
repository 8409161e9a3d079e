import { betaQuantile } from "./beta.ts";
import { normalQuantile } from "./normal.ts";

/** Where a share lies, with some confidence: both ends in [0, 1]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The confidence of intervals where nothing else is asked for. */
const CONFIDENCE = 0.95;

const Z = normalQuantile((1 - CONFIDENCE) / 2);

/**
 * The interval of Wilson (1927) for the share behind `count` of `total`: narrow, and honest near 0 and 1. Without a
 * single observation it is all of [0, 1].
 */
export function wilson(count: number, total: number, confidence: number = CONFIDENCE): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const z = confidence === CONFIDENCE ? Z : normalQuantile((1 - confidence) / 2);
  const share = count / total;
  const middle = share + (z * z) / (2 * total);
  const reach = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return {
    low: count === 0 ? 0 : Math.max(0, (middle - reach) / scale),
    high: count === total ? 1 : Math.min(1, (middle + reach) / scale),
  };
}

/** The interval of Clopper and Pearson (1934): never covers less than it says, and is wider for it. */
export function clopperPearson(count: number, total: number, confidence: number = CONFIDENCE): Interval {
  const risk = (1 - confidence) / 2;
  return {
    low: count === 0 ? 0 : betaQuantile(risk, count, total - count + 1),
    high: count === total ? 1 : betaQuantile(1 - risk, count + 1, total - count),
  };
}
