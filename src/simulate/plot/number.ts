import { formatInterval, formatPercent } from "../../document/index.ts";

/** A part of a whole as `formatPercent` writes it. The space does not break. */
export function percent(part: number, whole = 1): string {
  return unbroken(formatPercent(part, whole));
}

/** Where a share lies, as `formatInterval` writes it. The space does not break. */
export function interval(share: { readonly low: number; readonly high: number }): string {
  return unbroken(formatInterval(share));
}

/** Marks of an axis: parts of 1 in percent, all with as many places as the finest of them needs. */
export function percentTicks(shares: readonly number[]): readonly string[] {
  const places = Math.max(0, ...shares.map((share) => placesOf(100 * share)));
  return shares.map((share) => `${(100 * share).toFixed(places).replace("-", "−")}\u00a0%`);
}

/** Marks of an axis of differences of parts of 1, in points of percent, with their signs. */
export function pointTicks(differences: readonly number[]): readonly string[] {
  const places = Math.max(0, ...differences.map((each) => placesOf(100 * each)));
  return differences.map((each) => signed((100 * each).toFixed(places)));
}

/** A difference of two parts of 1 in points of percent, with its sign: `+0.42`. */
export function points(difference: number): string {
  const text = formatPercent(Math.abs(difference)).replace(" %", "");
  return difference === 0 ? text : `${difference < 0 ? "−" : "+"}${text}`;
}

function signed(text: string): string {
  return Number(text) > 0 ? `+${text}` : text.replace("-", "−");
}

/** The places behind the point that a number has, at most 6. */
function placesOf(value: number): number {
  const [, behind = ""] = value.toFixed(6).replace(/0+$/, "").split(".");
  return behind.length;
}

function unbroken(text: string): string {
  return text.replace(" %", "\u00a0%");
}

export { duration } from "../../document/index.ts";
