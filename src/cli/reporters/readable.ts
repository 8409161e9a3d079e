import { visible } from "../../alias/surface.ts";
import { countText, failedOf, type RunResult, type SuiteResult, totalsOf } from "./result.ts";
import { complaint } from "../terminal/complaint.ts";
import { refusalLines } from "../terminal/host.ts";
import { type Style, visibleLines } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** The report for people: failures in full, a line for each suite, and the totals. */
export function readable({ suites }: RunResult, style: Style): string {
  return suites.map((suite) => suiteText(suite, style)).join("") + sums(suites, style);
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
      const failures = cases.map(({ title, failure }) => {
        if (failure === undefined) return "";
        const { position, message, explanation } = failure;
        const place = style("bold", visible(`${file}:${position.line}:${position.column}`));
        return `${place} ${style("red", "failed")}: ${visible(title)}\n${indented(message)}\n${indented(explanation)}\n`;
      });
      const failed = failedOf(cases);
      const mark = failed === 0 ? style("green", "✓") : style("red", "✗");
      const unknown = cases.filter(({ proof, failure }) => proof === "unknown" && failure === undefined).length;
      const allowed = unknown === 0 ? "" : `, ${plural(unknown, "law")} neither proved nor refuted`;
      const passed = failed === 0 ? `${countText(cases)} passed${allowed}` : `${failed} of ${countText(cases)} failed${allowed}`;
      return `${failures.join("")}${mark} ${style("bold", visible(file))}: ${passed}\n`;
    }
  }
}

function indented(text: string): string {
  return visibleLines(text.trimEnd())
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}

function sums(results: readonly SuiteResult[], style: Style): string {
  const { suites, broken, failed } = totalsOf(results);
  const passing = results.flatMap((suite) => (suite.kind === "ran" ? suite.cases.filter(({ failure }) => failure === undefined) : []));
  const parts = [`${countText(passing)} passed`, ...(failed > 0 ? [`${failed} failed`] : []), ...(broken > 0 ? [`${broken} not run`] : [])];
  const counts = broken > 0 ? `${parts.slice(0, -1).join(", ")}, ${plural(broken, "suite")} not run` : parts.join(", ");
  return `${plural(suites, "suite")}: ${style(failed + broken > 0 ? "red" : "green", counts)}\n`;
}
