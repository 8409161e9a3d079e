import { formatCount } from "../../document/index.ts";
import { fitted, label, legend, palette, rect, svg, WIDTH, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent } from "./number.ts";
import type { Table } from "./table.ts";

/** How many requests reach each strategy, how many it holds for, and what is left for the split. */
export interface Funnel {
  readonly title: string;
  readonly requests: number;
  /** Requests that could not be read, so that no strategy was tried. */
  readonly unread: number;
  /** In the order in which they are tried. */
  readonly steps: readonly {
    /** The strategy, as a pointer or a name. */
    readonly name: string;
    readonly version: string;
    readonly reached: number;
    readonly held: number;
  }[];
  /** In the order of the legend, the primary first. */
  readonly versions: readonly string[];
}

const ROW = 50;

/** A frame for each strategy, as wide as the requests that reach it, and filled as far as it holds. The last frame is the split. */
export function funnel(data: Funnel, id = "funnel"): string {
  const { title, requests, unread, steps, versions } = data;
  const fills = palette(id, versions);
  const keys = legend(fills, 4);
  const top = keys.height + 8;
  const wide = (value: number): number => (requests === 0 ? 0 : (value / requests) * WIDTH);
  const row = (index: number, name: string, said: string, bars: readonly Markup[]): readonly Markup[] => [
    label(0, top + index * ROW + 14, fitted(name, WIDTH - widthOf(said) - 16), "strong"),
    label(WIDTH, top + index * ROW + 14, said, "quiet end"),
    ...bars,
  ];
  const frame = (index: number, value: number): Markup =>
    rect(0.5, top + index * ROW + 20.5, Math.max(wide(value) - 1, 0), 18, { class: "frame" });
  const strategies = steps.flatMap(({ name, version, reached, held }, index) =>
    row(index, name, `${formatCount(held)} of ${formatCount(reached)}`, [
      rect(0, top + index * ROW + 20, held === 0 ? 0 : Math.max(wide(held), 1), 19, fills.fill(version)),
      frame(index, reached),
    ]),
  );
  const left = leftOf(data);
  const split = row(steps.length, "the split", `${formatCount(left)} are left`, [frame(steps.length, left)]);
  const lost = unread === 0 ? [] : row(steps.length + 1, "could not be read", formatCount(unread), [frame(steps.length + 1, unread)]);
  const height = top + (steps.length + (unread === 0 ? 1 : 2)) * ROW;
  const description = `Of ${formatCount(requests)} requests, ${formatCount(left)} are left for the split. ${steps
    .slice(0, 20)
    .map(({ name, held, reached }) => `${name} holds for ${formatCount(held)} of ${formatCount(reached)}`)
    .join("; ")}.`;
  return svg(id, { title, description }, height, [fills.defs, ...keys.parts, ...strategies, ...split, ...lost]);
}

/** The data of the plot as a table. */
export function funnelTable(data: Funnel): Table {
  const rows = data.steps.map(({ name, version, reached, held }) => [
    name,
    version,
    formatCount(reached),
    formatCount(held),
    percent(held, reached),
  ]);
  const split = ["the split", "", formatCount(leftOf(data)), "", ""];
  const lost = data.unread === 0 ? [] : [["could not be read", "", formatCount(data.unread), "", ""]];
  return { caption: data.title, head: ["Strategy", "Version", "Reached by", "Holds for", "Part"], rows: [...rows, split, ...lost] };
}

function leftOf({ requests, unread, steps }: Funnel): number {
  return requests - unread - steps.reduce((sum, { held }) => sum + held, 0);
}
