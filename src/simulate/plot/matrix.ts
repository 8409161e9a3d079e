import { formatCount } from "../../document/index.ts";
import { type Drawing, fitted, type Frame, label, line, MOST_ROWS, palette, rect, tip, unshown, widthOf } from "./drawing.ts";
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

/** The most columns. With more versions, or so few that a matrix says nothing, a list of the ways is drawn. */
const MOST_COLUMNS = 6;

const ROW = 46;

/** A row for each version before, a column for each version after, and in each cell the number and a bar in the fill of the version after. */
export function matrix(data: Matrix, frame: Frame): Drawing {
  const { unit, whole, versions, cells } = data;
  const fills = palette(frame.id, versions);
  const ways = cells.filter(({ from, to, count: each }) => from !== to && each > 0);
  const description = `${ways
    .slice(0, 20)
    .map(({ from, to, count: each }) => `${formatCount(each)} ${unit} from ${from} to ${to}`)
    .join("; ")}${ways.length > 0 ? "" : "Nothing moves"}.`;
  const isGrid = versions.length > 2 && versions.length <= MOST_COLUMNS && frame.width >= 90 + versions.length * 74;
  const drawn = isGrid ? grid(data, frame, fills.fill) : list(data, frame, fills.fill);
  return {
    ...drawn,
    description: `${description} Of ${formatCount(whole)} ${unit}.`,
    width: frame.width,
    parts: [...fills.defs, ...drawn.parts],
  };
}

type Fill = ReturnType<typeof palette>["fill"];

type Drawn = Pick<Drawing, "parts" | "tips" | "height">;

function grid({ unit, whole, versions, cells }: Matrix, frame: Frame, fill: Fill): Drawn {
  const { width } = frame;
  const greatest = Math.max(...cells.map((cell) => cell.count), 1);
  const left = Math.min(150, Math.max(70, ...versions.map((version) => widthOf(version) + 34)));
  const wide = (width - left) / Math.max(1, versions.length);
  const top = 46;
  const tips: Markup[] = [];
  const heads = versions.flatMap((version, column) => [
    rect(left + column * wide + 6, 26, 12, 12, { rx: 3, ...fill(version) }),
    label(left + column * wide + 24, 37, fitted(version, wide - 28), "strong"),
  ]);
  const rows = versions.flatMap((from, index): readonly Markup[] => {
    const y = top + index * ROW;
    return [
      line(0, y, width, y, { class: "grid" }),
      rect(0, y + 15, 12, 12, { rx: 3, ...fill(from) }),
      label(18, y + 26, fitted(from, left - 26), "strong"),
      ...versions.flatMap((to, column) => {
        const found = cells.find((cell) => cell.from === from && cell.to === to)?.count ?? 0;
        const x = left + column * wide + 6;
        if (found === 0) return [label(x, y + 20, "–", "quiet")];
        const said = [from === to ? `${from} stays` : `${from} → ${to}`, `${formatCount(found)} ${unit}`, percent(found, whole)];
        tips.push(tip(frame, [x - 6, y + 1, wide, ROW - 1], said));
        const bar = Math.max(1.5, (found / greatest) * (wide - 14));
        return [label(x, y + 20, formatCount(found), from === to ? "quiet" : undefined), rect(x, y + 27, bar, 10, { rx: 2, ...fill(to) })];
      }),
    ];
  });
  const axes = [label(0, 14, "from ↓", "quiet"), label(left + 6, 14, `to →   (${unit})`, "quiet")];
  return { parts: [...axes, ...heads, ...rows], tips, height: top + versions.length * ROW };
}

/** What moves, the largest first, and then what stays, against the whole. */
function list({ unit, whole, cells }: Matrix, frame: Frame, fill: Fill): Drawn {
  const { width } = frame;
  const sorted = cells
    .filter((cell) => cell.count > 0)
    .toSorted((a, b) => Number(a.from === a.to) - Number(b.from === b.to) || b.count - a.count);
  const shown = sorted.slice(0, MOST_ROWS);
  const greatest = Math.max(whole, ...sorted.map((cell) => cell.count), 1);
  const tips: Markup[] = [];
  const parts = shown.flatMap(({ from, to, count: each }, index) => {
    const y = index * ROW;
    const name = from === to ? `${from} stays` : `${from} → ${to}`;
    const said = `${formatCount(each)} ${unit}, ${percent(each, whole)}`;
    tips.push(tip(frame, [0, y, width, ROW - 4], [name, said]));
    return [
      label(0, y + 14, fitted(name, width - widthOf(said) - 16), "strong"),
      label(width, y + 14, said, "quiet end"),
      rect(0, y + 21, width, 14, { class: "empty", rx: 2 }),
      rect(0, y + 21, Math.max(1.5, (each / greatest) * width), 14, { rx: 2, ...fill(to) }),
    ];
  });
  const height = Math.max(1, shown.length) * ROW + (sorted.length > MOST_ROWS ? 20 : 0);
  if (shown.length === 0) return { parts: [label(0, 16, "nothing moves", "quiet")], tips, height };
  return { parts: [...parts, ...unshown(sorted.length, height - 2)], tips, height };
}

/** The data of the plot as a table. */
export function matrixTable({ title, unit, whole, cells }: Matrix): Table {
  const rows = cells
    .filter((cell) => cell.count > 0)
    .map(({ from, to, count: each }) => [from === to ? `${from} stays` : `${from} → ${to}`, formatCount(each), percent(each, whole)]);
  const [first = "", ...rest] = unit;
  return { caption: title, head: ["Way", `${first.toUpperCase()}${rest.join("")}`, "Part"], rows };
}
