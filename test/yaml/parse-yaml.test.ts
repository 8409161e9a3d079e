import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse as parseLibrary } from "yaml";
import { parseText } from "../../src/alias/surface.ts";
import { parseYaml } from "../../src/yaml/index.ts";

test("reads the alias that the same value in JSON is", () => {
  const text = readFileSync("docs/examples/storefront.yaml", "utf8");
  const yaml = parseYaml(text);
  expect(yaml).toMatchObject({ ok: true, diagnostics: [] });
  expect(yaml).toEqual(parseText(JSON.stringify(parseLibrary(text))));
});

test("complains as of JSON, at the keys, and of keys that repeat", () => {
  const { ok, diagnostics } = parseYaml("version: 1\nadditional_version_weights:\n  v2:\n    101\nversion: 1\n");
  expect(ok).toBe(false);
  expect(diagnostics.map(({ code, at, position }) => [code, at, position?.line, position?.column])).toEqual([
    ["duplicate-key", "/version", 5, 1],
    ["wrong-type", "/version", 5, 1],
    ["weight", "/additional_version_weights/v2", 3, 3],
  ]);
});

test("keeps warnings of an alias that can be used, with their place", () => {
  const checked = parseYaml("version: v1\nadditional_version_weights: { v2: 100 }\n");
  expect(checked).toMatchObject({ ok: true, diagnostics: [{ code: "weight-full", position: { line: 2, column: 1 } }] });
});

test("takes the profile and the budgets of `parse`", () => {
  const text = "version: v1\nadditional_version_weights: { v2: 2.5 }\n";
  expect(parseYaml(text)).toMatchObject({ ok: true });
  expect(parseYaml(text, { profile: "functiongraph" })).toMatchObject({ ok: false, diagnostics: [{ code: "weight" }] });
  expect(parseYaml(text, { budgets: { text: 10 } })).toMatchObject({ ok: false, diagnostics: [{ code: "over-budget" }] });
  const many = `version: v1\n${Array.from({ length: 9 }, (_, index) => `k${index}: 1\n`).join("")}`;
  expect(parseYaml(many, { budgets: { diagnostics: 3 } }).diagnostics.map(({ code }) => code)).toEqual([
    "unknown-key",
    "unknown-key",
    "unknown-key",
    "over-budget",
  ]);
});

test.each(["a: [", "%YAML 1.1\n---\na: 1\n", "a: 1\n---\nb: 2\n"])("refuses %j in one place", (text) => {
  const { ok, diagnostics } = parseYaml(text);
  expect({ ok, codes: diagnostics.map(({ code }) => code) }).toEqual({ ok: false, codes: ["syntax"] });
  expect(diagnostics[0]?.position).toBeDefined();
});

test.each([
  ["version: 1.10\n", "expected a string, found the number `1.10`", 'write `"1.10"`, in quotes'],
  ["version: 0123\n", "expected a string, found the number `0123`", 'write `"0123"`, in quotes'],
  ["version: 1e3\n", "expected a string, found the number `1e3`", 'write `"1e3"`, in quotes'],
  [
    "version: 12345678901234567890\n",
    "expected a string, found the number `12345678901234567890`",
    'write `"12345678901234567890"`, in quotes',
  ],
  [
    "version: v1\nadditional_version_weights: {v2:5}\n",
    "expected a number, found null",
    "YAML wants a space behind the colon: write `v2: 5`",
  ],
  [
    "version: v1\n\u00a0\u00a0v2: 5\n",
    "unknown key `\\u{a0}\\u{a0}v2`",
    "there is a space in it that is no ordinary one: write an ordinary space",
  ],
  ["a: &a { version: v1 }\n<<: *a\nversion: v1\n", "unknown key `<<`", "merge keys of YAML are not read: write the keys out"],
  [
    "version: {{ .Values.version }}\n",
    "a template that was not rendered: it has `{{` or `${`",
    "render it first, and read what comes of it",
  ],
])("says the cause of %j", (text, message, help) => {
  const { ok, diagnostics } = parseYaml(text);
  expect(ok).toBe(false);
  expect(diagnostics.map((each) => [each.message, each.help])).toContainEqual([message, help]);
});

test("a last `---` with nothing behind it is no second document", () => {
  expect(parseYaml("version: v1\n---\n")).toMatchObject({ ok: true, diagnostics: [] });
  expect(parseYaml("version: v1\n---\nversion: v2\n").diagnostics.map(({ message }) => message)).toEqual(["a second document"]);
  expect(parseYaml("version: v1\n---\nnull\n").ok).toBe(false);
});
