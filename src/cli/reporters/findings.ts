import type { Diagnostic } from "../../alias/surface.ts";
import type { RunResult, SuiteResult } from "./result.ts";

/** One thing that was found. `code` is a diagnostic's, `case-failed`, `case-skipped`, `case-todo` or `mutant-survived`. */
export interface Finding extends Pick<Diagnostic, "at" | "message" | "help" | "position"> {
  readonly code: string;
  readonly severity: Diagnostic["severity"] | "note";
}

/** What was found in one file, or why the file could not be read. */
export interface FileFindings {
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly failure?: string | undefined;
}

/** What a run found: failing cases, suites that cannot be used, and mutants that survive. */
export function findingsOfRun({ suites, mutation = [] }: RunResult): readonly FileFindings[] {
  const survivors = mutation.map(({ source, outcomes }): FileFindings => ({
    file: source.name,
    findings: outcomes.flatMap(({ kind, mutant: { at, mistake } }) =>
      kind !== "survived"
        ? []
        : [
            {
              code: "mutant-survived",
              severity: "warning",
              at,
              message: `no case catches this mistake: ${mistake}`,
              position: source.locate(at),
            },
          ],
    ),
  }));
  return [...suites.map(findingsOf), ...survivors];
}

function findingsOf(suite: SuiteResult): FileFindings {
  const { file } = suite;
  switch (suite.kind) {
    case "unread":
      return { file, findings: [], failure: suite.message };
    case "faulty":
      return { file, findings: suite.diagnostics, failure: "the suite cannot be used" };
    case "ran":
      return {
        file,
        findings: suite.cases.flatMap(({ title, failure, pending }): readonly Finding[] => {
          if (pending !== undefined) {
            const { kind, reason, position } = pending;
            const message = reason === undefined ? title : `${title}\n${reason}`;
            return [{ code: kind === "skip" ? "case-skipped" : "case-todo", severity: "note", at: "", message, position }];
          }
          return failure === undefined
            ? []
            : [{ code: "case-failed", severity: "error", at: "", message: `${title}\n${failure.message}`, position: failure.position }];
        }),
      };
  }
}
