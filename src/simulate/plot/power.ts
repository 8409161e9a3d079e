import { formatCount } from "../../document/index.ts";
import { type Area, horizontalAxis, linear, logarithmic, logarithmicTicks, verticalAxis } from "./axis.ts";
import { curve, type Drawing, fitted, type Frame, label, line, rect, tip, widthOf } from "./drawing.ts";
import { element, type Markup } from "./markup.ts";
import { duration, percent } from "./number.ts";
import type { Table } from "./table.ts";
import { LIGHT } from "./theme.ts";

/** How surely a fault is seen, by the requests that have come. */
export interface PowerCurves {
  readonly title: string;
  /** The probability that is wanted. */
  readonly target: number;
  /** One for each step. */
  readonly curves: readonly {
    readonly name: string;
    /** The weight of the canary, a part of 1. */
    readonly weight: number;
    /** The requests to the split that the target takes, and how many of them come to the canary. */
    readonly needed: number;
    readonly canary: number;
    /** How long these take, in seconds; undefined where the rate is not known. */
    readonly seconds: number | undefined;
    /** Whether the step is long enough; undefined where that is not known. */
    readonly within: boolean | undefined;
    /** The requests that come within the step, and the probability at its end; undefined where the rate or the length is not known. */
    readonly reached: { readonly requests: number; readonly power: number } | undefined;
    /** By requests to the split, ascending. */
    readonly points: readonly { readonly requests: number; readonly power: number }[];
  }[];
}

/** Curves that are drawn; more could not be told apart. */
export const MOST_CURVES: number = LIGHT.series.length;

/** A curve for each step, over a logarithmic axis; a dot where the step ends, and a dashed line at the probability that is wanted. */
export function powerCurves({ target, curves: all }: PowerCurves, frame: Frame): Drawing {
  const { width } = frame;
  const curves = all.slice(0, MOST_CURVES);
  const keys = keysOf(
    curves.map(({ name, weight }) => `${name}, ${percent(weight)}`),
    width,
  );
  const area: Area = { left: 54, right: width - 14, top: keys.height + 34, bottom: keys.height + 224 };
  const y = linear([0, 1], [area.bottom, area.top]);
  const requests = curves.flatMap(({ points, reached }) => [
    ...points.map((each) => each.requests),
    ...(reached === undefined ? [] : [reached.requests]),
  ]);
  const [low, high] = [Math.max(1, Math.min(...requests, Infinity)), Math.max(...requests, 10)];
  const x = logarithmic([Number.isFinite(low) ? low : 1, Math.max(high, 1.01)], [area.left, area.right]);
  const ticks = logarithmicTicks(Number.isFinite(low) ? low : 1, high);
  const tips: Markup[] = [];
  const lines = curves.map(({ points }, index) =>
    curve(
      points.map((point) => [x(point.requests), y(point.power)] as const),
      { class: `curve${index}` },
    ),
  );
  const dots = curves.flatMap(({ name, weight, needed, seconds, reached }, index): readonly Markup[] => {
    const said = [
      `${name}, ${percent(weight)}`,
      `${formatCount(needed)} requests for ${percent(target)}`,
      ...(seconds === undefined ? [] : [`these take ${duration(seconds)}`]),
      ...(reached === undefined ? [] : [`at its end ${percent(reached.power)}, after ${formatCount(reached.requests)}`]),
    ];
    tips.push(tip(frame, [x(needed) - 9, y(target) - 9, 18, 18], said));
    if (reached === undefined || reached.requests < 1) return [];
    tips.push(tip(frame, [x(reached.requests) - 9, y(reached.power) - 9, 18, 18], said));
    return [element("circle", { class: `series${index} ring`, cx: x(reached.requests), cy: y(reached.power), r: 6 })];
  });
  const hasDots = curves.some(({ reached }) => reached !== undefined);
  const more =
    all.length > MOST_CURVES ? [label(0, area.bottom + 56, `and ${all.length - MOST_CURVES} more steps, in the table`, "quiet")] : [];
  return {
    description: `How surely the fault is seen, by requests. ${all
      .slice(0, 20)
      .map(({ name, needed }) => `${name}: ${formatCount(needed)} requests for ${percent(target)}`)
      .join("; ")}.`,
    width,
    height: area.bottom + 44 + (more.length > 0 ? 18 : 0),
    tips,
    parts: [
      ...keys.parts,
      ...verticalAxis(
        area,
        y,
        [0, 0.25, 0.5, 0.75, 1].map((each) => [each, percent(each).replace(".00", "")] as const),
        hasDots ? "probability to see the fault; dot: at the end of the step" : "probability to see the fault",
      ),
      ...horizontalAxis(
        area,
        width,
        x,
        ticks.map((each) => [each, formatCount(each)] as const),
        "requests to the split, logarithmic",
      ),
      line(area.left, y(target), area.right, y(target), { class: "expected" }),
      ...lines,
      ...dots,
      ...more,
    ],
  };
}

/** The names of curves beside their colours, and the height of these. */
function keysOf(names: readonly string[], width: number): { readonly parts: readonly Markup[]; readonly height: number } {
  const parts: Markup[] = [];
  let [x, row] = [0, 0];
  for (const [index, full] of names.entries()) {
    const name = fitted(full, width - 24);
    const wide = 18 + widthOf(name) + 14;
    if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
    parts.push(rect(x, row * 22 + 6, 12, 4, { rx: 2, class: `series${index % MOST_CURVES}` }), label(x + 18, row * 22 + 13, name));
    x += wide;
  }
  return { parts, height: names.length === 0 ? 0 : (row + 1) * 22 };
}

/** The data of the plot as a table. */
export function powerCurvesTable({ title, curves }: PowerCurves): Table {
  return {
    caption: title,
    head: ["Step", "Canary", "Requests in all", "On the canary", "Takes", "Seen by its end", "Long enough"],
    rows: curves.map(({ name, weight, needed, canary, seconds, within, reached }) => [
      name,
      percent(weight),
      formatCount(needed),
      formatCount(canary),
      seconds === undefined ? "" : duration(seconds),
      reached === undefined ? "" : percent(reached.power),
      within === undefined ? "not known" : within ? "yes" : "no",
    ]),
  };
}
