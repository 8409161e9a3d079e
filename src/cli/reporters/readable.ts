import { visible } from "../../alias/surface.ts";
import {
  type CaseResult,
  countText,
  failedOf,
  pendingOf,
  pendingText,
  type RunResult,
  runOf,
  type SuiteResult,
  totalsOf,
} from "./result.ts";
import { complaint } from "../terminal/complaint.ts";
import { refusalLines } from "../terminal/host.ts";
import { type Style, visibleLines } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** The report for people: failures in full, a line for each suite, and the totals. */
export function readable({ suites, leftOut }: RunResult, style: Style): string {
  return suites.map((suite) => suiteText(suite, style)).join("") + sums(suites, leftOut, style);
}

function suiteText(suite: SuiteResult, style: Style): string {
  switch (suite.kind) {
    case "unread":
      return refusalLines(suite.message, suite.help, style);
    case "faulty": {
      const lines = suite.text.split("\n");
      const complaints = suite.diagnostics.map((diagnostic) => complaint(suite.file, lines, diagnostic, style));
      return `${complaints.join("")}${style("red", "✗")} ${style("bold", visible(suite.file))}: not run\n`;
    }
    case "ran": {
      const { file, cases } = suite;
      const lines = cases.map(({ title, failure, pending }) => {
        if (pending !== undefined) return pendingLine(file, title, pending, style);
        if (failure === undefined) return "";
        const { position, message, explanation } = failure;
        const place = style("bold", visible(`${file}:${position.line}:${position.column}`));
        return `${place} ${style("red", "failed")}: ${visible(title)}\n${indented(message)}\n${indented(explanation)}\n`;
      });
      const failed = failedOf(cases);
      const mark = failed === 0 ? style("green", "✓") : style("red", "✗");
      const unknown = cases.filter(({ proof, failure }) => proof === "unknown" && failure === undefined).length;
      const allowed = unknown === 0 ? "" : `, ${plural(unknown, "law")} neither proved nor refuted`;
      const ran = runOf(cases);
      const left = pendingText(pendingOf(cases, "skip").length, pendingOf(cases, "todo").length);
      const passed = failed === 0 ? `${countText(ran)} passed${allowed}` : `${failed} of ${countText(ran)} failed${allowed}`;
      return `${lines.join("")}${mark} ${style("bold", visible(file))}: ${passed}${left}\n`;
    }
  }
}

function pendingLine(file: string, title: string, { kind, reason, position }: NonNullable<CaseResult["pending"]>, style: Style): string {
  const place = visible(`${file}:${position.line}:${position.column}`);
  const why = reason === undefined ? "" : ` (${visible(reason)})`;
  return `${place} ${style("yellow", kind === "skip" ? "skipped" : "todo")}: ${visible(title)}${why}\n`;
}

function indented(text: string): string {
  return visibleLines(text.trimEnd())
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}

function sums(results: readonly SuiteResult[], leftOut: number, style: Style): string {
  const { suites, broken, failed, skipped, todo } = totalsOf(results);
  const passing = results.flatMap((suite) =>
    suite.kind === "ran" ? runOf(suite.cases).filter(({ failure }) => failure === undefined) : [],
  );
  const counts = [
    `${countText(passing)} passed`,
    failed === 0 ? "" : `, ${failed} failed`,
    pendingText(skipped, todo),
    leftOut === 0 ? "" : `, ${leftOut} left out by their names`,
    broken === 0 ? "" : `, ${plural(broken, "suite")} not run`,
  ].join("");
  return `${plural(suites, "suite")}: ${style(failed + broken > 0 ? "red" : "green", counts)}\n`;
}
