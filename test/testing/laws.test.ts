import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, toRequest } from "../../src/index.ts";
import type { RuleConfig } from "../../src/alias/config.ts";
import { coverage, type LawConfig, type LawResult, matchers, parseSuite, type ScopeConfig, verify } from "../../src/testing/index.ts";
import { smallConfigs } from "../support/arbitrary.ts";
import { everyDraw, everyRequest } from "../support/enumerate.ts";
import { law } from "../support/law.ts";
import { judgeAll } from "../../src/testing/judge-laws.ts";
import { decide, items, layout, matches, read, type Readable } from "../support/oracle.ts";

const ALIAS = {
  name: "checkout",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: {
    v2: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] },
    v3: { rules: [{ rule_type: "Attribute", param: "tenant", op: "=", value: "acme" }] },
  },
  stickiness: { keys: [{ rule_type: "Header", param: "X-User-Id" }], on_missing: "primary" },
};

const judge = (config: LawConfig, alias: AliasConfig = ALIAS): LawResult | undefined =>
  verify(alias, { laws: [config] } as never).laws[0]?.result;

const beta = { cookies: { beta: "on" } };

describe("a law is proved", () => {
  test.each<[string, LawConfig]>([
    ["of what an earlier strategy takes", { always: { when: beta, version: "v2" } }],
    [
      "of requests that are no others",
      { never: { unless: [beta, { attributes: { tenant: "acme" } }], when: { path: "/" }, version: "v3" } },
    ],
    ["of shares", { at_most: { version: "v2", share: 10, unless: beta } }],
    ["of a key", { keeps: { key: "header x-user-id", unless: [beta, { attributes: { tenant: "acme" } }] } }],
    [
      "of one user, whose key is hashed",
      { always: { when: { headers: { "X-User-Id": "u-1" } }, unless: [beta, { attributes: { tenant: "acme" } }], version: "v1" } },
    ],
  ])("%s", (_, config) => {
    expect(judge(config)).toMatchObject({ kind: "proved" });
  });
});

describe("a law is refuted by the smallest request", () => {
  test.each<[string, LawConfig, readonly object[]]>([
    ["of a strategy", { never: { version: "v3" } }, [{ attributes: { tenant: "acme" } }]],
    [
      "that an earlier strategy takes",
      { always: { when: { attributes: { tenant: "acme" } }, version: "v3" } },
      [{ cookies: { beta: "on" }, attributes: { tenant: "acme" } }],
    ],
    ["of a share of 100 %", { at_most: { version: "v2", share: 10 } }, [{ cookies: { beta: "on" } }]],
    ["without a key", { always: { unless: [beta, { attributes: { tenant: "acme" } }], version: "v2" } }, [{}]],
  ])("%s", (_, config, requests) => {
    expect(judge(config)).toMatchObject({ kind: "refuted", examples: requests.map((request) => ({ request })) });
  });

  test("two requests with one key", () => {
    const result = judge({ keeps: { key: "header x-user-id" } });
    if (result?.kind !== "refuted") throw new Error(`it is ${result?.kind}`);
    const [one, other] = result.examples;
    expect(one?.request.headers?.["x-user-id"]).toBe(other?.request.headers?.["x-user-id"]);
    const route = compile(ALIAS);
    const versions = result.examples.map(({ request }) => route(toRequest(request)).version);
    expect(new Set(versions).size).toBe(2);
  });

  test("a key that draws into a slot of 10 % is found", () => {
    const result = judge({ never: { unless: beta, version: "v2" } });
    if (result?.kind !== "refuted") throw new Error(`it is ${result?.kind}`);
    expect(compile(ALIAS)(toRequest(result.examples[0]?.request ?? {})).version).toBe("v2");
  });

  test("a random draw keeps no key", () => {
    const { stickiness: _, ...random } = ALIAS;
    expect(judge({ keeps: { key: "header x-user-id", unless: beta } }, random)).toMatchObject({
      kind: "refuted",
      examples: [{ got: { v1: 9_000, v2: 1_000 } }],
    });
  });
});

test("a law about no request is none", () => {
  expect(judge({ always: { when: beta, unless: beta, version: "v2" } })).toEqual({ kind: "vacuous" });
});

test("a law that fails says which request, as a case that can be pasted, and passes as such a case", () => {
  const report = verify(ALIAS, { laws: [{ name: "v3 is off", never: { version: "v3" } }] } as never);
  expect(report).toMatchObject({ passed: 0, failures: [{ case: { at: "/laws/0", title: "v3 is off" } }] });
  const [failure] = report.failures;
  expect(failure?.message).toBe(
    'expected never v3\n     got v3 for: - {"request":{"attributes":{"tenant":"acme"}},"expect":{"version":"v3"}}',
  );
  expect(failure?.explanation).toContain("strategy v3: holds");
  const pasted = JSON.parse(failure?.message.split("- ")[1] ?? "") as never;
  expect(verify(ALIAS, { cases: [pasted] }).failures).toEqual([]);
});

test("a law of a share that fails says the share, its scope, and a case with the whole split", () => {
  const random = { version: "v1", additional_version_weights: { v2: 10, v3: 5 } };
  const limit = { version: "v2", share: 5, when: { path: "/" }, unless: [beta, { headers: { "X-Team": "qa", "X-Env": "test" } }] };
  const [failure] = verify(random, { laws: [{ at_most: limit }] } as never).failures;
  expect(failure?.message).toBe(
    "expected at most 5 % v2 when :path = `/` unless cookie beta = `on` unless header x-team = `qa` and header x-env = `test`\n" +
      '     got v2 10 % for: - {"request":{"path":"/"},"expect":{"split":{"v1":85,"v2":10,"v3":5}}}',
  );
  const pasted = JSON.parse(failure?.message.split("- ")[1] ?? "") as never;
  expect(verify(random, { cases: [pasted] }).failures).toEqual([]);
  const [other] = verify(random, { laws: [{ keeps: { key: "cookie id" } }] } as never).failures;
  expect(other?.message).toContain("expected one version for each cookie id\n     got v1 85 %, v2 10 %, v3 5 % for: - {");
});

test("laws are proved once, and those without an alias are left out", () => {
  const suite = parseSuite({ alias: ALIAS, laws: [{ never: { version: "v3" } }] });
  const alone = parseSuite({ laws: [{ never: { version: "v3" } }] });
  if (!suite.ok || !alone.ok) throw new Error("refused");
  const [first] = judgeAll(suite.value.laws);
  expect(first?.result.kind).toBe("refuted");
  expect(judgeAll(suite.value.laws)[0]?.result).toBe(first?.result);
  expect(judgeAll(alone.value.laws)).toEqual([]);
  expect(coverage(alone.value)).toEqual([]);
});

test("a law that is refuted covers nothing", () => {
  const suite = parseSuite({ alias: ALIAS, laws: [{ never: { version: "v3" } }] });
  if (!suite.ok) throw new Error("refused");
  expect(coverage(suite.value)).toEqual([]);
});

test("a proved law covers the strategies that it is about", () => {
  const suite = parseSuite({ alias: ALIAS, laws: [{ always: { when: beta, version: "v2" } }, { never: { version: "v3" } }] });
  if (!suite.ok) throw new Error(JSON.stringify(suite.diagnostics));
  const points = coverage(suite.value).flatMap((each) => each.points);
  const decided = points.flatMap(({ at, part, sights }) =>
    sights.flatMap(({ sight, laws }) => (part === "strategy" && sight === "decided" ? [`${at} ${laws}`] : [])),
  );
  expect(decided).toEqual(["/additional_version_strategy/v2 1", "/additional_version_strategy/v3 0"]);
});

describe("`parseSuite` refuses a law", () => {
  test.each<[string, unknown, readonly string[]]>([
    ["that is none", {}, ["law /laws/0: no law"]],
    ["that is two", { always: { version: "v1" }, never: { version: "v1" } }, ["law /laws/0: both `always` and `never`"]],
    ["of an unknown version", { never: { version: "v9" } }, ["case-version /laws/0/never/version: the alias has no version `v9`"]],
    ["with an empty condition", { never: { when: {}, version: "v2" } }, ["law /laws/0/never/when: an empty condition"]],
    [
      "with a value that no request has",
      { never: { when: { cookies: { a: ";" } }, version: "v2" } },
      ["law /laws/0/never/when/cookies: no request can have `;` as cookie a"],
    ],
    ["of a share that is none", { at_most: { version: "v2", share: 100 } }, ["law /laws/0/at_most/share: `100` is no share"]],
    ["of a key that is no field", { keeps: { key: "x-user-id" } }, ["law /laws/0/keeps/key: `x-user-id` is no field"]],
    ["of a key that is no text", { keeps: { key: 5 } }, ["wrong-type /laws/0/keeps/key: expected a string, found the number `5`"]],
    [
      "of a share that is no number",
      { at_most: { version: "v2", share: "x" } },
      ["wrong-type /laws/0/at_most/share: expected a number, found the string `x`"],
    ],
    ["with an unknown key", { keeps: { keys: "header a", key: "header a" } }, ["unknown-key /laws/0/keeps/keys: unknown key `keys`"]],
  ])("%s", (_, config, told) => {
    const checked = parseSuite({ alias: ALIAS, laws: [config] });
    expect(checked.diagnostics.map(({ code, at, message }) => `${code} ${at}: ${message}`)).toEqual(told);
  });
});

test("matchers", () => {
  const route = compile(ALIAS);
  expect(matchers.toAlwaysRoute(route, beta, "v2").pass).toBe(true);
  expect(matchers.toAlwaysRoute(route, { attributes: { tenant: "acme" } }, "v3").pass).toBe(false);
  expect(matchers.toNeverRoute(route, { unless: { attributes: { tenant: "acme" } } }, "v3").pass).toBe(true);
  expect(matchers.toRouteAtMost(route, "v2", 10).pass).toBe(false);
  expect(matchers.toRouteAtMost(route, "v2", 10, { unless: beta }).pass).toBe(true);
  expect(matchers.toKeepVersionOf(route, "header x-user-id").pass).toBe(false);
  expect(() => matchers.toAlwaysRoute(route, { when: beta, unless: beta }, "v2")).toThrow("got no request that the law is about");
});

/** A condition that some requests of a config meet: one of its rules, with its first value. */
function conditionOf({ rule_type, param, op, value }: RuleConfig): ScopeConfig["when"] {
  const [first = ""] = op.toLowerCase() === "in" ? items(value) : [value];
  const type = rule_type.toLowerCase();
  if (param === ":path") return { path: first };
  return {
    [type === "header" ? "headers" : type === "cookie" ? "cookies" : type === "query" ? "query" : "attributes"]: { [param]: first },
  };
}

/** An absolute target is no path: its path is what follows the origin. */
const possible = ({ param, value }: RuleConfig): boolean =>
  !/[;?#]|\p{Surrogate}/u.test(value) && !(param === ":path" && value.includes("://"));

const examples = smallConfigs.chain((config) => {
  const rules = Object.values(config.additional_version_strategy ?? {})
    .flatMap((strategy) => strategy.rules)
    .filter(possible);
  const versions = [config.version, ...Object.keys({ ...config.additional_version_weights, ...config.additional_version_strategy })];
  return fc.record({
    config: fc.constant(config),
    when: rules.length === 0 ? fc.constant(undefined) : fc.option(fc.constantFrom(...rules), { nil: undefined }),
    unless: rules.length === 0 ? fc.constant(undefined) : fc.option(fc.constantFrom(...rules), { nil: undefined }),
    version: fc.constantFrom(...versions),
    kind: fc.constantFrom("always", "never", "at_most", "keeps"),
    share: fc.constantFrom(0, 0.01, 50, 99.99),
    key: fc.constantFrom("header x-a", "cookie a", "attribute a", "query a"),
  });
});

/** The slots that each version has for a request, by the oracle. */
function sharesOf(config: AliasConfig, request: Readable, overKeys: boolean): ReadonlyMap<string, number> {
  const draws = everyDraw(config);
  const seen = new Set(draws.map((draw) => decide(config, request, undefined, () => draw).version));
  const first = decide(config, request, undefined, () => 0);
  if (seen.size > 1 || (overKeys && first.reason === "split")) {
    const shares = new Map<string, number>();
    for (const [version, slots] of layout(config)) if (slots > 0) shares.set(version, (shares.get(version) ?? 0) + slots);
    return shares;
  }
  return new Map([[first.version, 10_000]]);
}

law(
  "what is proved holds for every request that a config tells apart, and what is refuted does not, by the oracle",
  examples,
  ({ config, when, unless, version, kind, share, key }, meet) => {
    const requests = everyRequest(config);
    if (requests === undefined) return;
    const scope: ScopeConfig = {
      ...(when !== undefined && { when: conditionOf(when) as never }),
      ...(unless !== undefined && { unless: conditionOf(unless) as never }),
    };
    const written: LawConfig =
      kind === "keeps"
        ? { keeps: { ...scope, key } }
        : kind === "at_most"
          ? { at_most: { ...scope, version, share } }
          : { [kind]: { ...scope, version } };
    const single = (rule: RuleConfig): RuleConfig => ({
      ...rule,
      op: "=",
      value: rule.op.toLowerCase() === "in" ? (items(rule.value)[0] ?? "") : rule.value,
    });
    const inScope = requests.filter(
      (request) => (when === undefined || matches(single(when), request)) && (unless === undefined || !matches(single(unless), request)),
    );
    const [type = "", param = ""] = key.split(" ");
    const keyOf = (request: Readable): string => read({ rule_type: type, param }, request) ?? "";
    const isBroken = (among: readonly Readable[]): boolean => {
      if (kind === "keeps") {
        const keyed = among.filter((request) => keyOf(request) !== "");
        return keyed.some((one) => {
          const shares = JSON.stringify([...sharesOf(config, one, false)]);
          return (
            sharesOf(config, one, false).size > 1 ||
            keyed.some((other) => keyOf(one) === keyOf(other) && JSON.stringify([...sharesOf(config, other, false)]) !== shares)
          );
        });
      }
      return among.some((request) => {
        const slots = sharesOf(config, request, kind === "at_most").get(version) ?? 0;
        return kind === "always" ? slots !== 10_000 : kind === "never" ? slots > 0 : slots > Math.round(share * 100);
      });
    };
    const result = judge(written, config);
    meet(`${kind} ${result?.kind}`);
    switch (result?.kind) {
      case "proved":
        expect(isBroken(inScope)).toBe(false);
        break;
      case "refuted":
        expect(isBroken(result.examples.map(({ request }) => toRequest(request) as unknown as Readable))).toBe(true);
        break;
      case "vacuous":
        expect(inScope.filter((request) => kind !== "keeps" || keyOf(request) !== "")).toEqual([]);
        break;
      default:
        expect.unreachable(`undecided: ${JSON.stringify(written)}`);
    }
  },
  1500,
  {
    "always proved": 30,
    "always refuted": 100,
    "never proved": 50,
    "never refuted": 50,
    "at_most proved": 30,
    "at_most refuted": 50,
    "keeps proved": 10,
    "keeps refuted": 30,
  },
);
