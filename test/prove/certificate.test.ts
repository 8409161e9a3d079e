import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, analyze, type Certificate, certify, certifyEquivalent, equivalent } from "../../src/index.ts";
import { entangledConfigs, smallConfigs } from "../support/arbitrary.ts";
import { refusal } from "../support/backends.ts";
import { check, CHECKER, checkFile } from "../support/checker.ts";
import { scratch } from "../support/command.ts";
import { everyRequest } from "../support/enumerate.ts";
import { law } from "../support/law.ts";
import { decide, items } from "../support/oracle.ts";

type Claim = Certificate["claims"][number];

const rule = (rule_type: string, param: string, value: string, op = "=") => ({ rule_type, param, op, value });
const strategy = (combine_type: string, ...rules: readonly ReturnType<typeof rule>[]) => ({ combine_type, rules });
const a = rule("Header", "A", "1");
const b = rule("Cookie", "b", "1");

/** Nine corners, and what they cover only together: to see it, one goes by cases. */
const CORNERS: AliasConfig = {
  version: "v1",
  additional_version_weights: { v9: 0, v8: 10 },
  additional_version_strategy: {
    ...Object.fromEntries(
      ["1", "2", "3"].flatMap((x) => ["1", "2", "3"].map((y) => [`v2-${x}-${y}`, strategy("and", { ...a, value: x }, { ...b, value: y })])),
    ),
    v3: strategy("and", rule("Header", "a", "1,2,3", "in"), rule("Cookie", "b", "3, 2,1", "in")),
    v4: strategy("and", a, rule("Header", "a", "1,2", "in"), rule("Attribute", "t", "x")),
    v5: strategy("and", a, { ...a, value: "2" }),
  },
};

/** The same without what decides nothing. */
const { v3: _, v5: __, ...others } = CORNERS.additional_version_strategy ?? {};
const FEWER: AliasConfig = { ...CORNERS, additional_version_strategy: others };

describe("the program that checks certificates", () => {
  test("has at most 150 lines, and imports nothing but node's own", () => {
    expect(CHECKER.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
    const imports = [...CHECKER.matchAll(/\bfrom "([^"]*)"|\bimport\(|\brequire\(/g)].map(([, name]) => name);
    expect(imports).toEqual(["node:fs", "node:util"]);
  });

  test("runs by itself", () => {
    const { folder } = scratch();
    const [path, alias] = [join(folder, "certificate.json"), join(folder, "alias.json")];
    writeFileSync(path, JSON.stringify(certify(CORNERS)));
    writeFileSync(alias, JSON.stringify(CORNERS));
    const proved = "proved: decides-nothing v3\nproved: same-rules v4\nproved: decides-nothing v5\nproved: no-share v9\n";
    expect(checkFile(path)).toBe(proved);
    expect(checkFile(path, alias)).toBe(proved);
    writeFileSync(alias, JSON.stringify({ ...CORNERS, version: "v0" }));
    expect(() => checkFile(path, alias)).toThrow("refused: no claim, or one of other aliases");
  });
});

// The program is made a function here, which takes generated code.
describe.skipIf(refusal !== undefined)("a certificate", () => {
  test("is refused where it is changed", () => {
    const certificate = certify(CORNERS);
    expect(certificate.claims[0]).toMatchObject({
      claim: "decides-nothing",
      version: "v3",
      cases: [{ cases: [{ cases: [] }] }],
    });
    expect(check(certificate).ok).toBe(true);
    const [first] = certificate.claims;
    if (first?.claim !== "decides-nothing") throw new Error("another claim");
    const changed: readonly (readonly [claim: unknown, said: string])[] = [
      [{ ...first, cases: [] }, "refused: v3: a request is left"],
      [{ ...first, cases: first.cases.map((each) => ({ ...each, cases: [] })) }, "refused: v3: a request is left"],
      [{ ...first, cases: first.cases.map((each) => ({ ...each, in: ["1", "2", "3"] })) }, "refused: v3: a request is left"],
      [{ ...first, version: "v4" }, "refused: v4: a request is left"],
      [{ ...first, version: "v2-1-1" }, "refused: v2-1-1: a request is left"],
      [{ ...first, version: "none" }, "refused: no strategy for none"],
      [{ ...first, claim: "decides-all" }, "refused: unknown claim decides-all"],
      [{ claim: "toString", version: "v3" }, "refused: unknown claim toString"],
      [{ claim: "no-share", version: "v8" }, "refused: v8 has requests"],
      [{ claim: "no-share", version: "v3" }, "refused: v3 has requests"],
      [{ claim: "equivalent", cells: [] }, "refused: unknown claim equivalent"],
      [{ claim: "same-rules", version: "v4", rules: [{ rule: 0, values: ["1"] }], more: [], less: [] }, "refused: v4: a request is left"],
      [{ claim: "same-rules", version: "v4", rules: [{ rule: 2, values: ["x"] }], more: [], less: [] }, "refused: v4: a request is left"],
    ];
    for (const [claim, said] of changed) expect(check({ ...certificate, claims: [claim as Claim] })).toEqual({ ok: false, said });
    expect(check({ ...certificate, claims: [] })).toMatchObject({ ok: false });
    const order = { ...CORNERS, additional_version_order: ["v3"] };
    expect(check({ aliases: [order], claims: [first] })).toEqual({ ok: false, said: "refused: v3: a request is left" });
  });

  test("of cookies knows what a line of the header says of them", () => {
    const lines: AliasConfig = {
      version: "v1",
      additional_version_strategy: {
        v2: strategy("and", rule("Header", "Cookie", "x; b = 1 ;b=2"), { ...b, value: "2" }),
        v3: strategy("and", rule("Header", "Cookie", "b=1; c"), { ...b, value: "1" }),
        v4: strategy("and", rule("Header", "Cookie", "a=1;b="), rule("Cookie", "b", "1,2", "in")),
        v5: strategy("and", rule("Header", "cookie", "b=1,b=2", "in"), rule("Cookie", "b", "3")),
        v6: strategy("and", rule("Header", "cookie", "b=1"), rule("Cookie", "B", "1")),
      },
    };
    const certificate = certify(lines);
    const dead = certificate.claims.flatMap((each) => (each.claim === "decides-nothing" ? [each.version] : []));
    expect(dead).toEqual(["v2", "v4", "v5", "v6"]);
    expect(check(certificate).ok).toBe(true);
    expect(check({ ...certificate, claims: [{ claim: "decides-nothing", version: "v3", cases: [] }] }).ok).toBe(false);
  });

  test("of two aliases that are equivalent, and refused where one is changed", () => {
    const certificate = certifyEquivalent(CORNERS, FEWER);
    if (certificate === undefined) throw new Error("there is none");
    expect(check(certificate)).toEqual({ ok: true, said: "proved: equivalent" });
    expect(certificate.claims[0]).toMatchObject({ cells: [{ before: 9, after: 10 }] });
    for (const other of [
      { ...FEWER, version: "v0" },
      { ...FEWER, additional_version_weights: { v8: 10.01 } },
      { ...FEWER, additional_version_weights: { v7: 10, v8: 10 } },
      { ...FEWER, additional_version_strategy: { v3: { rules: [a] }, ...FEWER.additional_version_strategy } },
      { ...FEWER, stickiness: { keys: [{ rule_type: "Header", param: "u" }], seed: "", on_missing: "primary" as const } },
    ])
      expect(check({ ...certificate, aliases: [CORNERS, other] }).ok).toBe(false);
    expect(check({ ...certificate, claims: [{ claim: "equivalent", cells: [] }] }).ok).toBe(false);
    expect(check({ aliases: [CORNERS], claims: certificate.claims }).ok).toBe(false);
    expect(certifyEquivalent(CORNERS, { ...CORNERS, version: "v0" })).toBeUndefined();
    expect(certifyEquivalent(CORNERS, FEWER, { effort: 1 })).toBeUndefined();
  });
});

/** Whether a claim is true, by the oracle over every request that the rules can tell apart. */
function isTrue(claim: Claim, [config, other]: readonly AliasConfig[], requests: NonNullable<ReturnType<typeof everyRequest>>): boolean {
  if (config === undefined) return false;
  const draws = [0, 0.00005, 0.3, 0.5, 0.7, 0.99995];
  switch (claim.claim) {
    case "decides-nothing":
      return requests.every((request) => {
        const { version, reason } = decide(config, request, 0);
        return reason !== "rule" || version !== claim.version;
      });
    case "same-rules": {
      const own = config.additional_version_strategy?.[claim.version];
      if (own === undefined || claim.rules.length === 0) return false;
      const rules = claim.rules.flatMap(({ rule: index, values }) => {
        const one = own.rules[index];
        // A list of the oracle cannot have a comma in an item: these configs have none.
        return one === undefined ? [] : [{ ...one, op: "in", value: values.join(",") }];
      });
      if (rules.some(({ value }) => items(value).length === 0)) return own.combine_type !== "and" || rules.length === 0;
      const changed = {
        ...config,
        additional_version_strategy: { ...config.additional_version_strategy, [claim.version]: { ...own, rules } },
      };
      return requests.every((request) => JSON.stringify(decide(config, request, 0)) === JSON.stringify(decide(changed, request, 0)));
    }
    case "no-share":
      return requests.every((request) => draws.every((draw) => decide(config, request, draw).version !== claim.version));
    case "equivalent":
      return other !== undefined && equivalent(config, other).kind === "equivalent";
  }
}

/** A claim with something else in it. */
function changedClaim(claim: Claim, seed: number, versions: readonly string[]): Claim {
  const text = JSON.stringify(claim);
  const changes = [
    () => text.replace(/"cases":\[\{/, '"cases":[{"field":"none","in":[],"cases":[]},{'),
    () => text.replace(/"cases":\[.*\]/, '"cases":[]'),
    () => text.replace(/"version":"[^"]*"/, `"version":${JSON.stringify(versions[seed % versions.length])}`),
    () => text.replaceAll('"notIn"', '"in"'),
    () => text.replaceAll('"in"', '"notIn"'),
    () => text.replace("null", '"1"'),
    () => text.replace(/"values":\["[^"]*",?/, '"values":['),
    () => text.replace(/\{"rule":\d+,"values":\[[^\]]*\]\},?/, ""),
    () => text.replace(/,\{"rule":\d+,"values":\[[^\]]*\]\}/, ""),
    () => text.replace(/"more":\[.*\],"less"/, '"more":[],"less"'),
    () => text.replace(/"cells":\[.*\]/, '"cells":[]'),
    () => text.replace(/"before":\d+/, `"before":${seed % 3}`),
  ];
  try {
    return JSON.parse(changes[seed % changes.length]?.() ?? text) as Claim;
  } catch {
    return claim;
  }
}

describe.skipIf(refusal !== undefined)("by enumeration", () => {
  law(
    "what is claimed of a config is certified, checked and true; a claim that is changed is refused, or true as well",
    fc.tuple(fc.oneof(smallConfigs, entangledConfigs), fc.array(fc.nat(), { minLength: 4, maxLength: 4 })),
    ([config, seeds], meet) => {
      const certificate = certify(config);
      const requests = everyRequest(config);
      const dead = analyze(config).filter(({ code }) => code === "strategy-shadowed" || code === "strategy-never" || code === "rule-never");
      const places = new Set(dead.map(({ at }) => at.split("/").slice(0, 3).join("/")));
      expect(certificate.claims.filter(({ claim }) => claim === "decides-nothing")).toHaveLength(places.size);
      const idle = analyze(config).filter(({ code }) => code === "rule-idle" || code === "list-item-idle");
      expect(certificate.claims.filter(({ claim }) => claim === "same-rules")).toHaveLength(
        new Set(idle.map(({ at }) => at.split("/")[2])).size,
      );
      for (const claim of certificate.claims) {
        meet(claim.claim);
        if (JSON.stringify(claim).includes('"field"')) meet("cases");
        expect(check({ ...certificate, claims: [claim] })).toMatchObject({ ok: true });
        if (requests === undefined) continue;
        expect(isTrue(claim, [config], requests)).toBe(true);
        for (const seed of seeds) {
          const other = changedClaim(claim, seed, [config.version, ...Object.keys(config.additional_version_strategy ?? {})]);
          if (check({ ...certificate, claims: [other] }).ok) expect(isTrue(other, [config], requests)).toBe(true);
          else meet("refused");
        }
      }
    },
    80,
    { "decides-nothing": 20, "same-rules": 20, "no-share": 5, cases: 5, refused: 50 },
  );

  law(
    "two configs that differ in what decides nothing are certified to be equivalent, and no others are",
    fc.tuple(fc.oneof(smallConfigs, entangledConfigs), fc.nat(), fc.nat()),
    ([config, nth, seed], meet) => {
      const names = Object.keys(config.additional_version_strategy ?? {});
      const without = names[nth % Math.max(1, names.length)];
      const other = {
        ...config,
        additional_version_strategy: Object.fromEntries(
          Object.entries(config.additional_version_strategy ?? {}).filter(([name]) => name !== without),
        ),
      };
      const { kind } = equivalent(config, other);
      const certificate = certifyEquivalent(config, other);
      meet(kind);
      if (kind === "different") expect(certificate).toBeUndefined();
      if (certificate === undefined) return;
      meet("certified");
      expect(check(certificate)).toEqual({ ok: true, said: "proved: equivalent" });
      const [claim] = certificate.claims;
      if (claim !== undefined) {
        const changed = { ...certificate, claims: [changedClaim(claim, seed, names)] };
        if (check(changed).ok) expect(kind).toBe("equivalent");
        if (JSON.stringify(claim).includes('"field"')) meet("cases");
      }
      for (const one of names) {
        const tampered = { ...other, additional_version_strategy: { ...other.additional_version_strategy, [one]: { rules: [a] } } };
        if (check({ ...certificate, aliases: [config, tampered] }).ok) expect(equivalent(config, tampered).kind).toBe("equivalent");
        else meet("refused");
      }
    },
    150,
    { certified: 20, different: 20, cases: 2, refused: 20 },
  );
});

test("without effort little is certified", () => {
  expect(certify(CORNERS, { effort: 0 }).claims.length).toBeLessThan(certify(CORNERS).claims.length);
  expect(certifyEquivalent(CORNERS, FEWER, { effort: 0 })).toBeUndefined();
});

test("a split is not certain where requests without a key get another version", () => {
  const keyed: AliasConfig = {
    name: "a",
    version: "v1",
    additional_version_weights: { v2: 100 },
    stickiness: { keys: [{ rule_type: "Header", param: "id" }], on_missing: "primary" },
  };
  const { stickiness: _sticky, ...plain } = keyed;
  expect(equivalent(keyed, plain).kind).toBe("different");
  expect(certifyEquivalent(keyed, plain)).toBeUndefined();
  expect(certifyEquivalent(plain, keyed)).toBeUndefined();
  expect(certifyEquivalent(keyed, { ...keyed })).toBeDefined();
});
