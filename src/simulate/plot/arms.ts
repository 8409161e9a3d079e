import { formatCount } from "../../document/index.ts";
import { horizontalAxis, linear, lyingWhisker, ticksBetween } from "./axis.ts";
import { type Drawing, fitted, type Frame, label, line, MOST_ROWS, palette, tip, unshown, widthOf } from "./drawing.ts";
import { element, type Markup } from "./markup.ts";
import { interval, percent, points, pointTicks } from "./number.ts";
import type { Table } from "./table.ts";

/** The share that the draw gave each version, and its weight. */
export interface ArmShares {
  readonly title: string;
  /** What is counted: `requests`, `keys`. */
  readonly unit: string;
  /** In the order of the legend, the primary first. */
  readonly versions: readonly string[];
  /** Shares are parts of 1. */
  readonly arms: readonly {
    readonly version: string;
    readonly count: number;
    readonly share: number;
    readonly low: number;
    readonly high: number;
    readonly expected: number;
  }[];
}

const ROW = 52;

/** The distance of each share from its weight, with its interval. An interval that crosses the middle line can be chance. */
export function arms({ unit, versions, arms: all }: ArmShares, frame: Frame): Drawing {
  const { width } = frame;
  const rows = all.slice(0, MOST_ROWS);
  const fills = palette(frame.id, versions);
  const far = Math.max(...rows.flatMap(({ low, high, expected }) => [Math.abs(high - expected), Math.abs(low - expected)]), 0.0001);
  const steps = ticksBetween(0, far, 3);
  const end = steps.at(-1) ?? far;
  const ticks = [
    ...steps
      .slice(1)
      .map((each) => -each)
      .toReversed(),
    ...steps,
  ];
  const texts = pointTicks(ticks);
  const x = linear([-end, end], [18, width - 18]);
  const bottom = rows.length * ROW + 4;
  const tips: Markup[] = [];
  const grid = rows.flatMap((_, index) =>
    ticks.map((each) => line(x(each), index * ROW + 22, x(each), index * ROW + 46, { class: each === 0 ? "axis" : "grid" })),
  );
  const marks = rows.flatMap((row, index): readonly Markup[] => {
    const y = index * ROW;
    const said = `${percent(row.share)} for a weight of ${percent(row.expected)}`;
    tips.push(
      tip(
        frame,
        [0, y + 20, width, 26],
        [
          row.version,
          said,
          `95 % interval ${interval(row)}`,
          `${formatCount(row.count)} ${unit}`,
          `${points(row.share - row.expected)} points`,
        ],
      ),
    );
    return [
      label(0, y + 13, fitted(row.version, width - widthOf(said) - 16), "strong"),
      label(width, y + 13, said, "quiet end"),
      lyingWhisker([x(row.low - row.expected), x(row.high - row.expected)], y + 33),
      element("circle", { cx: x(row.share - row.expected), cy: y + 33, r: 7, ...fills.fill(row.version) }),
    ];
  });
  const axis = horizontalAxis(
    { left: 18, right: width - 18, top: 0, bottom },
    width,
    x,
    ticks.map((each, index) => [each, each === 0 ? "weight" : (texts[index] ?? "")] as const),
    "distance from the weight, in points of percent",
  );
  const description = rows
    .slice(0, 20)
    .map(({ version, share, expected }) => `${version}: ${percent(share)}, weight ${percent(expected)}`)
    .join("; ");
  const height = bottom + 42 + (all.length > MOST_ROWS ? 20 : 0);
  return {
    description: `By ${unit}. ${description}.`,
    width,
    height,
    tips,
    parts: [...fills.defs, ...grid, ...axis, ...marks, ...unshown(all.length, height - 2)],
  };
}

/** The data of the plot as a table. */
export function armsTable({ title, unit, arms: rows }: ArmShares): Table {
  const [first = "", ...rest] = unit;
  return {
    caption: title,
    head: ["Version", `${first.toUpperCase()}${rest.join("")}`, "Share", "95 % interval", "Weight"],
    rows: rows.map(({ version, count: each, share, low, high, expected }) => [
      version,
      formatCount(each),
      percent(share),
      interval({ low, high }),
      percent(expected),
    ]),
  };
}
