import type { Diagnostic, Position } from "../../index.ts";
import type { Coverage, MutationReport } from "../../testing/index.ts";
import type { AliasSource } from "../files/suite.ts";

/** What came of a suite file: its cases, or why it could not be run. */
export type SuiteResult =
  | {
      readonly kind: "ran";
      readonly file: string;
      readonly title: string | undefined;
      readonly cases: readonly CaseResult[];
      /** The time from the file to the last case, in milliseconds. */
      readonly took: number;
    }
  | { readonly kind: "faulty"; readonly file: string; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "unread"; readonly file: string; readonly message: string; readonly help: string | undefined };

/** What came of one case; it passed where there is no failure. */
export interface CaseResult {
  readonly title: string;
  /** Where the case stands; expected and got, in a line each; and which rule saw what. */
  readonly failure: { readonly position: Position; readonly message: string; readonly explanation: string } | undefined;
}

/** What the suites saw of one alias. */
export interface CoverageResult {
  readonly source: AliasSource;
  readonly coverage: Coverage;
}

/** Which mistakes in one alias the suites catch. */
export interface MutationResult {
  readonly source: AliasSource;
  readonly outcomes: MutationReport["outcomes"];
}

/** What came of one run; coverage and mutation where they were asked for. */
export interface RunResult {
  readonly suites: readonly SuiteResult[];
  readonly coverage: readonly CoverageResult[] | undefined;
  readonly mutation: readonly MutationResult[] | undefined;
}

/** How many suites and cases came to which end. */
export interface Totals {
  readonly suites: number;
  /** Suites that could not be run. */
  readonly broken: number;
  readonly cases: number;
  readonly failed: number;
}

/** The sums of a run. */
export function totalsOf(suites: readonly SuiteResult[]): Totals {
  const ran = suites.filter((suite) => suite.kind === "ran");
  return {
    suites: suites.length,
    broken: suites.length - ran.length,
    cases: ran.reduce((sum, { cases }) => sum + cases.length, 0),
    failed: ran.reduce((sum, { cases }) => sum + failedOf(cases), 0),
  };
}

/** How many cases failed. */
export function failedOf(cases: readonly CaseResult[]): number {
  return cases.filter(({ failure }) => failure !== undefined).length;
}
