import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse as parseLibrary } from "yaml";
import { parseText } from "../../src/alias/surface.ts";
import { parseYaml, readYaml } from "../../src/yaml/index.ts";

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

/** Texts with more faults than anybody reads, or more parts than there is room for, and what is said of each. */
const FLOODS: readonly (readonly [what: string, text: string, told: string])[] = [
  ["commas", `alias: [${",".repeat(500_000)}`, "syntax 1:10: unexpected , in flow sequence"],
  ["commas of 5 MiB", `alias: [${",".repeat(5 * 1_048_576)}`, "over-budget 1:800003: more than 800000 words and marks"],
  ["brackets", `alias: ${"]".repeat(500_000)}`, 'syntax 1:8: unexpected flow-seq-end token in YAML stream: "]"'],
  ["brackets in lines", "]\n".repeat(200_000), 'syntax 1:1: unexpected flow-seq-end token in YAML document: "]"'],
  ["tags", `a: [${"!x a,".repeat(100_000)}]`, "syntax 1:5: unresolved tag: !x"],
  ["documents", "--- a\n".repeat(50_000), "syntax 2:1: a second document"],
];

test.each(FLOODS)("a flood of %s is refused by its first fault, or by its size", (_, text, told) => {
  const { ok, diagnostics } = readYaml(text, 32 * 1_048_576);
  expect(ok).toBe(false);
  expect(diagnostics.map(({ code, message, position }) => `${code} ${position?.line}:${position?.column}: ${message}`)).toEqual([told]);
});

test("a plain text of many values is read, and one of too many is refused", () => {
  const list = (values: number): string => `a:\n${"- 1\n".repeat(values)}`;
  const read = readYaml(list(1_000_000), 32 * 1_048_576);
  expect(read.ok && (read.value.value as { readonly a: readonly unknown[] }).a.length).toBe(1_000_000);
  expect(readYaml(list(1_600_000), 32 * 1_048_576).diagnostics.map(({ message }) => message)).toEqual(["more than 800000 words and marks"]);
});
