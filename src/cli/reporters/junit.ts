import { format } from "../../index.ts";
import { type CaseResult, failedOf, type RunResult, runOf, type SuiteResult, totalsOf } from "./result.ts";
import { visibleLines } from "../terminal/style.ts";

/** JUnit XML, as Jenkins, GitLab and Azure read it, with a suite for each file. A file that cannot be run has one case, an error. */
export function junit({ suites }: RunResult): string {
  const { cases, failed, broken, skipped, todo } = totalsOf(suites);
  const took = suites.reduce((sum, suite) => sum + (suite.kind === "ran" ? suite.took : 0), 0);
  const counts = attributes({
    name: "canary-router",
    tests: cases + skipped + todo + broken,
    failures: failed,
    errors: broken,
    skipped: skipped + todo,
    time: seconds(took),
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts}>\n${suites.map(suiteText).join("")}</testsuites>\n`;
}

function suiteText(suite: SuiteResult): string {
  const { file } = suite;
  switch (suite.kind) {
    case "unread":
      return broken(file, suite.message, suite.message);
    case "faulty":
      return broken(file, suite.diagnostics[0]?.message ?? "", suite.diagnostics.map(format).join("\n"));
    case "ran": {
      const { title, cases, took } = suite;
      const named = { name: title === undefined ? file : `${title} (${file})`, file };
      const counts = attributes({
        ...named,
        tests: cases.length,
        failures: failedOf(cases),
        errors: 0,
        skipped: cases.length - runOf(cases).length,
        time: seconds(took),
      });
      return `  <testsuite${counts}>\n${cases.map((each) => caseText(file, each)).join("")}  </testsuite>\n`;
    }
  }
}

function broken(file: string, message: string, text: string): string {
  const counts = attributes({ name: file, file, tests: 1, failures: 0, errors: 1, skipped: 0, time: seconds(0) });
  const named = attributes({ name: "the suite can be run", classname: file, file });
  const error = `      <error${attributes({ message, type: "error" })}>${escaped(text)}</error>\n`;
  return `  <testsuite${counts}>\n    <testcase${named}>\n${error}    </testcase>\n  </testsuite>\n`;
}

function caseText(file: string, { title, failure, pending }: CaseResult): string {
  const position = (failure ?? pending)?.position;
  const named = attributes({ name: title, classname: file, file, ...(position && { line: position.line }) });
  if (pending !== undefined) {
    const message = [...(pending.kind === "todo" ? ["todo"] : []), ...(pending.reason === undefined ? [] : [pending.reason])].join(": ");
    return `    <testcase${named}>\n      <skipped${message === "" ? "" : attributes({ message })}/>\n    </testcase>\n`;
  }
  if (failure === undefined) return `    <testcase${named}/>\n`;
  const { message, explanation } = failure;
  const summary = message
    .split("\n")
    .map((line) => line.trim())
    .join(", ");
  const text = `${file}:${failure.position.line}:${failure.position.column}\n${message}\n${explanation}`;
  return `    <testcase${named}>\n      <failure${attributes({ message: summary, type: "failure" })}>${escaped(text.trimEnd())}</failure>\n    </testcase>\n`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll("\n", "&#10;")}"`)
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes a text for XML 1.0, which cannot express most control characters, lone surrogates, U+FFFE and U+FFFF. */
function escaped(text: string): string {
  return visibleLines(text)
    .replaceAll(/[\ufffe\uffff]/g, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`)
    .replaceAll(/[&<>"]/g, (unit) => ENTITIES[unit] ?? unit);
}
