import { widthOf } from "./drawing.ts";
import { element, type Markup, type Part } from "./markup.ts";

/** The numbers of a plot as a table, for print and for readers who cannot see the plot. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Cells up to this length are kept on one line: `98.84 % to 100 %` and its like. */
const SHORT = 24;

/** A number, with a unit or without, or an interval. */
const NUMBER = /^[<+−]? ?[\d,.]+(?:–[\d,.]+)?(?:\u00a0%)?$|^–$|^$/;

/** The width of a phone less its margins: a wider table scrolls there, and says so. */
const PHONE = 330;

/** A table that scrolls in a frame of its own where it is too wide. The first cell of a row is its heading; numbers stand right, their points aligned. */
export function tableHTML({ caption, head, rows }: Table): Markup {
  const numeric = head.map(
    (_, column) => rows.every((row) => NUMBER.test(row[column] ?? "")) && rows.some((row) => (row[column] ?? "") !== ""),
  );
  const places = head.map((_, column) => Math.max(0, ...rows.map((row) => placesOf(row[column] ?? ""))));
  const classOf = (column: number, cell: string): string | undefined =>
    numeric[column] === true ? "number" : cell.length <= SHORT ? "short" : undefined;
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...row.map((cell, column) =>
        column === 0
          ? element("th", { scope: "row", class: cell.length <= SHORT ? "short" : undefined }, cell)
          : element("td", { class: classOf(column, cell) }, ...(numeric[column] === true ? aligned(cell, places[column] ?? 0) : [cell])),
      ),
    ),
  );
  const heading = element(
    "tr",
    {},
    ...head.map((cell, column) =>
      element("th", { scope: "col", class: column > 0 && numeric[column] === true ? "number" : undefined }, cell),
    ),
  );
  const table = element("table", {}, element("caption", {}, caption), element("thead", {}, heading), element("tbody", {}, ...body));
  const scroll = element("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" }, table);
  if (widthOfTable(head, rows) <= PHONE) return scroll;
  return element("div", {}, hint("the table"), scroll);
}

/** What is said on a phone of something that scrolls. */
export function hint(what: string): Markup {
  return element("p", { class: "hint", "aria-hidden": "true" }, `Swipe ${what} for more columns →`);
}

/** The places behind the point that a number has. */
function placesOf(cell: string): number {
  return /\.(\d+)(?:\u00a0%)?$/.exec(cell)?.[1]?.length ?? 0;
}

/** A number, and before its unit the space of the places that it has less than others of its column. Copies have no such space. */
function aligned(cell: string, places: number): readonly Part[] {
  const missing = places - placesOf(cell);
  const [, digits = cell, unit = ""] = /^(.*?)(\u00a0%)?$/.exec(cell) ?? [];
  if (missing === 0 || !/\d/.test(cell)) return [cell];
  // The point takes about half a digit.
  const fill = Math.min(placesOf(cell) === 0 ? missing + 1 : missing, 6);
  return [digits, element("i", { class: `pad${fill}` }), unit];
}

/** About how wide it is, if words are broken in long cells alone. */
function widthOfTable(head: readonly string[], rows: readonly (readonly string[])[]): number {
  return head.reduce((sum, cell, column) => {
    const cells = rows.slice(0, 50).map((row) => row[column] ?? "");
    const words = cell.split(" ").map(widthOf);
    const widest = Math.max(...words, ...cells.map((each) => (each.length <= SHORT ? widthOf(each) : 190)));
    return sum + 0.9 * widest + 16;
  }, 0);
}
