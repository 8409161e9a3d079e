import { formatCount } from "../../document/index.ts";
import { type Area, horizontalAxis, key, linear, type Scale, ticksBetween, verticalAxis, whisker } from "./axis.ts";
import { curve, type Drawing, type Frame, tip } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { interval, percent, percentTicks, points as inPoints } from "./number.ts";
import type { Table } from "./table.ts";

/** The share of a version over traffic. */
export interface ShareCurve {
  readonly title: string;
  readonly version: string;
  /** What `x` is, such as `requests`. */
  readonly axis: string;
  /** In the order of `x`. */
  readonly points: readonly {
    readonly x: number;
    readonly name: string;
    /** Parts of 1. */
    readonly share: number;
    readonly low: number;
    readonly high: number;
    readonly expected: number;
  }[];
}

/** Dots with intervals about a dashed line of the weight. The axis of shares begins where the intervals do. */
export function share({ version, axis, points }: ShareCurve, frame: Frame): Drawing {
  const { width } = frame;
  const area: Area = { left: 62, right: width - 14, top: 58, bottom: 250 };
  const y = zoomed(
    points.flatMap(({ low, high, expected }) => [low, high, expected]),
    area,
  );
  const [first, last] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 1];
  const x = linear([0, Math.max(last, first, 1)], [area.left, area.right - 8]);
  const ticks = ticksBetween(0, Math.max(last, 1), width < 480 ? 3 : 5).filter((each) => each <= last);
  const parts: Markup[] = [
    ...key(13, "observed, 95 % interval", "weight"),
    ...y.axis(`share of ${version}`),
    ...horizontalAxis(
      area,
      width,
      x,
      ticks.map((each) => [each, formatCount(each)] as const),
      axis,
    ),
    curve(
      [
        [area.left, y.scale(points[0]?.expected ?? 0)],
        ...points.map((point) => [x(point.x), y.scale(point.expected)] as const),
        [area.right, y.scale(points.at(-1)?.expected ?? 0)],
      ],
      { class: "expected" },
    ),
    ...points.flatMap((point) => whisker(x(point.x), [y.scale(point.low), y.scale(point.share), y.scale(point.high)])),
  ];
  const tips = points.map((point) =>
    tip(
      frame,
      [x(point.x) - 9, area.top, 18, area.bottom - area.top],
      [
        `${point.name} ${axis}`,
        `${percent(point.share)}, ${inPoints(point.share - point.expected)} points`,
        `95 % interval ${interval(point)}`,
        `weight ${percent(point.expected)}`,
      ],
    ),
  );
  const description = `The share of ${version} by ${axis}. ${points
    .slice(0, 40)
    .map((point) => `${point.name}: ${percent(point.share)}, expected ${percent(point.expected)}`)
    .join("; ")}.`;
  return { description, width, height: area.bottom + 42, parts, tips };
}

/** A vertical axis of shares about values that differ little: from below the least to above the greatest, and from 0 where that is near. */
function zoomed(
  values: readonly number[],
  area: Area,
  most = 5,
): { readonly scale: Scale; readonly axis: (title: string) => readonly Markup[] } {
  const [low, high] = [Math.min(...values, 1), Math.max(...values, 0)];
  const from = low < 0.25 * (high - low) || high <= low ? Math.min(low, 0) : low;
  const ticks = ticksBetween(Math.max(from, 0), Math.max(high, from + 0.0001), most).filter((each) => each <= 1);
  const scale = linear([Math.min(ticks[0] ?? 0, low), Math.max(ticks.at(-1) ?? 1, high)], [area.bottom, area.top]);
  const texts = percentTicks(ticks);
  return {
    scale,
    axis: (title) =>
      verticalAxis(
        area,
        scale,
        ticks.map((each, index) => [each, texts[index] ?? ""] as const),
        title,
      ),
  };
}

/** The data of the plot as a table. */
export function shareTable({ title, axis, points }: ShareCurve): Table {
  const rows = points.map(({ name, share: observed, low, high, expected }) => [
    name,
    percent(observed),
    interval({ low, high }),
    percent(expected),
  ]);
  const [first = "", ...rest] = axis;
  return { caption: title, head: [`${first.toUpperCase()}${rest.join("")}`, "Share", "95 % interval", "Weight"], rows };
}
