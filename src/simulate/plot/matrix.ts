import { formatCount } from "../../document/index.ts";
import { fitted, label, line, palette, rect, svg, WIDTH, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent } from "./number.ts";
import type { Table } from "./table.ts";

/** How much moves from each version to each other one. */
export interface Matrix {
  readonly title: string;
  /** What is counted: `slots`, `requests`. */
  readonly unit: string;
  /** The total of which the counts are parts. */
  readonly whole: number;
  readonly versions: readonly string[];
  /** May include what stays. */
  readonly cells: readonly { readonly from: string; readonly to: string; readonly count: number }[];
}

/** The most columns. With more versions, a list of the moves is drawn. */
const MOST_COLUMNS = 6;

const ROW = 46;

/** A row for each version before, a column for each version after, and in each cell the number and a bar in the fill of the version after. */
export function matrix(data: Matrix, id = "matrix"): string {
  const { title, unit, whole, versions, cells } = data;
  const fills = palette(id, versions);
  const description = `${cells
    .filter(({ from, to }) => from !== to)
    .slice(0, 20)
    .map(({ from, to, count: each }) => `${formatCount(each)} ${unit} from ${from} to ${to}`)
    .join("; ")}${cells.some(({ from, to }) => from !== to) ? "" : "Nothing moves"}.`;
  const greatest = Math.max(...cells.map((cell) => cell.count), 1);
  const parts = versions.length > MOST_COLUMNS ? list(data, greatest, fills.fill) : grid(data, greatest, fills.fill);
  return svg(id, { title, description: `${description} Of ${formatCount(whole)} ${unit}.` }, parts.height, [fills.defs, ...parts.parts]);
}

type Fill = ReturnType<typeof palette>["fill"];

interface Drawn {
  readonly parts: readonly Markup[];
  readonly height: number;
}

function grid({ unit, versions, cells }: Matrix, greatest: number, fill: Fill): Drawn {
  const left = Math.min(150, Math.max(60, ...versions.map((version) => widthOf(version) + 34)));
  const wide = (WIDTH - left) / Math.max(1, versions.length);
  const top = 44;
  const heads = versions.flatMap((version, column) => [
    rect(left + column * wide + 6, 24, 16, 14, fill(version)),
    label(left + column * wide + 26, 36, fitted(version, wide - 30), "strong"),
  ]);
  const rows = versions.flatMap((from, index): readonly Markup[] => {
    const y = top + index * ROW;
    return [
      line(0, y, WIDTH, y, { class: "grid" }),
      rect(0, y + 14, 16, 14, fill(from)),
      label(22, y + 26, fitted(from, left - 26), "strong"),
      ...versions.flatMap((to, column) => {
        const found = cells.find((cell) => cell.from === from && cell.to === to)?.count ?? 0;
        const x = left + column * wide + 6;
        if (found === 0) return [label(x, y + 20, "–", "quiet")];
        const bar = Math.max(1, (found / greatest) * (wide - 14));
        return [label(x, y + 20, formatCount(found), from === to ? "quiet" : undefined), rect(x, y + 27, bar, 10, fill(to))];
      }),
    ];
  });
  const axes = [label(0, 14, "from ↓", "quiet"), label(left + 6, 14, `to →   (${unit})`, "quiet")];
  return { parts: [...axes, ...heads, ...rows], height: top + versions.length * ROW };
}

/** The largest moves first. */
function list({ unit, cells }: Matrix, greatest: number, fill: Fill): Drawn {
  const shown = cells.filter(({ from, to }) => from !== to).toSorted((a, b) => b.count - a.count);
  const parts = shown.flatMap(({ from, to, count: each }, index) => {
    const y = index * ROW;
    const said = `${formatCount(each)} ${unit}`;
    return [
      label(0, y + 16, fitted(`${from} → ${to}`, WIDTH - widthOf(said) - 16), "strong"),
      label(WIDTH, y + 16, said, "quiet end"),
      rect(0, y + 23, Math.max(1, (each / greatest) * WIDTH), 12, fill(to)),
    ];
  });
  return { parts: shown.length === 0 ? [label(0, 16, "nothing moves", "quiet")] : parts, height: Math.max(1, shown.length) * ROW };
}

/** The data of the plot as a table. */
export function matrixTable({ title, unit, whole, cells }: Matrix): Table {
  const rows = cells
    .filter((cell) => cell.count > 0)
    .map(({ from, to, count: each }) => [from === to ? `${from} stays` : `${from} → ${to}`, formatCount(each), percent(each, whole)]);
  const [first = "", ...rest] = unit;
  return { caption: title, head: ["Way", `${first.toUpperCase()}${rest.join("")}`, "Part"], rows };
}
