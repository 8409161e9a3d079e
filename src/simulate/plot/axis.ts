import { label, line } from "./drawing.ts";
import { element, type Markup } from "./markup.ts";
import { tick } from "./number.ts";

/** From a value to a coordinate. */
export type Scale = (value: number) => number;

export function linear([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** A logarithmic scale. Both ends are above 0. */
export function logarithmic([low, high]: readonly [number, number], range: readonly [number, number]): Scale {
  const place = linear([Math.log(low), Math.log(high)], range);
  return (value) => place(Math.log(value));
}

/** Round values from 0 to the first that is not below `high`, at least two of them, about five. `high` is above 0. */
export function ticksTo(high: number): readonly number[] {
  const rough = high / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const steps = Math.max(1, Math.ceil(high / step - 0.001));
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Where a curve is drawn, in units of a plot. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An axis of shares from 0 to the greatest, with grid lines. */
export function shareAxis(greatest: number, { left, right, top, bottom }: Area): { readonly parts: readonly Markup[]; readonly y: Scale } {
  const ticks = ticksTo(Math.min(1, Math.max(greatest, 0.0001))).filter((each) => each <= 1);
  const y = linear([0, Math.max(ticks.at(-1) ?? 1, Math.min(1, greatest))], [bottom, top]);
  const parts = ticks.flatMap((each) => [
    line(left, y(each), right, y(each), { class: "grid" }),
    label(left - 6, y(each) + 4.5, tick(each), "quiet end"),
  ]);
  return { parts, y };
}

/** An observation: a dot with its interval, as a bar with caps. */
export function whisker(x: number, [low, middle, high]: readonly [number, number, number]): readonly Markup[] {
  return [
    element("path", {
      class: "mark",
      d: `M${at(x)} ${at(low)}V${at(high)}M${at(x - 5)} ${at(low)}H${at(x + 5)}M${at(x - 5)} ${at(high)}H${at(x + 5)}`,
    }),
    element("circle", { class: "dot", cx: x, cy: middle, r: 3.5 }),
  ];
}

/** The expected values as a dashed line; nothing for fewer than two points. */
export function expectedLine(places: readonly (readonly [x: number, y: number])[]): readonly Markup[] {
  const d = places.map(([x, y], index) => `${index === 0 ? "M" : "L"}${at(x)} ${at(y)}`).join("");
  const knots = places.map(([x, y]) => element("rect", { class: "knot", x: x - 3, y: y - 3, width: 6, height: 6 }));
  return places.length < 2 ? knots : [element("path", { class: "expected", d }), ...knots];
}

/** The legend for the dots and the dashed line. */
export function key(y: number, observed: string, expected: string | undefined): readonly Markup[] {
  const dot = [...whisker(8, [y + 1, y - 4.5, y - 10]), label(20, y, observed)];
  if (expected === undefined) return dot;
  return [
    ...dot,
    ...expectedLine([
      [190, y - 4.5],
      [216, y - 4.5],
    ]),
    label(226, y, expected),
  ];
}

function at(place: number): string {
  return String(Math.round(place * 100) / 100);
}
