import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AliasConfig, analyze, type Diagnostic, isJson } from "../../src/index.ts";
import { changed, remove } from "../../src/studio/editor/edit.ts";
import { fixOf } from "../../src/studio/editor/fixes.ts";
import { pointerAt } from "../../src/studio/editor/places.ts";
import { problemsOf } from "../../src/studio/editor/problems.ts";
import { writtenOf } from "../../src/studio/editor/written.ts";
import { configOf, read, type AliasText } from "../../src/studio/read.ts";

function sourceOf(text: string): AliasText {
  return { text, json: isJson("", text), profile: "extended" };
}

/** Everything that is said of a text. */
function saidOf(text: string): readonly Diagnostic[] {
  const source = sourceOf(text);
  const { diagnostics } = read(source).checked;
  const config = configOf(source);
  return config === undefined ? diagnostics : [...diagnostics, ...analyze(config)];
}

const strategies = (...rules: readonly string[]): string =>
  `version: v1\nadditional_version_strategy:\n${rules.map((rule, index) => `  v${index + 2}: { combine_type: and, rules: [${rule}] }\n`).join("")}`;
const header = (name: string, value: string, op = '"="'): string => `{ rule_type: Header, param: ${name}, op: ${op}, value: ${value} }`;

/** Texts with a problem that has a fix, by its code. */
const FIXED: readonly (readonly [code: string, text: string])[] = [
  ["unknown-key", "version: v1\nadditional_version_weight: { v2: 5 }\n"],
  ["unknown-key", '{ "version": "v1", "additional_version_weight": { "v2": 5 } }'],
  ["rule-type", strategies("{ rule_type: Heeder, param: a, op: '=', value: x }")],
  ["rule-op", strategies(header("a", "x", "inn"))],
  ["combine-type", strategies(header("a", "x")).replace("combine_type: and", "combine_type: andd")],
  [
    "on-missing",
    "version: v1\nname: a\nadditional_version_weights: { v2: 5 }\nstickiness: { keys: [{ rule_type: Header, param: a }], on_missing: primry }\n",
  ],
  [
    "sticky-hash",
    "version: v1\nname: a\nadditional_version_weights: { v2: 5 }\nstickiness: { keys: [{ rule_type: Header, param: a }], on_missing: primary, hash: murmur }\n",
  ],
  ["wrong-type", "version: 1.10\n"],
  ["wrong-type", '{ "version": 2 }'],
  ["list-item-trimmed", strategies(header("a", '"x, y"', "in"))],
  ["list-item-dropped", strategies(header("a", '"x,,y"', "in"))],
  ["list-item-repeated", strategies(header("a", '"x,y,x"', "in"))],
  [
    "list-item-repeated",
    "version: v1\nadditional_version_strategy:\n  v2:\n    rules:\n      - rule_type: Header\n        param: a\n        op: in\n        value: x, y,x\n",
  ],
  ["primary-weight", "version: v1\nadditional_version_weights:\n  v1: 50\n  v2: 5\n"],
  ["order-repeat", "version: v1\nadditional_version_weights: { v2: 5 }\nadditional_version_order:\n  - v2\n  - v2\n"],
  ["rules-empty", '{ "version": "v1", "additional_version_strategy": { "v2": { "rules": [] } } }'],
  ["strategy-shadowed", strategies(header("a", "x"), `${header("a", "x")}, ${header("b", "y")}`)],
  ["rule-never", strategies(`${header("a", "x")}, ${header("a", "y")}`)],
  ["rule-idle", strategies(`${header("a", "x")}, ${header("a", '"x,y"', "in")}`)],
  ["version-unreached", "version: v1\nadditional_version_weights: { v2: 0, v3: 5 }\n"],
  ["version-unreached", '{\n  "version": "v1",\n  "additional_version_weights": {\n    "v3": 5,\n    "v2": 0\n  }\n}\n'],
  [
    "sticky-key-repeated",
    "version: v1\nname: a\nadditional_version_weights: { v2: 5 }\nstickiness:\n  on_missing: primary\n  keys:\n    - rule_type: Header\n      param: a\n    - rule_type: Header\n      param: a\n",
  ],
  ["stickiness-idle", "version: v1\nname: a\nstickiness: { keys: [{ rule_type: Header, param: a }], on_missing: primary }\n"],
];

describe("a fix mends what it is for, and breaks nothing", () => {
  test.each(FIXED)("%s: %s", (code, text) => {
    const before = saidOf(text);
    const diagnostic = before.find((each) => each.code === code);
    if (diagnostic === undefined) throw new Error(`no ${code}, but ${before.map((each) => each.code).join()}`);
    const fix = fixOf(diagnostic, writtenOf(text, isJson("", text)));
    if (fix === undefined) throw new Error("no fix");
    const mended = changed(text, fix.change);
    const after = saidOf(mended);
    expect(
      after.filter((each) => each.code === code && each.at === diagnostic.at),
      mended,
    ).toEqual([]);
    expect(
      after.filter((each) => each.code === "syntax"),
      mended,
    ).toEqual([]);
    const errors = (said: readonly Diagnostic[]): number => said.filter(({ severity }) => severity === "error").length;
    expect(errors(after), mended).toBeLessThanOrEqual(errors(before));
  });
});

test("a key that a profile does not have is removed", () => {
  const text = "version: v1\nadditional_version_weights: { v2: 5 }\nadditional_version_order: [v2]\n";
  const [diagnostic] = read({ text, json: false, profile: "functiongraph" }).checked.diagnostics;
  if (diagnostic === undefined) throw new Error("no diagnostic");
  expect(diagnostic.code).toBe("own-key");
  const fix = fixOf(diagnostic, writtenOf(text, false));
  expect(fix && changed(text, fix.change)).toBe("version: v1\nadditional_version_weights: { v2: 5 }\n");
});

test("what is removed leaves a text that says the rest, in JSON and in YAML, wherever it stands", () => {
  const config = {
    name: "a",
    version: "v1",
    additional_version_weights: { v2: 1, v3: 2, v4: 3 },
    additional_version_order: ["v4", "v2", "v3"],
    additional_version_strategy: {
      v5: { combine_type: "or", rules: [1, 2, 3].map((n) => ({ rule_type: "Header", param: `h${n}`, op: "=", value: "x" })) },
    },
  } satisfies AliasConfig;
  const yaml = [
    "# An alias.",
    "name: a # its name",
    "version: v1",
    "additional_version_weights:",
    "  v2: 1",
    "  v3: 2",
    "  v4: 3",
    "additional_version_order: [v4, v2, v3]",
    "additional_version_strategy:",
    "  v5:",
    "    combine_type: or",
    "    rules:",
    '      - { rule_type: Header, param: h1, op: "=", value: x }',
    "      - rule_type: Header",
    "        param: h2",
    '        op: "="',
    "        value: x",
    '      - { rule_type: Header, param: h3, op: "=", value: x }',
    "",
  ].join("\n");
  const texts = [yaml, JSON.stringify(config), JSON.stringify(config, null, 2), JSON.stringify(config, null, "\t")];
  for (const text of texts) {
    const written = writtenOf(text, isJson("", text));
    expect(configOf(sourceOf(text))).toEqual(config);
    const pointers = [...written.places.keys()].filter(
      (at) => at !== "" && !at.includes("/rules/") && at !== "/version" && !at.endsWith("/rules"),
    );
    for (const at of [...pointers, ...[0, 1, 2].map((rule) => `/additional_version_strategy/v5/rules/${rule}`)]) {
      const change = remove(written, at);
      if (change === undefined) throw new Error(at);
      const expected = structuredClone(config) as unknown as Record<string, unknown>;
      const keys = at.slice(1).split("/");
      const last = keys.pop() ?? "";
      const parent = keys.reduce((outer, key) => outer[key] as Record<string, unknown>, expected);
      if (Array.isArray(parent)) parent.splice(Number(last), 1);
      else if (Object.keys(parent).length > 1) delete parent[last];
      else delete expected["additional_version_strategy"];
      const source = sourceOf(changed(text, change));
      const rest = configOf(source);
      if (rest === undefined)
        expect(
          read(source).checked.diagnostics.map(({ code }) => code),
          `${at} ${source.text}`,
        ).toEqual(["combine-type"]);
      else expect(JSON.parse(JSON.stringify(rest)), `${at} of ${source.text}`).toEqual(expected);
    }
  }
});

test("every complaint of the faulty example stands where it is marked", () => {
  const text = readFileSync("docs/examples/faulty.json", "utf8");
  const written = writtenOf(text, true);
  const problems = problemsOf(saidOf(text), [], written);
  expect(problems.length).toBeGreaterThan(10);
  for (const { diagnostic, from, to } of problems) {
    const { line, column } = diagnostic.position ?? { line: 0, column: 0 };
    const before = text.slice(0, from).split("\n");
    expect([before.length, (before.at(-1) ?? "").length + 1]).toEqual([line, column]);
    expect(text.slice(from, to)).not.toMatch(/\n/);
    expect(to).toBeGreaterThan(from);
  }
});

test("a pointer is found at every place that it names", () => {
  for (const name of ["storefront.yaml", "canary.json", "routed.yaml", "header.json"]) {
    const text = readFileSync(`docs/examples/${name}`, "utf8");
    const { places } = writtenOf(text, isJson(name, text));
    expect(places.size).toBeGreaterThan(3);
    for (const [at, { value, key }] of places) {
      if (key !== undefined) expect(pointerAt(places, key.from + 1)).toBe(at);
      expect(pointerAt(places, value.from).startsWith(at)).toBe(true);
    }
  }
});
