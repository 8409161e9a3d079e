import type { Diagnostic, Position } from "../../index.ts";
import type { Coverage, LawResult, MutationReport, Pending } from "../../testing/index.ts";
import type { AliasSource } from "../files/suite.ts";
import { plural } from "../terminal/table.ts";

/** The result of a suite file: its cases, or why it could not be run. */
export type SuiteResult =
  | {
      readonly kind: "ran";
      readonly file: string;
      readonly title: string | undefined;
      readonly cases: readonly CaseResult[];
      /** Milliseconds from reading the file to the end of the last case. */
      readonly took: number;
    }
  | { readonly kind: "faulty"; readonly file: string; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "unread"; readonly file: string; readonly message: string; readonly help: string | undefined };

/** The result of one case. It passed if there is no failure, and it is not pending. */
export interface CaseResult {
  readonly title: string;
  /** The position of the case; what was expected and what came, a line each; and what each rule found. */
  readonly failure: { readonly position: Position; readonly message: string; readonly explanation: string } | undefined;
  /** What is known of a law; undefined for a case. */
  readonly proof?: LawResult["kind"] | undefined;
  /** Why it was not run; undefined where it was. */
  readonly pending?: { readonly kind: Pending["kind"]; readonly reason: string | undefined; readonly position: Position } | undefined;
}

/** How many cases and laws there are, in words. */
export function countText(results: readonly CaseResult[]): string {
  const laws = results.filter(({ proof }) => proof !== undefined).length;
  const cases = plural(results.length - laws, "case");
  return laws === 0 ? cases : laws === results.length ? plural(laws, "law") : `${cases} and ${plural(laws, "law")}`;
}

/** What the suites covered of one alias. */
export interface CoverageResult {
  readonly source: AliasSource;
  readonly coverage: Coverage;
}

/** Which mutants of one alias the suites kill. */
export interface MutationResult {
  readonly source: AliasSource;
  readonly outcomes: MutationReport["outcomes"];
  /** Cases that are left out, because they fail on the alias as it is. */
  readonly failing: number;
}

/** The result of one run, with coverage and mutation if they were asked for. */
export interface RunResult {
  readonly suites: readonly SuiteResult[];
  /** Cases and laws that `--name` left out. They are in no suite here. */
  readonly leftOut: number;
  readonly coverage: readonly CoverageResult[] | undefined;
  readonly mutation: readonly MutationResult[] | undefined;
}

/** How many suites and cases there are, and how many failed. */
export interface Totals {
  readonly suites: number;
  /** Suites that could not be run. */
  readonly broken: number;
  /** Cases and laws that were run. */
  readonly cases: number;
  readonly failed: number;
  /** Those that were not run. */
  readonly skipped: number;
  readonly todo: number;
}

/** The totals of a run. */
export function totalsOf(suites: readonly SuiteResult[]): Totals {
  const ran = suites.filter((suite) => suite.kind === "ran");
  return {
    suites: suites.length,
    broken: suites.length - ran.length,
    cases: ran.reduce((sum, { cases }) => sum + runOf(cases).length, 0),
    failed: ran.reduce((sum, { cases }) => sum + failedOf(cases), 0),
    skipped: ran.reduce((sum, { cases }) => sum + pendingOf(cases, "skip").length, 0),
    todo: ran.reduce((sum, { cases }) => sum + pendingOf(cases, "todo").length, 0),
  };
}

/** The cases that were run. */
export function runOf(cases: readonly CaseResult[]): readonly CaseResult[] {
  return cases.filter(({ pending }) => pending === undefined);
}

/** The cases that were not run, of one kind. */
export function pendingOf(cases: readonly CaseResult[], kind: Pending["kind"]): readonly CaseResult[] {
  return cases.filter(({ pending }) => pending?.kind === kind);
}

/** How many were not run, as the end of a sentence: `, 2 skipped, 1 todo`; empty where all were. */
export function pendingText(skipped: number, todo: number): string {
  return `${skipped === 0 ? "" : `, ${skipped} skipped`}${todo === 0 ? "" : `, ${todo} todo`}`;
}

/** How many cases failed. */
export function failedOf(cases: readonly CaseResult[]): number {
  return cases.filter(({ failure }) => failure !== undefined).length;
}
