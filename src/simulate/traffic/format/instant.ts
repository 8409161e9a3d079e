import { timeOf } from "./clock.ts";

/** Nanoseconds since 1970 of a time in 2286. */
const LATEST = 1e19;

/**
 * Milliseconds since 1970 of a time as JSON records have it: a number since then, in the unit that gives a time of this century, or text as RFC 3339
 * or an access log has it. NaN if it is none.
 */
export function instantOf(value: unknown): number {
  if (typeof value === "string") {
    if (/^\d+(?:\.\d+)?$/.test(value)) return instantOf(Number(value));
    const iso = timeOf(value, "iso");
    return Number.isNaN(iso) ? timeOf(value, "clf") : iso;
  }
  if (typeof value !== "number" || !(value >= 0 && value < LATEST)) return Number.NaN;
  return Math.floor(value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6);
}
