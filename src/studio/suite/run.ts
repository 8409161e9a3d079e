import type { AliasConfig, Checked, Diagnostic, Plan, Pointer, Witness } from "../../index.ts";
import {
  type CaseConfig,
  completeSuite,
  coverage,
  mutants,
  mutate,
  parseSuite,
  type Point,
  suggestSuite,
  type Suite,
  verifySuite,
} from "../../testing/index.ts";
import { type AliasText, configOf, read } from "../read.ts";
import { readSuiteText } from "./case.ts";

/** A suite, and the open texts, among which it finds the aliases that it names. */
export interface SuiteText {
  readonly text: string;
  readonly docs: readonly { readonly name: string; readonly source: AliasText }[];
  /** The alias of the cases that name none, and the one whose coverage is asked for. */
  readonly active: number;
}

/** A case or a law of a suite, once it was run. */
export interface CaseResult {
  readonly at: Pointer;
  readonly title: string;
  readonly kind: "passed" | "failed" | "skip" | "todo";
  /** What was expected and what came, or why it is not run. */
  readonly message?: string | undefined;
  readonly explanation?: string | undefined;
}

/** What came of a suite. */
export interface SuiteRun {
  /** What is wrong with the text; it is then not run. */
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: Readonly<Record<CaseResult["kind"], number>>;
  /** At most 500 of them, those that failed ahead of the others. */
  readonly results: readonly CaseResult[];
  /** What the cases see of the active alias; undefined where none is about it. */
  readonly coverage: { readonly seen: number; readonly possible: number; readonly points: readonly Point[] } | undefined;
}

/** A mistake in the alias that no case notices, and the request that would. */
interface Survivor {
  readonly at: Pointer;
  readonly mistake: string;
  /** Undefined where it was neither found nor proved that there is none. */
  readonly request: Witness | undefined;
  readonly draw: number | undefined;
}

/** What a suite notices of typical mistakes in the active alias. */
export type MutationRun =
  | {
      readonly kind: "looked";
      readonly killed: number;
      readonly lived: number;
      /** At most 100 of them. */
      readonly survivors: readonly Survivor[];
    }
  | { readonly kind: "many"; readonly count: number };

const MOST_RESULTS = 500;
const MOST_SURVIVORS = 100;

/** More mistakes than that take many seconds; the command `test --mutate` looks at them. */
const MOST_MUTANTS = 5_000;

/** Runs a suite. */
export function runSuite(given: SuiteText): SuiteRun {
  const checked = readSuite(given);
  const counts = { passed: 0, failed: 0, skip: 0, todo: 0 };
  if (!checked.ok) return { diagnostics: checked.diagnostics, counts, results: [], coverage: undefined };
  const suite = checked.value;
  const report = verifySuite(suite);
  const failed = new Map(report.failures.map((failure) => [failure.case, failure]));
  const ran = [...suite.cases, ...suite.laws].map((each): CaseResult => {
    const failure = failed.get(each);
    const { at, title } = each;
    return failure === undefined
      ? { at, title, kind: "passed" }
      : { at, title, kind: "failed", message: failure.message, explanation: failure.explanation };
  });
  const pending = suite.pending.map(({ at, title, kind, reason }): CaseResult => ({ at, title, kind, message: reason }));
  const order = ["failed", "todo", "skip", "passed"];
  const results = [...ran, ...pending].toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  for (const { kind } of results) counts[kind]++;
  const plan = planOf(given);
  const found = coverage(suite).find((each) => each.plan === plan);
  return {
    diagnostics: [],
    counts,
    results: results.slice(0, MOST_RESULTS),
    coverage: found && { seen: found.seen, possible: found.possible, points: found.points },
  };
}

/** Which typical mistakes in the active alias no case of a suite notices. */
export function runMutants(given: SuiteText): MutationRun {
  const config = aliasOf(given);
  const count = mutants(config).length;
  if (count > MOST_MUTANTS) return { kind: "many", count };
  const { outcomes } = mutate(config, sound(readSuite(given)));
  const lived = outcomes.filter(({ kind }) => kind === "survived" || kind === "unknown");
  return {
    kind: "looked",
    killed: outcomes.filter(({ kind }) => kind === "killed").length,
    lived: lived.length,
    survivors: lived.slice(0, MOST_SURVIVORS).map((outcome): Survivor => {
      const { at, mistake } = outcome.mutant;
      const difference = outcome.kind === "survived" ? outcome.difference : undefined;
      return { at, mistake, request: difference?.request, draw: difference?.draw };
    }),
  };
}

/** The cases that a suite lacks to cover the active alias and to notice mistakes in it. */
export function missingCases(given: SuiteText): readonly CaseConfig[] {
  const config = aliasOf(given);
  return given.text.trim() === "" ? suggestSuite(config).suite.cases : completeSuite(config, sound(readSuite(given))).cases;
}

function readSuite({ text, docs, active }: SuiteText): Checked<Suite> {
  const read = readSuiteText(text);
  if (!read.ok) return read;
  const { value, duplicates, written } = read.value;
  const checked = parseSuite(value, { alias: planOf({ text, docs, active }), load: (path) => planAt(path, docs), written });
  return duplicates.length === 0 ? checked : { ok: false, diagnostics: [...duplicates, ...checked.diagnostics] };
}

/** The plan of an open text, by the path that a suite has for its file. */
function planAt(path: string, docs: SuiteText["docs"]): Checked<Plan> {
  const name = path.replace(/^\.\//, "");
  const doc = docs.find((each) => each.name === name) ?? docs.find((each) => each.name === name.replace(/^.*\//s, ""));
  if (doc === undefined) {
    const message = "no open document has this name";
    return { ok: false, diagnostics: [{ code: "unreadable", severity: "error", at: "", message, help: "open the file of the alias" }] };
  }
  const { plan, checked } = read(doc.source);
  return plan === undefined ? { ok: false, diagnostics: checked.diagnostics } : { ok: true, value: plan, diagnostics: [] };
}

function planOf({ docs, active }: SuiteText): Plan | undefined {
  const source = docs[active]?.source;
  return source === undefined ? undefined : read(source).plan;
}

function aliasOf({ docs, active }: SuiteText): AliasConfig {
  const source = docs[active]?.source;
  const config = source === undefined ? undefined : configOf(source);
  if (config === undefined) throw new Error("the alias has errors");
  return config;
}

function sound<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error("the suite has errors");
}
