import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { suggestCases } from "../../src/testing/suggest.ts";
import { command, scratch } from "../support/command.ts";

const { folder, file } = scratch();

const ALIAS = {
  name: "shop",
  version: "1",
  additional_version_weights: { no: 10 },
  additional_version_strategy: {
    off: {
      combine_type: "or",
      rules: [
        { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
        { rule_type: "Header", param: "env", op: "in", value: "null,1.0,~,# x" },
        { rule_type: "Query", param: "__proto__", op: "=", value: "é\u0085'\"" },
      ],
    },
  },
};
const alias = file("aliases/shop.json", ALIAS);

describe("usage", () => {
  test.each([
    [["suggest"], "`suggest` needs a FILE", "see `canary-router suggest --help`"],
    [["suggest", alias, "x.json"], "`suggest` takes one FILE, not also `x.json`", undefined],
    [["suggest", alias, "-o"], "`-o` needs a value", "write `--out=VALUE` for one that starts with a dash"],
    [["suggest", alias, "--format", "toml"], "`--format` cannot be `toml`", "one of `yaml`, `json`"],
    [["suggest", alias, "--forse"], "unknown option `--forse`", "did you mean `--force`?"],
    [["suggest", join(folder, "no.json")], `${join(folder, "no.json")}: no such file`, undefined],
    [["suggest", alias, "-o", alias], `${alias}: is there already`, "`--force` writes over it"],
    [
      ["suggest", alias, "-o", join(folder, "no/x.yaml")],
      `${join(folder, "no/x.yaml")}: cannot be written: its folder is not there`,
      undefined,
    ],
    [["suggest", alias, "--force", "-o", folder], `${folder}: cannot be written: is a directory`, undefined],
  ] as const)("%j", async (args, message, help) => {
    const hint = help === undefined ? "" : `  help: ${help}\n`;
    expect(await command(args)).toEqual({ code: 2, stdout: "", stderr: `canary-router: ${message}\n${hint}` });
    expect(JSON.parse(readFileSync(alias, "utf8"))).toEqual(ALIAS);
  });

  test("a config with errors", async () => {
    const out = join(folder, "never.yaml");
    const ended = await command(["suggest", file("broken.json", { version: 1 }), "-o", out]);
    expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("error[wrong-type]") as string });
    expect(existsSync(out)).toBe(false);
  });
});

test("what the suite leaves out is told on standard error, with its place", async () => {
  const rules = [
    { rule_type: "Header", param: ":method", op: "=", value: "not a token" },
    { rule_type: "Header", param: "x", op: "=", value: "1" },
  ];
  const odd = file("odd.json", { version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules } } });
  const { code, stdout, stderr } = await command(["suggest", odd]);
  expect(code).toBe(0);
  expect(stdout).toContain("cases:");
  expect(stderr).toContain(
    "cases for 1 place are left out: a suite cannot have a request with such a value: /additional_version_strategy/v2/rules/0",
  );
});

describe("the suite", () => {
  test.each([
    ["shop.alias-test.yaml", "./aliases/shop.json"],
    ["aliases/shop.alias-test.yml", "./shop.json"],
    ["aliases/shop.alias-test.json", "./shop.json"],
    ["suites/shop.alias-test.yaml", "../aliases/shop.json"],
  ])("%s passes as it is written, covers the alias, and names it by %s", async (name, path) => {
    const out = file(name, "");
    const outside = path.startsWith("../");
    expect(await command(["suggest", alias, "-o", out])).toMatchObject({ code: 2 });
    expect(await command(["suggest", alias, "-o", out, "--force"])).toEqual({
      code: 0,
      stdout: "",
      stderr: `canary-router: wrote ${out}\n${outside ? "canary-router: the alias is not below the folder of the suite: `canary-router test` reads it with `--allow-outside`\n" : ""}`,
    });
    const text = readFileSync(out, "utf8");
    const { cases } = suggestCases(ALIAS);
    expect(parse(text)).toEqual({ title: "shop", alias: path, cases: JSON.parse(JSON.stringify(cases)) as unknown });
    expect(await command(["test", out, "--min-coverage", "100", ...(outside ? ["--allow-outside"] : [])])).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  test("YAML begins with what it is worth, and old readers of YAML read it alike", async () => {
    const { stdout } = await command(["suggest", alias]);
    expect(stdout.split("\n")[0]).toBe(`# What ${alias} does now: each case was made from the alias, not from what it should do.`);
    expect(parse(stdout, { version: "1.1" })).toEqual(parse(stdout));
  });

  test("of standard input has the alias in it", async () => {
    const { code, stdout } = await command(["suggest", "-", "--format", "json"], { stdin: JSON.stringify(ALIAS) });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ alias: ALIAS });
    expect(await command(["test", file("inline.alias-test.json", stdout)])).toMatchObject({ code: 0 });
  });

  test.each(["canary.json", "header.json", "pinned.json", "response.json", "storefront.yaml"])(
    "of %s passes and covers it",
    async (name) => {
      const out = join(folder, `${name}.alias-test.yaml`);
      expect((await command(["suggest", `docs/examples/${name}`, "-o", out])).code).toBe(0);
      expect(await command(["test", out, "--min-coverage", "100", "--allow-outside"])).toMatchObject({ code: 0, stderr: "" });
    },
  );
});

test("the suite of docs/examples passes, covers its alias, and catches every mistake", async () => {
  const ended = await command(["test", "docs/examples/storefront.alias-test.yaml", "--min-coverage", "100", "--min-score", "100"]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
});
