import { pendingText, type RunResult, type SuiteResult, totalsOf } from "./result.ts";
import type { FileFindings } from "./findings.ts";
import { inRepository } from "./repository.ts";
import type { Terminal } from "../terminal/host.ts";
import { placed } from "../terminal/place.ts";
import { type Style, visibleLines } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

interface AnnotatedPlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly col?: number | undefined;
}

/** Annotations for GitHub Actions: an error for each failing case and each complaint, a warning for each mutant that survives, a notice for what is not run. */
export function github({ suites, mutation = [] }: RunResult, _style: Style, env: Terminal["env"]): string {
  const annotate = annotatorOf(env);
  const { cases, failed, broken, skipped, todo } = totalsOf(suites);
  const survivors = mutation.flatMap(({ source, outcomes }) =>
    outcomes.flatMap(({ kind, mutant }) => {
      if (kind !== "survived") return [];
      const { line, column: col } = source.locate(mutant.at);
      return [annotate("warning", { file: source.name, line, col }, "No case catches this mistake", mutant.mistake)];
    }),
  );
  const sums = `${plural(suites.length, "suite")}: ${plural(cases - failed, "case")} passed, ${failed} failed${pendingText(skipped, todo)}, ${broken} not run\n`;
  return [...suites.flatMap((suite) => annotations(suite, annotate)), ...survivors, sums].join("");
}

/** Annotations for what was found in alias configs. */
export function githubFindings(files: readonly FileFindings[], env: Terminal["env"]): string {
  const annotate = annotatorOf(env);
  return files
    .flatMap(({ file, findings, failure }) => [
      ...(failure === undefined ? [] : [annotate("error", { file }, "Cannot be read", failure)]),
      ...findings.map(({ severity, code, at, message, help, position }) => {
        const text = [at === "" ? message : `${at}: ${message}`, ...(help === undefined ? [] : [help])].join("\n");
        return annotate(severity === "note" ? "notice" : severity, { file, line: position?.line, col: position?.column }, code, text);
      }),
    ])
    .join("");
}

type Level = "error" | "warning" | "notice";
type Annotate = (name: Level, place: AnnotatedPlace, title: string, message: string) => string;

/** Annotations name files as the repository does, wherever in it the command runs. */
function annotatorOf(env: Terminal["env"]): Annotate {
  return (name, { file, ...place }, title, message) => command(name, { file: inRepository(file, env), ...place }, title, message);
}

function annotations(suite: SuiteResult, annotate: Annotate): readonly string[] {
  const { file } = suite;
  switch (suite.kind) {
    case "unread":
      return [annotate("error", { file }, "Suite not run", suite.message)];
    case "faulty":
      return suite.diagnostics.map(({ position, code, message, help }) =>
        annotate(
          "error",
          { file, line: position?.line, col: position?.column },
          `Suite not run: ${code}`,
          help === undefined ? message : `${message}\n${help}`,
        ),
      );
    case "ran":
      return suite.cases.flatMap(({ title, failure, pending }) => {
        if (pending !== undefined) {
          const { line, column: col } = pending.position;
          return [
            annotate(
              "notice",
              { file, line, col },
              `${pending.kind === "skip" ? "Skipped" : "Todo"}: ${title}`,
              pending.reason ?? "not run",
            ),
          ];
        }
        if (failure === undefined) return [];
        const { position } = failure;
        const { line, column: col } = position;
        const text = `${placed(file, { position })}\n${failure.message}\n${failure.explanation.trimEnd()}`;
        return [annotate("error", { file, line, col }, `Failed: ${title}`, text)];
      });
  }
}

/** One workflow command. Commas, colons and line ends have a meaning there, so they are escaped. */
function command(name: Level, { file, line, col }: AnnotatedPlace, title: string, message: string): string {
  const properties = Object.entries({ file, line, col, title }).filter(([, value]) => value !== undefined);
  const text = properties.map(([key, value]) => `${key}=${escaped(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`).join(",");
  return `::${name} ${text}::${escaped(message)}\n`;
}

function escaped(text: string): string {
  return visibleLines(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}
