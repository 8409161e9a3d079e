import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withItems } from "../../src/yaml/index.ts";
import { command, scratch } from "../support/command.ts";

const { folder, file } = scratch();

const ALIAS = {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: {
    v3: {
      combine_type: "or",
      rules: [
        { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
        { rule_type: "Header", param: "x-env", op: "in", value: "staging,qa" },
      ],
    },
  },
};
file("shop.json", ALIAS);

const SUITE = `# Policies of the shop
alias: ./shop.json
cases:
  # The door for testers.
  - id: beta   # kept
    request: { cookies: { beta: "on" } }
    expect: { version: v3 }

# Nobody else.
title: shop
`;

describe("a suite in YAML", () => {
  const path = file("shop.alias-test.yaml", SUITE);

  test("gets the cases that it lacks, and keeps every line that it has", async () => {
    const ended = await command(["suggest", path, "--complete", "-o", path]);
    expect(ended).toEqual({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/^canary-router: 6 cases are added\ncanary-router: wrote .*shop\.alias-test\.yaml\n$/) as string,
    });
    const text = readFileSync(path, "utf8");
    const kept = SUITE.split("\n");
    expect(text.split("\n").filter((line) => kept.includes(line))).toEqual(expect.arrayContaining(kept));
    expect(text.startsWith(SUITE.slice(0, SUITE.indexOf("\n# Nobody")))).toBe(true);
    expect(text.endsWith("\n# Nobody else.\ntitle: shop\n")).toBe(true);
    const tested = await command(["test", path, "--min-coverage", "100", "--min-score", "100"]);
    expect(tested).toMatchObject({ code: 0, stderr: "" });
  });

  test("and then it lacks nothing", async () => {
    const before = readFileSync(path, "utf8");
    expect(await command(["suggest", path, "--complete"])).toEqual({
      code: 0,
      stdout: before,
      stderr: "canary-router: the suite lacks nothing\n",
    });
  });
});

test("a suite in JSON keeps its form", async () => {
  const text = '{\n    "alias": "./shop.json",\n    "cases": [\n        { "expect": { "split": { "v1": 90.0, "v2": 10 } } }\n    ]\n}\n';
  const path = file("shop.alias-test.json", text);
  const { code, stdout } = await command(["suggest", path, "--complete"]);
  expect(code).toBe(0);
  expect(stdout.startsWith(text.slice(0, text.indexOf(" }\n    ]")))).toBe(true);
  expect((JSON.parse(stdout) as { cases: unknown[] }).cases.length).toBeGreaterThan(5);
});

test("a case that fails is told, and counts for nothing", async () => {
  const path = file("wrong.alias-test.yaml", "alias: shop.json\ncases: [{ name: wrong, expect: { version: v2 } }]\n");
  const { code, stderr, stdout } = await command(["suggest", path, "--complete"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^canary-router: 1 case fails now, so nothing counts as noticed by it: wrong\ncanary-router: \d+ cases are added\n$/,
  );
  expect((parse(stdout) as { cases: { name: string }[] }).cases[0]).toMatchObject({ name: "wrong" });
});

test("mistakes that are too many to look at unasked are told", async () => {
  const rules = Array.from({ length: 7_000 }, (_, index) => ({ rule_type: "Header", param: `h${index}`, op: "=", value: "x" }));
  const path = file("many.json", { version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules } } });
  expect(await command(["suggest", path])).toMatchObject({
    code: 0,
    stderr: "canary-router: there are more than 20,000 mistakes to notice: `--complete` looks at them\n",
  });
});

describe("usage", () => {
  const path = file("use.alias-test.yaml", "alias: shop.json\ncases: [{ expect: { reason: split } }]\n");
  test.each([
    [[path], `${path}: is a suite, not an alias config`, "`canary-router test` runs it, `canary-router suggest --complete` completes it"],
    [[path, "--complete", "--format", "json"], "`--format` says the form of a new suite", "a suite that is completed keeps its form"],
    [
      [path, "--complete", "-o", "elsewhere.yaml"],
      "a suite that is completed stays in its folder",
      "it names its alias by a path from there",
    ],
    [
      [path, "--complete", "-o", join(folder, "wrong.alias-test.yaml")],
      `${join(folder, "wrong.alias-test.yaml")}: is there already`,
      "`--force` writes over it",
    ],
    [
      [file("none.alias-test.yaml", "cases: [{ alias: shop.json, expect: { reason: split } }]\n"), "--complete"],
      `${join(folder, "none.alias-test.yaml")}: names no \`alias\` at its top`,
      "aliases of single cases are left out of account",
    ],
  ] as const)("%j", async (args, message, help) => {
    const expected = { code: 2, stdout: "", stderr: `canary-router: ${message}\n  help: ${help}\n` };
    expect(await command(["suggest", ...args])).toEqual(expected);
  });

  test("a suite with errors is not completed", async () => {
    const broken = file("broken.alias-test.yaml", "alias: shop.json\ncases: [{ expect: { version: v9 } }]\n");
    const ended = await command(["suggest", broken, "--complete"]);
    expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("v9") as string });
  });
});

describe("the text of a suite with more cases", () => {
  const more = [{ name: "a\nb", expect: { version: "1.0" } }, { expect: { reason: "rule" as const } }];
  test.each([
    ["dashes at the margin", "cases:\n- expect: { version: v1 }\n"],
    ["dashes further in, without a last line end", "cases:\n    - expect: { version: v1 }"],
    ["a text in several lines at the end", "cases:\n  - name: |\n      a\n      b\n    expect: { version: v1 }\n  # end\nlaws: []\n"],
    ["brackets in one line", "cases: [ { expect: { version: v1 } }, ] # end\n"],
    ["brackets in several lines", "cases: [\n  { expect: { version: v1 } },\n]\n"],
    ["a mark of the byte order, and line ends of Windows", "\ufeffcases:\r\n  - expect: { version: v1 }\r\n"],
    ["no list", "title: x\nlaws: []\n"],
    ["an empty list", "# kept\ncases: []\n"],
  ])("%s", (_, text) => {
    const made = withItems(text, false, "cases", more);
    const before = ((parse(text) as { cases?: unknown[] }).cases ?? []) as unknown[];
    expect(parse(made)).toEqual({ ...(parse(text) as object), cases: [...before, ...more] });
    for (const comment of text.match(/#.*/g) ?? []) expect(made).toContain(comment);
    if (text.includes("\r\n")) expect(made.replaceAll("\r\n", "")).not.toMatch(/\n/);
  });

  test.each(['{"cases":[{"expect":{"version":"v1"}}]}', '{\n\t"laws": [],\n\t"cases": [\n\t\t{"draw":0.10}\n\t]\n}', '{"laws":[]}'])(
    "%s",
    (text) => {
      const before = (JSON.parse(text) as { cases?: unknown[] }).cases ?? [];
      expect(JSON.parse(withItems(text, true, "cases", more))).toEqual({ ...(JSON.parse(text) as object), cases: [...before, ...more] });
    },
  );
});
