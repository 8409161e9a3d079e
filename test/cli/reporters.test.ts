import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { coverageSummary, coverageText } from "../../src/cli/reporters/coverage.ts";
import { findingsOfRun } from "../../src/cli/reporters/findings.ts";
import { github } from "../../src/cli/reporters/github.ts";
import { coverageJson, json } from "../../src/cli/reporters/json.ts";
import { junit } from "../../src/cli/reporters/junit.ts";
import { lcov } from "../../src/cli/reporters/lcov.ts";
import { mutationText } from "../../src/cli/reporters/mutation.ts";
import { readable } from "../../src/cli/reporters/readable.ts";
import { inRepository } from "../../src/cli/reporters/repository.ts";
import { type CoverageResult, type MutationResult, type RunResult, type SuiteResult, totalsOf } from "../../src/cli/reporters/result.ts";
import { sarif } from "../../src/cli/reporters/sarif.ts";
import { summary } from "../../src/cli/reporters/summary.ts";
import { tap } from "../../src/cli/reporters/tap.ts";
import type { Style } from "../../src/cli/terminal/style.ts";
import type { AliasSource } from "../../src/cli/files/suite.ts";
import { type AliasConfig, plan } from "../../src/index.ts";
import { coverage } from "../../src/testing/coverage.ts";
import { mutate } from "../../src/testing/mutate.ts";
import { parseSuite } from "../../src/testing/suite.ts";
import { readText } from "../../src/document/json.ts";

const plain: Style = (_, text) => text;

/** One suite of each kind, with texts that every format must escape. */
const suites: readonly SuiteResult[] = [
  {
    kind: "ran",
    file: "a,b.yaml",
    title: 'tom & "jerry"',
    took: 12.4,
    cases: [
      { title: "1: fine <br> # TODO", failure: undefined },
      {
        title: "2: 100 % of v2: no",
        failure: {
          position: { line: 7, column: 5 },
          message: "expected v2\n     got v1  (default at /version)",
          explanation: "v1  (default at /version)\n\n  ✗ header a = `]]>`: is `\u001b[2J`\n",
        },
      },
      {
        title: "3: later",
        failure: undefined,
        pending: { kind: "skip", reason: "no \u001b <env> # yet", position: { line: 9, column: 5 } },
      },
      { title: "4: not now", failure: undefined, pending: { kind: "skip", reason: undefined, position: { line: 11, column: 5 } } },
      { title: "5: a thought", failure: undefined, pending: { kind: "todo", reason: "ask: ops", position: { line: 13, column: 5 } } },
    ],
  },
  {
    kind: "faulty",
    file: "bad.yaml",
    text: "cases:\n  - draw: 2\n    expect: {}\n",
    diagnostics: [
      {
        code: "case-draw",
        severity: "error",
        at: "/cases/0/draw",
        message: "`2` is no draw",
        help: "write less",
        position: { line: 2, column: 5 },
      },
      { code: "case-expect", severity: "error", at: "/cases/0/expect", message: "nothing is expected", position: { line: 3, column: 5 } },
    ],
  },
  { kind: "unread", file: "no.yaml", message: "no.yaml: no such file", help: "look again" },
];
const result: RunResult = { suites, leftOut: 0, coverage: undefined, mutation: undefined };

const text = `{
  "version": "v1",
  "additional_version_weights": { "v3": 10 },
  "additional_version_strategy": {
    "v2": {
      "combine_type": "or",
      "rules": [
        { "rule_type": "Header", "param": "a", "op": "=", "value": "it's" },
        { "rule_type": "Cookie", "param": "c", "op": "=", "value": ";" }
      ]
    }
  }
}
`;

function sourceOf(name: string): AliasSource {
  const read = readText(text);
  if (!read.ok) throw new Error("the config is not JSON");
  const config = read.value.value as AliasConfig;
  return { name, within: false, text, config, plan: plan(config), locate: read.value.locate };
}

const source = sourceOf("alias.json");
const read = parseSuite({ cases: [{ request: { headers: { a: "x" } }, draw: 0.05, expect: { version: "v3" } }] }, { alias: source.plan });
if (!read.ok) throw new Error("the suite has errors");
const covered: readonly CoverageResult[] = coverage(read.value).map((each) => ({ source, coverage: each }));
const mutated: readonly MutationResult[] = [{ source, outcomes: mutate(source.config, read.value).outcomes, failing: 1 }];

test("every reporter is held here", () => {
  expect(readdirSync("src/cli/reporters").toSorted()).toEqual(
    [
      "coverage.ts",
      "findings.ts",
      "github.ts",
      "json.ts",
      "junit.ts",
      "lcov.ts",
      "lines.ts",
      "movement.ts",
      "mutation.ts",
      "readable.ts",
      "reports.ts",
      "repository.ts",
      "result.ts",
      "sarif.ts",
      "simulation.ts",
      "summary.ts",
      "tap.ts",
    ].toSorted(),
  );
});

test("readable", async () => {
  await expectGolden(readable(result, plain), "readable.txt");
});

describe("TAP", () => {
  const printed = tap(result);

  test("its text", () => expectGolden(printed, "report.tap"));

  test("its plan counts its test points, and its blocks are YAML", () => {
    const [version, planned, ...lines] = printed.split("\n");
    expect(version).toBe("TAP version 14");
    const points = lines.filter((line) => /^(?:not )?ok \d+ - /.test(line));
    expect(planned).toBe(`1..${points.length}`);
    expect(points.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual(points.map((_, index) => index + 1));
    expect(points.filter((line) => /(?<!\\)#/.test(line))).toEqual([
      "ok 3 - a,b.yaml: 3: later # SKIP no \\\\u{1b} <env> \\# yet",
      "ok 4 - a,b.yaml: 4: not now # SKIP",
      "not ok 5 - a,b.yaml: 5: a thought # TODO ask: ops",
    ]);
    const blocks = [...printed.matchAll(/^ {2}---\n([^]*?)^ {2}\.\.\.\n/gm)].map(([, block = ""]) => parse(block) as unknown);
    expect(blocks).toEqual([
      {
        at: "a,b.yaml:7:5",
        message: "expected v2\n     got v1  (default at /version)",
        explanation: "v1  (default at /version)\n\n  ✗ header a = `]]>`: is `\\u{1b}[2J`",
      },
      { at: "bad.yaml:2:5", message: expect.stringContaining("error[case-draw] /cases/0/draw") as string },
      { message: "no.yaml: no such file" },
    ]);
  });

  test("of nothing is a plan of nothing", () => {
    expect(tap({ ...result, suites: [] })).toBe("TAP version 14\n1..0\n");
  });
});

describe("JUnit", () => {
  const printed = junit(result);

  test("its text", () => expectGolden(printed, "junit.xml"));

  test("is well-formed, with counts that add up", () => {
    const elements = elementsOf(printed);
    const count = (name: string): number => elements.filter((element) => element.name === name).length;
    expect(elements[0]).toEqual({
      name: "testsuites",
      attributes: { name: "canary-router", tests: "7", failures: "1", errors: "2", skipped: "3", time: "0.012" },
    });
    expect({ cases: count("testcase"), failures: count("failure"), errors: count("error"), skipped: count("skipped") }).toEqual({
      cases: 7,
      failures: 1,
      errors: 2,
      skipped: 3,
    });
    expect(elements[1]?.attributes["name"]).toBe('tom & "jerry" (a,b.yaml)');
    expect(printed).not.toMatch(/[^\P{Cc}\n]|\p{Cs}/u);
  });

  test("what XML cannot hold is written as an escape", () => {
    const hostile = junit({ ...result, suites: [{ kind: "unread", file: "\0\ud800\uffff\t.yaml", message: "a\nb", help: undefined }] });
    expect(elementsOf(hostile)[1]?.attributes["name"]).toBe("\\u{0}\\u{d800}\\u{ffff}\\u{9}.yaml");
  });

  test.each([
    ["a tag that is never closed", "<a><b></a>"],
    ["an attribute without quotes", "<a b=c/>"],
    ["an ampersand that begins nothing", "<a>x & y</a>"],
    ["two roots", "<a/><b/>"],
    ["an attribute twice", '<a b="1" b="2"/>'],
  ])("the check itself refuses %s", (_, xml) => {
    expect(() => elementsOf(xml)).toThrow();
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The elements of a text of XML 1.0 as far as these reports use it, in their order; throws where it is not well-formed. */
function elementsOf(xml: string): readonly Element[] {
  const elements: Element[] = [];
  const open: string[] = [];
  const unescaped = (piece: string): string => {
    if (/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(piece))
      throw new Error(`not text: ${piece}`);
    const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
    return piece.replaceAll(/&(#?\w+);/g, (_, name: string) => entities[name] ?? String.fromCharCode(Number(name.slice(1))));
  };
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  for (const piece of body.match(/<[^>]*>|[^<]+|</g) ?? []) {
    if (!piece.startsWith("<")) {
      if (open.length === 0 && piece.trim() !== "") throw new Error("text outside of the root");
      unescaped(piece);
      continue;
    }
    const tag = /^<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>$/.exec(piece);
    if (tag === null) throw new Error(`not a tag: ${piece}`);
    const [, closes, name = "", written = "", empty] = tag;
    if (closes === "/") {
      if (open.pop() !== name) throw new Error(`closes nothing: ${piece}`);
      continue;
    }
    if (open.length === 0 && elements.length > 0) throw new Error("a second root");
    const pairs = [...written.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, unescaped(value)] as const);
    if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`an attribute twice: ${piece}`);
    elements.push({ name, attributes: Object.fromEntries(pairs) });
    if (empty !== "/") open.push(name);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(", ")}`);
  return elements;
}

test("GitHub's annotations", () => {
  const mutation = mutated.map((each) => ({ ...each, outcomes: each.outcomes.filter(({ kind }) => kind === "survived").slice(0, 1) }));
  return expectGolden(github({ ...result, mutation }, plain, {}), "github.txt");
});

test("annotations name files from the root of the repository", () => {
  const root = { GITHUB_WORKSPACE: resolve("..") };
  const here = basename(resolve("."));
  expect(inRepository("policies/a.yaml", root)).toBe(`${here}/policies/a.yaml`);
  expect(inRepository("policies/a.yaml", {})).toBe("policies/a.yaml");
  expect(inRepository("../a.yaml", { GITHUB_WORKSPACE: resolve(".") })).toBe("../a.yaml");
  expect(inRepository("standard input", root)).toBe("standard input");
  expect(github(result, plain, root)).toContain(`::error file=${here}/`);
});

describe("SARIF", () => {
  const log = JSON.parse(sarif(findingsOfRun({ ...result, mutation: mutated }), {})) as Log;
  const [run] = log.runs;

  test("has a result for each failing case, each complaint and each mutant that survives, at its place", () => {
    expect(log.version).toBe("2.1.0");
    const survivors = mutated.flatMap(({ outcomes }) => outcomes.filter(({ kind }) => kind === "survived"));
    const { failed, skipped, todo } = totalsOf(result.suites);
    const codes = run?.results?.map(({ ruleId }) => ruleId) ?? [];
    expect(codes.filter((code) => code === "case-failed")).toHaveLength(failed);
    expect(codes.filter((code) => code === "case-skipped")).toHaveLength(skipped);
    expect(codes.filter((code) => code === "case-todo")).toHaveLength(todo);
    expect(run?.results?.find(({ ruleId }) => ruleId === "case-todo")).toMatchObject({
      level: "note",
      message: { text: "5: a thought\nask: ops" },
    });
    expect(codes.filter((code) => code === "mutant-survived")).toHaveLength(survivors.length);
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual([...new Set(codes)].toSorted());
    for (const { message, locations } of run?.results ?? []) {
      expect(message.text).not.toBe("");
      expect(locations?.[0]?.physicalLocation?.artifactLocation?.uri).toMatch(/^[\w./%-]+$/);
    }
  });

  test("says of a file that could not be read why the run was no success", () => {
    const unread = result.suites.filter(({ kind }) => kind !== "ran");
    expect(unread.length).toBeGreaterThan(0);
    expect(run?.invocations?.[0]).toMatchObject({ executionSuccessful: false });
    expect(run?.invocations?.[0]?.toolExecutionNotifications).toHaveLength(unread.length);
  });
});

test("the summary of a job is Markdown in which foreign text is text", () => {
  const text = summary({ ...result, coverage: covered, mutation: mutated });
  expect(text).toMatch(/^## canary-router test\n\n\d+ suites: /);
  expect(text).toContain("Coverage: ");
  expect(text).toContain(": 1 case passed, 1 failed, 2 skipped, 1 todo, 2 suites not run\n");
  expect(text).toContain("| a,b.yaml | 1 | 1 | 3 | **failed** |");
  const hostile = "a|b <img src=x> `c` [d](http://e) *f*\n# g";
  const one = summary({
    suites: [{ kind: "unread", file: "x.yaml", message: hostile, help: undefined }],
    leftOut: 0,
    coverage: undefined,
    mutation: undefined,
  });
  expect(one).toContain("a&#124;b &#60;img src&#61;x&#62; &#96;c&#96; &#91;d&#93;&#40;http&#58;//e&#41; &#42;f&#42;, &#35; g");
});

test("every form says what was not run, and why", () => {
  const { suites: all } = result;
  const printed = {
    readable: readable(result, plain),
    tap: tap(result),
    junit: junit(result),
    json: json(result),
    github: github(result, plain, {}),
    sarif: sarif(findingsOfRun(result), {}),
  };
  const pending = all.flatMap((suite) => (suite.kind === "ran" ? suite.cases.filter((each) => each.pending !== undefined) : []));
  expect(pending).toHaveLength(3);
  for (const text of Object.values(printed))
    for (const words of ["later", "yet", "not now", "a thought", "ops"]) expect(text).toContain(words);
  expect(printed.readable).toContain(": 1 of 2 cases failed, 2 skipped, 1 todo\n");
  expect(printed.readable).toMatch(/^3 suites: 1 case passed, 1 failed, 2 skipped, 1 todo, 2 suites not run$/m);
});

test("JSON", async () => {
  await expectGolden(json(result), "report.json");
  expect(JSON.parse(json({ ...result, coverage: covered, mutation: mutated }))).toMatchObject({
    coverage: JSON.parse(coverageJson(covered)) as object,
    mutation: [
      { file: "alias.json", mutants: mutated[0]?.outcomes.map(({ kind, mutant: { at, mistake } }) => ({ outcome: kind, at, mistake })) },
    ],
  });
});

test("coverage as text", async () => {
  await expectGolden(coverageText(covered, plain) + coverageSummary(covered), "coverage.txt");
  expect(coverageText([], plain) + coverageSummary([])).toBe("coverage: 100.00 %, 0 of 0 seen in 0 aliases\n");
});

test("coverage as JSON", () => expectGolden(coverageJson(covered), "coverage.json"));

test("coverage for lcov", () => expectGolden(lcov(covered), "coverage.info"));

test("mistakes that no case catches", () => expectGolden(mutationText(mutated, plain), "mutation.txt"));

/** `npx vitest run test/cli/reporters.test.ts -u` writes them anew; read the difference. */
function expectGolden(actual: string, name: string): Promise<void> {
  return expect(actual).toMatchFileSnapshot(`../golden/report/${name}`);
}
