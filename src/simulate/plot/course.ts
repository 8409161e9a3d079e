import { type Area, key, linear, ticksBetween, verticalAxis, whisker } from "./axis.ts";
import { curve, type Drawing, type Frame, label, line, tip } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { interval, percent, percentTicks, points, pointTicks } from "./number.ts";
import type { Table } from "./table.ts";
import { lastsText, spansOf, stepBorders, stepNames, timeAxis, type TimeStep } from "./time.ts";

/** The share of the canary in the steps of a rollout. */
export interface RolloutCourse {
  readonly title: string;
  readonly version: string;
  /** In order, on an axis of time. */
  readonly steps: readonly (TimeStep & {
    /** Parts of 1. */
    readonly weight: number;
    readonly share: number;
    readonly low: number;
    readonly high: number;
    /** How many draws that rests on. */
    readonly of: number;
  })[];
}

/** Above, the weight and what was observed; below, the distance of the two, where intervals can be seen however large the weight is. */
export function rolloutCourse({ version, steps }: RolloutCourse, frame: Frame): Drawing {
  const { width } = frame;
  const above: Area = { left: 62, right: width - 14, top: 80, bottom: 230 };
  const below: Area = { left: 62, right: width - 14, top: 282, bottom: 402 };
  const spans = spansOf(steps, above);
  const greatest = Math.max(...steps.flatMap(({ high, weight }) => [high, weight]), 0.0001);
  const ticks = ticksBetween(0, Math.min(greatest, 1)).filter((each) => each <= 1);
  const texts = percentTicks(ticks);
  const y = linear([0, Math.max(ticks.at(-1) ?? 1, greatest)], [above.bottom, above.top]);
  const far = Math.max(...steps.flatMap(({ low, high, weight }) => [Math.abs(high - weight), Math.abs(weight - low)]), 0.0001);
  const apart = ticksBetween(-far, far, 5);
  const apartTexts = pointTicks(apart);
  const z = linear([Math.min(apart[0] ?? -far, -far), Math.max(apart.at(-1) ?? far, far)], [below.bottom, below.top]);
  const stairs = steps.flatMap(({ weight }, index) => {
    const { from = 0, to = 0 } = spans[index] ?? {};
    return [[from, y(weight)] as const, [to, y(weight)] as const];
  });
  const tips: Markup[] = [];
  const dots = steps.flatMap((step, index): readonly Markup[] => {
    const { from = 0, to = 0 } = spans[index] ?? {};
    const { weight, share, low, high } = step;
    const middle = (from + to) / 2;
    const wide = Math.max(to - from, 14);
    const said = [
      `${step.name}, ${lastsText(step)}`,
      `${percent(share)} for a weight of ${percent(weight)}`,
      `95 % interval ${interval(step)}`,
      `${points(share - weight)} points`,
    ];
    tips.push(tip(frame, [middle - wide / 2, above.top, wide, above.bottom - above.top], said));
    tips.push(tip(frame, [middle - wide / 2, below.top, wide, below.bottom - below.top], said));
    return [...whisker(middle, [y(low), y(share), y(high)]), ...whisker(middle, [z(low - weight), z(share - weight), z(high - weight)])];
  });
  const description = steps
    .slice(0, 40)
    .map(({ name, share, weight }) => `${name}: ${percent(share)}, weight ${percent(weight)}`)
    .join("; ");
  return {
    description: `The share of ${version} in each step. ${description}.`,
    width,
    height: below.bottom + 42,
    tips,
    parts: [
      ...key(13, width < 420 ? "observed, 95 %" : "observed, 95 % interval", "weight"),
      ...timeAxis(steps, spans, below, width),
      ...verticalAxis(
        { ...above, top: above.top - 20 },
        y,
        ticks.map((each, index) => [each, texts[index] ?? ""] as const),
        `share of ${version}`,
      ),
      ...verticalAxis(
        below,
        z,
        apart.map((each, index) => [each, apartTexts[index] ?? ""] as const),
        "distance from the weight, in points of percent",
      ),
      ...stepBorders(spans, above.top, above.bottom),
      ...stepBorders(spans, below.top, below.bottom),
      ...stepNames(steps, spans, above.top - 8),
      line(below.left, z(0), below.right, z(0), { class: "expected" }),
      curve(stairs, { class: "expected" }),
      ...dots,
      ...(steps.length === 0 ? [label(above.left, above.top + 20, "no step is split", "quiet")] : []),
    ],
  };
}

/** The data of the plot as a table. */
export function rolloutCourseTable({ title, steps }: RolloutCourse): Table {
  return {
    caption: title,
    head: ["Step", "Lasts", "Share", "95 % interval", "Weight", "Points apart"],
    rows: steps.map((step) => [
      step.name,
      lastsText(step),
      percent(step.share),
      interval(step),
      percent(step.weight),
      points(step.share - step.weight),
    ]),
  };
}
