import { formatCount } from "../../document/index.ts";
import { horizontalAxis, linear } from "./axis.ts";
import { type Drawing, type Frame, label, legend, line, MOST_ROWS, palette, rect, tip, unshown, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent } from "./number.ts";
import { rowHead, rowsOf } from "./rows.ts";
import type { Table } from "./table.ts";

/** The shares of the versions in each step. */
export interface StackedShares {
  readonly title: string;
  /** What is counted: `requests`. */
  readonly unit: string;
  /** In the order of the legend, the primary first. */
  readonly versions: readonly string[];
  readonly steps: readonly {
    readonly name: string;
    readonly shares: readonly {
      readonly version: string;
      readonly count: number;
      /** Parts of 1. */
      readonly share: number;
      readonly expected: number;
      readonly drawn: number;
      readonly users: number | undefined;
    }[];
  }[];
}

/** A bar for each step, divided among the versions. */
export function stackedShares({ unit, versions, steps: all }: StackedShares, frame: Frame): Drawing {
  const { width } = frame;
  const steps = all.slice(0, MOST_ROWS);
  const fills = palette(frame.id, versions);
  const keys = legend(fills, width);
  const rows = rowsOf(width, { names: 90, texts: 0, from: 420, below: 10 });
  const x = linear([0, 1], [rows.left, rows.right]);
  const top = keys.height;
  const bottom = top + steps.length * rows.height;
  const tips: Markup[] = [];
  const bars = steps.flatMap(({ name, shares }, index): readonly Markup[] => {
    const y = top + index * rows.height + rows.lift;
    let from = 0;
    const parts = shares.flatMap(({ version, count: each, share, expected, users }): readonly Markup[] => {
      if (share === 0) return [];
      const [left, right] = [x(from), x(from + share)];
      from += share;
      tips.push(
        tip(
          frame,
          [left, y, right - left, rows.bar],
          [
            `${name}: ${version}`,
            `${formatCount(each)} ${unit}, ${percent(share)}`,
            `${percent(expected)} expected`,
            ...(users === undefined ? [] : [`${percent(users)} of the users saw it`]),
          ],
        ),
      );
      const text = `${version} ${percent(share)}`;
      const ink = fills.ink(version);
      return [
        rect(left, y, right - left, rows.bar, fills.fill(version)),
        ...(ink !== "none" && widthOf(text) <= right - left - 16 ? [label(left + 8, y + 16.5, text, ink)] : []),
        ...(from < 0.99999 ? [line(right, y, right, y + rows.bar, { class: "gap" })] : []),
      ];
    });
    return [...rowHead(rows, y, name, "", ""), ...parts];
  });
  const ticks = (width < 420 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).map((each) => [each, percent(each).replace(".00", "")] as const);
  const axis = horizontalAxis({ left: rows.left, right: rows.right, top, bottom }, width, x, ticks, `share of all ${unit}`);
  const height = bottom + 42 + (all.length > MOST_ROWS ? 20 : 0);
  const description = steps
    .slice(0, 20)
    .map(({ name, shares }) => `${name}: ${shares.map(({ version, share }) => `${version} ${percent(share)}`).join(", ")}`)
    .join("; ");
  return {
    description: `Shares of the ${unit} by step. ${description}.`,
    width,
    height,
    tips,
    parts: [...fills.defs, ...keys.parts, ...bars, ...axis, ...unshown(all.length, height - 2)],
  };
}

/** The data of the plot as a table. */
export function stackedSharesTable({ title, unit, steps }: StackedShares): Table {
  const [first = "", ...rest] = unit;
  const told = steps.some(({ shares }) => shares.some(({ users }) => users !== undefined));
  return {
    caption: title,
    head: [
      "Step",
      "Version",
      `${first.toUpperCase()}${rest.join("")}`,
      "Share",
      "Expected",
      "By the draw",
      ...(told ? ["Users who saw it"] : []),
    ],
    rows: steps.flatMap(({ name, shares }) =>
      shares.map(({ version, count: each, share, expected, drawn, users }) => [
        name,
        version,
        formatCount(each),
        percent(share),
        percent(expected),
        formatCount(drawn),
        ...(told ? [users === undefined ? "" : percent(users)] : []),
      ]),
    ),
  };
}
