import { appendFile } from "node:fs/promises";
import { coveragePercent } from "./coverage.ts";
import { scorePercent } from "./mutation.ts";
import { failedOf, pendingText, type RunResult, runOf, totalsOf } from "./result.ts";
import type { Terminal } from "../terminal/host.ts";
import { visibleLines } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** At most so many failures are listed: GitHub refuses a summary over 1 MiB, and nobody reads a hundred. */
const LISTED = 50;

/** Appends the result of a run, in Markdown, to the file that GitHub Actions shows on the page of the run, where it names one. */
export async function appendSummary(result: RunResult, { GITHUB_STEP_SUMMARY: file }: Terminal["env"]): Promise<void> {
  if (file !== undefined && file !== "") await appendFile(file, summary(result));
}

/** The result of a run in Markdown: a table of suites, and what failed. */
export function summary({ suites, coverage, mutation = [] }: RunResult): string {
  const { cases, failed, broken, skipped, todo } = totalsOf(suites);
  const rows = suites.map((suite) => {
    if (suite.kind !== "ran") return `| ${cell(suite.file)} | – | – | – | not run |`;
    const ran = runOf(suite.cases).length;
    const wrong = failedOf(suite.cases);
    const result = wrong === 0 ? "passed" : "**failed**";
    return `| ${cell(suite.file)} | ${ran - wrong} | ${wrong} | ${suite.cases.length - ran} | ${result} |`;
  });
  const failures = suites.flatMap((suite): readonly string[] => {
    switch (suite.kind) {
      case "unread":
        return [`- ${cell(suite.file)}: ${cell(suite.message)}`];
      case "faulty":
        return suite.diagnostics.map(({ message, position }) => `- ${cell(suite.file)}${place(position)}: ${cell(message)}`);
      case "ran":
        return suite.cases.flatMap(({ title, failure }) =>
          failure === undefined ? [] : [`- ${cell(suite.file)}${place(failure.position)}: ${cell(title)}: ${cell(failure.message)}`],
        );
    }
  });
  const notes = [
    ...(coverage === undefined ? [] : [`Coverage: ${coveragePercent(coverage)} %`]),
    ...mutation.map((each) => `Mutation score of ${cell(each.source.name)}: ${scorePercent(each)} %`),
  ];
  return [
    "## canary-router test",
    "",
    `${plural(suites.length, "suite")}: ${plural(cases - failed, "case")} passed, ${failed} failed${pendingText(skipped, todo)}, ${plural(broken, "suite")} not run`,
    "",
    "| suite | passed | failed | skipped or todo | |",
    "| --- | ---: | ---: | ---: | --- |",
    ...rows,
    ...(failures.length === 0 ? [] : ["", ...failures.slice(0, LISTED)]),
    ...(failures.length <= LISTED ? [] : [`- and ${failures.length - LISTED} more`]),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `${note}  `)]),
    "",
  ].join("\n");
}

function place(position: { readonly line: number; readonly column: number } | undefined): string {
  return position === undefined ? "" : `:${position.line}:${position.column}`;
}

/** Foreign text in Markdown: on one line, with every character that means something there as an entity. */
function cell(text: string): string {
  return visibleLines(text)
    .split("\n")
    .map((line) => line.trim())
    .join(", ")
    .replaceAll(/[!-+:-@[-`{-~]/g, (unit) => `&#${unit.charCodeAt(0)};`);
}
