import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyze, type Claim } from "../../src/prove/analyze.ts";
import type { AliasConfig } from "../../src/alias/config.ts";
import { CLAIM_CODES } from "../../src/prove/codes.ts";
import { toRequest } from "../../src/index.ts";
import { configs, requests, smallConfigs } from "../support/arbitrary.ts";
import { type ClaimCode, factsOf, idleItemsOf, SHOWN_BY, TRUE_AT } from "../support/claims.ts";
import { everyRequest } from "../support/enumerate.ts";
import { law } from "../support/law.ts";
import { decide, type Readable } from "../support/oracle.ts";

/** How many claims of each code 1,000 examples must have: about half of what they have, so that another seed does not fail. */
const AT_LEAST: Readonly<Record<ClaimCode, number>> = {
  "value-impossible": 80,
  "list-item-repeated": 170,
  "list-item-idle": 25,
  "rule-never": 70,
  "rule-idle": 130,
  "strategy-never": 20,
  "strategy-shadowed": 45,
  "strategies-overlap": 70,
  "primary-unreached": 30,
  "version-unreached": 90,
  "sticky-key-repeated": 75,
  "stickiness-idle": 230,
  // What is small enough to be enumerated is decided; the law with little effort meets it.
  undecided: 0,
};

const isReadable = (request: object): boolean => decide({ version: "v1" }, request).reason !== "error";

/** The places of the claims of a code. */
function placesOf(claims: readonly Claim[], code: ClaimCode): readonly string[] {
  return claims.flatMap((claim) => (claim.code === code ? [claim.at] : [])).toSorted();
}

/** Configs whose every request is enumerated: small ones, and of the others those that can tell few requests apart. */
const enumerable = fc.oneof(
  { weight: 4, arbitrary: smallConfigs },
  { weight: 1, arbitrary: configs.filter((each) => everyRequest(each) !== undefined) },
);

law(
  "each code is claimed where no request refutes it, and nowhere else",
  fc.tuple(enumerable, fc.array(requests.filter(isReadable), { maxLength: 10 })),
  ([config, others], meet) => {
    const claims = analyze(config);
    const facts = factsOf(config, [...(everyRequest(config) ?? []), ...(others as Readable[])]);
    for (const code of CLAIM_CODES) {
      const claimed = placesOf(claims, code);
      expect({ code, at: claimed }).toEqual({ code, at: TRUE_AT[code](facts).toSorted() });
      meet(code, claimed.length);
    }
  },
  1000,
  AT_LEAST,
);

law(
  "the request of a claim shows what it says, and a claim has one where its code can",
  smallConfigs,
  (config, meet) => {
    const facts = factsOf(config, []);
    for (const { code, at, witness } of analyze(config) as readonly (Claim & { readonly code: ClaimCode })[]) {
      const shows = SHOWN_BY[code];
      expect({ code, shown: witness !== undefined }).toEqual({ code, shown: shows !== undefined });
      if (witness === undefined || shows === undefined) continue;
      expect({ code, shows: shows(facts, at, toRequest(witness) as unknown as Readable) }).toEqual({ code, shows: true });
      meet(code);
    }
  },
  1000,
  Object.fromEntries(CLAIM_CODES.filter((code) => SHOWN_BY[code] !== undefined).map((code) => [code, AT_LEAST[code]])),
);

law(
  "a claim that a strategy is shadowed names those that take its requests, and no others",
  smallConfigs,
  (config, meet) => {
    const every = everyRequest(config) ?? [];
    const { strategies } = factsOf(config, every);
    for (const { code, at, message } of analyze(config)) {
      if (code !== "strategy-shadowed") continue;
      const [, names = ""] = /decides nothing: (.*) takes? every request/.exec(message) ?? [];
      const holding = strategies.find((each) => each.at === at)?.holding ?? [];
      const takers = new Set(holding.map((request) => `\`${decide(config, request, 0).version}\``));
      expect(new Set(names.split(", "))).toEqual(takers);
      meet(takers.size > 1 ? "several" : "one");
    }
  },
  1000,
  { one: 45, several: 3 },
);

law(
  "a claim that items of a list are idle names them, and no others",
  smallConfigs,
  (config, meet) => {
    const every = everyRequest(config) ?? [];
    const idle = factsOf(config, every).strategies.flatMap((strategy) => idleItemsOf(strategy, every));
    for (const { code, at, message } of analyze(config)) {
      if (code !== "list-item-idle") continue;
      const [, names = ""] = /^(.*) in the list changes? nothing/.exec(message) ?? [];
      const { items = [] } = idle.find((each) => each.at === at) ?? {};
      expect(names.split(", ").toSorted()).toEqual(items.map((item) => `\`${item}\``).toSorted());
      meet(items.length > 1 ? "several" : "one");
    }
  },
  1000,
  { one: 20, several: 3 },
);

law(
  "with little effort nothing false is claimed, and what is not claimed any more is `undecided`",
  fc.tuple(smallConfigs, fc.nat(4)),
  ([config, effort], meet) => {
    const facts = factsOf(config, everyRequest(config) ?? []);
    const claims = analyze(config, { effort });
    const unsure = placesOf(claims, "undecided");
    meet("undecided", unsure.length);
    for (const code of CLAIM_CODES) {
      if (code === "undecided") continue;
      const [claimed, expected] = [placesOf(claims, code), TRUE_AT[code](facts)];
      expect(expected).toEqual(expect.arrayContaining([...claimed]));
      if (unsure.length === 0) expect(claimed).toEqual(expected.toSorted());
    }
  },
  1000,
  { undecided: 20 },
);

const header = (param: string, value: string, op = "=") => ({ rule_type: "Header", param, op, value });
const one = (...rules: readonly ReturnType<typeof header>[]) => ({ combine_type: "and", rules });
const some = (...rules: readonly ReturnType<typeof header>[]) => ({ combine_type: "or", rules });

describe("`analyze` finds", () => {
  const table: readonly (readonly [string, AliasConfig, readonly string[]])[] = [
    ["nothing in a plain alias", { version: "v1", additional_version_weights: { v2: 10 } }, []],
    [
      "two values of one header under `and`",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1"), header("A", "2")) } },
      ["rule-never /additional_version_strategy/v2/rules/1"],
    ],
    [
      "a strategy that an earlier one covers",
      {
        version: "v1",
        additional_version_order: ["v2", "v3"],
        additional_version_strategy: { v2: some(header("a", "1,2", "in")), v3: one(header("a", "2"), header("b", "1")) },
      },
      ["strategy-shadowed /additional_version_strategy/v3"],
    ],
    [
      "a strategy that two earlier ones cover together, and neither alone",
      {
        version: "v1",
        additional_version_order: ["v2", "v3", "v4"],
        additional_version_strategy: {
          v2: one(header("a", "1"), header("b", "1")),
          v3: one(header("a", "2"), header("b", "1")),
          v4: one(header("a", "1,2", "in"), header("b", "1")),
        },
      },
      ["strategy-shadowed /additional_version_strategy/v4"],
    ],
    [
      "a rule that changes nothing",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1"), header("a", "1,2", "in")) } },
      ["rule-idle /additional_version_strategy/v2/rules/1"],
    ],
    [
      "strategies that overlap in no stated order",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1")), v3: one(header("b", "1")) } },
      ["strategies-overlap /additional_version_strategy/v3"],
    ],
    [
      "no overlap where the order is stated",
      {
        version: "v1",
        additional_version_order: ["v3", "v2"],
        additional_version_strategy: { v2: one(header("a", "1")), v3: one(header("b", "1")) },
      },
      [],
    ],
    ["a primary without traffic", { version: "v1", additional_version_weights: { v2: 100 } }, ["primary-unreached /version"]],
    [
      "a version without traffic",
      { version: "v1", additional_version_weights: { v2: 0, v3: 1 } },
      ["version-unreached /additional_version_weights/v2"],
    ],
    [
      "items that are there twice",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1, 2,1", "in")) } },
      ["list-item-repeated /additional_version_strategy/v2/rules/0/value"],
    ],
    [
      "an item that another rule takes, or that no rule leaves",
      {
        version: "v1",
        additional_version_strategy: {
          v2: some(header("a", "1"), header("a", "1,2", "in"), header("b", "1,2", "in")),
          v3: one(header("b", "2,3", "in"), header("c", "1")),
        },
      },
      [
        "rule-idle /additional_version_strategy/v2/rules/0",
        "list-item-idle /additional_version_strategy/v3/rules/0/value",
        "strategies-overlap /additional_version_strategy/v3",
      ],
    ],
    [
      "a cookie that the Cookie line of another rule does not have",
      {
        version: "v1",
        additional_version_strategy: {
          v2: one(header("cookie", "a=1; b=2"), { ...header("b", "3"), rule_type: "Cookie" }),
          v3: one(header("cookie", "a=1"), { ...header("a", "1"), rule_type: "Cookie" }),
        },
      },
      ["rule-never /additional_version_strategy/v2/rules/1", "rule-idle /additional_version_strategy/v3/rules/1"],
    ],
    [
      "strategies that the authority and the host hold for together",
      { version: "v1", additional_version_strategy: { v2: one(header(":authority", "x")), v3: one(header("host", "y")) } },
      ["strategies-overlap /additional_version_strategy/v3"],
    ],
    [
      "a sticky key that is asked twice",
      {
        name: "a",
        version: "v1",
        additional_version_weights: { v2: 50 },
        stickiness: {
          keys: [
            { rule_type: "Header", param: "x-user" },
            { rule_type: "header", param: "X-User" },
          ],
          on_missing: "primary",
        },
      },
      ["sticky-key-repeated /stickiness/keys/1"],
    ],
    [
      "sticky keys that are never asked",
      { name: "a", version: "v1", stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" } },
      ["stickiness-idle /stickiness"],
    ],
    [
      "a path that has a query",
      { version: "v1", additional_version_strategy: { v2: one(header(":path", "/a?b=1")) } },
      ["value-impossible /additional_version_strategy/v2/rules/0", "strategy-never /additional_version_strategy/v2"],
    ],
  ];
  test.each(table)("%s", (_, config, expected) => {
    expect(analyze(config).map(({ code, at }) => `${code} ${at}`)).toEqual(expected);
  });

  test("4.2-19: an overlap in no stated order, with a request that both hold for", () => {
    const config = { version: "v1", additional_version_strategy: { v2: one(header("a", "1")), v3: one(header("b", "1")) } };
    const [overlap] = analyze(config);
    expect(overlap).toMatchObject({ code: "strategies-overlap", severity: "warning", at: "/additional_version_strategy/v3" });
    expect(overlap?.witness).toEqual({ headers: { a: "1", b: "1" } });
  });

  test("the same of long lists and of many rules", () => {
    const list = Array.from({ length: 20_000 }, (_, number) => `a${number}`).join(",");
    const rules = Array.from({ length: 1000 }, (_, number) => header(`h${number}`, "1"));
    const config: AliasConfig = {
      version: "v1",
      additional_version_order: ["v2", "v3", "v4"],
      additional_version_strategy: {
        v2: some(...rules),
        v3: one(header("x", `${list},a0`, "in"), header("x", `${list},b`, "in")),
        v4: one(...rules),
      },
    };
    const told = analyze(config).map(({ code, at }) => `${code} ${at}`);
    expect(told).toEqual([
      "list-item-repeated /additional_version_strategy/v3/rules/0/value",
      "rule-idle /additional_version_strategy/v3/rules/1",
      "strategy-shadowed /additional_version_strategy/v4",
    ]);
  });

  test("something for every code that it has", () => {
    const told = new Set([...table.flatMap(([, , expected]) => expected.map((line) => line.split(" ")[0])), "undecided"]);
    expect(CLAIM_CODES.filter((code) => !told.has(code))).toEqual([]);
  });

  test("that it does not know, where the effort is too small", () => {
    const config: AliasConfig = {
      version: "v1",
      additional_version_order: ["v2", "v3"],
      additional_version_strategy: {
        v2: one(header("a", "1"), header("b", "1")),
        v3: some(header("a", "1"), header("b", "1")),
      },
    };
    expect(analyze(config, { effort: 0 }).map(({ code }) => code)).toContain("undecided");
    expect(analyze(config)).toEqual([]);
  });
});
