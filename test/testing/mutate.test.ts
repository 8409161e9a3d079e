import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, nodeReader, plan, shares, toRequest } from "../../src/index.ts";
import { sharesOf } from "../../src/route/shares.ts";
import { type CaseConfig, mutate, type MutantResult, suggestCases, verify } from "../../src/testing/index.ts";
import { parse } from "../../src/alias/index.ts";
import { requestsFor } from "../../src/testing/arbitraries.ts";
import { configs, smallConfigs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

/** A case that expects what a config does for a request, as the suites of people do: by the version, by the place or by the shares. */
function caseFor(config: AliasConfig, request: ReturnType<typeof toRequest>, draw: number | undefined, form: number): CaseConfig {
  const { headers, url, method, attributes } = request;
  const parts = {
    headers,
    ...(url !== undefined && { url }),
    ...(method !== undefined && { method }),
    ...(attributes !== undefined && { attributes: attributes as Record<string, string> }),
  };
  const decision = compile(config, { random: () => 0 })(request, draw);
  const got = draw === undefined ? shares(config, request) : { [decision.version]: 10_000 };
  const some = Object.entries(got).filter(([, slots]) => slots > 0);
  const split = Object.fromEntries(some.map(([version, slots]) => [version, slots / 100]));
  const expected = some.length > 1 ? { split } : form === 0 ? { version: decision.version } : form === 1 ? { at: decision.at } : { split };
  return { request: parts, ...(draw !== undefined && { draw }), expect: expected };
}

const suites = fc.oneof(configs, smallConfigs).chain((config) =>
  fc
    .array(
      fc
        .tuple(requestsFor(config), fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { nil: undefined }), fc.nat(2))
        .map(([request, draw, form]) => caseFor(config, request, draw, form)),
      { minLength: 1, maxLength: 6 },
    )
    .map((cases) => ({ config, cases })),
);

/** What a suite says of a mutant, by reading the whole config and running every case. */
function slowly({ mutant }: MutantResult, cases: readonly CaseConfig[]): "refused" | "killed" | "lives" {
  if (!parse(mutant.config).ok) return "refused";
  return cases.some((each) => fails(mutant.config, each)) ? "killed" : "lives";
}

/** A version that the mutant does not have is refused by `verify`; the case fails as well. */
function fails(config: AliasConfig, each: CaseConfig): boolean {
  try {
    return verify(config, { cases: [each] }).failures.length > 0;
  } catch {
    return true;
  }
}

law(
  "what is judged by what a mistake touches is what reading the whole config and running every case says",
  suites,
  ({ config, cases }, meet) => {
    for (const outcome of mutate(config, { cases }).outcomes) {
      const slow = slowly(outcome, cases);
      meet(slow);
      meet(outcome.kind);
      const quick = outcome.kind === "refused" || outcome.kind === "killed" ? outcome.kind : "lives";
      expect(`${outcome.mutant.at} ${outcome.mutant.mistake}: ${quick}`).toBe(`${outcome.mutant.at} ${outcome.mutant.mistake}: ${slow}`);
      if (outcome.kind !== "survived") continue;
      const { request, draw, before, after } = outcome.difference;
      expect(before).not.toEqual(after);
      for (const [each, told] of [
        [config, before],
        [outcome.mutant.config, after],
      ] as const) {
        const got = sharesOf(plan(each), nodeReader, toRequest(request), draw);
        expect(Object.fromEntries(Object.entries(got).filter(([, slots]) => slots > 0))).toEqual(told);
      }
    }
  },
  25,
  { refused: 5, killed: 100, lives: 100, survived: 100 },
);

const ALIAS = {
  name: "checkout",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "x-env", op: "=", value: "beta" }] } },
};

describe("a case that fails on the config itself", () => {
  const right: CaseConfig = { request: { headers: { "x-env": "beta" } }, expect: { version: "v3" } };
  const wrong: CaseConfig = { request: { headers: { "x-env": "beta" } }, expect: { version: "v1" } };

  test("notices no mistake: it is left out, and named", () => {
    const report = mutate(ALIAS, { cases: [wrong] });
    expect(report.outcomes.filter(({ kind }) => kind === "killed")).toEqual([]);
    expect(report.score).toBe(0);
    expect(report.failing.map(({ at }) => at)).toEqual(["/cases/0"]);
  });

  test("does not change the score of the others", () => {
    const alone = mutate(ALIAS, { cases: [right] });
    const both = mutate(ALIAS, { cases: [wrong, right] });
    expect(alone.score).toBeGreaterThan(0);
    expect(both.score).toBe(alone.score);
    expect(both.failing).toHaveLength(1);
    expect(alone.failing).toEqual([]);
  });
});

test("progress is told after every mutant", () => {
  const told: (readonly [number, number])[] = [];
  const { outcomes } = mutate(ALIAS, suggestCases(ALIAS), { onProgress: (done, total) => told.push([done, total]) });
  expect(told).toEqual(outcomes.map((_, index) => [index + 1, outcomes.length]));
});
