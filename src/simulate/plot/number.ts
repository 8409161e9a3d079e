import { formatInterval, formatPercent } from "../../document/index.ts";

/** A part of a whole as `formatPercent` writes it. The space does not break. */
export function percent(part: number, whole = 1): string {
  return unbroken(formatPercent(part, whole));
}

/** Where a share lies, as `formatInterval` writes it. The space does not break. */
export function interval(share: { readonly low: number; readonly high: number }): string {
  return unbroken(formatInterval(share));
}

/** A mark of an axis: a part of 1 in percent, without zeros at the end. */
export function tick(share: number): string {
  return percent(share).replace(/\.?0+(?=\u00a0)/, "");
}

/** A difference of two parts of 1 as a mark of an axis, with its sign. */
export function points(difference: number): string {
  const text = tick(difference);
  return difference > 0 ? `+${text}` : text;
}

function unbroken(text: string): string {
  return text.replace(" %", "\u00a0%");
}

export { duration } from "../../document/index.ts";
