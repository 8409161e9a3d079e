import { spawn, spawnSync, type StdioOptions } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { emitModule } from "../../src/route/emit.ts";
import { compile, type Diagnostic, explain, formatExplanation, plan, toRequest } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPLIT = { name: "prod", version: "v1", additional_version_weights: { v2: 30 } };
const RULES = {
  name: "prod",
  version: "v1",
  additional_version_strategy: {
    v2: {
      combine_type: "or",
      rules: [
        { rule_type: "Header", param: "version", op: "=", value: "v1" },
        { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
        { rule_type: "Query", param: "q", op: "=", value: "a b&c" },
        { rule_type: "Attribute", param: "tenant", op: "=", value: "acme" },
        { rule_type: "Header", param: ":path", op: "=", value: "/cart" },
        { rule_type: "Header", param: ":method", op: "=", value: "PUT" },
      ],
    },
  },
} as const;

/** Writes a file of the test's own and returns its path. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content, null, 2));
  return path;
}

const split = file("split.json", SPLIT);
const rules = file("rules.json", RULES);

interface Setting {
  readonly stdin?: Readable;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: { readonly [name: string]: string };
  readonly interrupted?: AbortSignal;
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cli(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const { stdin = Readable.from([]), isTTY = false, columns, env = {}, interrupted = new AbortController().signal } = setting;
  const texts = { stdout: "", stderr: "" };
  const output = (to: keyof typeof texts): Writable & { readonly isTTY: boolean } => {
    const write = (chunk: Buffer, _: unknown, done: () => void): void => {
      texts[to] += chunk.toString();
      done();
    };
    return Object.assign(new Writable({ write }), { isTTY });
  };
  const code = await run(args, { stdin, stdout: output("stdout"), stderr: output("stderr"), columns, env, interrupted });
  return { code, ...texts };
}

function input(text: string): Readable {
  return Readable.from([Buffer.from(text)]);
}

function ndjson(...entries: readonly unknown[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

describe("usage", () => {
  test("help of the program names every command, and each command has its own", async () => {
    const { code, stdout, stderr } = await cli(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of ["check", "explain", "route", "compile"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} +\\w`, "m"));
      const help = await cli([command, "--help"]);
      expect(help).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toContain(`Usage: canary-router ${command} FILE`);
      expect(await cli([command, split, "-h"])).toEqual(help);
    }
  });

  test("the version is that of the package", async () => {
    const { version }: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await cli(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("nothing at all is answered with the help, as an error", async () => {
    const { stdout: help } = await cli(["--help"]);
    expect(await cli([])).toEqual({ code: 2, stdout: "", stderr: help });
  });

  test.each([
    [["chek", split], "unknown command `chek`", "did you mean `check`?"],
    [["constructor"], "unknown command `constructor`", "see `canary-router --help`"],
    [["--hepl"], "unknown option `--hepl`", "see `canary-router --help`"],
    [["check"], "`check` needs a FILE", "see `canary-router check --help`"],
    [["check", split, "--strct"], "unknown option `--strct`", "did you mean `--strict`?"],
    [["compile", split, "--force"], "`--force` does nothing without `--out`", undefined],
    [["check", split, "--strict=yes"], "`--strict` takes no value", undefined],
    [["check", split, "--profile", "functiongrap"], "`--profile` cannot be `functiongrap`", "did you mean `functiongraph`?"],
    [["check", split, "--format", "x"], "`--format` cannot be `x`", "one of `text`, `json`, `sarif`, `github`"],
    [["check", split, "--ignore", "weight-sum"], "`--ignore` without `--strict` does nothing", "add `--strict`, or leave out `--ignore`"],
    [["check", split, "--strict", "--ignore", "weight-sun"], "`--ignore weight-sun`: there is no such code", "did you mean `weight-sum`?"],
    [["check", split, "--format", "json", "--format", "text"], "`--format` is given twice", undefined],
    [["explain"], "`explain` needs a FILE", "see `canary-router explain --help`"],
    [["explain", split, "x.json"], "`explain` takes one FILE, not also `x.json`", undefined],
    [["explain", split, "--constructor=1"], "unknown option `--constructor`", undefined],
    [["explain", split, "--header"], "`--header` needs a value", "write `--header=VALUE` for one that starts with a dash"],
    [["explain", split, "--draw", "--format"], "`--draw` needs a value", "write `--draw=VALUE` for one that starts with a dash"],
    [["explain", split, "--header", "version"], "`--header version` is not NAME=VALUE", "write `--header name=value`"],
    [["explain", split, "--cookie", "=v"], "`--cookie =v` is not NAME=VALUE", "write `--cookie name=value`"],
    ...["1", "-0.1", "x", "", " ", "NaN", "Infinity"].map(
      (draw) =>
        [
          ["explain", split, `--draw=${draw}`],
          `\`--draw ${draw}\` is not a draw`,
          "write a number from 0 up to, not including, 1",
        ] as const,
    ),
    [["route", split], "`route` needs `--traffic FILE`", "see `canary-router route --help`"],
    [["route", "-", "--traffic", "-"], "`FILE` and `--traffic` cannot both come from standard input", undefined],
    [["route", split, "--traffic", join(folder, "no.ndjson")], `${join(folder, "no.ndjson")}: no such file`, undefined],
    [["route", split, "--traffic", folder], `${folder}: is a directory`, undefined],
    [["compile", split, "-o"], "`-o` needs a value", "write `--out=VALUE` for one that starts with a dash"],
    [["compile", split, "-x"], "unknown option `-x`", undefined],
  ] as const)("%j", async (args, message, help) => {
    expect(await cli(args)).toEqual({
      code: 2,
      stdout: "",
      stderr: `canary-router: ${message}\n${help === undefined ? "" : `  help: ${help}\n`}`,
    });
  });
});

describe("a file that is no config", () => {
  const unreadable: readonly (readonly [name: string, content: string | Uint8Array, problem: RegExp])[] = [
    ["empty.json", "", /: the file is empty$/],
    ["blank.yaml", "\n  \n", /: the file is empty$/],
    ["cut.json", '{ "version": "v1", ', /:1:20: not JSON: the text ends/],
    ["comma.json", '{\n  "version": "v1",\n}', /:2:18: not JSON: a comma before `}` \(remove the comma\)$/],
    ["bom.json", '\ufeff{"version":"v1"}', /:1:1: not JSON: a byte order mark/],
    ["yaml.json", "version: v1\n", /:1:1: not JSON: expected a value/],
    ["picture.png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), /: neither JSON nor YAML, for it is not UTF-8 text$/],
    ["flow.yaml", "version: [v1", /:1:\d+: not YAML: flow sequence/],
    ["tab.yaml", "a:\n\tversion: v1", /:2:1: not YAML: tabs are not allowed as indentation$/],
    ["two.yaml", "version: v1\n---\nversion: v2\n", /:2:1: not YAML: a second document \(keep one alias in a file\)$/],
    ["tag.yaml", "version: !secret v1\n", /:1:10: not YAML: unresolved tag: !secret$/],
    ["binary.yaml", "version: !!binary djE=\n", /:1:10: not YAML: unresolved tag/],
    ["old.yaml", "%YAML 1.1\n---\nversion: v1\n", /:1:1: not YAML: YAML 1\.1 \(remove the directive: YAML 1\.2 is read\)$/],
    ["loose.yaml", "version: *v\n", /:1:10: not YAML: `\*v` stands for nothing above it$/],
    ["loop.yaml", "version: &v [*v]\n", /:1:14: not YAML: `\*v` stands for nothing above it$/],
    ["key.yaml", "? [a]\n: v1\n", /:1:3: not YAML: a key that is no text \(write it in quotes\)$/],
  ];

  test.each(unreadable)("%s: one line with the path, and nothing else", async (name, content, problem) => {
    const path = file(name, content);
    const out = join(folder, `${name}.js`);
    for (const args of [
      ["check", path],
      ["explain", path],
      ["route", path, "--traffic", split],
      ["compile", path, "-o", out],
    ]) {
      const { code, stdout, stderr } = await cli(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr.startsWith(`canary-router: ${path}:`)).toBe(true);
      expect(stderr.trimEnd()).toMatch(problem);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
    expect(readdirSync(folder)).not.toContain(`${name}.js`);
  });

  test.each([
    ["missing", join(folder, "no.json"), "no such file"],
    ["a directory", folder, "is a directory"],
  ])("%s", async (_, path, problem) => {
    for (const args of [
      ["check", path],
      ["explain", path],
      ["compile", path],
    ]) {
      expect(await cli(args)).toEqual({ code: 2, stdout: "", stderr: `canary-router: ${path}: ${problem}\n` });
    }
  });

  test("standard input", async () => {
    expect(await cli(["check", "-"])).toEqual({ code: 2, stdout: "", stderr: "canary-router: standard input: the file is empty\n" });
  });
});

/** The diagnostics that `check` has for a file, without their positions. */
async function complaints(path: string): Promise<unknown> {
  const { stdout } = await cli(["check", path, "--format", "json"]);
  const [{ diagnostics }] = JSON.parse(stdout) as [{ readonly diagnostics: readonly Diagnostic[] }];
  return diagnostics.map((diagnostic) => ({ ...diagnostic, position: undefined }));
}

describe("check", () => {
  const faulty = file(
    "faulty.yaml",
    `name: prod\nversion: 1\nadditional_version_weights:\n  v2: 33.333\n  v2: 5\n  v3:\n    "10"\nstickines: 1\n`,
  );

  test("tells what is wrong, where, with the line and a help", async () => {
    expect(await cli(["check", faulty])).toEqual({
      code: 1,
      stderr: "",
      stdout: `${faulty}:2:1 error[wrong-type] /version: expected a string, found the number \`1\`
 2 | version: 1
   | ^
  help: write \`"1"\`, in quotes
${faulty}:5:3 error[duplicate-key] /additional_version_weights/v2: the key \`v2\` is there already, in line 4, column 3
 5 |   v2: 5
   |   ^
  help: keep one of them
${faulty}:6:3 error[wrong-type] /additional_version_weights/v3: expected a number, found the string \`10\`
 6 |   v3:
   |   ^
  help: write \`10\` without quotes
${faulty}:8:1 error[unknown-key] /stickines: unknown key \`stickines\`
 8 | stickines: 1
   | ^
  help: did you mean \`stickiness\`?
1 file checked: 4 errors, 0 warnings
`,
    });
  });

  test("JSON and YAML of one config have the same complaints", async () => {
    const value = { version: "v1", additional_version_weights: { "a/b": -1, v2: 200 }, additional_version_strategy: { v2: { rules: [] } } };
    const json = await complaints(file("same.json", value));
    expect(json).toHaveLength(3);
    expect(await complaints(file("same.yaml", JSON.stringify(value)))).toEqual(json);
  });

  test("sound files are listed, and a warning does not fail them but for --strict", async () => {
    const warned = file("warned.json", { version: "v1", additional_version_weights: { v2: 100 } });
    const fine = await cli(["check", split, rules, warned]);
    expect(fine).toMatchObject({ code: 0, stderr: "" });
    expect(fine.stdout).toContain(`${split}: ok, primary v1, 1 weight\n${rules}: ok, primary v1, 1 strategy\n`);
    expect(fine.stdout).toContain(`${warned}:3:33 warning[weight-full] /additional_version_weights: `);
    expect(fine.stdout).toContain("\n3 files checked: 0 errors, 1 warning\n");
    expect((await cli(["check", split, warned, "--strict"])).code).toBe(1);
    expect((await cli(["check", split, "--strict"])).code).toBe(0);
  });

  test("goes on past a file that cannot be read, which counts most", async () => {
    const missing = join(folder, "no.json");
    const { code, stdout, stderr } = await cli(["check", missing, faulty, split]);
    expect(code).toBe(2);
    expect(stderr).toBe(`canary-router: ${missing}: no such file\n`);
    expect(stdout).toContain("error[duplicate-key]");
    expect(stdout).toContain(`${split}: ok`);
    expect(stdout).toContain("\n2 files checked: 4 errors, 0 warnings\n");
  });

  test("--format json is data", async () => {
    const missing = join(folder, "no.json");
    const { code, stdout } = await cli(["check", "--format", "json", split, faulty, missing]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual([
      { file: split, ok: true, diagnostics: [] },
      {
        file: faulty,
        ok: false,
        diagnostics: [
          expect.objectContaining({ code: "wrong-type", severity: "error", at: "/version", position: { line: 2, column: 1 } }),
          expect.objectContaining({ code: "duplicate-key", at: "/additional_version_weights/v2", position: { line: 5, column: 3 } }),
          expect.objectContaining({ code: "wrong-type", at: "/additional_version_weights/v3", position: { line: 6, column: 3 } }),
          expect.objectContaining({ code: "unknown-key", at: "/stickines", position: { line: 8, column: 1 } }),
        ],
      },
      { file: missing, ok: false, diagnostics: [], failure: `${missing}: no such file` },
    ]);
  });

  test("--profile functiongraph is narrower", async () => {
    const wide = file("wide.json", { version: "v1", additional_version_weights: { v2: 2.5 } });
    expect((await cli(["check", wide])).code).toBe(0);
    const { code, stdout } = await cli(["check", wide, "--profile", "functiongraph"]);
    expect(code).toBe(1);
    expect(stdout).toContain("error[weight] /additional_version_weights/v2");
  });

  test.each([
    ["JSON", JSON.stringify(SPLIT)],
    ["YAML", "version: v1\nadditional_version_weights: { v2: 30 }\n"],
  ])("standard input: %s", async (_, text) => {
    expect(await cli(["check", "-"], { stdin: input(text) })).toEqual({
      code: 0,
      stdout: "standard input: ok, primary v1, 1 weight\n",
      stderr: "",
    });
  });

  test.each(["{", "x: "])("reads no more of an endless text than it takes to refuse it: `%s…`", async (begin) => {
    let pulled = 0;
    function* endlessly(): Generator<Buffer> {
      yield Buffer.from(begin);
      for (; ; pulled++) yield Buffer.alloc(65_536, "x");
    }
    const { code, stdout } = await cli(["check", "-"], { stdin: Readable.from(endlessly()) });
    expect(code).toBe(1);
    expect(stdout).toContain("standard input:1:1 error[over-budget]: more than 1048576 characters of text\n");
    expect(pulled).toBeLessThan(40);
  });

  test("reads the text as UTF-8 even where a chunk ends within a character", async () => {
    const bytes = Buffer.from('{"version":"v1","description":"grün"}');
    const cut = bytes.indexOf(0xc3) + 1;
    const stdin = Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect((await cli(["check", "-"], { stdin })).stdout).toBe("standard input: ok, primary v1\n");
  });

  test("text of a file cannot steer the terminal", async () => {
    const { stdout } = await cli(["check", file("esc.json", '{"version":"v1","a\\u001b[2J":1,"b\u202e\u0085":2}')]);
    expect(stdout).toContain("/a\\u{1b}[2J: unknown key `a\\u{1b}[2J`");
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    const json = await cli(["check", join(folder, "esc.json"), "--format", "json"]);
    expect(json.stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(JSON.parse(json.stdout)).toMatchObject([{ diagnostics: [{ at: "/a\u001b[2J" }, { at: "/b\u202e\u0085" }] }]);
  });

  test("a long line is cut around the place, and its mark stays under it", async () => {
    const noise = "x".repeat(300);
    const { stdout } = await cli([
      "check",
      file("long.json", `{"version":"v1","description":"${noise}","wrong":1,"last_modified":"${noise}"}`),
    ]);
    const [, source = "", mark = ""] = stdout.split("\n");
    expect(source.length).toBeLessThanOrEqual(80);
    expect(source.slice(mark.indexOf("^"))).toMatch(/^"wrong":1/);
  });

  test("a tab counts as one column, and shows as one", async () => {
    const { stdout } = await cli(["check", file("tab.json", '{\n\t"version": "v1",\n\t\t"wrong": 1\n}')]);
    expect(stdout).toContain(":3:3 error[unknown-key]");
    expect(stdout).toContain(' 3 |   "wrong": 1\n   |   ^\n');
  });

  test("breaks lines where the terminal ends, without losing a word", async () => {
    const { stdout: whole } = await cli(["check", faulty]);
    const { stdout: broken } = await cli(["check", faulty], { columns: 60 });
    expect(whole.split("\n").some((line) => line.length > 60)).toBe(true);
    expect(broken.replaceAll(/\s+/g, " ")).toBe(whole.replaceAll(/\s+/g, " "));
    for (const line of broken.split("\n")) if (line.length > 60) expect(line.trim()).not.toContain(" ");
  });
});

describe("YAML", () => {
  test("keys are strings, as they are written", async () => {
    const text = "version: v1\nadditional_version_weights: { 1.0: 100, 010: 0, true: 0, null: 0 }\n";
    const { stdout } = await cli(["compile", "-"], { stdin: input(text) });
    expect(stdout).toContain('version: "1.0"');
    expect(await cli(["check", "-"], { stdin: input(text) })).toMatchObject({ code: 0 });
  });

  test("words of YAML 1.1 are words", async () => {
    expect((await cli(["check", "-"], { stdin: input("version: on\n") })).stdout).toBe("standard input: ok, primary on\n");
  });

  test("an anchor stands for what it names, at the time", async () => {
    const text = `version: &v v1
additional_version_strategy:
  v2: &strategy
    rules:
      - { rule_type: Cookie, param: &v beta, op: "=", value: "on" }
  v3: *strategy
name: *v
`;
    const { stdout } = await cli(["explain", file("anchor.yaml", text), "--cookie", "beta=on", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      steps: [
        { version: "v2", holds: true },
        { version: "v3", tried: false },
      ],
    });
    expect((await cli(["compile", file("anchor.yaml", text)])).stdout).toMatch(/^\/\/ "beta", /);
  });

  test("a complaint about what an anchor names has the place of its use", async () => {
    const text = "version: v1\nadditional_version_strategy:\n  v2: &s { rules: [] }\n  v3: *s\n";
    const { stdout } = await cli(["check", file("used.yaml", text)]);
    expect([...stdout.matchAll(/:(\d+:\d+) error\[rules-empty\] (\S+):/g)].map(([, place, at]) => [place, at])).toEqual([
      ["3:12", "/additional_version_strategy/v2/rules"],
      ["3:12", "/additional_version_strategy/v3/rules"],
    ]);
  });

  test("a key that repeats is an error, though nothing else is wrong", async () => {
    const { code, stdout } = await cli(["check", file("twice.yaml", "version: v1\nversion: v1\n")]);
    expect(code).toBe(1);
    expect(stdout).toContain(":2:1 error[duplicate-key] /version: the key `version` is there already, in line 1, column 1\n");
  });

  test("the place of a key is found, whatever it is called", async () => {
    const text = "version: v1\nadditional_version_weights:\n  v2: 1\n  a/b~c: -1\n";
    const { stdout } = await cli(["check", file("pointer.yaml", text)]);
    expect(stdout).toContain(":4:3 error[weight] /additional_version_weights/a~1b~0c: ");
  });

  test("a merge key is an unknown key", async () => {
    const { stdout } = await cli(["check", file("merge.yaml", "a: &a { version: v1 }\n<<: *a\n")]);
    expect(stdout).toContain("error[unknown-key] /<<: unknown key `<<`");
  });

  test("prototype keys are ordinary", async () => {
    const { code, stdout } = await cli(["check", file("proto.yaml", "version: v1\n__proto__: { name: x }\nconstructor: 1\n")]);
    expect(code).toBe(1);
    expect(stdout).toContain("unknown key `__proto__`");
    expect(stdout).toContain("unknown key `constructor`");
    expect(({} as Record<string, unknown>)["name"]).toBeUndefined();
  });

  test.each([
    ["nested lists", `version: v1\nx: ${"[".repeat(100_000)}\n`],
    ["nested blocks", `version: v1\nx:\n  ${"- ".repeat(100_000)}\n`],
    ["nested keys", `version: v1\nx:\n  ${"? ".repeat(100_000)}\n`],
    ["too much text", `version: v1\ndescription: ${"x".repeat(1024 * 1024)}\n`],
    ["nine levels", "version: v1\nx: [[[[[[[[1]]]]]]]]\n"],
  ])("%s: over budget", async (_, text) => {
    const { code, stdout } = await cli(["check", file("bomb.yaml", text)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/error\[over-budget\]/);
  });

  test("eight levels are within the budget", async () => {
    const { stdout } = await cli(["check", file("deep.yaml", "version: v1\nx: [[[[[[[1]]]]]]]\n")]);
    expect(stdout).not.toContain("over-budget");
    expect(stdout).toContain("unknown key `x`");
  });

  test("a nest of anchors does not grow", async () => {
    const levels = Array.from(
      { length: 26 },
      (_, level) =>
        `l${level}: &l${level} [${Array(9)
          .fill(level === 0 ? "x" : `*l${level - 1}`)
          .join(", ")}]\n`,
    );
    const { code, stdout } = await cli(["check", file("laughs.yaml", `version: v1\n${levels.join("")}`)]);
    expect(code).toBe(1);
    expect(stdout).toContain("1 file checked: 26 errors");
  });

  test("many keys take linear time", async () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}: 1\n`).join("");
    const { code, stdout } = await cli(["check", file("many.yaml", `version: v1\n${keys}`)]);
    expect(code).toBe(1);
    expect(stdout).toContain("more than 100 diagnostics");
  });
});

describe("explain", () => {
  test("prints the explanation of the library", async () => {
    const { code, stdout } = await cli(["explain", rules, "--header", "VERSION=v2", "--cookie", "a=1", "--cookie", "beta=on"]);
    const request = toRequest({ headers: { version: "v2", cookie: "a=1; beta=on" }, method: "GET", url: "/" });
    expect(code).toBe(0);
    expect(stdout).toBe(`${formatExplanation(explain(RULES, request))}\n`);
    expect(stdout).toContain("cookie beta = `on`: is `on`");
  });

  test.each([
    [["--header", "Version=v1"]],
    [["--cookie", "beta=on"]],
    [["--query", "q=a b&c"]],
    [["--path", "/?q=a+b%26c"]],
    [["--path", "/x?y=1", "--query", "q=a b&c"]],
    [["--attribute", "tenant=acme"]],
    [["--path", "/cart"]],
    [["--path", "/cart?x"]],
    [["--method", "PUT"]],
    [["--header", ":path=/cart"]],
    [["--header", ":Method=PUT"]],
  ])("%j is seen by the rule it is meant for", async (request) => {
    const { stdout } = await cli(["explain", rules, ...request, "--format", "json"]);
    const { decision, steps } = JSON.parse(stdout) as ReturnType<typeof explain>;
    expect(decision).toMatchObject({ version: "v2", reason: "rule" });
    expect(steps[0]?.rules.filter(({ holds }) => holds)).toHaveLength(1);
  });

  test.each([
    [["--header", ":path=/a", "--path", "/b"], "`--header :path` is given beside `--path`"],
    [["--header", ":method=A", "--method", "B"], "`--header :method` is given beside `--method`"],
    [["--header", ":path=/a", "--header", ":PATH=/b"], "`--header :PATH` is given beside another"],
    [["--header", ":pth=/a"], "`--header :pth` is looked at by nothing"],
    [["--method", "G T"], "`method` is not a method: `G T`"],
  ])("%j is refused", async (request, problem) => {
    const { code, stdout, stderr } = await cli(["explain", rules, ...request]);
    expect({ code, stdout, first: stderr.split("\n")[0] }).toEqual({ code: 2, stdout: "", first: `canary-router: ${problem}` });
  });

  test("a header given twice is joined, and a value keeps its `=`", async () => {
    const { stdout } = await cli(["explain", rules, "--header", "version=a=b", "--header", "version=c", "--format", "json"]);
    expect((JSON.parse(stdout) as ReturnType<typeof explain>).steps[0]?.rules[0]?.actual).toBe("a=b, c");
  });

  test.each([
    ["0", "v2"],
    ["0.2999", "v2"],
    ["0.3", "v1"],
    ["0.999999", "v1"],
  ])("--draw %s gives %s", async (draw, version) => {
    const { stdout } = await cli(["explain", split, "--draw", draw]);
    expect(stdout).toBe(`${formatExplanation(explain(SPLIT, { headers: {} }, Number(draw)))}\n`);
    expect(stdout.startsWith(version)).toBe(true);
  });

  test("--format json is the explanation", async () => {
    const { stdout } = await cli(["explain", split, "--draw", "0.5", "--format", "json"]);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(explain(SPLIT, { headers: {} }, 0.5))));
  });

  test("a faulty config is reported on standard error, with exit code 1", async () => {
    const path = file("bad.json", { version: "v1", additional_version_weights: { v2: -1 } });
    for (const args of [
      ["explain", path],
      ["route", path, "--traffic", "-"],
      ["compile", path, "-o", join(folder, "bad.js")],
    ]) {
      const { code, stdout, stderr } = await cli(args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(`${path}:4:11 error[weight] /additional_version_weights/v2: the weight \`-1\` is negative`);
    }
    expect(readdirSync(folder)).not.toContain("bad.js");
  });

  test("warnings are mentioned", async () => {
    const path = file("full.json", { version: "v1", additional_version_weights: { v2: 100 } });
    const { code, stderr } = await cli(["explain", path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `canary-router: ${path}: 1 warning, see \`canary-router check\`\n` });
  });
});

/** A log that comes in two parts, a quarter of a second apart. */
async function* slow(): AsyncGenerator<Buffer> {
  yield Buffer.from(ndjson({ draw: 0 }));
  await new Promise((resolve) => setTimeout(resolve, 250));
  yield Buffer.from(ndjson({ draw: 0 }));
}

/** Standard input with a text that does not end, until the interruption, which comes soon after it is read. */
function endless(text: string): { readonly stdin: Readable; readonly interrupted: AbortSignal } {
  const interruption = new AbortController();
  let asked = false;
  const stdin = new Readable({
    read() {
      if (asked) return;
      asked = true;
      this.push(Buffer.from(text));
      setTimeout(() => interruption.abort(), 50);
    },
  });
  return { stdin, interrupted: interruption.signal };
}

describe("route", () => {
  const requests = Array.from({ length: 1_000 }, (_, index) => ({
    ...(index % 5 === 0 && { headers: { Version: "v1" } }),
    draw: index / 1_000,
  }));

  test("counts versions and reasons, with the share and the exact expectation", async () => {
    const mixed = file("mixed.json", {
      ...SPLIT,
      additional_version_strategy: { v2: { rules: [RULES.additional_version_strategy.v2.rules[0]] } },
    });
    const log = file("mixed.ndjson", ndjson(...requests, { headers: {}, draw: 7 }));
    const { code, stdout, stderr } = await cli(["route", mixed, "--traffic", log]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`prod: 1,001 requests from ${log}

version  rule  split  default  error  requests     share  expected
v1          –    560        –      1       561   56.04 %   56.04 %
v2        200    240        –      –       440   43.96 %   43.96 %
all       200    800        –      1     1,001  100.00 %  100.00 %

800 requests came to the draw, which is random: shares differ from the expected by chance.
`);
  });

  test("the expectation is of the weights, whatever was drawn", async () => {
    const log = file("low.ndjson", ndjson(...Array.from({ length: 10 }, () => ({ draw: 0 }))));
    const { stdout } = await cli(["route", split, "--traffic", log]);
    expect(stdout).toMatch(/^v1 +– +0 +– +0 +0 +0\.00 % +70\.00 %$/m);
    expect(stdout).toMatch(/^v2 +– +10 +– +– +10 +100\.00 % +30\.00 %$/m);
  });

  test("a sticky split names its keys", async () => {
    const sticky = file("sticky.json", {
      ...SPLIT,
      stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" },
    });
    const log = ndjson({ headers: { "x-user": "a" } }, { method: "GET" });
    const { stdout } = await cli(["route", sticky, "--traffic", "-"], { stdin: input(log) });
    expect(stdout).toContain("prod: 2 requests from standard input\n");
    expect(stdout).toContain("\n1 request came to the draw, which is sticky by header x-user.\n");
    expect(stdout).toMatch(/^v1 +– +\d +1 +0 /m);
  });

  test.each([
    ["an object, in any case", { headers: { VERSION: "v1" } }],
    ["an object with lists", { headers: { version: ["v1"] } }],
    ["pairs", { headers: [["Version", "v1"]] }],
    [
      "pairs with cookies apart",
      {
        headers: [
          ["cookie", "a=1"],
          ["cookie", "beta=on"],
        ],
      },
    ],
    ["url", { url: "/cart?x=1" }],
    ["path", { path: "/cart" }],
    ["path and query", { path: "/", query: "q=a+b%26c" }],
    ["query with its mark", { path: "/", query: "?q=a+b%26c" }],
    ["method", { method: "PUT" }],
    ["attributes", { attributes: { tenant: "acme" } }],
    ["nulls and keys of the log", { time: 1, method: null, url: null, headers: { version: "v1" }, attributes: null, draw: null }],
  ])("a request with %s", async (_, entry) => {
    const { code, stdout } = await cli(["route", rules, "--traffic", "-", "--format", "json"], { stdin: input(ndjson(entry)) });
    expect({ code, decision: JSON.parse(stdout) }).toMatchObject({ code: 0, decision: { line: 1, version: "v2", reason: "rule" } });
  });

  test.each([
    [{ host: "a.example" }, "v2"],
    [{ host: "a.example", headers: { Host: "b.example" } }, "v1"],
    [{ host: "b.example", headers: { Host: "a.example" } }, "v2"],
  ])("the host of %j is its own where no header says it", async (entry, version) => {
    const config = file("host.json", {
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: ":authority", op: "=", value: "a.example" }] } },
    });
    const { stdout } = await cli(["route", config, "--traffic", "-", "--format", "json"], { stdin: input(ndjson(entry)) });
    expect(JSON.parse(stdout)).toMatchObject({ version });
  });

  test("--format json gives the decision of each request", async () => {
    const { code, stdout } = await cli(["route", split, "--traffic", "-", "--format", "json"], { stdin: input(ndjson(...requests)) });
    const route = compile(SPLIT);
    const expected = requests.map(({ draw }, index) => ({ line: index + 1, ...route({ headers: {} }, draw) }));
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(expected);
  });

  test("malformed lines are counted and shown with their numbers, and the others routed", async () => {
    const malformed = [
      "{",
      "[]",
      "null",
      '{"url":1}',
      '{"headers":{"a":{}}}',
      '{"headers":[["a"]]}',
      '{"headers":"a"}',
      '{"headers":[["a","b","c"]]}',
      '{"attributes":{"a":{}}}',
    ];
    const log = `{"draw":0}\r\n\n${malformed.join("\n")}\n{"draw":0.9}`;
    const { code, stdout, stderr } = await cli(["route", split, "--traffic", "-"], { stdin: input(log) });
    expect(code).toBe(1);
    expect(stdout).toContain("prod: 2 requests from standard input\n");
    expect(stderr).toBe(`canary-router: standard input: 9 lines are no requests, 81.82 % of all, more than the 5 % of \`--max-malformed\`
  line 3: not JSON
  line 4: not an object
  line 5: not an object
  line 6: \`url\` is not text
  line 7: the value of \`a\` in \`headers\` is not text
  and 4 more
`);
    const json = await cli(["route", split, "--traffic", "-", "--format", "json"], { stdin: input(log) });
    expect(
      json.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { line: number }).line),
    ).toEqual([1, 12]);
  });

  test.each([
    ["an empty log", "", "the file is empty"],
    ["a log of another kind", "%PDF-1.7\n%âãÏÓ\n", "the format of the log is not known"],
  ])("%s is refused", async (_, text, problem) => {
    const log = file("wrong.ndjson", text);
    for (const more of [[], ["--format", "json"]]) {
      const { code, stdout, stderr } = await cli(["route", split, "--traffic", log, ...more]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr.split("\n")[0]).toBe(`canary-router: ${log}: ${problem}`);
    }
  });

  test("a line longer than any string can be is one malformed line", async () => {
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    const chunks = [Buffer.from('{"draw":0}\n'), ...Array.from({ length: 600 }, () => megabyte), Buffer.from('\n{"draw":0}')];
    const { code, stdout, stderr } = await cli(["route", split, "--traffic", "-"], { stdin: Readable.from(chunks) });
    expect(code).toBe(1);
    expect(stdout).toContain("prod: 2 requests");
    expect(stderr).toContain("line 2: longer than 1048576 characters\n");
  });

  test("empty lines do not hide malformed ones", async () => {
    const lines = [...Array(9).fill('{"draw":0}'), "no JSON", ...Array(500).fill("")].join("\n");
    for (const command of ["route", "simulate"]) {
      const args = [command, split, "--traffic", "-", ...(command === "simulate" ? ["--workers", "1"] : [])];
      expect((await cli(args, { stdin: Readable.from([lines]) })).code).toBe(1);
      expect((await cli([...args, "--max-malformed", "10"], { stdin: Readable.from([lines]) })).code).toBe(0);
    }
  });

  test("a pattern and a map both say where the fields are: one is refused", async () => {
    const args = ["route", split, "--traffic", "-", "--log-format", '$remote_addr "$request"', "--map", ":path=p"];
    const { code, stderr } = await cli(args, { stdin: Readable.from([""]) });
    expect(code).toBe(2);
    expect(stderr).toContain("`--log-format` and `--map` both say where the fields are");
  });

  test("lines do not depend on how the stream is cut", async () => {
    const config = file("words.json", {
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "word", op: "in", value: "grün,a\u2028b" }] } },
    });
    const bytes = Buffer.from('{"headers":{"word":"grün"}}\r\n{"headers":{"word":"a\u2028b"}}\n{"headers":{"word":"grun"}}');
    for (const size of [1, 2, 3, 7, 1_000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
      const { code, stdout } = await cli(["route", config, "--traffic", "-"], { stdin: Readable.from(chunks) });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^v2 +2 /m);
      expect(stdout).toMatch(/^all +2 .* 3 /m);
    }
  });

  test("100,000 lines, no further read than they are written", async () => {
    const total = 100_000;
    let pulled = 0;
    function* log(): Generator<Buffer> {
      for (; pulled < total; pulled++) yield Buffer.from(`{"draw":${pulled / total}}\n`);
    }
    const waiting: (() => void)[] = [];
    let written = 0;
    const stdout = new Writable({
      write: (chunk: Buffer, _, done) => {
        written += chunk.toString().split("\n").length - 1;
        if (written === 10) waiting.push(done);
        else done();
      },
    });
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    const done = run(["route", split, "--traffic", "-", "--format", "json"], {
      stdin: Readable.from(log()),
      stdout,
      stderr,
      env: {},
      interrupted: new AbortController().signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBe(10);
    expect(pulled).toBeLessThan(20_000);
    for (const release of waiting) release();
    expect(await done).toBe(0);
    expect({ pulled, written }).toEqual({ pulled: total, written: total });
  });

  test("an interruption ends the reading, and what is there is printed as partial", async () => {
    for (const more of [[], ["--format", "json"]]) {
      const { code, stdout, stderr } = await cli(
        ["route", split, "--traffic", "-", ...more],
        endless(ndjson({ draw: 0 }, { draw: 0.5 }, { draw: 0.9 })),
      );
      expect(code).toBe(130);
      if (more.length === 0) {
        expect(stdout).toContain("prod: 3 requests from standard input (partial: interrupted)\n");
        expect(stdout).toMatch(/^v2 +– +1 /m);
      } else {
        expect(stdout.split("\n")).toHaveLength(4);
        expect(stderr).toBe("canary-router: interrupted after 3 requests\n");
      }
    }
  });

  test("an interruption while the config is read ends the command", async () => {
    expect(await cli(["check", "-"], endless("{"))).toEqual({ code: 130, stdout: "", stderr: "" });
  });

  test("a person who waits sees how far it is, and nothing of it stays", async () => {
    const seen = await cli(["route", split, "--traffic", "-"], { stdin: Readable.from(slow()), isTTY: true, env: { NO_COLOR: "1" } });
    // Decisions of a pipe are printed as they come, so there is nothing to wait for.
    expect(seen.stderr).toBe("");
    const log = file("huge.ndjson", '{"path":"/"}\n'.repeat(400_000));
    const { stderr } = await cli(["route", split, "--traffic", log], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(stripVTControlCharacters(stderr)).toMatch(/^(?:\r[\d,]+ requests, \d{1,3} %(?:, \d+ s left)?)+\r$/);
    expect(stderr.endsWith("\r\x1b[K")).toBe(true);
    const piped = await cli(["route", split, "--traffic", "-"], { stdin: Readable.from(slow()) });
    expect(piped.stderr).toBe("");
    const passing = await cli(["route", split, "--traffic", "-", "--format", "json"], { stdin: Readable.from(slow()), isTTY: true });
    expect(passing.stderr).toBe("");
    expect(passing.stdout.split("\n")).toHaveLength(3);
  });

  test("long names of versions leave the table whole", async () => {
    const name = `v${"9".repeat(100)}`;
    const config = file("names.json", { version: "v1", additional_version_weights: { [name]: 10 } });
    const piped = await cli(["route", config, "--traffic", "-"], { stdin: input(ndjson({ draw: 0.5 })) });
    expect(piped.stdout).toContain(`\n${name} `);
    const { stdout } = await cli(["route", config, "--traffic", "-"], { stdin: input(ndjson({ draw: 0.5 })), columns: 80 });
    expect(stdout).toContain(`\n${name.slice(0, 25)}… `);
    for (const line of stdout.split("\n").slice(2, 6)) expect(line.length).toBeLessThanOrEqual(92);
  });
});

describe("compile", () => {
  const text = emitModule(RULES);

  test("writes the module to standard output", async () => {
    expect(await cli(["compile", rules])).toEqual({ code: 0, stdout: text, stderr: "" });
    expect(await cli(["compile", rules, "-o", "-"])).toEqual({ code: 0, stdout: text, stderr: "" });
  });

  test("writes a file that decides as the library does", async () => {
    const out = join(folder, "rules.mjs");
    expect(await cli(["compile", rules, "-o", out])).toEqual({ code: 0, stdout: "", stderr: `canary-router: wrote ${out}\n` });
    const { route } = (await import(pathToFileURL(out).href)) as { route: ReturnType<typeof compile> };
    for (const headers of [{}, { version: "v1" }, { cookie: "beta=on" }, { version: "v2" }]) {
      expect(route({ headers })).toEqual(compile(RULES)({ headers }));
    }
  });

  test("writes over its own file and an empty one, over another only with --force", async () => {
    const out = file("out.js", "");
    expect((await cli(["compile", split, "--out", out])).code).toBe(0);
    expect((await cli(["compile", rules, "--out", out])).code).toBe(0);
    expect(readFileSync(out, "utf8")).toBe(text);

    const mine = file("mine.js", "// my own work\n");
    expect(await cli(["compile", rules, "-o", mine])).toEqual({
      code: 2,
      stdout: "",
      stderr: `canary-router: ${mine}: is there already, and not from this command\n  help: \`--force\` writes over it\n`,
    });
    expect(readFileSync(mine, "utf8")).toBe("// my own work\n");
    expect((await cli(["compile", rules, "-o", mine, "--force"])).code).toBe(0);
    expect(readFileSync(mine, "utf8")).toBe(text);
  });

  test.each([
    ["a missing folder", join(folder, "none", "out.js"), "cannot be written: its folder is not there"],
    ["a folder", folder, "is not a regular file"],
    ["a device", "/dev/null", "is not a regular file"],
  ])("refuses %s, and leaves nothing behind", async (_, out, problem) => {
    const before = readdirSync(folder);
    const { code, stderr } = await cli(["compile", rules, "-o", out]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `canary-router: ${out}: ${problem}\n` });
    expect(readdirSync(folder)).toEqual(before);
    if (out === "/dev/null") expect(statSync(out).isCharacterDevice()).toBe(true);
  });

  test("a failed write leaves the folder as it was", async () => {
    const own = join(folder, "own");
    mkdirSync(join(own, "out.js"), { recursive: true });
    expect((await cli(["compile", rules, "-o", join(own, "out.js"), "--force"])).code).toBe(2);
    expect(readdirSync(own)).toEqual(["out.js"]);
  });

  test("a link keeps pointing where it did", async () => {
    const target = file("target.js", "");
    const link = join(folder, "link.js");
    symlinkSync(target, link);
    await cli(["compile", rules, "-o", link]);
    expect(readFileSync(target, "utf8")).toBe(text);
  });
});

describe("colour", () => {
  const commands: readonly (readonly string[])[] = [
    ["check", split, file("coloured.json", { version: "v1", wrong: 1 })],
    ["explain", rules, "--cookie", "beta=on"],
    ["explain", split, "--draw", "0.1"],
    ["route", split, "--traffic", file("coloured.ndjson", ndjson({ draw: 0 }))],
    ["check", join(folder, "no.json")],
  ];

  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ])("a terminal: %j, %j: colour %j", async (isTTY, env, coloured) => {
    for (const command of commands) {
      const plain = await cli(command);
      const { code, stdout, stderr } = await cli(command, { isTTY, env });
      expect(code).toBe(plain.code);
      expect(`${stdout}${stderr}`.includes("\x1b[")).toBe(coloured);
      expect(stripVTControlCharacters(stdout)).toBe(plain.stdout);
      expect(stripVTControlCharacters(stderr)).toBe(plain.stderr);
    }
  });

  test("data is never coloured", async () => {
    for (const command of [
      ["check", split, "--format", "json"],
      ["explain", split, "--format", "json"],
      ["compile", rules],
    ]) {
      expect((await cli(command, { env: { FORCE_COLOR: "1" } })).stdout).not.toContain("\x1b[");
    }
  });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program; `onOutput` is called with what has been written so far, at each write. */
function start(
  args: readonly string[],
  {
    stdin,
    onOutput = () => {},
  }: { readonly stdin?: string; readonly onOutput?: (child: ReturnType<typeof spawn>, stdout: string) => void } = {},
): Promise<Ended> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, ["dist/bin/main.js", ...args], { env });
  return new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => onOutput(child, (stdout += chunk.toString())));
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin.on("error", () => {});
    if (stdin !== undefined) child.stdin.write(stdin);
  });
}

describe("the built program", () => {
  test("exit codes reach the shell", async () => {
    expect(await start(["check", split])).toMatchObject({ code: 0, stdout: `${split}: ok, primary v1, 1 weight\n`, stderr: "" });
    expect(await start(["check", file("wrong.json", { version: 1 })])).toMatchObject({ code: 1, stderr: "" });
    expect(await start(["chek"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "canary-router: unknown command `chek`\n  help: did you mean `check`?\n",
    });
  });

  const many = ndjson(...Array.from({ length: 60_000 }, () => ({ draw: 0 })));

  test("reads standard input until it ends", async () => {
    const ended = await start(["route", split, "--traffic", "-", "--format", "json"], {
      stdin: many,
      onOutput: (child) => child.stdin?.end(),
    });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout.trimEnd().split("\n")).toHaveLength(60_000);
  });

  test.skipIf(process.platform !== "linux")("a full disk is an error, whatever the command would say", async () => {
    const full = openSync("/dev/full", "w");
    const run = (args: readonly string[], stdio: StdioOptions): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, ["dist/bin/main.js", ...args], { stdio, encoding: "utf8" });
    try {
      for (const args of [["--help"], ["check", split], ["explain", split]]) {
        const { status, stderr } = run(args, ["ignore", full, "pipe"]);
        expect({ status, stderr }).toEqual({ status: 2, stderr: "canary-router: standard output: no space is left\n" });
      }
      expect(run(["chek"], ["ignore", "pipe", full])).toMatchObject({ status: 2, stdout: "" });
      expect(run(["check", split], ["ignore", full, full])).toMatchObject({ status: 2 });
    } finally {
      closeSync(full);
    }
  });

  test("Ctrl-C prints what is there", async () => {
    const stopped = new WeakSet<object>();
    const ended = await start(["route", split, "--traffic", "-", "--format", "json"], {
      stdin: many,
      onOutput: (child) => {
        if (!stopped.has(child)) child.kill("SIGINT");
        stopped.add(child);
      },
    });
    const requests = ended.stdout.trimEnd().split("\n").length;
    expect(ended).toMatchObject({ code: 130, signal: null });
    expect(ended.stderr).toBe(`canary-router: interrupted after ${requests.toLocaleString("en-US")} requests\n`);
  });

  test("a reader that goes away is no error, and no success where there is none", async () => {
    const gone = (child: ReturnType<typeof spawn>): void => {
      child.stdout?.destroy();
    };
    const log = file("long.ndjson", many);
    const args = ["--traffic", log, "--format", "json"];
    expect(await start(["route", split, ...args], { onOutput: gone })).toMatchObject({ code: 0, signal: null, stderr: "" });
    const wrong = file("wrong-for-nobody.json", { version: 1 });
    const checked = await start(["check", ...Array.from({ length: 2_000 }, () => wrong)], { onOutput: gone });
    expect(checked).toMatchObject({ code: 1, signal: null, stderr: "" });
  });
});

test("the expectation of a plan adds up for any number of arms", async () => {
  const config = { version: "v1", additional_version_weights: { v2: 33.33, v3: 33.33, v4: 33.33 } };
  const { stdout } = await cli(["route", file("arms.json", config), "--traffic", "-"], { stdin: input(ndjson({ draw: 0 })) });
  const expected = plan(config).versions.map((version) => new RegExp(`^${version} .* ([\\d.]+) %$`, "m").exec(stdout)?.[1]);
  expect(expected).toEqual(["0.01", "33.33", "33.33", "33.33"]);
});
