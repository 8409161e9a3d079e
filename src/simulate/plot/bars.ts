import { formatCount } from "../../document/index.ts";
import { horizontalAxis, linear, ticksBetween } from "./axis.ts";
import { type Drawing, type Frame, label, line, MOST_ROWS, palette, rect, tip, unshown, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent, percentTicks, points } from "./number.ts";
import { rowHead, rowsOf } from "./rows.ts";
import type { Table } from "./table.ts";

/** The share of each version, beside what was to be expected. */
export interface VersionBars {
  readonly title: string;
  /** What is counted: `requests`. */
  readonly unit: string;
  /** In the order of the colours, the primary first. */
  readonly versions: readonly string[];
  readonly bars: readonly {
    readonly version: string;
    readonly count: number;
    /** Parts of 1. */
    readonly share: number;
    readonly expected: number;
    /** How many of them the draw decided. */
    readonly drawn: number;
    /** The part of the users who saw it; undefined where users are not known. */
    readonly users: number | undefined;
  }[];
}

/** A bar for each version, with a line where it was expected to end. */
export function versionBars({ unit, versions, bars: all }: VersionBars, frame: Frame): Drawing {
  const { width } = frame;
  const bars = all.slice(0, MOST_ROWS);
  const fills = palette(frame.id, versions);
  const rows = rowsOf(width, {
    bar: 20,
    below: 14,
    names: Math.min(150, Math.max(60, ...bars.map(({ version }) => widthOf(version) + 24))),
    texts: 76,
    from: 480,
  });
  const greatest = Math.max(...bars.flatMap(({ share, expected }) => [share, expected]), 0.0001);
  const ticks = ticksBetween(0, Math.min(greatest, 1), width < 480 ? 4 : 5).filter((each) => each <= 1);
  const x = linear([0, Math.max(ticks.at(-1) ?? 1, greatest)], [rows.left, rows.right]);
  const top = 30;
  const bottom = top + bars.length * rows.height;
  const tips: Markup[] = [];
  const marks = bars.flatMap(({ version, count: each, share, expected, users }, index): readonly Markup[] => {
    const y = top + index * rows.height + rows.lift;
    tips.push(
      tip(
        frame,
        [rows.left, y - 4, rows.right - rows.left, rows.bar + 8],
        [
          version,
          `${formatCount(each)} ${unit}, ${percent(share)}`,
          `${percent(expected)} expected, ${points(share - expected)} points`,
          ...(users === undefined ? [] : [`${percent(users)} of the users saw it`]),
        ],
      ),
    );
    return [
      ...rowHead(rows, y, version, "", percent(share)),
      rect(rows.left, y, x(share) - rows.left, rows.bar, { rx: 3, ...fills.fill(version) }),
      line(x(expected), y - 4, x(expected), y + rows.bar + 4, { class: "goal" }),
    ];
  });
  const grid = ticks.map((each) => line(x(each), top - 6, x(each), bottom, { class: "grid" }));
  const texts = percentTicks(ticks);
  const axis = horizontalAxis(
    { left: rows.left, right: rows.right, top, bottom },
    width,
    x,
    ticks.map((each, index) => [each, texts[index] ?? ""] as const),
    `share of all ${unit}`,
  );
  const key = [line(1.5, 2, 1.5, 16, { class: "goal" }), label(10, 13, "expected by the rules and the weights", "quiet")];
  const height = bottom + 42 + (all.length > MOST_ROWS ? 20 : 0);
  const description = bars.slice(0, 20).map((bar) => `${bar.version}: ${percent(bar.share)}, expected ${percent(bar.expected)}`);
  return {
    description: `Shares of the ${unit}. ${description.join("; ")}.`,
    width,
    height,
    tips,
    parts: [...fills.defs, ...key, ...grid, ...axis, ...marks, ...unshown(all.length, height - 2)],
  };
}

/** The data of the plot as a table. */
export function versionBarsTable({ title, unit, bars }: VersionBars): Table {
  const [first = "", ...rest] = unit;
  const told = bars.some(({ users }) => users !== undefined);
  return {
    caption: title,
    head: ["Version", `${first.toUpperCase()}${rest.join("")}`, "Share", "Expected", "By the draw", ...(told ? ["Users who saw it"] : [])],
    rows: bars.map(({ version, count: each, share, expected, drawn, users }) => [
      version,
      formatCount(each),
      percent(share),
      percent(expected),
      formatCount(drawn),
      ...(told ? [users === undefined ? "" : percent(users)] : []),
    ]),
  };
}
