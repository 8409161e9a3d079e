import { visible } from "../../alias/surface.ts";
import { ratio } from "../../testing/index.ts";
import { type CoveredLine, linesOf, type SightOfLine } from "./lines.ts";
import type { CoverageResult } from "./result.ts";
import type { Style } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

const MARKS: Readonly<Record<CoveredLine["state"], { readonly mark: string; readonly colour: "green" | "yellow" | "red" | "dim" }>> = {
  seen: { mark: "✓", colour: "green" },
  half: { mark: "~", colour: "yellow" },
  unseen: { mark: "✗", colour: "red" },
  never: { mark: "-", colour: "dim" },
};

/** How many characters of a source line are shown. A config may stand on one very long line. */
const SHOWN = 120;

/** Coverage for people: for each alias the lines that can be covered, each with its mark and what is missing. */
export function coverageText(results: readonly CoverageResult[], style: Style): string {
  const legend = "✓ seen  ~ half seen  ✗ not seen  - cannot be seen\n";
  return results.length === 0 ? "" : legend + results.map((result) => aliasText(result, style)).join("");
}

function aliasText(result: CoverageResult, style: Style): string {
  const { source, coverage } = result;
  const covered = linesOf(result);
  const texts = source.text.split("\n");
  const [first, last] = [covered[0]?.number ?? 1, covered.at(-1)?.number ?? 0];
  const width = String(last).length;
  const byNumber = new Map(covered.map((line) => [line.number, line]));
  const lines = texts.slice(first - 1, last).map((text, index) => {
    const line = byNumber.get(first + index);
    const { mark, colour } = line === undefined ? { mark: " ", colour: "dim" as const } : MARKS[line.state];
    const number = String(first + index).padStart(width);
    const cut = text.trimEnd().length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text.trimEnd();
    const shown = `${style(colour, `${mark} ${number}`)} ${style("dim", "|")} ${visible(cut)}`.trimEnd();
    const missing = line?.sights.flatMap(missingText) ?? [];
    const note =
      missing.length === 0
        ? ""
        : `\n${" ".repeat(width + 2)} ${style("dim", "|")} ${" ".repeat(indentOf(cut))}${style(colour, `^ ${missing.join(", ")}`)}`;
    return `${shown}${note}\n`;
  });
  return `${style("bold", visible(source.name))}: ${coverage.seen} of ${coverage.possible} seen\n${lines.join("")}`;
}

function indentOf(text: string): number {
  return Math.max(0, text.search(/[^\s-]/));
}

function missingText({ part, sight, cases, laws, possible }: SightOfLine): readonly string[] {
  if (cases + laws > 0) return [];
  const { seen, can } = part === "arm" ? { seen: "reached", can: "reached" } : WORDS[sight];
  return [possible ? `${part} never ${seen}` : `${part} can never ${part === "arm" ? "be " : ""}${can}`];
}

const WORDS: Readonly<Record<SightOfLine["sight"], { readonly seen: string; readonly can: string }>> = {
  held: { seen: "held", can: "hold" },
  failed: { seen: "failed", can: "fail" },
  decided: { seen: "decided", can: "decide" },
};

/** The totals in one line. */
export function coverageSummary(results: readonly CoverageResult[]): string {
  const sum = (count: (result: CoverageResult) => number): number => results.reduce((total, each) => total + count(each), 0);
  const possible = sum(({ coverage }) => coverage.possible);
  const impossible = sum(({ coverage }) => coverage.points.flatMap(({ sights }) => sights).filter((sight) => !sight.possible).length);
  const rest = impossible === 0 ? "" : `; ${impossible} more cannot be seen, \`canary-router analyze\` says why`;
  return `coverage: ${coveragePercent(results)} %, ${sum(({ coverage }) => coverage.seen)} of ${possible} seen in ${plural(results.length, "alias", "aliases")}${rest}\n`;
}

/** The coverage in percent with two digits. It is rounded down, so 100 means that nothing is missing. */
export function coveragePercent(results: readonly CoverageResult[]): string {
  return (Math.floor(ratio(results.map(({ coverage }) => coverage)) * 10_000) / 100).toFixed(2);
}
