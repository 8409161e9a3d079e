import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, parse } from "../../src/index.ts";
import { detect, importAlias } from "../../src/convert/index.ts";
import { bucketOf } from "../../src/convert/flag/launchdarkly.ts";
import { sha1 } from "../../src/convert/flag/sha1.ts";

test("SHA-1 is that of node, at every length around a block", () => {
  for (let length = 0; length < 140; length++) {
    const text = `${"é".repeat(length % 3)}${"k".repeat(length)}`;
    expect(sha1(text)).toBe(createHash("sha1").update(text).digest("hex"));
  }
});

test("buckets are those of the SDKs' own tests", () => {
  const buckets = (prefix: string): readonly number[] => ["userKeyA", "userKeyB", "userKeyC"].map((key) => bucketOf(`${prefix}.${key}`));
  const expected = [0.42157587, 0.6708485, 0.10343106];
  for (const [index, bucket] of buckets("hashKey.saltyA").entries()) expect(bucket).toBeCloseTo(expected[index] as number, 7);
  for (const [index, bucket] of buckets("61").slice(0, 2).entries())
    expect(bucket).toBeCloseTo([0.09801207, 0.14483777][index] as number, 7);
});

const clause = (attribute: string, values: readonly unknown[], more: object = {}): object => ({
  attribute,
  op: "in",
  values,
  negate: false,
  ...more,
});
const rollout = (...weights: readonly number[]): object => ({
  rollout: { contextKind: "user", variations: weights.map((weight, variation) => ({ variation, weight })) },
});
const targeting = {
  on: true,
  salt: "saltyA",
  offVariation: 1,
  fallthrough: { variation: 1 },
  targets: [],
  rules: [],
  prerequisites: [],
};
const rest = (environment: object): object => ({
  key: "new-checkout",
  kind: "multivariate",
  name: "New checkout",
  tags: ["shop"],
  variations: [
    { _id: "a", value: "v2", name: "new" },
    { _id: "b", value: "v1" },
    { _id: "c", value: { any: 1 }, name: "v3" },
  ],
  environments: { production: { ...targeting, _site: {}, lastModified: 1, ...environment } },
});

describe("a flag of the REST API", () => {
  test("targets, rules and a rollout", () => {
    const value = rest({
      targets: [{ values: ["ann", "bob"], variation: 2 }],
      rules: [
        {
          _id: "r",
          variation: 0,
          clauses: [clause("country", ["FR", "DE"]), clause("key", ["acme"], { contextKind: "org" })],
          trackEvents: false,
        },
        { _id: "s", variation: 1, clauses: [clause("header.X-Staff", ["no"])] },
      ],
      fallthrough: rollout(10_000, 90_000),
    });
    expect(detect(value)).toBe("launchdarkly");
    const { config, report } = importAlias(value);
    expect(report.refused).toEqual([]);
    expect(config).toEqual({
      name: "new-checkout",
      version: "v1",
      additional_version_strategy: {
        v3: { rules: [{ rule_type: "Attribute", param: "key", op: "in", value: "ann,bob" }] },
        v2: {
          combine_type: "and",
          rules: [
            { rule_type: "Attribute", param: "country", op: "in", value: "FR,DE" },
            { rule_type: "Attribute", param: "org.key", op: "=", value: "acme" },
          ],
        },
        v1: { rules: [{ rule_type: "Header", param: "x-staff", op: "=", value: "no" }] },
      },
      additional_version_weights: { v2: 10 },
      additional_version_order: ["v3", "v2", "v1"],
      stickiness: { keys: [{ rule_type: "Attribute", param: "key" }], seed: "new-checkout", on_missing: "primary" },
    });
    expect(parse(config as AliasConfig).diagnostics).toEqual([]);
    const [hash, missing] = report.lossy;
    expect([hash?.construct, missing?.construct]).toEqual(["hash SHA-1", "no sticky key"]);
    // The example is run on both sides: here by the alias, there by the bucket of the key.
    const { attributes = {}, alias, other } = hash?.example ?? { alias: "", other: "" };
    expect(compile(config as AliasConfig)({ headers: {}, attributes }).version).toBe(alias);
    expect(bucketOf(`new-checkout.saltyA.${attributes["key"]}`) < 0.1 ? "v2" : "v1").toBe(other);
    expect(alias).not.toBe(other);
    expect(missing?.example).toMatchObject({ alias: "v1", other: "v2" });
    expect(report.notes?.map(({ at }) => at)).toContain("/environments/production/_site");
  });

  test("a flag that is off gives the off variation", () => {
    const { config, report } = importAlias(rest({ on: false, fallthrough: rollout(10_000, 90_000) }));
    expect(config).toEqual({ name: "new-checkout", version: "v1" });
    expect(report.notes?.map(({ at }) => at)).toContain("/environments/production/on");
  });

  test("the seed of a rollout takes the place of the flag and its salt, and `bucketBy` names the key", () => {
    const split = { ...(rollout(0, 40_000, 60_000) as { rollout: object }).rollout, seed: 61, bucketBy: "account" };
    const { config, report } = importAlias(rest({ fallthrough: { rollout: split } }));
    expect(config).toMatchObject({ version: "v1", additional_version_weights: { v3: 60 }, stickiness: { keys: [{ param: "account" }] } });
    const { attributes = {}, other } = report.lossy[0]?.example ?? { other: "" };
    expect(bucketOf(`61.${attributes["account"]}`) < 0.4 ? "v1" : "v3").toBe(other);
    expect(report.lossy).toHaveLength(1);
  });
});

test("the data of an SDK", () => {
  const flag = {
    ...targeting,
    version: 3,
    variations: [true, false],
    fallthrough: { variation: 0 },
    rules: [{ id: "r", variation: 1, clauses: [clause("tier", ["free"])] }],
  };
  const { from, config } = importAlias({ flags: { beta: flag } });
  expect(from).toBe("launchdarkly");
  expect(config).toEqual({
    name: "beta",
    version: "true",
    additional_version_strategy: { false: { rules: [{ rule_type: "Attribute", param: "tier", op: "=", value: "free" }] } },
  });
});

test.each<readonly [string, unknown, string, RegExp]>([
  [
    "an operator",
    rest({ rules: [{ variation: 0, clauses: [clause("email", ["@a"], { op: "endsWith" })] }] }),
    "/environments/production/rules/0/clauses/0/op",
    /`endsWith`/,
  ],
  [
    "a segment",
    rest({ rules: [{ variation: 0, clauses: [clause("", ["beta"], { op: "segmentMatch" })] }] }),
    "/environments/production/rules/0/clauses/0/op",
    /segments/,
  ],
  [
    "a negation",
    rest({ rules: [{ variation: 0, clauses: [clause("a", ["b"], { negate: true })] }] }),
    "/environments/production/rules/0/clauses/0/negate",
    /negation/,
  ],
  [
    "a number",
    rest({ rules: [{ variation: 0, clauses: [clause("a", [5])] }] }),
    "/environments/production/rules/0/clauses/0/values/0",
    /texts/,
  ],
  [
    "a rollout of a rule",
    rest({ rules: [{ ...rollout(50_000, 50_000), clauses: [clause("a", ["b"])] }] }),
    "/environments/production/rules/0",
    /several weights/,
  ],
  ["a variation that is none", rest({ fallthrough: { variation: 7 } }), "/environments/production/fallthrough/variation", /no variation 7/],
  [
    "weights that are no whole",
    rest({ fallthrough: rollout(10, 90) }),
    "/environments/production/fallthrough/rollout/variations",
    /sum to 100,/,
  ],
  ["another flag", rest({ prerequisites: [{ key: "a", variation: 0 }] }), "/environments/production/prerequisites", /another flag/],
  ["a key that is not known", rest({ fallthru: {} }), "/environments/production/fallthru", /not understood/],
  [
    "several environments",
    { ...rest({}), environments: { production: targeting, test: targeting } },
    "/environments",
    /`production`, `test`/,
  ],
  ["several flags", { flags: { a: { ...targeting, variations: ["x"] }, b: {} } }, "/flags", /2 flags/],
])("%s is refused", (_, value, at, why) => {
  const { config, report } = importAlias(value);
  expect(config).toBeUndefined();
  expect(report.refused.find((each) => each.at === at)?.why ?? JSON.stringify(report.refused)).toMatch(why);
});
