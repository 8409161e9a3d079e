import { formatCount } from "../../document/index.ts";
import { type Area, horizontalAxis, key, linear, logarithmic, ticksBetween, verticalAxis, whisker } from "./axis.ts";
import { curve, type Drawing, type Frame, tip } from "./drawing.ts";
import { interval, percent, percentTicks } from "./number.ts";
import type { Table } from "./table.ts";

/** The share of users, or of sessions, that the draw gave more than one version within so many requests. */
export interface MixedCurve {
  readonly title: string;
  /** `users` or `sessions`. */
  readonly who: string;
  /** In the order of `within`, each of which is above 0. Shares are parts of 1. */
  readonly points: readonly {
    readonly within: number;
    /** Those with at least so many requests. */
    readonly of: number;
    readonly share: number;
    readonly low: number;
    readonly high: number;
    /** If every request is drawn anew; undefined where the draw is sticky. */
    readonly expected: number | undefined;
  }[];
}

/** Dots with intervals, over a logarithmic axis of requests. */
export function mixed({ who, points }: MixedCurve, frame: Frame): Drawing {
  const { width } = frame;
  const area: Area = { left: 62, right: width - 14, top: 58, bottom: 250 };
  const greatest = Math.max(...points.flatMap(({ high, expected = 0 }) => [high, expected]), 0.0001);
  const ticks = ticksBetween(0, Math.min(greatest, 1)).filter((each) => each <= 1);
  const texts = percentTicks(ticks);
  const y = linear([0, Math.max(ticks.at(-1) ?? 1, greatest)], [area.bottom, area.top]);
  const [first, last] = [points[0]?.within ?? 1, points.at(-1)?.within ?? 2];
  const x = logarithmic([first, Math.max(last, first * 1.01)], [area.left + 14, area.right - 14]);
  const supposed = points.flatMap(({ within, expected }) => (expected === undefined ? [] : [[x(within), y(expected)] as const]));
  const description = `The share of ${who} who see more than one version within so many requests. ${points
    .map(({ within, share }) => `${within}: ${percent(share)}`)
    .join("; ")}.`;
  const axis = horizontalAxis(
    area,
    width,
    x,
    points.map(({ within }) => [within, formatCount(within)] as const),
    "requests that were drawn, logarithmic",
  );
  return {
    description,
    width,
    height: area.bottom + 42,
    parts: [
      ...key(13, width < 420 ? "observed, 95 %" : "observed, 95 % interval", supposed.length > 0 ? "if each is drawn anew" : undefined),
      ...verticalAxis(
        area,
        y,
        ticks.map((each, index) => [each, texts[index] ?? ""] as const),
        `${who} with more than one version`,
      ),
      ...axis,
      ...(supposed.length > 1 ? [curve(supposed, { class: "expected" })] : []),
      ...points.flatMap(({ within, low, share, high }) => whisker(x(within), [y(low), y(share), y(high)])),
    ],
    tips: points.map((point) =>
      tip(
        frame,
        [x(point.within) - 12, area.top, 24, area.bottom - area.top],
        [
          `within ${formatCount(point.within)} requests`,
          `${percent(point.share)} of ${formatCount(point.of)} ${who}`,
          `95 % interval ${interval(point)}`,
          ...(point.expected === undefined ? [] : [`${percent(point.expected)} if each is drawn anew`]),
        ],
      ),
    ),
  };
}

/** The data of the plot as a table. */
export function mixedTable({ title, who, points }: MixedCurve): Table {
  const rows = points.map(({ within, of, share, low, high, expected }) => [
    formatCount(within),
    formatCount(of),
    percent(share),
    interval({ low, high }),
    expected === undefined ? "" : percent(expected),
  ]);
  return { caption: title, head: ["Requests", `Of ${who}`, "See several", "95 % interval", "If drawn anew"], rows };
}
