import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, type Plan, plan, toRequest } from "../../src/index.ts";
import { PROVABLE, proveExport, SOURCES } from "../../src/convert/index.ts";
import { compareWritten } from "../../src/convert/prove.ts";
import type { Source } from "../../src/convert/reading.ts";
import { configs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

const LEAST: Readonly<Record<string, number>> = { tencent: 10, alibaba: 10, "ingress-nginx": 10, aws: 10, cloudformation: 10, flagd: 10 };

/** Simple aliases beside those of the whole language, so that formats that say little have something to say. */
const rule = fc
  .tuple(
    fc.constantFrom("Header", "Cookie", "Query", ":path", ":method"),
    fc.constantFrom("a", "b"),
    fc.subarray(["always", "x y", "é"], { minLength: 1 }),
  )
  .map(([kind, param, values]) => ({
    rule_type: kind.startsWith(":") ? "Header" : kind,
    param: kind.startsWith(":") ? kind : param,
    op: values.length > 1 ? "in" : "=",
    value: values.map((value) => (kind === ":path" ? `/${value.replaceAll(" ", "")}` : kind === ":method" ? "PUT" : value)).join(","),
  }));
const simple: fc.Arbitrary<AliasConfig> = fc
  .record({
    strategies: fc.array(fc.record({ combine_type: fc.constantFrom("and", "or"), rules: fc.array(rule, { minLength: 1, maxLength: 2 }) }), {
      maxLength: 2,
    }),
    weights: fc.subarray([10, 20, 0.5], { maxLength: 2 }),
    sticky: fc.boolean(),
  })
  .map(({ strategies, weights, sticky }) => ({
    name: "shop",
    version: "1",
    additional_version_strategy: Object.fromEntries(strategies.map((strategy, index) => [String(index + 2), strategy])),
    additional_version_weights: Object.fromEntries(weights.map((weight, index) => [String(index + 2), weight])),
    ...(sticky && { stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], on_missing: "primary" } }),
  }));

describe("what is written decides as the alias", () => {
  for (const to of PROVABLE)
    law(
      to,
      fc.oneof(simple, simple, configs),
      (config, meet) => {
        const { text, proof } = proveExport(config, { to });
        if (text === undefined) return;
        expect(proof, text).toEqual({ kind: "equivalent" });
        meet("equivalent");
      },
      120,
      { equivalent: LEAST[to] ?? 30 },
    );
});

const CASES: Readonly<Record<string, AliasConfig>> = {
  rules: {
    name: "shop",
    version: "1",
    additional_version_strategy: { "2": { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "on" }] } },
  },
  weights: { name: "shop", version: "1", additional_version_weights: { "2": 20 } },
};

describe("an export that is broken on purpose is caught, with a request that shows it", () => {
  const formats = [
    ["istio", "rules", '"exact": "on"', '"exact": "off"'],
    ["gateway-api", "rules", '"value": "on"', '"value": "On"'],
    ["apisix", "rules", '"http_x_beta"', '"http_x_other"'],
    ["alibaba", "rules", '"Header"', '"Cookie"'],
    ["tencent", "rules", '"Expression": "on"', '"Expression": "no"'],
    ["ingress-nginx", "rules", '"on"', '"of"'],
    ["flagd", "rules", '"header.x-beta"', '"x-beta"'],
    ["aws", "weights", "0.2", "0.21"],
    ["cloudformation", "weights", "0.2", "0.02"],
  ] as const;

  test("of every format", () => {
    expect(formats.map(([to]) => to).toSorted()).toEqual(PROVABLE.toSorted());
  });

  test.each(formats)("%s", (to, name, part, fault) => {
    const config = CASES[name] as AliasConfig;
    const { text = "" } = proveExport(config, { to });
    expect(text).toContain(part);
    const source = SOURCES.find((each) => each.name === (to === "cloudformation" ? "aws" : to)) as Source;
    const before: Plan = plan(config);
    const proof = compareWritten(before, (text ?? "").replace(part, fault), to, source, 50_000);
    expect(proof.kind).toBe("different");
    if (proof.kind !== "different") return;
    expect(proof.before).not.toEqual(proof.after);
    if (name === "rules") expect(compile(before)(toRequest(proof.request), 0).version).toBe(Object.keys(proof.before)[0]);
  });
});

test("what is not read back is not proved", () => {
  expect(() => proveExport(CASES["weights"] as AliasConfig, { to: "haproxy" })).toThrow(
    "what is written for `haproxy` is not read back: istio, ",
  );
  expect(() => proveExport(CASES["weights"] as AliasConfig, { to: "istoi" })).toThrow("did you mean `istio`?");
  expect(proveExport({ ...CASES["rules"], version: "v.1" } as AliasConfig, { to: "istio" })).toMatchObject({
    text: undefined,
    proof: undefined,
  });
});
