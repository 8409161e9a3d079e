import { expect } from "vitest";
import { compile } from "../../src/index.ts";
import * as fc from "fast-check";
import { completeSuite, coverage, mutate, parseSuite, ratio, suggestCases, verify } from "../../src/testing/index.ts";
import { aliasConfigs } from "../../src/testing/arbitraries.ts";
import { law } from "../support/law.ts";

law(
  "a suggested suite passes and notices every mistake for which a request is found",
  aliasConfigs(),
  (config, meet) => {
    const suite = suggestCases(config);
    expect(verify(compile(config).plan, suite).failures).toEqual([]);
    const { outcomes, score, failing } = mutate(config, suite);
    expect(failing).toEqual([]);
    expect(outcomes.filter(({ kind }) => kind === "survived").map(({ mutant }) => mutant.mistake)).toEqual([]);
    meet(score === 1 ? "complete" : "undecided");
  },
  20,
  { complete: 18 },
);

law(
  "a rule on the path beside one on the query: the suite reaches full coverage",
  aliasConfigs().map(({ name }) => ({
    name,
    version: "v1",
    additional_version_strategy: {
      v2: {
        combine_type: "and",
        rules: [
          { rule_type: "Header", param: ":path", op: "=", value: "/cart" },
          { rule_type: "Query", param: "beta", op: "=", value: "1" },
        ],
      },
      v3: { rules: [{ rule_type: "Query", param: "beta", op: "=", value: "1" }] },
    },
  })),
  (config) => {
    const checked = parseSuite({ alias: config, ...suggestCases(config) });
    expect(checked.ok && ratio(coverage(checked.value))).toBe(1);
  },
  1,
);

law(
  "a part of a suite is completed to one that covers and notices as much",
  fc.tuple(aliasConfigs(), fc.infiniteStream(fc.boolean())),
  ([config, keep], meet) => {
    const some = suggestCases(config).cases.filter(() => keep.next().value === true);
    const read = parseSuite({ alias: config, ...(some.length === 0 ? { cases: [{ expect: { reason: "rule" } }] } : { cases: some }) });
    if (!read.ok) throw new Error("a suggested suite is read");
    const before = some.length === 0 ? { ...read.value, cases: [] } : read.value;
    const { cases: added, failing } = completeSuite(config, before);
    expect(failing).toEqual([]);
    const suite = { alias: config, cases: [...some, ...added] };
    expect(verify(compile(config).plan, suite).failures).toEqual([]);
    const whole = parseSuite(suite);
    expect(whole.ok && ratio(coverage(whole.value))).toBe(1);
    expect(mutate(config, suite).outcomes.filter(({ kind }) => kind === "survived")).toEqual([]);
    meet(added.length === 0 ? "nothing" : some.length === 0 ? "everything" : "a part");
  },
  20,
  { "a part": 12 },
);
