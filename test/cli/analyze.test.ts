import { execFileSync } from "node:child_process";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import { explainLine } from "../../src/cli/terminal/paste.ts";
import { explain, plan, toRequest, type Witness } from "../../src/index.ts";
import { checkFile } from "../support/checker.ts";
import { command, scratch } from "../support/command.ts";

const { folder, file } = scratch();

const SHADOWED = `version: v1
additional_version_order: [v2, v3]
additional_version_strategy:
  v2:
    rules:
      - { rule_type: Header, param: env, op: in, value: "it's,beta" }
  v3:
    rules:
      - { rule_type: Header, param: env, op: "=", value: it's }
`;
const shadowed = file("shadowed.yaml", SHADOWED);
const sound = file("sound.json", { version: "v1", additional_version_weights: { v2: 10 } });
const warned = file("warned.json", { version: "v1", additional_version_weights: { v2: 100 } });
const broken = file("broken.json", { version: 1 });

describe("usage", () => {
  test.each([
    [["analyze"], "`analyze` needs a FILE", "see `canary-router analyze --help`"],
    [["analyze", sound, "--strct"], "unknown option `--strct`", "did you mean `--strict`?"],
    [["analyze", sound, "--effort"], "`--effort` needs a value", "write `--effort=VALUE` for one that starts with a dash"],
    ...["0", "-1", "1.5", "x", "", "1e9"].map(
      (text) =>
        [["analyze", sound, `--effort=${text}`], `\`--effort ${text}\` is not a whole number`, "write a whole number from 1"] as const,
    ),
    [["analyze", sound, "--format", "xml"], "`--format` cannot be `xml`", "one of `text`, `json`, `sarif`, `github`"],
  ] as const)("%j", async (args, message, help) => {
    expect(await command(args)).toEqual({ code: 2, stdout: "", stderr: `canary-router: ${message}\n  help: ${help}\n` });
  });
});

describe("claims", () => {
  test("have a place, an excerpt, a help, and the request as a command", async () => {
    expect(await command(["analyze", shadowed])).toEqual({
      code: 0,
      stderr: "",
      stdout: `${shadowed}:7:3 warning[strategy-shadowed] /additional_version_strategy/v3: the strategy for \`v3\` decides nothing: \`v2\` takes every request that it holds for
 7 |   v3:
   |   ^
  help: rank it earlier in \`additional_version_order\`, or drop it
  see: canary-router explain ${shadowed} --header 'env=it'\\''s'
${shadowed}: 1 claim
`,
    });
  });

  test("stand among the warnings of `check`, in the order of the file", async () => {
    const { stdout } = await command(["analyze", warned, sound]);
    expect([...stdout.matchAll(/ (?:warning|error)\[([\w-]+)\]/g)].map(([, code]) => code)).toEqual(["primary-unreached", "weight-full"]);
    expect(stdout).toContain(`\n${warned}: 2 claims\n${sound}: nothing to say\n`);
  });

  test.each([
    [[sound], 0],
    [[sound, "--strict"], 0],
    [[shadowed], 0],
    [[shadowed, "--strict"], 1],
    [[sound, warned, "--strict"], 1],
    [[broken], 1],
    [[broken, shadowed], 1],
    [[join(folder, "no.json"), shadowed], 2],
  ])("%j ends with %i", async (args, code) => {
    expect((await command(["analyze", ...args])).code).toBe(code);
  });

  test("a config with errors, and a file that is not there, keep no other from being analyzed", async () => {
    const missing = join(folder, "no.json");
    const { stdout, stderr } = await command(["analyze", missing, broken, shadowed]);
    expect(stderr).toBe(`canary-router: ${missing}: no such file\n`);
    expect(stdout).toContain(`error[wrong-type] /version: `);
    expect(stdout).toContain(`${broken}: cannot be used\n`);
    expect(stdout).toContain(`${shadowed}: 1 claim\n`);
  });

  test("--effort bounds the proofs, and what is not decided is said", async () => {
    const header = (param: string): object => ({ rule_type: "Header", param, op: "=", value: "1" });
    const strategy = (...params: readonly string[]): object => ({ combine_type: "or", rules: params.map(header) });
    const hard = file("hard.json", {
      version: "v1",
      additional_version_strategy: { v2: strategy("a", "b", "c"), v3: strategy("b", "c", "d"), v4: strategy("c", "d", "a") },
    });
    expect((await command(["analyze", hard, "--effort", "1"])).stdout).toContain("warning[undecided]");
    expect((await command(["analyze", hard])).stdout).not.toContain("warning[undecided]");
  });

  test("as JSON, with the witness", async () => {
    const missing = join(folder, "no.json");
    const { code, stdout } = await command(["analyze", "--format", "json", shadowed, broken, missing]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual([
      {
        file: shadowed,
        ok: true,
        claims: [
          expect.objectContaining({
            code: "strategy-shadowed",
            position: { line: 7, column: 3 },
            witness: { headers: { env: "it's" } },
          }) as object,
        ],
      },
      { file: broken, ok: false, claims: [expect.objectContaining({ code: "wrong-type", position: { line: 2, column: 14 } }) as object] },
      { file: missing, ok: false, claims: [], failure: `${missing}: no such file` },
    ]);
  });

  test("of standard input", async () => {
    const { stdout } = await command(["analyze", "-"], { stdin: SHADOWED });
    expect(stdout).toContain("standard input:7:3 warning[strategy-shadowed]");
    expect(stdout).toContain("  see: canary-router explain - --header ");
  });
});

describe("the command to paste", () => {
  const asking = plan({
    version: "v1",
    additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "env", op: "=", value: "a" }] } },
  });

  const witnesses: readonly Witness[] = [
    {},
    { headers: { env: "it's", "x-empty": "", ":authority": "shop.test" }, cookies: { c: "a=b", d: '$HOME `id` \\ "x"' } },
    { query: { "a b&c": "d=e", q: "ü%20" }, method: "PUT", path: "/cart" },
    { query: { "a=b": "c", "": "d" }, path: "/cart" },
    { attributes: { tenant: "-x", "-y": "*" }, path: "/" },
    { headers: { "-h": "!x ; rm" }, method: "-M" },
  ];

  test.each(witnesses.map((witness) => [witness]))("%j is taken apart by a shell into the same request", async (witness) => {
    const rules = file("rules of all.yaml", SHADOWED);
    const line = explainLine(rules, asking, witness, 0.25) ?? "";
    const { stdout } = spawnSync("sh", ["-c", line.replace("canary-router", String.raw`printf '%s\0'`)], { encoding: "utf8" });
    const args = stdout.split("\0").slice(0, -1);
    expect(args[0]).toBe("explain");
    expect(await command([...args, "--format", "json"])).toMatchObject({ code: 0, stderr: "" });
    const config = { version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules: rulesOf(witness) } } };
    const all = file("all.json", config);
    const asked = await command([...args.map((arg) => (arg === rules ? all : arg)), "--format", "json"]);
    expect(JSON.parse(asked.stdout)).toEqual(
      JSON.parse(JSON.stringify(explain(config, toRequest({ method: "GET", path: "/", ...witness }), 0.25))),
    );
  });

  test("steers no terminal, and is one word of a POSIX shell", () => {
    const value = "\u001b[2J\n'\\ \u202e\u{e0001}$(true)`";
    const line = explainLine("a.yaml", asking, { headers: { a: value } }) ?? "";
    expect(line).toMatch(/^[ -~]+$/);
    const word = line.slice("canary-router explain a.yaml --header ".length);
    expect(execFileSync("sh", ["-c", `printf '%s' ${word}`], { encoding: "utf8" })).toBe(`a=${value}`);
    expect(explainLine("a.yaml", asking, { headers: { a: "b\n" } })).toBeUndefined();
  });

  test("is not given where `explain` has no option for the request", () => {
    expect(explainLine("a.yaml", asking, { attributes: { "a=b": "c" } })).toBeUndefined();
    const gets = plan({
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: ":method", op: "=", value: "GET" }] } },
    });
    expect(explainLine("a.yaml", gets, {})).toBeUndefined();
    expect(explainLine("a.yaml", gets, { method: "GET" })).toBe("canary-router explain a.yaml --method GET");
  });
});

/** One rule for everything that a request has, so that an explanation shows it. */
function rulesOf({ headers = {}, cookies = {}, query = {}, attributes = {} }: Witness): readonly {
  readonly rule_type: string;
  readonly param: string;
  readonly op: string;
  readonly value: string;
}[] {
  const of = (rule_type: string, values: Readonly<Record<string, string>>) =>
    Object.keys(values)
      .filter((param) => param !== "" && /^[\w:-]+$/.test(param))
      .map((param) => ({ rule_type, param, op: "=", value: "x" }));
  return [
    ...of("Header", headers),
    ...of("Cookie", cookies),
    ...of("Query", query),
    ...of("Attribute", attributes),
    ...[":method", ":path"].map((param) => ({ rule_type: "Header", param, op: "=", value: param === ":path" ? "/x" : "X" })),
  ];
}

describe("findings for machines", () => {
  test("SARIF has the claims and complaints at their places", async () => {
    const { code, stdout } = await command(["analyze", shadowed, broken, "--format", "sarif"]);
    const log = JSON.parse(stdout) as Log;
    expect(code).toBe(1);
    const results = log.runs[0]?.results ?? [];
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toContainEqual(["strategy-shadowed", "warning"]);
    const shadow = results.find(({ ruleId }) => ruleId === "strategy-shadowed")?.locations?.[0];
    expect(shadow?.physicalLocation?.region?.startLine).toBe(7);
    expect(shadow?.logicalLocations).toEqual([{ fullyQualifiedName: "/additional_version_strategy/v3" }]);
    expect(results.some(({ level, ruleId }) => level === "error" && ruleId === "wrong-type")).toBe(true);
  });

  test("annotations have the code as their title", async () => {
    const { stdout } = await command(["analyze", warned, "--format", "github"]);
    expect(stdout).toMatch(/^::warning file=[^,]+warned\.json,line=\d+,col=\d+,title=[a-z-]+::/m);
  });

  test("--ignore lets one code pass, and no other", async () => {
    const strict = await command(["analyze", shadowed, "--strict"]);
    const codes = [...strict.stdout.matchAll(/warning\[([a-z-]+)\]/g)].map(([, code]) => code as string);
    expect([strict.code, codes.length > 0]).toEqual([1, true]);
    const ignored = [...new Set(codes)].map((code) => `--ignore=${code}`);
    expect((await command(["analyze", shadowed, "--strict", ...ignored])).code).toBe(0);
    expect((await command(["analyze", shadowed, "--strict", ...ignored.slice(1), "--ignore=weight-sum"])).code).toBe(1);
    expect((await command(["analyze", broken, "--strict", "--ignore=wrong-type"])).code).toBe(1);
  });
});

describe("--certify", () => {
  test("writes a certificate that is checked, in place of the report or beside it", async () => {
    const alone = await command(["analyze", shadowed, "--certify"]);
    expect(alone).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(alone.stdout)).toMatchObject({ claims: [{ claim: "decides-nothing", version: "v3" }] });
    const out = join(folder, "certificate.json");
    const beside = await command(["analyze", shadowed, "--certify", "-o", out]);
    expect(beside.code).toBe(0);
    expect(beside.stdout).toContain("strategy-shadowed");
    expect(readFileSync(out, "utf8")).toBe(alone.stdout);
    expect(checkFile(out)).toBe("proved: decides-nothing v3\n");
    expect(() => checkFile(out, sound)).toThrow("refused: no claim, or one of other aliases");
  });

  test("fails where nothing can be certified", async () => {
    expect(await command(["analyze", sound, "--certify"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "canary-router: there is nothing to certify\n",
    });
    expect(await command(["analyze", broken, "--certify"])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("expected a string") as string,
    });
    expect(await command(["analyze", join(folder, "none.json"), "--certify"])).toMatchObject({ code: 2, stdout: "" });
  });

  test.each<[readonly string[], string]>([
    [["--certify", "--format", "json"], "`--certify` and `--format` go to standard output both"],
    [["-o", "x.json"], "`--out` does nothing without `--certify`"],
    [["--certify", "--force"], "`--force` does nothing without `--out`"],
    [["--certify", "-o", sound], "is there already, and not from this command"],
    [[sound, "--certify"], "`--certify` takes one FILE"],
  ])("%j is refused", async (args, message) => {
    expect(await command(["analyze", shadowed, ...args])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(message) as string,
    });
  });
});
