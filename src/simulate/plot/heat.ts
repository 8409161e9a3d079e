import { formatCount } from "../../document/index.ts";
import { type Drawing, fitted, type Frame, label, MOST_ROWS, rect, tip, unshown, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent, points } from "./number.ts";
import type { Table } from "./table.ts";

/** The shares of the versions by a value of the requests. */
export interface HeatTable {
  readonly title: string;
  /** What the values are of, such as `attribute country`. */
  readonly by: string;
  readonly versions: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly requests: number;
    /** In the order of the versions. Parts of 1. */
    readonly cells: readonly { readonly share: number; readonly expected: number }[];
  }[];
}

const ROW = 40;

/** The least width of a column. What is wider than the frame can be scrolled. */
const COLUMN = 76;

/** A row for each value and a column for each version; the darker, the larger the share. Below each share stands its distance from what was expected. */
export function heatTable({ by, versions, rows: all }: HeatTable, frame: Frame): Drawing {
  const rows = all.slice(0, MOST_ROWS);
  const names = Math.min(190, Math.max(64, widthOf(by) + 12, ...rows.map(({ name }) => widthOf(name) + 12)));
  const counts = Math.max(70, ...rows.map(({ requests }) => widthOf(formatCount(requests)) + 18));
  const left = Math.min(names, frame.width * 0.32) + counts;
  const width = Math.max(frame.width, left + versions.length * COLUMN);
  const wide = (width - left) / Math.max(1, versions.length);
  const top = 30;
  const tips: Markup[] = [];
  const heads = [
    label(0, 14, fitted(by, left - counts - 4), "quiet"),
    label(left - 14, 14, "requests", "quiet end"),
    ...versions.map((version, column) => label(left + column * wide + wide / 2, 14, fitted(version, wide - 8), "strong middle")),
  ];
  const marks = rows.flatMap(({ name, requests, cells }, index): readonly Markup[] => {
    const y = top + index * ROW;
    return [
      label(0, y + 23, fitted(name, left - counts - 4), "strong"),
      label(left - 14, y + 23, formatCount(requests), "quiet end"),
      ...cells.flatMap(({ share, expected }, column): readonly Markup[] => {
        const x = left + column * wide;
        const place = [x, y, wide - 2, ROW - 2] as const;
        tips.push(
          tip({ width }, place, [
            `${versions[column] ?? ""} for ${name}`,
            `${percent(share)} of ${formatCount(requests)} requests`,
            `${percent(expected)} expected`,
          ]),
        );
        const level = levelOf(share);
        return [
          rect(...place, { class: `heat${level}`, rx: 3 }),
          label(x + (wide - 2) / 2, y + 17, percent(share), `middle warm${level}`),
          label(x + (wide - 2) / 2, y + 31, points(share - expected), `middle small warm${level}`),
        ];
      }),
    ];
  });
  const end = top + rows.length * ROW;
  const notes = [
    label(0, end + 18, fitted("below: points from what was expected", frame.width), "quiet"),
    ...unshown(all.length, end + 36),
  ];
  const description = rows
    .slice(0, 20)
    .map(({ name, cells }) => `${name}: ${cells.map(({ share }, index) => `${versions[index] ?? ""} ${percent(share)}`).join(", ")}`);
  return {
    description: `Shares of the versions by ${by}. ${description.join("; ")}.`,
    width,
    height: end + 26 + (all.length > MOST_ROWS ? 20 : 0),
    parts: [...heads, ...marks, ...notes],
    tips,
  };
}

/** How dark a cell is, from 0 to 8. */
function levelOf(share: number): number {
  return share === 0 ? 0 : Math.min(8, 1 + Math.floor(share * 7.999));
}

/** The data of the plot as a table. */
export function heatTableTable({ title, by, versions, rows }: HeatTable): Table {
  return {
    caption: `${title}: the share of each version, and what was expected`,
    head: [by, "Requests", ...versions.flatMap((version) => [version, "Expected"])],
    rows: rows.map(({ name, requests, cells }) => [
      name,
      formatCount(requests),
      ...cells.flatMap(({ share, expected }) => [percent(share), percent(expected)]),
    ]),
  };
}
