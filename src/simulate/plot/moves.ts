import { horizontalAxis, linear, ticksBetween } from "./axis.ts";
import { type Drawing, type Frame, label, legend, line, MOST_ROWS, palette, rect, tip, unshown } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent, percentTicks } from "./number.ts";
import { rowHead, rowsOf } from "./rows.ts";
import type { Table } from "./table.ts";

/** What changes its version from each step to the next. */
export interface Moves {
  readonly title: string;
  /** Of what the moves are parts, such as `users`. */
  readonly whole: string;
  readonly versions: readonly string[];
  readonly steps: readonly {
    /** The step that it changes to. */
    readonly name: string;
    /** Parts of 1, of different versions. */
    readonly ways: readonly { readonly from: string; readonly to: string; readonly share: number }[];
    /** The least that must move for these weights; undefined where that is not known. */
    readonly least: number | undefined;
  }[];
}

/** A bar for each step, of what moves, in the colour of the version that it moves to; a line shows the least that must move. */
export function moves({ whole, versions, steps: all }: Moves, frame: Frame): Drawing {
  const { width } = frame;
  const steps = all.slice(0, MOST_ROWS);
  const used = versions.filter((version) => all.some(({ ways }) => ways.some(({ to }) => to === version)));
  const fills = palette(frame.id, versions);
  const keys = legend({ ...fills, versions: used }, width);
  const rows = rowsOf(width, { bar: 20, below: 12, names: 96, texts: 80, from: 480 });
  const sums = steps.map(({ ways }) => ways.reduce((sum, { share }) => sum + share, 0));
  const greatest = Math.max(...sums, ...steps.map(({ least = 0 }) => least), 0.0001);
  const ticks = ticksBetween(0, Math.min(greatest, 1), width < 480 ? 4 : 5).filter((each) => each <= 1);
  const x = linear([0, Math.max(ticks.at(-1) ?? 1, greatest)], [rows.left, rows.right]);
  const hasLeast = steps.some(({ least }) => least !== undefined);
  const lead = hasLeast ? 24 : 0;
  const top = keys.height + lead;
  const bottom = top + steps.length * rows.height;
  const tips: Markup[] = [];
  const marks = steps.flatMap(({ name, ways, least }, index): readonly Markup[] => {
    const y = top + index * rows.height + rows.lift;
    const sum = sums[index] ?? 0;
    let from = 0;
    const parts = ways.map(({ to, share }) => {
      const left = x(from);
      from += share;
      return rect(left, y, Math.max(x(from) - left, 1.5), rows.bar, fills.fill(to));
    });
    tips.push(
      tip(
        frame,
        [rows.left, y - 3, rows.right - rows.left, rows.bar + 6],
        [
          `to ${name}`,
          ...(ways.length === 0 ? ["nothing moves"] : []),
          ...ways.slice(0, 6).map((way) => `${way.from} → ${way.to}: ${percent(way.share)}`),
          ...(least === undefined ? [] : [`at least ${percent(least)}`]),
        ],
      ),
    );
    return [
      ...rowHead(rows, y, name, "", percent(sum)),
      ...parts,
      ...(least === undefined ? [] : [line(x(least), y - 4, x(least), y + rows.bar + 4, { class: "goal" })]),
    ];
  });
  const grid = ticks.map((each) => line(x(each), top - 4, x(each), bottom, { class: "grid" }));
  const texts = percentTicks(ticks);
  const axis = horizontalAxis(
    { left: rows.left, right: rows.right, top, bottom },
    width,
    x,
    ticks.map((each, index) => [each, texts[index] ?? ""] as const),
    `part of the ${whole} that changes version`,
  );
  const moved = keys.parts.length === 0 ? [] : keys.parts;
  const key = hasLeast
    ? [
        line(1.5, keys.height - 6, 1.5, keys.height + 8, { class: "goal" }),
        label(10, keys.height + 5, "the least that these weights need", "quiet"),
      ]
    : [];
  const height = bottom + 42 + (all.length > MOST_ROWS ? 20 : 0);
  const description = steps
    .slice(0, 20)
    .map(({ name }, index) => `${name}: ${percent(sums[index] ?? 0)}`)
    .join("; ");
  return {
    description: `The part of the ${whole} that changes version. ${description}.`,
    width,
    height,
    tips,
    parts: [...fills.defs, ...moved, ...key, ...grid, ...axis, ...marks, ...unshown(all.length, height - 2)],
  };
}

/** The data of the plot as a table. */
export function movesTable({ title, steps }: Moves): Table {
  const hasLeast = steps.some(({ least }) => least !== undefined);
  return {
    caption: title,
    head: ["Step", "Moves", ...(hasLeast ? ["At least"] : []), "Ways"],
    rows: steps.map(({ name, ways, least }) => [
      name,
      percent(ways.reduce((sum, { share }) => sum + share, 0)),
      ...(hasLeast ? [least === undefined ? "" : percent(least)] : []),
      ways.map(({ from, to, share }) => `${from} → ${to}: ${percent(share)}`).join(", "),
    ]),
  };
}
