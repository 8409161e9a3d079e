import * as fc from "fast-check";
import { describe, expect } from "vitest";
import type { AliasConfig, RuleConfig } from "../../src/index.ts";
import { missesTheLastRule, readsTheFirstItemOnly } from "../support/faults.ts";
import { everywhere } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

// Back ends change their ways with the number of rules and of values: 32 and 64 rules, a few values and many, values that
// are alike in length and at both ends. Here every such number is met.

const FIELDS: readonly Pick<RuleConfig, "rule_type" | "param">[] = [
  { rule_type: "Header", param: "X-A" },
  { rule_type: "Header", param: "x-b" },
  { rule_type: "Cookie", param: "a" },
  { rule_type: "Cookie", param: "b" },
  { rule_type: "Query", param: "q" },
  { rule_type: "Attribute", param: "t" },
];

/** A request with each of the values in the field of the same place. */
function requestOf(values: readonly (string | undefined)[]): object {
  const [a, b, cookieA, cookieB, query, attribute] = values;
  const cookies = [cookieA !== undefined && `a=${cookieA}`, cookieB !== undefined && `b=${cookieB}`].filter((cookie) => cookie !== false);
  return {
    headers: {
      ...(a !== undefined && { "x-a": a }),
      ...(b !== undefined && { "x-b": b }),
      ...(cookies.length > 0 && { cookie: cookies.join("; ") }),
    },
    url: query === undefined ? "/" : `/?z=1&${new URLSearchParams({ q: query }).toString()}`,
    attributes: attribute === undefined ? {} : { t: attribute },
  };
}

/** Values of one shape: short and few, of one length, alike but for the middle, alike but for one end, of many lengths. */
const shapes: fc.Arbitrary<(index: number) => string> = fc.constantFrom<(index: number) => string>(
  (index) => String(index % 3),
  (index) => `user-${String(index).padStart(4, "0")}`,
  (index) => `${"p".repeat(30)}${String(index).padStart(3, "0")}${"s".repeat(30)}`,
  (index) => `same-prefix-${index}`,
  (index) => `${index}-same-suffix`,
  (index) => "x".repeat(1 + (index % 40)) + (index > 39 ? index : ""),
  (index) => `é${index}😀`,
);

const manyRules = fc
  .record({
    count: fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 65, 97),
    shape: shapes,
    seed: fc.nat(),
    alternate: fc.boolean(),
    sticky: fc.boolean(),
  })
  .map(({ count, shape, seed, alternate, sticky }): AliasConfig => {
    const rule = (strategy: number, place: number): RuleConfig => ({
      ...FIELDS[(strategy + place + seed) % FIELDS.length]!,
      op: "in",
      value: `${shape((strategy * 7 + place + seed) % 50)},${shape((strategy * 3 + seed) % 50)}`,
    });
    return {
      name: "large",
      version: "primary",
      additional_version_weights: { v0: 25 },
      additional_version_strategy: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `v${index}`,
          { combine_type: alternate && index % 2 === 0 ? "or" : "and", rules: [rule(index, 0), rule(index, 1)].slice(0, 1 + (index % 2)) },
        ]),
      ),
      ...(sticky && { stickiness: { keys: [FIELDS[0]!, FIELDS[2]!], on_missing: "random" } }),
    };
  });

const budgets = { versions: 200 };

describe("many", () => {
  everywhere(
    "strategies",
    fc.record({
      config: manyRules,
      shape: shapes,
      picks: fc.array(fc.option(fc.nat(60), { nil: undefined }), { minLength: 6, maxLength: 6 }),
      random: fc.constantFrom(0, 0.3),
    }),
    { catches: missesTheLastRule, runs: 100 },
    (compile, { config, shape, picks, random }) => {
      const run = compile(config, { budgets, random: () => random });
      for (let turn = 0; turn < 6; turn++) {
        const request = requestOf(picks.map((pick) => (pick === undefined ? undefined : shape((pick + 11 * turn) % 60))));
        const { version, reason, at } = run(request);
        expect({ version, reason, at }).toEqual(decide(config, request, undefined, () => random));
      }
    },
  );

  everywhere(
    "values",
    fc.record({
      count: fc.constantFrom(1, 2, 3, 4, 5, 8, 16, 17, 40, 200),
      shape: shapes,
      field: fc.constantFrom(...FIELDS.keys()),
      others: fc.array(fc.string({ maxLength: 4 })),
    }),
    { catches: readsTheFirstItemOnly, runs: 100 },
    (compile, { count, shape, field, others }) => {
      const values = [...new Set(Array.from({ length: count }, (_, index) => shape(index)))];
      const config: AliasConfig = {
        version: "v1",
        additional_version_strategy: { v2: { rules: [{ ...FIELDS[field]!, op: "in", value: values.join(",") }] } },
      };
      const run = compile(config);
      const near = values.flatMap((value) => [
        value.slice(1),
        value.slice(0, -1),
        `${value}x`,
        `x${value.slice(1)}`,
        value.replace(/.$/u, "y"),
      ]);
      for (const value of [...values, ...near, shape(count), ...others, ""]) {
        const request = requestOf(FIELDS.map((_, place) => (place === field ? value : undefined)));
        expect(run(request).version, value).toBe(decide(config, request).version);
      }
    },
  );
});
