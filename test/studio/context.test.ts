import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contextOf } from "../../src/studio/editor/context.ts";
import { schemaAt, wordsOf } from "../../src/studio/editor/schema.ts";
import { writtenOf } from "../../src/studio/editor/written.ts";
import { isJson } from "../../src/index.ts";

test.each([
  ["", [], "key", ""],
  ["ver", [], "key", "ver"],
  ["version: v1\nadditional_version_weights:\n  ", ["additional_version_weights"], "key", ""],
  ["stickiness:\n  on_missing: pri", ["stickiness", "on_missing"], "value", "pri"],
  ["stickiness:\n  keys:\n    - rule_type: H", ["stickiness", "keys", "0", "rule_type"], "value", "H"],
  ["stickiness:\n  keys:\n    - rule_type: Header\n      pa", ["stickiness", "keys", "0"], "key", "pa"],
  ["stickiness: # so\n  keys:\n  - rule_type: Header\n    param: a\n  - ru", ["stickiness", "keys", "1"], "key", "ru"],
  [
    "additional_version_strategy:\n  v2:\n    combine_type: and\n    rules: [{ rule_type: Coo",
    ["additional_version_strategy", "v2", "rules", "0", "rule_type"],
    "value",
    "Coo",
  ],
  [
    "additional_version_strategy:\n  v2: { rules: [{ rule_type: Header, op",
    ["additional_version_strategy", "v2", "rules", "0"],
    "key",
    "op",
  ],
  ['{ "ver', [], "key", "ver"],
  ['{ "version": "v1", "additional_version_weights": { "', ["additional_version_weights"], "key", ""],
  ['{ "stickiness": { "keys": [{}, { "rule_type": "', ["stickiness", "keys", "1", "rule_type"], "value", ""],
  ['{ "additional_version_order": ["v1", "v', ["additional_version_order", "1"], "value", "v"],
] as const)("%j is completed at %j", (before, path, at, typed) => {
  expect(contextOf(before, isJson("", before))).toMatchObject({ path, at, typed });
});

test("a comment is not completed, nor what stands behind a value", () => {
  expect(contextOf("version: v1 # a", false)).toBeUndefined();
  expect(contextOf('{ "version": "v1" ', true)).toBeUndefined();
  expect(contextOf('{ "version": "v1", "stickiness": {} ', true)).toBeUndefined();
  expect(contextOf('{ "additional_version_order": ["v1" ', true)).toBeUndefined();
});

test("at every place of the examples the context is the path of what stands there", () => {
  for (const name of ["storefront.yaml", "routed.yaml", "canary.json", "header.json", "faulty.json"]) {
    const text = readFileSync(`docs/examples/${name}`, "utf8");
    const { places, json } = writtenOf(text, isJson(name, text));
    for (const [at, { key }] of places) {
      if (key === undefined) continue;
      const path = at
        .split("/")
        .slice(1, -1)
        .map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~"));
      expect(contextOf(text.slice(0, key.from + 2), json), `${name} ${at}`).toMatchObject({ path, at: "key" });
    }
  }
});

test("the schema has words where the language has words", () => {
  expect(wordsOf(schemaAt(["additional_version_strategy", "v2", "rules", "0", "rule_type"]))).toEqual([
    "Header",
    "Cookie",
    "Query",
    "Attribute",
  ]);
  expect(wordsOf(schemaAt(["stickiness", "hash"]))).toEqual(["murmur3", "murmur2", "xxh32", "sha256"]);
  expect(schemaAt(["additional_version_weights", "v2"])?.title).toBe("Weight");
  expect(schemaAt(["nothing", "here"])).toBeUndefined();
});
