import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, type Plan, type Pointer } from "../../index.ts";
import { type Coverage, coverage, mutate, ratio, scoreOf, type Suite, verifySuite } from "../../testing/index.ts";
import { percentage } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { type NamePattern, readNamePattern } from "../name-pattern.ts";
import { filesOf } from "../files/glob.ts";
import { checkOwn, save, writable } from "../files/save.ts";
import { type Aliases, type AliasSource, readSuiteFile, type SuiteFile } from "../files/suite.ts";
import { coveragePercent, coverageSummary, coverageText } from "../reporters/coverage.ts";
import { github } from "../reporters/github.ts";
import { coverageJson, json } from "../reporters/json.ts";
import { junit } from "../reporters/junit.ts";
import { lcov } from "../reporters/lcov.ts";
import { mutationText, scorePercent } from "../reporters/mutation.ts";
import { readable } from "../reporters/readable.ts";
import {
  type CaseResult,
  type CoverageResult,
  type MutationResult,
  type RunResult,
  type SuiteResult,
  totalsOf,
} from "../reporters/result.ts";
import { findingsOfRun } from "../reporters/findings.ts";
import { sarif } from "../reporters/sarif.ts";
import { appendSummary } from "../reporters/summary.ts";
import { tap } from "../reporters/tap.ts";
import { type ExitCode, notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { progressOf } from "../terminal/progress.ts";
import { type Style, styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** The pattern of suite files that are run where no file is named. */
const SUITES = "**/*.alias-test.{yaml,yml,json}";

/** Milliseconds between two checks of the watched files. Each check is one `stat` a file. */
const PERIOD = 200;

/** So many checks go by between two looks for new suites, which read folders. */
const LOOK_EVERY = 5;

const REPORTERS = {
  text: readable,
  tap,
  junit,
  json,
  github,
  sarif: (result: RunResult, _style: Style, env: Terminal["env"]): string => sarif(findingsOfRun(result), env),
};

interface CoverageFile {
  readonly path: string;
  readonly text: (results: readonly CoverageResult[]) => string;
  /** How an earlier one begins. */
  readonly beginning: RegExp;
}

interface TestOptions {
  readonly patterns: readonly string[];
  /** Which cases and laws are run; all if left out. */
  readonly name: NamePattern | undefined;
  readonly format: keyof typeof REPORTERS;
  readonly coverage: boolean;
  readonly coverageFiles: readonly CoverageFile[];
  /** Whether files are written over that are no earlier coverage. */
  readonly force: boolean;
  /** Whether aliases may stand outside of the folder of their suite. */
  readonly outside: boolean;
  /** In percent. */
  readonly minCoverage: number | undefined;
  readonly mutate: boolean;
  /** In percent. */
  readonly minScore: number | undefined;
}

/** The command `test`. With `--watch`, suites run again when a file changes. */
export const test: Command = defineCommand({
  name: "test",
  about: [
    "Runs suites: requests, and what an alias must answer.",
    "Without any FILE, and in folders, *.alias-test.yaml, .yml and .json are run, however deep, but in node_modules. A suite has `cases`, and names the `alias` that they are about, by a path relative to the suite. `canary-router suggest` writes one.",
    "The report goes to standard output. What --coverage and --mutate print follows it; with tap, junit, github and sarif it goes to standard error, and is part of json. --watch ends with the code of its last run.",
  ],
  arguments: [{ name: "FILE", description: "a suite in YAML or JSON, a pattern such as '**/*.yaml', or a folder", count: "any" }],
  options: {
    format: {
      type: "string",
      value: "NAME",
      choices: {
        text: "for people",
        tap: "TAP 14",
        junit: "JUnit's XML",
        json: "one object",
        github: "annotations at the lines of failing cases, and a summary of the job in `$GITHUB_STEP_SUMMARY`",
        sarif: "SARIF 2.1.0, for code scanning",
      },
      default: "text",
      description: "the form of the report",
    },
    name: {
      type: "string",
      value: "PATTERN",
      short: "n",
      read: readNamePattern,
      description: "run only cases and laws whose id and name have this text, or match `/REGEX/`",
    },
    coverage: { type: "boolean", description: "show the lines of each alias, and what no case has seen" },
    "coverage-file": {
      type: "string",
      value: "FILE",
      multiple: true,
      read: coverageFile,
      description: "write coverage as JSON (.json) or for lcov (.info, .lcov)",
    },
    force: {
      type: "boolean",
      needs: "coverage-file",
      description: "let --coverage-file write over files that are no earlier coverage",
    },
    "allow-outside": { type: "boolean", description: "read aliases that are not below the folder of their suite" },
    "min-coverage": {
      type: "string",
      value: "PERCENT",
      read: percentage,
      description: "fail where less is covered of what a request can show",
    },
    mutate: { type: "boolean", description: "make the mistakes that people make in an alias, and show which of them no case catches" },
    "min-score": {
      type: "string",
      value: "PERCENT",
      read: percentage,
      description: "fail where cases catch less of them; implies --mutate",
    },
    watch: { type: "boolean", description: "run again when a suite or an alias changes, until Ctrl-C" },
    reporter: { type: "string", deprecated: { use: "--format", words: { readable: "text" } } },
  },
  exits: {
    0: "all cases pass",
    1: "a case fails, or a minimum is missed",
    2: "wrong usage, or a suite or its alias cannot be used; the other suites still run",
    130: "interrupted before the end",
  },
  examples: [
    "canary-router test",
    "canary-router test 'policies/**/*.yaml' --coverage --min-coverage 90",
    "canary-router test shop.alias-test.yaml --mutate",
    "canary-router test --format junit > report.xml",
  ],
  run: async ({ values, positionals }, host) => {
    const { format, coverage: wanted, "coverage-file": coverageFiles, "min-coverage": minCoverage, "min-score": minScore } = values;
    const mutated = values.mutate || minScore !== undefined;
    const { force, name, "allow-outside": outside } = values;
    for (const { path, beginning } of coverageFiles) {
      await writable(path);
      if (!force) await checkOwn(path, beginning);
    }
    const options = {
      name,
      force,
      outside,
      patterns: positionals,
      format,
      coverage: wanted,
      coverageFiles,
      minCoverage,
      mutate: mutated,
      minScore,
    };
    if (!values.watch) return (await runOnce(options, host)).code;
    if (positionals.includes("-")) throw new Refusal("standard input cannot be watched");
    return watch(options, host);
  },
});

/** Reads `--coverage-file`. The extension of the file decides the format. */
function coverageFile(path: string, option: string): CoverageFile {
  if (/\.json$/i.test(path)) return { path, text: coverageJson, beginning: /^\{\n  "ratio": / };
  if (/\.(?:info|lcov)$/i.test(path)) return { path, text: lcov, beginning: /^TN:/ };
  throw new Refusal(`\`${option} ${path}\` does not say the format`, "let the name end with `.json`, or with `.info` or `.lcov` for lcov");
}

type ReadSuite = Extract<SuiteFile, { readonly kind: "read" }>;

/** The exit code of a run, and the files that it read. */
interface Ended {
  readonly code: ExitCode;
  readonly files: readonly string[];
}

async function runOnce(options: TestOptions, host: Terminal): Promise<Ended> {
  const aliases: Aliases = new Map();
  const results: SuiteResult[] = [];
  const suites: ReadSuite[] = [];
  let leftOut = 0;
  const names = await namesOf(options.patterns);
  for (const name of names) {
    host.interrupted.throwIfAborted();
    const began = performance.now();
    const whole = typeof name === "string" ? await readSuiteFile(name, host, aliases, options.outside) : name;
    const file = options.name === undefined || whole.kind !== "read" ? whole : { ...whole, suite: named(whole.suite, options.name) };
    if (file.kind === "read") {
      if (whole.kind === "read") leftOut += countOf(whole.suite) - countOf(file.suite);
      if (countOf(file.suite) === 0) continue;
      suites.push(file);
    }
    results.push(resultOf(file, began));
  }
  if (results.length === 0 && options.name !== undefined) {
    const help = "a name is `id: name`, as reports show it; a case without either is `case 1`";
    throw new Refusal(`no case and no law has a name with \`${options.name.text}\``, help);
  }
  const sources = new Map(suites.flatMap((suite) => [...suite.sources]));
  const covers = options.coverage || options.coverageFiles.length > 0 || options.minCoverage !== undefined;
  const result: RunResult = {
    suites: results,
    leftOut,
    coverage: covers ? coverageOf(suites, sources) : undefined,
    mutation: options.mutate ? mutationOf(suites, sources, host) : undefined,
  };
  for (const { path, text } of options.coverageFiles) await save(path, text(result.coverage ?? []));
  await print(result, options, host);
  const files = [...names.filter((name) => typeof name === "string"), ...aliases.keys()];
  const { failed, broken } = totalsOf(results);
  const misses = await missed(result, options, host);
  return { code: broken > 0 ? 2 : failed > 0 || misses ? 1 : 0, files };
}

/** The files to run, without repeats, and the patterns that match no file. */
async function namesOf(patterns: readonly string[]): Promise<readonly (string | Extract<SuiteFile, { readonly kind: "unread" }>)[]> {
  if (patterns.length === 0) {
    const found = await filesOf(SUITES, SUITES);
    if (found.length > 0) return found;
    throw new Refusal(
      `there is no suite here: nothing matches \`${SUITES}\``,
      "`canary-router suggest FILE -o NAME.alias-test.yaml` writes one",
    );
  }
  const lists = await Promise.all(
    patterns.map(async (pattern) => {
      const found = pattern === "-" ? [pattern] : await filesOf(pattern, SUITES);
      return found.length > 0 ? found : [{ kind: "unread" as const, name: pattern, refusal: new Refusal(`${pattern}: no suite matches`) }];
    }),
  );
  const seen = new Set<string>();
  return lists.flat().filter((name) => {
    const key = typeof name === "string" ? resolve(name) : name.name;
    return !seen.has(key) && seen.add(key);
  });
}

/** The cases and laws of a suite whose names match. */
function named({ title, cases, laws, pending }: Suite, { matches }: NamePattern): Suite {
  const isNamed = (each: { readonly title: string }): boolean => matches(each.title);
  return { title, cases: cases.filter(isNamed), laws: laws.filter(isNamed), pending: pending.filter(isNamed) };
}

function countOf({ cases, laws, pending }: Suite): number {
  return cases.length + laws.length + pending.length;
}

/** Where a case or law stands among the others of its suite: cases first, then laws, and rows in their order. */
function inOrder(one: { readonly at: Pointer }, other: { readonly at: Pointer }): number {
  const [a, b] = [one.at, other.at].map((at) => at.split("/"));
  const [x, y] = [a, b].map((parts) => [parts?.[1] === "cases" ? 0 : 1, Number(parts?.[2]), Number(parts?.[4] ?? 0)]);
  return (x ?? []).map((part, index) => part - (y?.[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function resultOf(file: SuiteFile, began: number): SuiteResult {
  switch (file.kind) {
    case "unread":
      return { kind: "unread", file: file.name, message: file.refusal.message, help: file.refusal.help };
    case "faulty":
      return { kind: "faulty", file: file.name, text: file.text, diagnostics: file.diagnostics };
    case "read": {
      const { suite, name, locate } = file;
      const report = verifySuite(suite);
      const failures = new Map(report.failures.map((failure) => [failure.case, failure]));
      const proofs = new Map<unknown, CaseResult["proof"]>(report.laws.map(({ law, result }) => [law, result.kind]));
      const cases = [...suite.cases, ...suite.laws, ...suite.pending].toSorted(inOrder).map((each): CaseResult => {
        if ("reason" in each)
          return { title: each.title, failure: undefined, pending: { kind: each.kind, reason: each.reason, position: locate(each.at) } };
        const failure = failures.get(each);
        return { title: each.title, failure: failure && { ...failure, position: locate(each.at) }, proof: proofs.get(each) };
      });
      return { kind: "ran", file: name, title: suite.title, cases, took: performance.now() - began };
    }
  }
}

function coverageOf(suites: readonly ReadSuite[], sources: ReadonlyMap<Plan, AliasSource>): readonly CoverageResult[] {
  const cases = suites.flatMap(({ suite }) => suite.cases);
  const laws = suites.flatMap(({ suite }) => suite.laws);
  return covered({ cases, laws }).flatMap((each) => {
    const source = sources.get(each.plan);
    return source === undefined ? [] : [{ source, coverage: each }];
  });
}

function covered(suite: Pick<Suite, "cases" | "laws">): readonly Coverage[] {
  try {
    return coverage(suite);
  } catch (error) {
    const [first] = error instanceof ConfigError ? error.diagnostics : [];
    throw first === undefined ? error : new Refusal(first.message, first.help);
  }
}

/** A mistake is caught where any suite catches it. */
function mutationOf(suites: readonly ReadSuite[], sources: ReadonlyMap<Plan, AliasSource>, host: Terminal): readonly MutationResult[] {
  const progress = progressOf(host.stderr, "mistakes");
  const results = [...sources.values()].map((source): MutationResult => {
    const about = suites.filter((suite) => suite.sources.has(source.plan)).map(({ suite }) => suite);
    const onProgress = (done: number, total: number): void => progress.at(done, done / total);
    const { outcomes, failing } = mutate(source.config, about, { onProgress });
    return { source, outcomes, failing: failing.length };
  });
  progress.end();
  return results;
}

async function print(result: RunResult, { format, coverage: wanted }: TestOptions, host: Terminal): Promise<void> {
  const { coverage: covered, mutation } = result;
  const style = styleOf(host.stdout, host.env);
  if (format === "json") return write(host.stdout, json(result));
  const text = REPORTERS[format](result, style, host.env);
  if (format === "github") await appendSummary(result, host.env);
  await write(host.stdout, format === "text" ? wrap(text, host.columns) : text);
  const beside = format === "text" ? host.stdout : host.stderr;
  const other = styleOf(beside, host.env);
  if (covered !== undefined) await write(beside, `${wanted ? coverageText(covered, other) : ""}${coverageSummary(covered)}`);
  if (mutation !== undefined) await write(beside, mutationText(mutation, other));
}

/** Reports each minimum that was not reached, and returns whether there is one. */
async function missed(
  { coverage: covered, mutation }: RunResult,
  { minCoverage, minScore }: TestOptions,
  host: Terminal,
): Promise<boolean> {
  const complaints: string[] = [];
  if (minCoverage !== undefined && covered !== undefined && 100 * ratio(covered.map((each) => each.coverage)) < minCoverage) {
    complaints.push(`coverage is ${coveragePercent(covered)} %, less than ${minCoverage} %`);
  }
  for (const result of mutation ?? []) {
    if (minScore === undefined || 100 * scoreOf(result.outcomes) >= minScore) continue;
    complaints.push(`${result.source.name}: the score is ${scorePercent(result)} %, less than ${minScore} %`);
  }
  for (const complaint of complaints) await notice(complaint, host, "red");
  return complaints.length > 0;
}

/** Runs, waits until a file changes, and runs again, until it is interrupted. */
async function watch(options: TestOptions, host: Terminal): Promise<ExitCode> {
  let ended: Ended = { code: 0, files: [] };
  while (!host.interrupted.aborted) {
    const known = ended.files.join("\n");
    // Taken before the run, so that a file that is saved during the run counts as changed.
    let before = await stampOf(ended.files);
    ended = await runOnce(options, host);
    const { files } = ended;
    if (files.join("\n") !== known) before = await stampOf(files);
    await write(host.stderr, `watching ${plural(files.length, "file")}, Ctrl-C ends\n`);
    const names = await listOf(options.patterns);
    let checks = 0;
    do await sleep(PERIOD, undefined, { signal: host.interrupted }).catch(() => undefined);
    while (
      !host.interrupted.aborted &&
      (await stampOf(files)) === before &&
      (++checks % LOOK_EVERY !== 0 || (await listOf(options.patterns)) === names)
    );
  }
  return ended.code;
}

/** The suites that there are now, as one text; empty where there is none. */
async function listOf(patterns: readonly string[]): Promise<string> {
  const names = await namesOf(patterns).catch(() => []);
  return names.map((name) => (typeof name === "string" ? name : "")).join("\n");
}

/** The modification time and size of each file as one text. The text differs if a file was changed, removed or added. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map((file) =>
    stat(file).then(
      ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
      () => "none",
    ),
  );
  return (await Promise.all(stamps)).join("\n");
}
