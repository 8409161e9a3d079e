import { type Figure, isTooWide, plotSVG, plotTable } from "../plot/figure.ts";
import { element, empty, type Markup, type Part, raw, together } from "../plot/markup.ts";
import { hint, type Table, tableHTML } from "../plot/table.ts";
import { STYLE } from "./style.ts";

/** What a report holds. Plain data. */
export interface ReportData {
  readonly title: string;
  /** Why it is not whole, as a sentence; undefined where it is. */
  readonly partial: string | undefined;
  /** Sentences that say the most important. */
  readonly summary: readonly string[];
  /** The numbers that stand at the top, in a row. */
  readonly keyFigures: readonly KeyFigure[];
  readonly verdicts: readonly {
    /** `pass` as wished, `fail` to be looked into, `note` neither. */
    readonly kind: "pass" | "fail" | "note";
    readonly text: string;
  }[];
  readonly sections: readonly Section[];
}

/** A number with its name. */
export interface KeyFigure {
  readonly name: string;
  readonly value: string;
  /** What it is to be compared with; may be empty. */
  readonly note: string;
}

/** A heading, some words, and a plot with its table, or a table alone. */
export interface Section {
  readonly heading: string;
  readonly text: readonly string[];
  readonly figure: Figure | undefined;
  /** Tables that are shown. */
  readonly tables: readonly Table[];
  /** Tables behind the plot, after that of its own numbers. */
  readonly more?: readonly Table[];
}

/**
 * A whole HTML document with nothing outside it: no script, no request, not even one for an icon; its own policy forbids them.
 * The same data give the same text.
 */
export function reportHTML({ title, partial, summary, keyFigures, verdicts, sections }: ReportData): string {
  const name = partial === undefined ? title : `${title} (partial)`;
  const head = element(
    "head",
    {},
    empty("meta", { charset: "utf-8" }),
    empty("meta", { name: "generator", content: "canary-router" }),
    empty("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    empty("meta", { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'; img-src data:" }),
    empty("meta", { name: "color-scheme", content: "light dark" }),
    empty("link", { rel: "icon", href: "data:," }),
    element("title", {}, name),
    element("style", {}, raw(STYLE)),
  );
  const wide = widthsOf(sections);
  const main = element(
    "main",
    {},
    element("h1", {}, ...breakable(name)),
    ...(partial === undefined ? [] : [element("p", { class: "partial", role: "note" }, element("strong", {}, "Partial. "), partial)]),
    ...summary.map((sentence) => element("p", { class: "summary" }, sentence)),
    ...keyFigureList(keyFigures),
    ...verdictList(verdicts),
    element("div", { class: "sections" }, ...sections.map((section, index) => sectionHTML(section, index, wide[index] === true))),
  );
  return `<!DOCTYPE html>\n${element("html", { lang: "en" }, raw("\n"), head, raw("\n"), element("body", {}, main), raw("\n")).markup}\n`;
}

/** A text that may be broken behind slashes: a title is a path as a rule. */
function breakable(text: string): readonly Part[] {
  return text.split(/(?<=\/)/).flatMap((part, index) => (index === 0 ? [part] : [empty("wbr", {}), part]));
}

function keyFigureList(keyFigures: ReportData["keyFigures"]): readonly Markup[] {
  if (keyFigures.length === 0) return [];
  const items = keyFigures.map(({ name, value, note }) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value), ...(note === "" ? [] : [element("dd", { class: "note" }, note)])),
  );
  return [element("dl", { class: "figures" }, ...items)];
}

const MARKS = { pass: "✓ As expected: ", fail: "✗ Look into this: ", note: "• " } as const;

/** What is to be looked into comes first. */
const ORDER = ["fail", "note", "pass"] as const;

function verdictList(verdicts: ReportData["verdicts"]): readonly Markup[] {
  if (verdicts.length === 0) return [];
  const items = ORDER.flatMap((wanted) => verdicts.filter(({ kind }) => kind === wanted)).map(({ kind, text }) =>
    element("li", { class: kind }, element("span", { class: "kind" }, MARKS[kind]), text),
  );
  return [
    element(
      "section",
      { class: "verdicts", "aria-labelledby": "verdicts" },
      element("h2", { id: "verdicts" }, "Verdicts"),
      element("ul", {}, ...items),
    ),
  ];
}

/** Plots that need the whole width of a wide page. */
const WIDE: ReadonlySet<Figure["kind"]> = new Set<Figure["kind"]>(["strip", "heat"]);

/** Which sections take a whole row of a wide page: those that need it, and those that would have no neighbour of their kind. */
function widthsOf(sections: readonly Section[]): readonly boolean[] {
  const wide = sections.map(({ figure, tables }) => (figure === undefined ? tables.some(isWideTable) : WIDE.has(figure.kind)));
  for (let index = 0; index < wide.length; index++) {
    if (wide[index] === true) continue;
    const next = sections[index + 1];
    const isPair =
      next !== undefined && wide[index + 1] === false && (next.figure === undefined) === (sections[index]?.figure === undefined);
    if (isPair) index++;
    else wide[index] = true;
  }
  return wide;
}

function isWideTable({ head, rows }: Table): boolean {
  return head.length > 5 || rows.some((row) => row.some((cell) => cell.length > 60));
}

/** Pixels inside a frame: on a phone, in half of a wide page, and in the whole of it. */
const [PHONE, HALF, WHOLE] = [334, 556, 1172];

function sectionHTML({ heading, text, figure, tables, more = [] }: Section, index: number, wide: boolean): Markup {
  const id = `section${index + 1}`;
  return together(
    [
      element(
        "section",
        { class: wide ? "card wide" : "card", "aria-labelledby": id },
        element("h2", { id }, heading),
        ...text.map((sentence) => element("p", {}, sentence)),
        ...(figure === undefined ? [] : figureHTML(figure, more, `plot${index + 1}`, wide)),
        ...tables.map(tableHTML),
      ),
    ],
    "\n",
  );
}

/** The plot for every width of a page, of which one is shown, and its numbers behind it. */
function figureHTML(figure: Figure, more: readonly Table[], id: string, wide: boolean): readonly Markup[] {
  const drawn = (name: string, width: number): Markup =>
    element("div", { class: name }, raw(plotSVG(figure, { id: `${id}-${name}`, width, theme: "page" })));
  const plots = [drawn("phone", PHONE), drawn("half", HALF), ...(wide ? [drawn("whole", WHOLE)] : [])];
  return [
    ...(isTooWide(figure, PHONE) ? [hint("the plot")] : []),
    element("figure", {}, ...plots),
    element("details", {}, element("summary", {}, "The numbers"), tableHTML(plotTable(figure))),
  ];
}
