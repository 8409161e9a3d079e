import { describe, expect, test } from "vitest";
import type { AliasConfig, RuleConfig, StrategyConfig } from "../../src/index.ts";
import { backEnds } from "../support/backends.ts";
import { decide, type Verdict } from "../support/oracle.ts";

// Not examples but all there is: every alias within a small scope, against every request that it can tell apart.

const SYMBOLS = ["a", "b", "c"];

/** Values of `=` are one symbol, values of `in` every set of two. */
function rulesOver(fields: readonly Pick<RuleConfig, "rule_type" | "param">[], symbols: readonly string[]): RuleConfig[] {
  const sets = symbols.flatMap((first, index) => symbols.slice(index + 1).map((second) => `${first},${second}`));
  return fields.flatMap((field) => [
    ...symbols.map((value): RuleConfig => ({ ...field, op: "=", value })),
    ...sets.map((value): RuleConfig => ({ ...field, op: "in", value })),
  ]);
}

/** Every strategy of one or two of the rules, in any order. */
function strategiesOver(rules: readonly RuleConfig[]): StrategyConfig[] {
  const pairs = rules.flatMap((first) => rules.map((second) => [first, second]));
  return [
    ...rules.map((rule): StrategyConfig => ({ rules: [rule] })),
    ...["and", "or"].flatMap((combine_type) => pairs.map((pair): StrategyConfig => ({ combine_type, rules: pair }))),
  ];
}

/** Every way to choose one of the values for each place. */
function choices<T>(places: number, values: readonly T[]): T[][] {
  return places === 0 ? [[]] : choices(places - 1, values).flatMap((chosen) => values.map((value) => [...chosen, value]));
}

function isSame(a: Verdict, b: Verdict): boolean {
  return a.version === b.version && a.reason === b.reason && a.at === b.at;
}

/**
 * Asks every back end everything, but a module for one alias in `stride` only, where there are so many that to emit them takes
 * longer than all the rest. Returns the number of answers that were compared with the oracle's, on each.
 */
function compare(configs: readonly AliasConfig[], requests: readonly object[], draws: readonly (number | undefined)[], stride = 1): number {
  let compared = 0;
  for (const [index, config] of configs.entries()) {
    const asked = backEnds.filter(({ name }) => name !== "standalone module" || index % stride === 0);
    const runs = asked.map(({ name, compile }) => ({ name, run: compile(config) }));
    for (const request of requests) {
      for (const draw of draws) {
        const expected = decide(config, request, draw);
        for (const { name, run } of runs) {
          const decision = run(request, draw);
          if (!isSame(decision, expected))
            expect({ name, config, request, draw, decision }).toEqual({ name, config, request, draw, decision: expected });
        }
        compared++;
      }
    }
  }
  return compared;
}

/** Every text of up to so many of the letters. */
function texts(letters: readonly string[], length: number): string[] {
  return Array.from({ length: length + 1 }, (_, each) => choices(each, letters).map((text) => text.join(""))).flat();
}

const cookieRule = (value: string): RuleConfig => ({ rule_type: "Cookie", param: "a", op: "in", value });
const queryRule = (value: string, op: "=" | "in" = "in"): RuleConfig => ({ rule_type: "Query", param: "a", op, value });

describe("the small scope, enumerated whole", () => {
  test("one strategy of up to two rules of all four types over three symbols", { timeout: 60_000 }, () => {
    const fields = [
      { rule_type: "Header", param: "x-f" },
      { rule_type: "Cookie", param: "f" },
      { rule_type: "Query", param: "f" },
      { rule_type: "Attribute", param: "f" },
    ];
    const strategies = strategiesOver(rulesOver(fields, SYMBOLS));
    const configs = [undefined, ...strategies].map((strategy): AliasConfig => ({
      version: "v1",
      ...(strategy && { additional_version_strategy: { v2: strategy } }),
    }));
    const requests = choices(4, [undefined, ...SYMBOLS]).map(([header, cookie, query, attribute]) => ({
      headers: { ...(header && { "x-f": header }), ...(cookie && { cookie: `f=${cookie}` }) },
      ...(query && { url: `/?f=${query}` }),
      ...(attribute && { attributes: { f: attribute } }),
    }));
    expect([configs.length, requests.length]).toEqual([1 + 24 + 2 * 24 ** 2, 4 ** 4]);
    const compared = compare(configs, requests, [undefined]);
    expect(compared).toBe(configs.length * requests.length);
    console.info(`${configs.length} aliases, ${compared} requests, ${backEnds.length} back ends`);
  });

  test("two strategies of up to two rules of two types over three symbols, one of them only in requests", { timeout: 60_000 }, () => {
    const fields = [
      { rule_type: "Header", param: "x-f" },
      { rule_type: "Cookie", param: "f" },
    ];
    const strategies = strategiesOver(rulesOver(fields, SYMBOLS.slice(0, 2)));
    const configs = strategies.flatMap((v2) =>
      strategies.map((v3): AliasConfig => ({ version: "v1", additional_version_strategy: { v2, v3 } })),
    );
    const requests = choices(2, [undefined, ...SYMBOLS]).map(([header, cookie]) => ({
      headers: { ...(header && { "x-f": header }), ...(cookie && { cookie: `f=${cookie}` }) },
    }));
    expect([configs.length, requests.length]).toEqual([(6 + 2 * 6 ** 2) ** 2, 4 ** 2]);
    // 7 and the 78 strategies have no common factor, so every strategy is met in both places.
    const stride = 7;
    const compared = compare(configs, requests, [undefined], stride);
    expect(compared).toBe(configs.length * requests.length);
    console.info(`${configs.length} aliases, ${compared} requests, ${backEnds.length} back ends, modules of one alias in ${stride}`);
  });

  test("two weights of 0, 1, 50 and 99 slots' worth of the ends, in either order, with a rule or without", () => {
    const weights = [undefined, 0, 0.01, 50, 99.99];
    const rule = { rule_type: "Header", param: "x-f", op: "=", value: "a" };
    const splits = choices(2, weights)
      .filter(([first, second]) => (first ?? 0) + (second ?? 0) <= 100)
      .map(([v2, v3]) => ({ ...(v2 !== undefined && { v2 }), ...(v3 !== undefined && { v3 }) }));
    const configs = splits.flatMap((additional_version_weights) =>
      [[], ["v2"], ["v3"], ["v2", "v3"], ["v3", "v2"]].flatMap((additional_version_order) =>
        [undefined, "v1", "v2", "v3"].map((version): AliasConfig => ({
          version: "v1",
          additional_version_weights,
          additional_version_order,
          ...(version && { additional_version_strategy: { [version]: { rules: [rule] } } }),
        })),
      ),
    );
    const ends = [0, 1, 4_999, 5_000, 5_001, 9_998, 9_999];
    const draws = ends.flatMap((slot) => [0, 1, 2].map((by) => (Math.ceil((slot * 2 ** 32) / 10_000) + by) / 2 ** 32));
    const requests = [{ headers: {} }, { headers: { "x-f": "a" } }];
    const compared = compare(configs, requests, [...draws, -1, 1]);
    expect(compared).toBe(22 * 5 * 4 * 2 * 23);
    console.info(`${configs.length} aliases, ${compared} requests, ${backEnds.length} back ends`);
  });

  test("a cookie in every Cookie field of up to seven characters that mean something there", { timeout: 60_000 }, () => {
    const lines = texts(["a", ";", "=", " "], 7);
    expect(lines.length).toBe((4 ** 8 - 1) / 3);
    const configs = ["a", "a,=", "a,aa,a a,=a,a="].map((value): AliasConfig => ({
      version: "v1",
      additional_version_strategy: { v2: { rules: [cookieRule(value)] } },
    }));
    const compared = compare(
      configs,
      lines.map((line) => ({ headers: { cookie: line } })),
      [undefined],
    );
    expect(compared).toBe(configs.length * lines.length);
    console.info(`${compared} Cookie fields, ${backEnds.length} back ends`);
  });

  test("a parameter and the path in every target of up to five characters that mean something there", { timeout: 60_000 }, () => {
    const targets = texts(["a", "?", "&", "=", "#", "+", "%61", "/"], 5);
    expect(targets.length).toBe((8 ** 6 - 1) / 7);
    const path: RuleConfig = { rule_type: "Header", param: ":path", op: "in", value: "/a,a,/,//a,/a/" };
    const configs = [[queryRule("a")], [queryRule("", "=")], [queryRule("a,a a,aa,/"), path]].map((rules): AliasConfig => ({
      version: "v1",
      additional_version_strategy: { v2: { combine_type: "or", rules } },
    }));
    const compared = compare(
      configs,
      targets.map((url) => ({ headers: {}, url })),
      [undefined],
    );
    expect(compared).toBe(configs.length * targets.length);
    console.info(`${compared} targets, ${backEnds.length} back ends`);
  });
});
