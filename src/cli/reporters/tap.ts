import { format } from "../../index.ts";
import { visible } from "../../alias/surface.ts";
import type { RunResult, SuiteResult } from "./result.ts";
import { placed } from "../terminal/place.ts";
import { visibleLines } from "../terminal/style.ts";

/** A test point, and its details if it is not ok. */
interface Point {
  readonly description: string;
  readonly trouble: { readonly [key: string]: string } | undefined;
  /** `# SKIP` or `# TODO`, with its reason. */
  readonly directive?: string | undefined;
}

/** TAP 14 (https://testanything.org/tap-version-14-specification.html): a test point for each case, and one for each suite that cannot be run. */
export function tap({ suites }: RunResult): string {
  const points = suites.flatMap(pointsOf);
  const lines = points.map(({ description, trouble, directive }, index) => {
    // What is to do is not ok, which TAP does not count as a failure.
    const isOk = trouble === undefined && directive?.startsWith("# TODO") !== true;
    const line = `${isOk ? "ok" : "not ok"} ${index + 1} - ${escaped(description)}${directive === undefined ? "" : ` ${directive}`}\n`;
    return trouble === undefined ? line : `${line}${block(trouble)}`;
  });
  return `TAP version 14\n1..${points.length}\n${lines.join("")}`;
}

function pointsOf(suite: SuiteResult): readonly Point[] {
  const { file } = suite;
  switch (suite.kind) {
    case "unread":
      return [{ description: file, trouble: { message: suite.message } }];
    case "faulty": {
      const [first] = suite.diagnostics;
      const at = first === undefined ? file : placed(file, first);
      return [{ description: file, trouble: { at, message: suite.diagnostics.map(format).join("\n") } }];
    }
    case "ran":
      return suite.cases.map(({ title, failure, pending }) => {
        const directive = pending && `# ${pending.kind.toUpperCase()} ${escaped(pending.reason ?? "")}`.trimEnd();
        const trouble = failure && { at: placed(file, failure), message: failure.message, explanation: failure.explanation };
        return { description: `${file}: ${title}`, trouble, directive };
      });
  }
}

/** Escapes a description: a `#` would begin a directive such as `# SKIP`. */
function escaped(text: string): string {
  return visible(text).replaceAll(/[\\#]/g, "\\$&");
}

/** A YAML block. Texts are block literals, which need no escapes. */
function block(trouble: { readonly [key: string]: string }): string {
  const entries = Object.entries(trouble).map(([key, text]) => {
    const lines = visibleLines(text.trimEnd()).split("\n");
    return `  ${key}: |2-\n${lines.map((line) => (line === "" ? "\n" : `    ${line}\n`)).join("")}`;
  });
  return `  ---\n${entries.join("")}  ...\n`;
}
