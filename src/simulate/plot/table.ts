import { element, type Markup } from "./markup.ts";

/** The numbers of a plot as a table, for print and for readers who cannot see the plot. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Cells up to this length are kept on one line: `98.84 % to 100 %` and its like. */
const SHORT = 20;

const NUMBER = /^[<+−]? ?[\d,.]+(?:\u00a0%)?$|^–$|^$/;

/** A table that scrolls in a frame of its own where it is too wide. The first cell of a row is its heading; numbers stand right. */
export function tableHTML({ caption, head, rows }: Table): Markup {
  const numeric = head.map(
    (_, column) => rows.every((row) => NUMBER.test(row[column] ?? "")) && rows.some((row) => (row[column] ?? "") !== ""),
  );
  const classOf = (column: number, cell: string): string | undefined =>
    numeric[column] === true ? "number" : cell.length <= SHORT ? "short" : undefined;
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...row.map((cell, column) =>
        column === 0
          ? element("th", { scope: "row", class: cell.length <= SHORT ? "short" : undefined }, cell)
          : element("td", { class: classOf(column, cell) }, cell),
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
  return element("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" }, table);
}
