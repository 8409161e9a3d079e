/** A part of 1 as percent, with up to two places, more for what would otherwise read as nothing: `12.5 %`, `0.004 %`. The space does not break. */
export function percent(share: number): string {
  const value = share * 100;
  const size = Math.abs(value);
  return `${size > 0 && size < 0.01 ? Number(value.toPrecision(1)) : Math.round(value * 100) / 100}\u00a0%`.replace("-", "−");
}

/** A difference of two parts of 1, in percent points, with its sign. */
export function points(difference: number): string {
  const text = percent(difference);
  return difference > 0 ? `+${text}` : text;
}

/** A p-value. */
export function probability(p: number): string {
  return p < 0.0001 ? "< 0.0001" : String(Number(p.toPrecision(2)));
}

export { duration } from "../../document/index.ts";
