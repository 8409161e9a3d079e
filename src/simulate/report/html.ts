import { arms, type ArmShares, armsTable } from "../plot/arms.ts";
import { funnel, type Funnel, funnelTable } from "../plot/funnel.ts";
import { element, empty, type Markup, raw, together } from "../plot/markup.ts";
import { matrix, type Matrix, matrixTable } from "../plot/matrix.ts";
import { mixed, type MixedCurve, mixedTable } from "../plot/mixed.ts";
import { share, type ShareCurve, shareTable } from "../plot/share.ts";
import { strip, type Strip, stripTable } from "../plot/strip.ts";
import { type Table, tableHTML } from "../plot/table.ts";
import { DARK, LIGHT, type Theme } from "../plot/theme.ts";

/** What a report holds. Plain data. */
export interface ReportData {
  readonly title: string;
  /** Why it is not whole, as a sentence; undefined where it is. */
  readonly partial: string | undefined;
  /** Sentences that say the most important. */
  readonly summary: readonly string[];
  readonly verdicts: readonly {
    /** `pass` as wished, `fail` to be looked into, `note` neither. */
    readonly kind: "pass" | "fail" | "note";
    readonly text: string;
  }[];
  readonly sections: readonly Section[];
}

/** A heading, some words, and a plot with its table, or a table alone. */
export interface Section {
  readonly heading: string;
  readonly text: readonly string[];
  readonly figure: Figure | undefined;
  /** Beside the table that every plot has. */
  readonly tables: readonly Table[];
}

/** The data of a plot. */
export type Figure =
  | { readonly kind: "strip"; readonly data: Strip }
  | { readonly kind: "funnel"; readonly data: Funnel }
  | { readonly kind: "share"; readonly data: ShareCurve }
  | { readonly kind: "arms"; readonly data: ArmShares }
  | { readonly kind: "mixed"; readonly data: MixedCurve }
  | { readonly kind: "matrix"; readonly data: Matrix };

/** The SVG of a plot, to stand alone or in a document in which nothing else has this id. */
export function plotSVG(figure: Figure, id: string = figure.kind): string {
  switch (figure.kind) {
    case "strip":
      return strip(figure.data, id);
    case "funnel":
      return funnel(figure.data, id);
    case "share":
      return share(figure.data, id);
    case "arms":
      return arms(figure.data, id);
    case "mixed":
      return mixed(figure.data, id);
    case "matrix":
      return matrix(figure.data, id);
  }
}

/** The numbers of a plot as a table. */
export function plotTable(figure: Figure): Table {
  switch (figure.kind) {
    case "strip":
      return stripTable(figure.data);
    case "funnel":
      return funnelTable(figure.data);
    case "share":
      return shareTable(figure.data);
    case "arms":
      return armsTable(figure.data);
    case "mixed":
      return mixedTable(figure.data);
    case "matrix":
      return matrixTable(figure.data);
  }
}

/**
 * A whole HTML document with nothing outside it: no script, no request, not even one for an icon; its own policy forbids them.
 * The same data give the same text.
 */
export function reportHTML({ title, partial, summary, verdicts, sections }: ReportData): string {
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
  const main = element(
    "main",
    {},
    element("h1", {}, name),
    ...(partial === undefined ? [] : [element("p", { class: "partial", role: "note" }, element("strong", {}, "Partial. "), partial)]),
    ...summary.map((sentence) => element("p", { class: "summary" }, sentence)),
    ...verdictList(verdicts),
    ...sections.map(sectionHTML),
  );
  return `<!DOCTYPE html>\n${element("html", { lang: "en" }, raw("\n"), head, raw("\n"), element("body", {}, main), raw("\n")).markup}\n`;
}

const MARKS = { pass: "✓ As expected: ", fail: "✗ Look into this: ", note: "• " } as const;

function verdictList(verdicts: ReportData["verdicts"]): readonly Markup[] {
  if (verdicts.length === 0) return [];
  const items = verdicts.map(({ kind, text }) => element("li", {}, element("span", { class: kind }, MARKS[kind]), text));
  return [
    element("section", { "aria-labelledby": "verdicts" }, element("h2", { id: "verdicts" }, "Verdicts"), element("ul", {}, ...items)),
  ];
}

function sectionHTML({ heading, text, figure, tables }: Section, index: number): Markup {
  const id = `section${index + 1}`;
  const shown = figure === undefined ? [] : [figureHTML(figure, `plot${index + 1}`)];
  return together(
    [
      element(
        "section",
        { "aria-labelledby": id },
        element("h2", { id }, heading),
        ...text.map((sentence) => element("p", {}, sentence)),
        ...shown,
        ...tables.map(tableHTML),
      ),
    ],
    "\n",
  );
}

function figureHTML(figure: Figure, id: string): Markup {
  return element("div", { class: "pair" }, element("figure", {}, raw(plotSVG(figure, id))), tableHTML(plotTable(figure)));
}

function colours({ ground, text, quiet, line, good, bad }: Theme): string {
  return `:root{--ground:${ground};--text:${text};--quiet:${quiet};--line:${line};--good:${good};--bad:${bad}}`;
}

const STYLE = `${colours(LIGHT)}
@media screen and (prefers-color-scheme:dark){${colours(DARK)}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:1180px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .6em}
h2{font-size:1.2rem;line-height:1.3;margin:2.2em 0 .6em;padding-top:.6em;border-top:1px solid var(--line)}
p{margin:.4em 0;max-width:72ch}
ul{margin:.4em 0;padding:0;list-style:none}
li{margin:.4em 0;max-width:80ch}
.pass{color:var(--good);font-weight:600}
.fail,.partial strong{color:var(--bad);font-weight:600}
.partial{border:2px solid var(--bad);padding:.5em .8em}
.pair{display:grid;grid-template-columns:minmax(0,560px) minmax(0,1fr);gap:16px 32px;align-items:start;margin:16px 0}
figure{margin:0}
.plot{display:block;width:100%;height:auto}
.scroll{overflow-x:auto;margin:0 0 16px}
.scroll:focus-visible{outline:2px solid var(--text);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;color:var(--quiet);padding-bottom:.4em}
th,td{text-align:left;vertical-align:top;padding:.3em .9em .3em 0;border-bottom:1px solid var(--line);min-width:4em;max-width:24em;overflow-wrap:anywhere}
td{min-width:5em}
thead th{color:var(--quiet);font-weight:600;overflow-wrap:normal}
.short{white-space:nowrap}
tbody th{font-weight:400;min-width:7em}
.number{text-align:right}
td.number{white-space:nowrap}
@media (max-width:900px){.pair{grid-template-columns:minmax(0,1fr)}main{padding:16px 14px 32px}figure{max-width:560px}}
@media print{
main{max-width:none;padding:0}
.pair{grid-template-columns:minmax(0,1fr)}
figure{max-width:14cm}
.scroll{overflow:visible}
h2{break-after:avoid}
figure,tr,li{break-inside:avoid}
}`;
