import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";
import { snippetsOf } from "../support/snippets.ts";

const { folder, file } = scratch();

const ALIAS = {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "env", op: "=", value: "beta" }] } },
};
const GAMMA = { rule_type: "Header", param: "env", op: "=", value: "gamma" };
const BETA = { name: "beta", request: { headers: { env: "beta" } }, expect: { version: "v3", reason: "rule" } };
const SPLIT = { name: "the rest", request: {}, expect: { split: { v1: 90, v2: 10 } } };

file("shop.json", ALIAS);
const good = file("good.alias-test.json", { title: "the shop", alias: "./shop.json", cases: [BETA, SPLIT] });
const failing = file(
  "failing.alias-test.yaml",
  `alias: ./shop.json
cases:
  - name: nobody
    request: { headers: { env: gamma } }
    draw: 0.5
    expect: { version: v3 }
  - name: low
    draw: 0.05
    expect: { version: v2 }
`,
);

/** A path as reports show it: below the test's own folder. */
function local(text: string): string {
  return text.replaceAll(`${folder}/`, "");
}

describe("usage", () => {
  test.each([
    [["--fromat=tap"], "unknown option `--fromat`", "did you mean `--format`?"],
    [["--format", "xml"], "`--format` cannot be `xml`", "one of `text`, `tap`, `junit`, `json`, `github`, `sarif`"],
    [["--format", "juint"], "`--format` cannot be `juint`", "did you mean `junit`?"],
    [["--min-coverage"], "`--min-coverage` needs a value", "write `--min-coverage=VALUE` for one that starts with a dash"],
    ...["x", "", "101", "-1", "NaN"].map(
      (text) => [[`--min-coverage=${text}`], `\`--min-coverage ${text}\` is not a percentage`, "write a number from 0 to 100"] as const,
    ),
    [["--min-score=lots"], "`--min-score lots` is not a percentage", "write a number from 0 to 100"],
    [
      ["--coverage-file", "c.xml"],
      "`--coverage-file c.xml` does not say the format",
      "let the name end with `.json`, or with `.info` or `.lcov` for lcov",
    ],
    [["--name", ""], "`--name` is empty", "write a part of a name, or `/REGEX/`"],
    [["--name", "/x/g"], "`--name /x/g` has the flag `g`", "the flags are `i`, `m`, `s`, `u` and `v`"],
    [
      ["--name", "gamma"],
      "no case and no law has a name with `gamma`",
      "a name is `id: name`, as reports show it; a case without either is `case 1`",
    ],
    [["-", "--watch"], "standard input cannot be watched", undefined],
  ] as const)("%j", async (args, message, help) => {
    const hint = help === undefined ? "" : `  help: ${help}\n`;
    expect(await command(["test", good, ...args])).toEqual({ code: 2, stdout: "", stderr: `canary-router: ${message}\n${hint}` });
  });
});

describe("runs suites", () => {
  test("that pass", async () => {
    expect(await command(["test", good])).toEqual({ code: 0, stderr: "", stdout: `✓ ${good}: 2 cases passed\n1 suite: 2 cases passed\n` });
  });

  test("that fail: place, title, expected and got, and the explanation", async () => {
    const { code, stdout, stderr } = await command(["test", failing]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(local(stdout)).toBe(`failing.alias-test.yaml:3:5 failed: nobody
  expected v3
       got v1  (split at /version)
  v1  (split at /version)

  strategy v3: does not hold  /additional_version_strategy/v3
    ✗ header env = \`beta\`: is \`gamma\`

  draw 0.5 → slot 5000 of 10000, given by the caller
      v2  slots 0–999      10.00 %  /additional_version_weights/v2
    ▸ v1  slots 1000–9999  90.00 %  /version
✗ failing.alias-test.yaml: 1 of 2 cases failed
1 suite: 1 case passed, 1 failed
`);
  });

  test("a suite without an alias, and one from standard input with the alias in it", async () => {
    const none = await command(["test", "-"], { stdin: JSON.stringify({ cases: [BETA] }) });
    expect(none).toMatchObject({ code: 1 });
    expect(none.stdout).toContain("standard input:1:11 failed: beta\n  there is no alias to ask\n");
    expect(await command(["test", "-"], { stdin: JSON.stringify({ alias: ALIAS, cases: [BETA] }) })).toMatchObject({ code: 0 });
  });

  test("that are named by patterns, by their folder, and each once", async () => {
    file("deep/a/one.alias-test.json", { alias: "../../shop.json", cases: [BETA] });
    file("deep/two.alias-test.yml", "alias: ../shop.json\ncases:\n  - expect: { split: { v1: 90, v2: 10 } }\n");
    file("deep/node_modules/three.alias-test.json", { cases: [] });
    file("deep/.hidden/four.alias-test.json", { cases: [] });
    file("deep/other.yaml", "cases: []\n");
    const both = "✓ deep/a/one.alias-test.json: 1 case passed\n✓ deep/two.alias-test.yml: 1 case passed\n2 suites: 2 cases passed\n";
    for (const args of [
      [join(folder, "deep")],
      [`${folder}/deep/**/*.alias-test.{json,yml}`],
      [`${folder}/deep/**/*[nw][eo].*`],
      [`${folder}/d??p/**/*-test.*`, join(folder, "deep")],
      [join(folder, "deep/a/one.alias-test.json"), join(folder, "deep/two.alias-test.yml"), join(folder, "deep/a/../two.alias-test.yml")],
    ]) {
      const { code, stdout } = await command(["test", "--allow-outside", ...args]);
      expect([code, local(stdout)]).toEqual([0, both]);
    }
  });

  test("below the working directory, where no file is named", async () => {
    const before = process.cwd();
    try {
      process.chdir(join(folder, "deep"));
      expect(await command(["test", "--allow-outside"])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("✓ two.alias-test.yml: 1 case passed\n") as string,
      });
      process.chdir(join(folder, "deep/.hidden"));
      rmSync(join(folder, "deep/.hidden/four.alias-test.json"));
      expect(await command(["test"])).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining("there is no suite here") as string,
      });
    } finally {
      process.chdir(before);
    }
  });
});

describe("what cannot be run is told with its place, and the others still run", () => {
  file("broken.json", { version: 1 });
  test.each([
    [
      "an unknown version",
      "alias: ./shop.json\ncases:\n  - expect: { version: v9 }\n",
      ":3:15 error[case-version] /cases/0/expect/version: the alias has no version `v9`",
    ],
    [
      "an unknown key",
      "alias: ./shop.json\ncases:\n  - expects: { version: v1 }\n",
      ":3:5 error[unknown-key] /cases/0/expects: unknown key `expects`",
    ],
    [
      "both forms",
      "alias: ./shop.json\ncases:\n  - expect: { version: v1, split: { v1: 100 } }\n",
      ":3:5 error[case-expect] /cases/0/expect: both a `version` and a `split`",
    ],
    [
      "a draw that is none",
      "alias: ./shop.json\ncases:\n  - draw: 1\n    expect: { version: v1 }\n",
      ":3:5 error[case-draw] /cases/0/draw: `1` is no draw",
    ],
    ["a missing alias", "alias: ./no.json\ncases:\n  - expect: { version: v1 }\n", ":1:1 error[unreadable] /alias: the alias `./no.json`"],
    [
      "an alias with errors",
      "alias: ./broken.json\ncases:\n  - expect: { version: v1 }\n",
      ":1:1 error[unreadable] /alias: the alias `./broken.json`: line 2, column 14: /version: expected a string",
    ],
    ["a YAML error", "alias: [\n", ":2:1 error[syntax]"],
    ["a repeated key", "cases: []\ncases: []\n", ":2:1 error[duplicate-key] /cases: the key `cases` is there already"],
    ["no cases", "alias: ./shop.json\ncases: []\n", ":2:1 error[case-expect] /cases: there are no cases"],
  ])("%s", async (_, text, complaint) => {
    const bad = file("bad.yaml", text);
    for (const args of [
      [bad, good],
      [good, bad],
    ]) {
      const { code, stdout } = await command(["test", ...args]);
      expect(code).toBe(2);
      expect(stdout).toContain(`${bad}${complaint}`);
      expect(stdout).toContain(`✗ ${bad}: not run\n`);
      expect(stdout).toContain(`✓ ${good}: 2 cases passed\n`);
      expect(stdout).toMatch(/\n2 suites: 2 cases passed, 1 suite not run\n$/);
    }
  });

  test("JSON has the places of values", async () => {
    const bad = file("bad.json", '{\n  "alias": "./shop.json",\n  "cases": [\n    { "draw": 2, "expect": { "version": "v1" } }\n  ]\n}\n');
    expect((await command(["test", bad])).stdout).toContain(`${bad}:4:15 error[case-draw] /cases/0/draw: `);
  });

  test.each([
    ["a file that is not there", join(folder, "no.yaml"), "no such file"],
    ["a pattern without a match", `${folder}/no-*.yaml`, "no suite matches"],
    ["an empty file", file("empty.yaml", ""), "the file is empty"],
  ])("%s", async (_, path, problem) => {
    const { code, stdout } = await command(["test", path, failing, good]);
    expect(code).toBe(2);
    expect(stdout).toContain(`canary-router: ${path}: ${problem}\n`);
    expect(stdout).toMatch(/\n3 suites: 3 cases passed, 1 failed, 1 suite not run\n$/);
  });
});

describe("coverage", () => {
  const half = file("half.yaml", "alias: ./shop.json\ncases:\n  - draw: 0.5\n    expect: { version: v1 }\n");

  test("is marked at the lines of the alias", async () => {
    const { code, stdout } = await command(["test", half, "--coverage"]);
    expect(code).toBe(0);
    expect(local(stdout)).toContain(`shop.json: 3 of 6 seen
✓  3 |   "version": "v1",
   4 |   "additional_version_weights": {
✗  5 |     "v2": 10
     |     ^ arm never reached
   6 |   },
   7 |   "additional_version_strategy": {
~  8 |     "v3": {
     |     ^ strategy never decided
   9 |       "rules": [
~ 10 |         {
     |         ^ rule never held
coverage: 50.00 %, 3 of 6 seen in 1 alias
`);
  });

  test("adds up over suites, also where they name the alias in other ways", async () => {
    const other = file("deep/beta.yaml", `alias: ../deep/../shop.json\ncases:\n  - ${JSON.stringify(BETA)}\n`);
    expect((await command(["test", half, other, "--coverage", "--allow-outside"])).stdout).toMatch(
      /\ncoverage: 83\.33 %, 5 of 6 seen in 1 alias\n$/,
    );
  });

  test("of an alias within the suite has the places there", async () => {
    const inline = file("inline.json", { cases: [{ ...SPLIT, alias: ALIAS }] });
    const { stdout } = await command(["test", inline, "--coverage"]);
    expect(local(stdout)).toContain("inline.json: 4 of 6 seen\n");
    expect(stdout).toMatch(/^~ \d+ \| +"v3": \{$/m);
  });

  test.each([
    [50, 0],
    ["50 %", 0],
    [50.01, 1],
    [100, 1],
  ])("--min-coverage %s ends with %i", async (percent, code) => {
    const ended = await command(["test", half, `--min-coverage=${percent}`]);
    expect(ended).toMatchObject({ code, stderr: code === 0 ? "" : `canary-router: coverage is 50.00 %, less than ${percent} %\n` });
    expect(ended.stdout).toMatch(/\ncoverage: 50\.00 %, 3 of 6 seen in 1 alias\n$/);
  });

  test("is written to files, for programs and for lcov", async () => {
    const [json, info] = [join(folder, "coverage.json"), join(folder, "coverage.info")];
    expect((await command(["test", half, "--coverage-file", json, "--coverage-file", info])).code).toBe(0);
    expect(JSON.parse(readFileSync(json, "utf8"))).toMatchObject({ ratio: 0.5, aliases: [{ file: join(folder, "shop.json") }] });
    expect(readFileSync(info, "utf8")).toContain(`SF:${join(folder, "shop.json")}\n`);
    const nowhere = join(folder, "no/coverage.json");
    expect(await command(["test", half, "--coverage-file", nowhere])).toMatchObject({
      code: 2,
      stderr: `canary-router: ${nowhere}: cannot be written: its folder is not there\n`,
    });
  });
});

describe("--mutate", () => {
  test("tells which mistakes no case catches; the case that it names catches them", async () => {
    const part = file("part.json", { alias: "./shop.json", cases: [BETA] });
    const before = await command(["test", part, "--mutate"]);
    expect(before.code).toBe(0);
    const counts = /shop\.json: (\d+) mistakes made: (\d+) killed, (\d+) survived, (\d+) equivalent, (\d+) undecided/;
    const survived = Number(counts.exec(before.stdout)?.[3]);
    expect(survived).toBeGreaterThan(0);
    const added = [...before.stdout.matchAll(/^ {2}add: - (.*)$/gm)].map(([, text = ""]) => JSON.parse(text) as object);
    expect(added).toHaveLength(survived);
    const whole = file("whole.json", { alias: "./shop.json", cases: [BETA, SPLIT, ...added] });
    const after = await command(["test", whole, "--mutate", "--min-score", "100"]);
    expect(after).toMatchObject({ code: 0, stderr: "" });
    expect(Number(counts.exec(after.stdout)?.[3])).toBe(0);
    expect((await command(["test", part, whole, "--min-score", "100"])).code).toBe(0);
    expect(await command(["test", part, "--min-score", "100"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^canary-router: .*shop\.json: the score is \d+\.\d\d %, less than 100 %\n$/) as string,
    });
  });
});

test("a mistake in an alias within a suite has no command to paste, for `explain` reads files of an alias only", async () => {
  const suite = file("within.json", { cases: [{ ...BETA, alias: ALIAS }] });
  const { stdout } = await command(["test", suite, "--mutate"]);
  expect(stdout).toMatch(/within\.json:\d+:\d+ survived: [^]*\n {2}add: /);
  expect(stdout).not.toContain("  see: ");
});

describe("--name", () => {
  test.each<[string, number, string]>([
    ["beta", 0, "1 suite: 1 case passed, 3 left out by their names\n"],
    ["/^BE/i", 0, "1 suite: 1 case passed, 3 left out by their names\n"],
    ["/low|rest/", 0, "2 suites: 2 cases passed, 2 left out by their names\n"],
    ["o", 1, "1 suite: 1 case passed, 1 failed, 2 left out by their names\n"],
  ])("%s", async (pattern, code, totals) => {
    const ended = await command(["test", good, failing, "--name", pattern]);
    expect(ended).toMatchObject({ code, stderr: "" });
    expect(ended.stdout.endsWith(totals)).toBe(true);
  });

  test("is not a regular expression", async () => {
    expect(await command(["test", good, "-n", "/(/"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("`--name /(/` is no regular expression: ") as string,
    });
  });

  test("chooses what coverage and mistakes are counted of", async () => {
    const whole = await command(["test", good, "--coverage", "--mutate"]);
    const some = await command(["test", good, "--name", "beta", "--coverage", "--mutate"]);
    const killed = ({ stdout }: { readonly stdout: string }): number => Number(/mistakes made: (\d+) killed/.exec(stdout)?.[1]);
    expect(killed(some)).toBeGreaterThan(0);
    expect(killed(some)).toBeLessThan(killed(whole));
  });

  test("of a suite that cannot be used, nothing is left out", async () => {
    const faulty = file("faulty-named.json", { alias: "./shop.json", cases: [{ ...BETA, draw: 7 }] });
    expect(await command(["test", faulty, "--name", "gamma"])).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("not run") as string,
    });
  });
});

test("cases and rows that are not run stand in their order, with their places", async () => {
  const suite = file(
    "pending.yaml",
    `alias: ./shop.json
cases:
  - name: env $env
    skip: $why
    request: { headers: { env: $env } }
    expect: { version: $version }
    each:
      - { env: beta, version: v3, why: null }
      - { env: gamma, version: v3, why: not there yet }
      - { env: delta, version: v3, why: false }
  - { name: a thought, todo: ask the team }
laws:
  - { skip: true, never: { version: v3 } }
`,
  );
  const { code, stdout } = await command(["test", suite, "--coverage"]);
  expect(code).toBe(1);
  expect(local(stdout)).toContain(`pending.yaml:9:9 skipped: env gamma (not there yet)
pending.yaml:10:9 failed: env delta
  expected v3
`);
  expect(local(stdout)).toContain(`pending.yaml:11:5 todo: a thought (ask the team)
pending.yaml:13:5 skipped: never v3
✗ pending.yaml: 1 of 2 cases failed, 2 skipped, 1 todo
1 suite: 1 case passed, 1 failed, 2 skipped, 1 todo
`);
});

describe("formats", () => {
  test("leave standard output to their own format", async () => {
    for (const format of ["tap", "junit", "github", "sarif"]) {
      const alone = await command(["test", good, failing, "--format", format]);
      const more = await command(["test", good, failing, "--format", format, "--coverage"]);
      const timeless = (text: string): string => text.replaceAll(/time="[\d.]+"/g, "");
      expect(timeless(more.stdout)).toBe(timeless(alone.stdout));
      expect(more).toMatchObject({ code: 1, stderr: expect.stringContaining("coverage: 100.00 %") as string });
    }
    const { code, stdout, stderr } = await command(["test", good, failing, "--format", "json", "--coverage", "--mutate"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      totals: { suites: 2, broken: 0, cases: 4, failed: 1, skipped: 0, todo: 0, leftOut: 0 },
      suites: [{ file: good, ran: true, title: "the shop" }, { file: failing }],
      coverage: { ratio: 1 },
      mutation: [{ file: join(folder, "shop.json") }],
    });
  });

  test("a hostile suite cannot steer the terminal", async () => {
    const hostile = file("hostile.json", {
      alias: "./shop.json",
      cases: [{ name: "\u001b[2J\u202e", expect: { version: "v1" }, draw: 0 }],
    });
    for (const format of ["text", "tap", "junit", "github", "json", "sarif"]) {
      const { stdout } = await command(["test", hostile, "--format", format]);
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    }
  });
});

test("the summary of a job is appended to the file that GitHub names", async () => {
  const page = file("summary.md", "# before\n");
  await command(["test", good, failing, "--format", "github"], { env: { GITHUB_STEP_SUMMARY: page } });
  const text = readFileSync(page, "utf8");
  expect(text).toMatch(/^# before\n## canary-router test\n\n2 suites: 3 cases passed, 1 failed, 0 suites not run\n/);
  await command(["test", good, "--format", "text"], { env: { GITHUB_STEP_SUMMARY: page } });
  expect(readFileSync(page, "utf8")).toBe(text);
});

describe("--watch", () => {
  test("runs again when a suite or its alias changes, and ends with the last result", async () => {
    const alias = file("watched/alias.json", ALIAS);
    const suite = file("watched/suite.json", { alias: "./alias.json", cases: [BETA] });
    const interruption = new AbortController();
    const steps = [
      () => writeFileSync(alias, JSON.stringify({ ...ALIAS, additional_version_strategy: { v3: { rules: [GAMMA] } } })),
      () =>
        writeFileSync(
          suite,
          JSON.stringify({ alias: "./alias.json", cases: [{ ...SPLIT, request: { headers: { env: "beta" } } }] }, null, 4),
        ),
      () => rmSync(alias),
      () => interruption.abort(),
    ];
    let runs = 0;
    const { code, stdout, stderr } = await command(["test", suite, "--watch"], {
      interrupted: interruption.signal,
      onOutput: (printed) => {
        const watching = printed.stderr.split("watching 2 files, Ctrl-C ends\n").length - 1;
        while (runs < watching) setTimeout(steps[runs++] ?? (() => {}), 50);
      },
    });
    expect(stderr).toBe("watching 2 files, Ctrl-C ends\n".repeat(4));
    expect(stdout.split("\n").filter((line) => line.startsWith("1 suite"))).toEqual([
      "1 suite: 1 case passed",
      "1 suite: 0 cases passed, 1 failed",
      "1 suite: 1 case passed",
      "1 suite: 0 cases passed, 1 suite not run",
    ]);
    expect(code).toBe(2);
  });

  test("sees a suite that is new", async () => {
    file("grown/alias.json", ALIAS);
    file("grown/a.alias-test.json", { alias: "./alias.json", cases: [BETA] });
    const interruption = new AbortController();
    const steps = [() => file("grown/deep/b.alias-test.json", { alias: ALIAS, cases: [BETA] }), () => interruption.abort()];
    let runs = 0;
    const { stdout } = await command(["test", join(folder, "grown"), "--watch"], {
      interrupted: interruption.signal,
      onOutput: (printed) => {
        const watching = printed.stderr.split("Ctrl-C ends\n").length - 1;
        while (runs < watching) setTimeout(steps[runs++] ?? (() => {}), 50);
      },
    });
    expect(stdout.split("\n").filter((line) => /^\d suites?:/.test(line))).toEqual(["1 suite: 1 case passed", "2 suites: 2 cases passed"]);
  });
});

test("the suites that docs/testing.md shows pass as they stand there", async () => {
  const suites = snippetsOf(readFileSync("docs/testing.md", "utf8")).filter(
    ({ language, text }) => language === "yaml" && /^cases:/m.test(text),
  );
  expect(suites).toHaveLength(2);
  expect(suites.some(({ text }) => text.trimEnd() === readFileSync("docs/examples/tables.alias-test.yaml", "utf8").trimEnd())).toBe(true);
  for (const { text } of suites) expect(await command(["test", "-"], { stdin: text })).toMatchObject({ code: 0 });
});
