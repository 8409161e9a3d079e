import { element, type Markup } from "./markup.ts";

/** The numbers of a plot in words: for those who do not see it, and for print. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NUMBER = /^[<+−]? ?[\d,.]+(?: %)?$|^—$|^$/;

/** A table that scrolls in a frame of its own where it is too wide. The first cell of a row is its heading; numbers stand right. */
export function tableHTML({ caption, head, rows }: Table): Markup {
  const numeric = head.map(
    (_, column) => rows.every((row) => NUMBER.test(row[column] ?? "")) && rows.some((row) => (row[column] ?? "") !== ""),
  );
  const classOf = (column: number): string | undefined => (numeric[column] === true ? "number" : undefined);
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...row.map((cell, column) =>
        column === 0 ? element("th", { scope: "row" }, cell) : element("td", { class: classOf(column) }, cell),
      ),
    ),
  );
  const heading = element("tr", {}, ...head.map((cell, column) => element("th", { scope: "col", class: classOf(column) }, cell)));
  const table = element("table", {}, element("caption", {}, caption), element("thead", {}, heading), element("tbody", {}, ...body));
  return element("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" }, table);
}
