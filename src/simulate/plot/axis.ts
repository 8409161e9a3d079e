import { at, label, line, widthOf } from "./drawing.ts";
import { element, type Markup } from "./markup.ts";

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

/** Round values from the last that is not above `low` to the first that is not below `high`: at least two, and about `most` of them. */
export function ticksBetween(low: number, high: number, most = 5): readonly number[] {
  const span = high - low > 0 ? high - low : Math.max(Math.abs(high), 1e-9);
  const rough = span / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(low / step + 0.001);
  const last = Math.max(first + 1, Math.ceil((low + span) / step - 0.001));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Powers of ten, with 2 and 5 between them where they are few, within a range above 0. */
export function logarithmicTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low);
  const between = decades > 3.5 ? [1] : decades > 1.7 ? [1, 3] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, index) => 10 ** (first + index));
  return powers.flatMap((power) => between.map((each) => each * power)).filter((each) => each >= low * 0.999 && each <= high * 1.001);
}

/** Where a curve is drawn. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A mark of an axis and what stands beside it. */
export type Tick = readonly [value: number, text: string];

/** A vertical axis: a title above it, lines across, and values at its left. */
export function verticalAxis({ left, right, top }: Area, y: Scale, ticks: readonly Tick[], title: string): readonly Markup[] {
  return [
    label(0, top - 14, title, "quiet"),
    ...ticks.flatMap(([value, text]) => [
      line(left, y(value), right, y(value), { class: "grid" }),
      label(left - 8, y(value) + 4, text, "quiet end"),
    ]),
  ];
}

/** A horizontal axis of a plot of this width: a line, values below it as far as they do not meet, and its title. It needs 40 below the area. */
export function horizontalAxis(
  { left, right, bottom }: Area,
  width: number,
  x: Scale,
  ticks: readonly Tick[],
  title: string,
): readonly Markup[] {
  let free = -Infinity;
  const texts = ticks.flatMap(([value, text]) => {
    const reach = widthOf(text) / 2;
    const middle = Math.min(Math.max(x(value), reach), width - reach);
    if (middle - reach < free) return [];
    free = middle + reach + 8;
    return [line(x(value), bottom, x(value), bottom + 4, { class: "axis" }), label(middle, bottom + 18, text, "quiet middle")];
  });
  return [line(left, bottom, right, bottom, { class: "axis" }), ...texts, label((left + right) / 2, bottom + 37, title, "quiet middle")];
}

/** An observation: a dot with its interval, as a bar with caps. */
export function whisker(x: number, [low, middle, high]: readonly [number, number, number]): readonly Markup[] {
  return [
    element("path", {
      class: "mark",
      d: `M${at(x)} ${at(low)}V${at(high)}M${at(x - 4)} ${at(low)}H${at(x + 4)}M${at(x - 4)} ${at(high)}H${at(x + 4)}`,
    }),
    element("circle", { class: "dot", cx: x, cy: middle, r: 4 }),
  ];
}

/** The same, lying. */
export function lyingWhisker([low, high]: readonly [number, number], y: number): Markup {
  return element("path", {
    class: "mark",
    d: `M${at(low)} ${at(y)}H${at(high)}M${at(low)} ${at(y - 5)}v10M${at(high)} ${at(y - 5)}v10`,
  });
}

/** The legend for dots and the dashed line. */
export function key(y: number, observed: string, expected: string | undefined): readonly Markup[] {
  const dot = [...whisker(6, [y + 1, y - 4.5, y - 10]), label(18, y, observed)];
  if (expected === undefined) return dot;
  const x = 18 + widthOf(observed) + 18;
  return [...dot, line(x, y - 4.5, x + 26, y - 4.5, { class: "expected" }), label(x + 34, y, expected)];
}
