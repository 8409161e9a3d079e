import { formatCount } from "../../document/index.ts";
import { linear, type Scale, ticksTo } from "./axis.ts";
import { fitted, label, legend, line, palette, svg, WIDTH, widthOf } from "./drawing.ts";
import { element, type Markup } from "./markup.ts";
import { interval, percent, points } from "./number.ts";
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

const ROW = 48;

/** The distance of each share from its weight, with its interval. An interval that crosses the middle line can be chance. */
export function arms({ title, unit, versions, arms: rows }: ArmShares, id = "arms"): string {
  const fills = palette(id, versions);
  const keys = legend(fills, 4);
  const top = keys.height + 8;
  const far = Math.max(...rows.flatMap(({ low, high, expected }) => [Math.abs(high - expected), Math.abs(low - expected)]), 0.0001);
  const ticks = ticksTo(far);
  const end = ticks.at(-1) ?? far;
  const x = linear([-end, end], [36, WIDTH - 36]);
  const bottom = top + rows.length * ROW;
  const marks = rows.flatMap((row, index): readonly Markup[] => {
    const y = top + index * ROW;
    const said = `${percent(row.share)}, weight ${percent(row.expected)}`;
    return [
      label(0, y + 14, fitted(row.version, WIDTH - widthOf(said) - 16), "strong"),
      label(WIDTH, y + 14, said, "quiet end"),
      ...[-end, 0, end].map((each) => line(x(each), y + 20, x(each), y + 40, { class: each === 0 ? "frame" : "grid" })),
      ...level(x, y + 30, row),
      element("circle", { cx: x(row.share - row.expected), cy: y + 30, r: 6, ...fills.fill(row.version), stroke: "none" }),
    ];
  });
  const scale = [-end, 0, end].map((each) => label(x(each), bottom + 16, each === 0 ? "as weighted" : points(each), "quiet middle"));
  const description = rows.map(({ version, share, expected }) => `${version}: ${percent(share)}, weight ${percent(expected)}`).join("; ");
  return svg(id, { title, description: `By ${unit}. ${description}.` }, bottom + 26, [fills.defs, ...keys.parts, ...scale, ...marks]);
}

function level(x: Scale, y: number, { low, high, expected }: ArmShares["arms"][number]): readonly Markup[] {
  const [from, to] = [x(low - expected).toFixed(2), x(high - expected).toFixed(2)];
  return [element("path", { class: "mark", d: `M${from} ${y}H${to}M${from} ${y - 6}v12M${to} ${y - 6}v12` })];
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
