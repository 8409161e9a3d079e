import { expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { coverage, parseSuite } from "../../src/testing/index.ts";

const rules = Array.from({ length: 1_000 }, (_, index) => ({
  rule_type: "Header" as const,
  param: `x-${index}`,
  op: "=" as const,
  value: "1",
}));
const alias: AliasConfig = { version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules } } };

test("more cases times rules than can be read in time are refused by name, before any is read", () => {
  const read = parseSuite({ alias, cases: [{ expect: { version: "v1" } }] });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  const [one] = read.value.cases;
  if (one === undefined) throw new Error("no case");
  const request = {
    ...one.request,
    get headers(): never {
      throw new Error("read");
    },
  };
  const many = Array.from({ length: 50_001 }, () => ({ ...one, request: request as never }));
  expect(() => coverage({ cases: many, laws: [] })).toThrow("the coverage would read 50,001,000 rules, and at most 50,000,000 are read");
  expect(coverage({ cases: [one, one], laws: [] })[0]?.points[0]?.sights[0]).toMatchObject({ cases: 0 });
});
