import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Alias, parse } from "../../src/index.ts";
import { parsePopulation } from "../../src/simulate/index.ts";
import { modelOf } from "../../src/studio/simulate/model.ts";
import { parseYaml } from "../../src/yaml/index.ts";

function aliasOf(config: unknown): Alias {
  const checked = typeof config === "string" ? parseYaml(config) : parse(config);
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  return checked.value;
}

test("the guess for each example is a model that is read", () => {
  for (const text of ["storefront.yaml", "canary.json", "overlapping.yaml"].map((name) => readFileSync(`docs/examples/${name}`, "utf8")))
    expect(parsePopulation(modelOf(aliasOf(text))).diagnostics).toEqual([]);
});

test("only a header has a value that no request is without, and names of objects are names", () => {
  const rule = (rule_type: string, param: string) => ({ rule_type, param, op: "=", value: "x" });
  const rules = [rule("Query", ":path"), rule("Query", "constructor"), rule("Header", ":path")];
  const { traits } = modelOf(
    aliasOf({
      version: "v1",
      additional_version_strategy: {
        v2: { combine_type: "or", rules: rules.map((each, index) => ({ ...each, value: index === 2 ? "/x" : "x" })) },
      },
    }),
  ) as { readonly traits: readonly { readonly values: object; readonly absent?: number }[] };
  expect(traits.map(({ values, absent }) => ({ values, absent }))).toEqual([
    { values: { x: 20 }, absent: 80 },
    { values: { x: 20 }, absent: 80 },
    { values: { "/x": 20, "/": 80 }, absent: undefined },
  ]);
});
