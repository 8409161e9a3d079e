import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Alias, AliasConfig } from "../../src/alias/config.ts";
import { type Code, ConfigError, type Diagnostic, format, pointer, type Pointer, type Severity } from "../../src/document/diagnostic.ts";
import { CLAIM_CODES, CODES } from "../../src/prove/codes.ts";
import { GATEWAY_CODES } from "../../src/gateway/codes.ts";
import { SERVE_CODES } from "../../src/gateway/proxy/codes.ts";
import { WAREHOUSE_CODES } from "../../src/warehouse/codes.ts";
import { CONTROL_CODES } from "../../src/control/codes.ts";
import { SIMULATION_CODES, TRAFFIC_CODES } from "../../src/simulate/codes.ts";
import { SUITE_CODES } from "../../src/testing/codes.ts";
import { words } from "../../src/document/input.ts";
import { shown } from "../../src/document/show.ts";
import { BUDGETS } from "../../src/alias/budgets.ts";
import { toServiceError } from "../../src/alias/codes.ts";
import { nearest } from "../../src/document/nearest.ts";
import { PROFILES } from "../../src/alias/profile.ts";
import { isAlias, itemsOf, parse, type ParseOptions } from "../../src/alias/parse.ts";
import { configs, HOSTILE } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

/** A config of which one thing is said, and nothing else. */
type Row = [config: unknown, message: string, help?: string | undefined, options?: ParseOptions];

/** The codes that only `analyze` has: test/laws/analyze.test.ts covers them. */
const CLAIMS: ReadonlySet<Code> = new Set(CLAIM_CODES);
/** Those of suites, populations, rollouts, warehouses and gateways, which tests of their own cover. */
const OTHERS: ReadonlySet<Code> = new Set([
  ...SUITE_CODES,
  ...SIMULATION_CODES,
  ...TRAFFIC_CODES,
  ...WAREHOUSE_CODES,
  ...GATEWAY_CODES,
  ...CONTROL_CODES,
  ...SERVE_CODES,
]);
/** Every code of every part, in the order of the documents. */
const ALL: readonly Code[] = [...CODES, ...OTHERS];

const SERVICE: ParseOptions = { profile: "functiongraph" };
const RULE = "/additional_version_strategy/v2/rules/0";
const VERSION_NAME = "a letter or digit, then printable ASCII without spaces; at most 256 characters";
const SERVICE_VERSION_NAME = "letters, digits, `.`, `_` and `-`, a letter or digit at both ends; at most 42 characters";
const ALIAS_NAME = "a letter, then letters, digits, `_` and `-`, a letter or digit at the end; at most 64 characters";
const PLAIN = "give plain data, without getters or proxies that throw";
const SPREAD = "give a plain object, such as `JSON.parse` or `{ ...value }` makes";
const KNOWN =
  "known here: `name`, `version`, `description`, `additional_version_weights`, `additional_version_strategy`, `additional_version_order`, `stickiness`, `last_modified` and `alias_urn`";
const A_WEIGHT = "write a number from 0 to 100";
const A_VALUE = "write the value to compare with; only a `Query` can be compared with the empty value";
const HEADER_NAME =
  "a header name has letters, digits and `` !#$%&'*+-.^_`|~ `` only; the request line is `:method`, `:path`, `:authority`";
const SERVICE_HEADER_NAME = "in the `functiongraph` profile a header name has letters, digits, `_` and `-` only";
const COOKIE_NAME = "a cookie name has letters, digits and `` !#$%&'*+-.^_`|~ `` only";
const AND_OR = "write `and` where every rule must hold, `or` where one is enough";
const RULE_TYPES = "write `Header`, `Cookie`, `Query` or `Attribute`";
const SERVICE_RULE_TYPES = "the `functiongraph` profile has `Header` and `Cookie` only, the `extended` profile all";
const ITEMS = "write the items with commas between them";

function raise(budget: string): string {
  return `make it smaller, or raise the budget \`${budget}\``;
}

function rule(changes: object = {}): object {
  return { rule_type: "Header", param: "x-canary", op: "=", value: "a", ...changes };
}

function weights(map: unknown): object {
  return { version: "v1", additional_version_weights: map };
}

function strategies(map: unknown): object {
  return { version: "v1", additional_version_strategy: map };
}

function rules(list: unknown): object {
  return strategies({ v2: { combine_type: "or", rules: list } });
}

function sticky(changes: object = {}): object {
  return { version: "v1", name: "alias", stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], on_missing: "random", ...changes } };
}

function boom(): never {
  throw new Error("boom");
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function codesOf(config: unknown, options?: ParseOptions): readonly Code[] {
  return parse(config, options).diagnostics.map(({ code }) => code);
}

function read(config: unknown, options?: ParseOptions): Alias {
  const checked = parse(config, options);
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  return checked.value;
}

describe("what is said", () => {
  /** Of the codes that are not covered here, the first two are in text.test.ts, and `plan` is about plans. */
  const covered = new Map<Code, Set<Severity>>([
    ["syntax", new Set(["error"])],
    ["duplicate-key", new Set(["error"])],
    ["plan", new Set(["error"])],
  ]);

  function says(severity: Severity, code: Code, at: Pointer, rows: readonly Row[]): void {
    covered.set(code, (covered.get(code) ?? new Set()).add(severity));
    for (const [config, message, help, options] of rows) {
      test(`${code} ${at}: ${message}`, () => {
        const checked = parse(config, options);
        expect(checked.ok).toBe(severity === "warning");
        expect(checked.diagnostics).toStrictEqual([{ code, severity, at, message, ...(help !== undefined && { help }) }]);
      });
    }
  }

  const errors = (code: Code, at: Pointer, rows: readonly Row[]): void => says("error", code, at, rows);
  const warnings = (code: Code, at: Pointer, rows: readonly Row[]): void => says("warning", code, at, rows);

  errors("over-budget", "", [[{ version: "v1", ["k".repeat(4097)]: 1 }, "more than 4096 characters in a key", raise("value")]]);
  errors("over-budget", "/additional_version_weights", [
    [
      weights(Object.fromEntries(Array.from({ length: 66 }, (_, i) => ["w" + i, 0]))),
      "more than 64 additional versions",
      raise("versions"),
    ],
  ]);
  errors("over-budget", "/additional_version_weights/w64", [
    [
      weights(Object.fromEntries(Array.from({ length: 65 }, (_, i) => ["w" + i, 0]))),
      "more than 64 additional versions",
      raise("versions"),
    ],
  ]);
  errors("over-budget", "/additional_version_order", [
    [
      { version: "v1", additional_version_order: ["a", "b", "c"] },
      "more than 1 additional versions",
      raise("versions"),
      { budgets: { versions: 1 } },
    ],
  ]);
  errors("over-budget", "/additional_version_order/0", [
    [
      { version: "v1", additional_version_weights: { a: 1 }, additional_version_order: ["b"] },
      "more than 1 additional versions",
      raise("versions"),
      { budgets: { versions: 1 } },
    ],
  ]);
  errors("over-budget", "/additional_version_strategy/v2/rules", [
    [rules(Array(10_001).fill(rule())), "more than 10000 rules", raise("rules")],
  ]);
  errors("over-budget", "/stickiness/keys", [
    [
      { ...rules([rule(), rule()]), name: "a", stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], on_missing: "random" } },
      "more than 2 rules and sticky keys",
      raise("rules"),
      { budgets: { rules: 2 } },
    ],
  ]);
  errors("over-budget", `${RULE}/value`, [
    [rules([rule({ op: "in", value: "a,".repeat(100_001) })]), "more than 100000 items in `in` lists", raise("items")],
    [rules([rule({ value: "a".repeat(4097) })]), "more than 4096 characters", raise("value")],
    [rules([rule({ op: "in", value: "a," + "b".repeat(4097) })]), "more than 4096 characters in an item", raise("value")],
  ]);
  errors("over-budget", "/additional_version_strategy/v2/rules/1/value", [
    [
      rules([rule({ op: "in", value: "a,b" }), rule({ op: "in", value: "c,d" })]),
      "more than 3 items in `in` lists",
      raise("items"),
      { budgets: { items: 3 } },
    ],
    [
      rules([rule({ op: "in", value: "ab" }), rule({ op: "in", value: "cd" })]),
      "more than 3 characters in `in` lists",
      raise("text"),
      { budgets: { text: 3 } },
    ],
  ]);
  errors("over-budget", `${RULE}/param`, [[rules([rule({ param: "a".repeat(4097) })]), "more than 4096 characters", raise("value")]]);
  errors("over-budget", "/stickiness/seed", [[sticky({ seed: "s".repeat(4097) }), "more than 4096 characters", raise("value")]]);
  errors("unreadable", "", [
    [new Proxy({}, { ownKeys: boom }), "the config cannot be read: reading it throws", PLAIN],
    [revoked(), "the config cannot be read: reading it throws", PLAIN],
  ]);
  errors("unreadable", "/version", [
    [
      {
        get version() {
          return boom();
        },
      },
      "`version` cannot be read: reading it throws",
      PLAIN,
    ],
  ]);
  errors("unreadable", "/additional_version_order", [
    [{ version: "v1", additional_version_order: revoked() }, "`additional_version_order` cannot be read: reading it throws", PLAIN],
    [
      { version: "v1", additional_version_order: new Proxy([], { get: () => -1 }) },
      "`additional_version_order` cannot be read: reading it throws",
      PLAIN,
    ],
  ]);
  errors("wrong-type", "", [
    [null, "expected an object, found null"],
    [undefined, "expected an object, found undefined"],
    [[], "expected an object, found a list"],
    ["v1", "expected an object, found the string `v1`"],
    [() => "v1", "expected an object, found a function"],
    [new Date(0), "expected an object, found an object of a class", SPREAD],
    [new Map([["version", "v1"]]), "expected an object, found an object of a class", SPREAD],
    [Symbol("v1"), "expected an object, found a symbol"],
    [true, "expected an object, found a boolean"],
  ]);
  errors("wrong-type", "/version", [
    [{ version: null }, "expected a string, found null"],
    [{ version: 1 }, "expected a string, found the number `1`", 'write `"1"`, in quotes'],
    [{ version: 10n }, "expected a string, found a bigint"],
    [{ version: new Date(0) }, "expected a string, found an object of a class"],
  ]);
  errors("wrong-type", "/name", [[{ version: "v1", name: ["a"] }, "expected a string, found a list"]]);
  errors("wrong-type", "/description", [[{ version: "v1", description: {} }, "expected a string, found an object"]]);
  errors("wrong-type", "/additional_version_weights", [
    [weights([]), "expected an object, found a list"],
    [weights("10"), "expected an object, found the string `10`"],
    [weights(10), "expected an object, found the number `10`"],
  ]);
  errors("wrong-type", "/additional_version_weights/v2", [
    [weights({ v2: "10" }), "expected a number, found the string `10`", "write `10` without quotes"],
    [weights({ v2: "much" }), "expected a number, found the string `much`"],
    [weights({ v2: "12.345" }), "expected a number, found the string `12.345`", "write `12.345` without quotes"],
    [weights({ v2: "10%" }), "expected a number, found the string `10%`"],
    [weights({ v2: "about 10" }), "expected a number, found the string `about 10`"],
    [weights({ v2: "1.x" }), "expected a number, found the string `1.x`"],
    [weights({ v2: true }), "expected a number, found a boolean"],
    [weights({ v2: null }), "expected a number, found null"],
    [weights({ v2: [10] }), "expected a number, found a list"],
    [weights({ v2: 10n }), "expected a number, found a bigint"],
  ]);
  errors("wrong-type", "/additional_version_strategy/v2", [[strategies({ v2: null }), "expected an object, found null"]]);
  errors("wrong-type", "/additional_version_strategy/v2/rules", [
    [strategies({ v2: { rules: {} } }), "expected a list, found an object"],
    [strategies({ v2: { rules: null } }), "expected a list, found null"],
  ]);
  errors("wrong-type", RULE, [
    [rules([null]), "expected an object, found null"],
    [rules([undefined]), "expected an object, found undefined"],
  ]);
  errors("wrong-type", `${RULE}/value`, [
    [rules([rule({ value: 5 })]), "expected a string, found the number `5`", 'write `"5"`, in quotes'],
  ]);
  errors("wrong-type", `${RULE}/rule_type`, [[rules([rule({ rule_type: null })]), "expected a string, found null"]]);
  errors("wrong-type", "/additional_version_strategy/v2/combine_type", [
    [strategies({ v2: { combine_type: 1, rules: [rule()] } }), "expected a string, found the number `1`", 'write `"1"`, in quotes'],
  ]);
  errors("wrong-type", "/additional_version_order", [
    [{ version: "v1", additional_version_order: "v2" }, "expected a list, found the string `v2`"],
  ]);
  errors("wrong-type", "/additional_version_order/0", [
    [{ version: "v1", additional_version_order: [null] }, "expected a string, found null"],
  ]);
  errors("wrong-type", "/stickiness", [[{ version: "v1", stickiness: true }, "expected an object, found a boolean"]]);
  errors("wrong-type", "/stickiness/keys", [[sticky({ keys: {} }), "expected a list, found an object"]]);
  errors("wrong-type", "/stickiness/seed", [[sticky({ seed: 1 }), "expected a string, found the number `1`", 'write `"1"`, in quotes']]);
  errors("wrong-type", "/stickiness/on_missing", [[sticky({ on_missing: null }), "expected a string, found null"]]);
  errors("unknown-key", "/additional_version_wieght", [
    [
      { version: "v1", additional_version_wieght: {} },
      "unknown key `additional_version_wieght`",
      "did you mean `additional_version_weights`?",
    ],
  ]);
  errors("unknown-key", "/Description", [
    [{ version: "v1", Description: "x" }, "unknown key `Description`", "did you mean `description`?"],
  ]);
  errors("unknown-key", "/additionalVersionWeight", [
    [
      { version: "1", additionalVersionWeight: { 2: 0.05 } },
      "unknown key `additionalVersionWeight`",
      "a key of Alibaba Cloud Function Compute: write `additional_version_weights`; its weights are fractions of one, those here are percent: `0.05` there is `5` here",
    ],
  ]);
  errors("unknown-key", "/FunctionVersion", [
    [{ version: "1", FunctionVersion: "1" }, "unknown key `FunctionVersion`", "a key of AWS Lambda and Tencent Cloud SCF: write `version`"],
  ]);
  errors("unknown-key", "/colour", [[{ version: "v1", colour: "blue" }, "unknown key `colour`", KNOWN]]);
  errors("unknown-key", "/a~1b~0c", [[{ version: "v1", ["a/b~c"]: 1 }, "unknown key `a/b~c`", KNOWN]]);
  errors("unknown-key", "/__proto__", [
    [JSON.parse('{ "version": "v1", "__proto__": { "version": "v2" } }'), "unknown key `__proto__`", KNOWN],
  ]);
  errors("unknown-key", "/constructor", [[{ version: "v1", constructor: 1 }, "unknown key `constructor`", KNOWN]]);
  errors("unknown-key", "/additional_version_strategy/v2/rule", [
    [strategies({ v2: { rules: [rule()], rule: 1 } }), "unknown key `rule`", "did you mean `rules`?"],
  ]);
  errors("unknown-key", `${RULE}/vlaue`, [[rules([{ ...rule(), vlaue: "b" }]), "unknown key `vlaue`", "did you mean `value`?"]]);
  errors("unknown-key", "/stickiness/missing", [[sticky({ missing: "random" }), "unknown key `missing`", "did you mean `on_missing`?"]]);
  errors("unknown-key", "/stickiness/keys/0/op", [
    [sticky({ keys: [{ rule_type: "Cookie", param: "uid", op: "=" }] }), "unknown key `op`", "known here: `rule_type` and `param`"],
  ]);
  errors("unknown-key", "/stickines", [
    [
      { version: "v1", stickines: {} },
      "unknown key `stickines`",
      "known here: `name`, `version`, `description`, `additional_version_weights`, `additional_version_strategy`, `last_modified` and `alias_urn`",
      SERVICE,
    ],
  ]);
  errors("missing-key", "/version", [
    [{}, "the key `version` is missing", "add it, with a string"],
    [{ version: undefined }, "the key `version` is missing", "add it, with a string"],
  ]);
  errors("missing-key", "/additional_version_weights/v2", [
    [weights({ v2: undefined }), "the key `v2` is missing", "add it, with a number"],
  ]);
  errors("missing-key", `${RULE}/value`, [
    [rules([{ rule_type: "Header", param: "a", op: "=" }]), "the key `value` is missing", "add it, with a string"],
  ]);
  errors("own-key", "/stickiness", [
    [sticky({}), "`stickiness` is not in the `functiongraph` profile", "remove it, or read the alias in the `extended` profile", SERVICE],
  ]);
  errors("own-key", "/additional_version_order", [
    [
      { version: "v1", additional_version_order: ["v2"] },
      "`additional_version_order` is not in the `functiongraph` profile",
      "remove it, or read the alias in the `extended` profile",
      SERVICE,
    ],
  ]);
  errors("alias-name", "/name", [
    [{ version: "v1", name: "" }, "`` is no alias name", ALIAS_NAME],
    [{ version: "v1", name: "1a" }, "`1a` is no alias name", ALIAS_NAME],
    [{ version: "v1", name: "a-" }, "`a-` is no alias name", ALIAS_NAME],
    [{ version: "v1", name: "a b" }, "`a b` is no alias name", ALIAS_NAME],
    [{ version: "v1", name: "é" }, "`é` is no alias name", ALIAS_NAME],
    [
      { version: "v1", name: "a".repeat(65) },
      "`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…` is no alias name",
      ALIAS_NAME,
    ],
  ]);
  errors("description-length", "/description", [
    [{ version: "v1", description: "d".repeat(513) }, "the description has more than 512 characters", "shorten it"],
    [{ version: "v1", description: "\u{1F600}".repeat(513) }, "the description has more than 512 characters", "shorten it"],
    [{ version: "v1", description: "d".repeat(1025) }, "the description has more than 512 characters", "shorten it"],
  ]);
  errors("version-name", "/version", [
    [{ version: "" }, "`` is no version name", VERSION_NAME],
    [{ version: "-v1" }, "`-v1` is no version name", VERSION_NAME],
    [{ version: "v 1" }, "`v 1` is no version name", VERSION_NAME],
    [{ version: "v1\n" }, "`v1\\u{a}` is no version name", VERSION_NAME],
    [{ version: "\u04752" }, "`ѵ2` is no version name", VERSION_NAME],
    [
      { version: "v" + "1".repeat(256) },
      "`v11111111111111111111111111111111111111111111111111111111111…` is no version name",
      VERSION_NAME,
    ],
    [{ version: "v+1" }, "`v+1` is no version name", SERVICE_VERSION_NAME, SERVICE],
    [{ version: "v1." }, "`v1.` is no version name", SERVICE_VERSION_NAME, SERVICE],
    [{ version: "v".repeat(43) }, "`vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv` is no version name", SERVICE_VERSION_NAME, SERVICE],
  ]);
  errors("additional-version-name", "/additional_version_weights/v2 ", [
    [weights({ "v2 ": 10 }), "`v2 ` is no version name", VERSION_NAME],
  ]);
  errors("additional-version-name", "/additional_version_weights/__proto__", [
    [weights(JSON.parse('{ "__proto__": 10 }')), "`__proto__` is no version name", VERSION_NAME],
  ]);
  errors("additional-version-name", "/additional_version_strategy/", [
    [strategies({ "": { rules: [rule()] } }), "`` is no version name", VERSION_NAME],
  ]);
  errors("additional-version-name", "/additional_version_order/0", [
    [{ version: "v1", additional_version_order: ["v 2"] }, "`v 2` is no version name", VERSION_NAME],
  ]);
  errors("additional-version-name", "/additional_version_weights/v+2", [
    [weights({ "v+2": 10 }), "`v+2` is no version name", SERVICE_VERSION_NAME, SERVICE],
  ]);
  errors("additional-version-latest", "/additional_version_weights/latest", [
    [
      weights({ latest: 10 }),
      "`latest` cannot be an additional version in the `functiongraph` profile",
      "publish a version and name it",
      SERVICE,
    ],
  ]);
  errors("additional-versions", "/additional_version_weights/v3", [
    [
      weights({ v2: 10, v3: 10 }),
      "`v3` is a second additional version: the `functiongraph` profile has one at most",
      "the `extended` profile has any number",
      SERVICE,
    ],
  ]);
  errors("weights-and-strategy", "/additional_version_strategy", [
    [
      { version: "v1", additional_version_weights: { v2: 10 }, additional_version_strategy: { v2: { rules: [rule()] } } },
      "weights and a strategy together are not in the `functiongraph` profile",
      "keep one of the two; the `extended` profile tries the strategy first, then the weights",
      SERVICE,
    ],
  ]);
  errors("weight", "/additional_version_weights/v2", [
    [weights({ v2: NaN }), "the weight `NaN` is not a finite number", A_WEIGHT],
    [weights({ v2: Infinity }), "the weight `Infinity` is not a finite number", A_WEIGHT],
    [weights({ v2: -Infinity }), "the weight `-Infinity` is not a finite number", A_WEIGHT],
    [weights({ v2: -1 }), "the weight `-1` is negative", A_WEIGHT],
    [weights({ v2: -1e-9 }), "the weight `-1e-9` is negative", A_WEIGHT],
    [weights({ v2: 1e-9 }), "the weight `1e-9` is not a step of 0.01", "the nearest is `0`"],
    [weights({ v2: 33.333 }), "the weight `33.333` is not a step of 0.01", "the nearest is `33.33`"],
    [weights({ v2: 100.00001 }), "the weight `100.00001` is over 100", "write at most 100: weights are percent"],
    [weights({ v2: 150 }), "the weight `150` is over 100", "write at most 100: weights are percent"],
    [
      weights({ v2: 33.5 }),
      "the weight `33.5` is not a whole number, as the `functiongraph` profile has them",
      "the nearest is `34`",
      SERVICE,
    ],
    [
      weights({ v2: 0.4 }),
      "the weight `0.4` is not a whole number, as the `functiongraph` profile has them",
      "weights are percent: for 40 % write `40`",
      SERVICE,
    ],
    [
      weights({ v2: 0.07 }),
      "the weight `0.07` is not a whole number, as the `functiongraph` profile has them",
      "weights are percent: for 7 % write `7`",
      SERVICE,
    ],
  ]);
  errors("weight-sum", "/additional_version_weights", [
    [
      weights({ v2: 60, v3: 40.01 }),
      "the weights add up to `100.01`, more than 100",
      "lower some by the difference; the primary gets what is left of 100",
    ],
  ]);
  errors("primary-weight", "/additional_version_weights/v1", [
    [
      weights({ v1: 50 }),
      "`v1` is the primary version, which has no weight of its own",
      "leave it out: the primary gets what the others leave",
    ],
    [
      weights({ v1: 0 }),
      "`v1` is the primary version, which has no weight of its own",
      "leave it out: the primary gets what the others leave",
      SERVICE,
    ],
  ]);
  errors("primary-strategy", "/additional_version_strategy/v1", [
    [
      strategies({ v1: { rules: [rule()] } }),
      "`v1` is the primary version, which has no strategy in the `functiongraph` profile",
      "name another version; the `extended` profile allows it",
      SERVICE,
    ],
  ]);
  errors("combine-type", "/additional_version_strategy/v2/combine_type", [
    [strategies({ v2: { combine_type: "xor", rules: [rule()] } }), "`xor` is no combine type", "did you mean `or`?"],
    [strategies({ v2: { combine_type: "", rules: [rule()] } }), "`` is no combine type", "write `and` or `or`"],
    [strategies({ v2: { combine_type: "all", rules: [rule(), rule()] } }), "`all` is no combine type", "write `and` or `or`"],
    [strategies({ v2: { rules: [rule(), rule()] } }), "2 rules need a `combine_type`", AND_OR],
    [strategies({ v2: { combine_type: null, rules: [rule(), rule({ value: "b" })] } }), "2 rules need a `combine_type`", AND_OR],
  ]);
  errors("rules-empty", "/additional_version_strategy/v2/rules", [
    [strategies({ v2: {} }), "a strategy without rules", "add a rule, or remove the strategy: no rule would match every request"],
    [
      strategies({ v2: { rules: [] } }),
      "a strategy without rules",
      "add a rule, or remove the strategy: no rule would match every request",
    ],
  ]);
  errors("rule-type", `${RULE}/rule_type`, [
    [rules([rule({ rule_type: "Body", value: "" })]), "`Body` is no rule type", RULE_TYPES],
    [rules([rule({ rule_type: "Headr" })]), "`Headr` is no rule type", "did you mean `Header`?"],
    [rules([rule({ rule_type: "Body" })]), "`Body` is no rule type", RULE_TYPES],
    [rules([rule({ rule_type: "Coo\u212Aie" })]), "`CooKie` is no rule type", "did you mean `Cookie`?"],
    [rules([rule({ rule_type: "Query" })]), "`Query` is not in the `functiongraph` profile", SERVICE_RULE_TYPES, SERVICE],
    [rules([rule({ rule_type: "attribute" })]), "`Attribute` is not in the `functiongraph` profile", SERVICE_RULE_TYPES, SERVICE],
    [rules([rule({ rule_type: "Quer" })]), "`Quer` is no rule type", "write `Header` or `Cookie`", SERVICE],
  ]);
  errors("rule-type", "/stickiness/keys/0/rule_type", [
    [sticky({ keys: [{ rule_type: "Session", param: "uid" }] }), "`Session` is no rule type", RULE_TYPES],
  ]);
  errors("rule-op", `${RULE}/op`, [
    [rules([rule({ op: "~", value: "" })]), "`~` is no op", "write `=` or `in`"],
    [rules([rule({ op: "==" })]), "`==` is no op", "did you mean `=`?"],
    [rules([rule({ op: "matches" })]), "`matches` is no op", "write `=` or `in`"],
  ]);
  errors("param", `${RULE}/param`, [
    [rules([rule({ param: "" })]), "the param is empty", "write the name of what the rule looks at"],
    [rules([rule({ rule_type: "Query", param: "" })]), "the param is empty", "write the name of what the rule looks at"],
    [rules([rule({ param: "x y" })]), "`x y` is no header name", HEADER_NAME],
    [rules([rule({ param: "x:y" })]), "`x:y` is no header name", HEADER_NAME],
    [rules([rule({ param: ":status" })]), "`:status` is no header name", HEADER_NAME],
    [rules([rule({ param: "X-\u212Aey" })]), "`X-Key` is no header name", HEADER_NAME],
    [rules([rule({ param: "x.y" })]), "`x.y` is no header name", SERVICE_HEADER_NAME, SERVICE],
    [rules([rule({ param: ":path" })]), "`:path` is no header name", SERVICE_HEADER_NAME, SERVICE],
    [rules([rule({ rule_type: "Cookie", param: "a=b" })]), "`a=b` is no cookie name", COOKIE_NAME],
  ]);
  errors("param", "/stickiness/keys/0/param", [
    [sticky({ keys: [{ rule_type: "Cookie", param: "u id" }] }), "`u id` is no cookie name", COOKIE_NAME],
  ]);
  errors("value-empty", `${RULE}/value`, [
    [rules([rule({ value: "" })]), "the value is empty", A_VALUE],
    [rules([rule({ rule_type: "Cookie", value: "" })]), "the value is empty", A_VALUE],
    [rules([rule({ rule_type: "Attribute", value: "" })]), "the value is empty", A_VALUE],
  ]);
  errors("list-empty", `${RULE}/value`, [
    [rules([rule({ op: "in", value: "" })]), "the list has no items", ITEMS],
    [rules([rule({ op: "in", value: "," })]), "the list has no items", ITEMS],
    [rules([rule({ op: "in", value: " ,\t, " })]), "the list has no items", ITEMS],
    [rules([rule({ rule_type: "Query", op: "in", value: "" })]), "the list has no items", ITEMS],
  ]);
  errors("order-repeat", "/additional_version_order/2", [
    [{ version: "v1", additional_version_order: ["v2", "v3", "v2"] }, "`v2` is listed already", "list each version once"],
  ]);
  errors("order-repeat", "/additional_version_order/1", [
    [{ version: "v1", additional_version_order: ["v1", "v1"] }, "`v1` is listed already", "list each version once"],
  ]);
  errors("sticky-keys", "/stickiness/keys", [
    [sticky({ keys: [] }), "stickiness without keys", "name what identifies a user, such as a cookie; the first that is present counts"],
    [
      sticky({ keys: undefined }),
      "stickiness without keys",
      "name what identifies a user, such as a cookie; the first that is present counts",
    ],
  ]);
  errors("sticky-seed", "/stickiness/seed", [
    [
      { version: "v1", stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], on_missing: "random" } },
      "stickiness without a `seed`, in an alias without a `name`",
      "give the alias a `name`, or write a `seed`: it keeps the splits of two aliases independent",
    ],
    [
      { version: "v1", name: null, stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], seed: null, on_missing: "random" } },
      "stickiness without a `seed`, in an alias without a `name`",
      "give the alias a `name`, or write a `seed`: it keeps the splits of two aliases independent",
    ],
  ]);
  errors("sticky-hash", "/stickiness/hash", [
    [sticky({ hash: "murmur" }), "`murmur` is no hash of sticky draws", "did you mean `murmur3`?"],
    [
      sticky({ hash: "crc" }),
      "`crc` is no hash of sticky draws",
      "write `murmur3`, `murmur2`, `xxh32`, `sha256`; without `hash` it is `murmur3`",
    ],
  ]);
  errors("on-missing", "/stickiness/on_missing", [
    [sticky({ on_missing: "randon" }), "`randon` is no `on_missing`", "did you mean `random`?"],
    [
      sticky({ on_missing: undefined }),
      "stickiness without `on_missing`",
      "write `primary` or `random`: what a request without any of the keys gets",
    ],
    [sticky({ on_missing: "Primary" }), "`Primary` is no `on_missing`", "did you mean `primary`?"],
    [
      sticky({ on_missing: "first" }),
      "`first` is no `on_missing`",
      "write `primary` or `random`: what a request without any of the keys gets",
    ],
  ]);
  warnings("unknown-key", "/colour", [[{ version: "v1", colour: "blue" }, "unknown key `colour`", KNOWN, { unknownKeys: "warn" }]]);
  warnings("unknown-key", `${RULE}/comment`, [
    [
      rules([{ ...rule(), comment: "b" }]),
      "unknown key `comment`",
      "known here: `rule_type`, `param`, `op` and `value`",
      { unknownKeys: "warn" },
    ],
  ]);
  warnings("alias-name-length", "/name", [
    [
      { version: "v1", name: "a".repeat(64) },
      "the alias name has 64 characters: the service's documents disagree about whether 63 or 64 are allowed",
      "use at most 63 characters",
    ],
  ]);
  warnings("weight-full", "/additional_version_weights", [
    [
      weights({ v2: 100 }),
      "the weights add up to 100: the primary version gets nothing of the split",
      "intended at the end of a roll-out; then make the new version the primary",
    ],
    [
      weights({ v2: 60, v3: 39.99, v4: 0.01 }),
      "the weights add up to 100: the primary version gets nothing of the split",
      "intended at the end of a roll-out; then make the new version the primary",
    ],
  ]);
  warnings("list-item-trimmed", `${RULE}/value`, [
    [rules([rule({ op: "in", value: "a , b" })]), "the item `a ` is read as `a`", "write no spaces around the commas"],
    [rules([rule({ op: "in", value: "a,\tb" })]), "the item `\\u{9}b` is read as `b`", "write no spaces around the commas"],
  ]);
  warnings("list-item-dropped", `${RULE}/value`, [
    [rules([rule({ op: "in", value: "a,,b" })]), "an empty item is left out", "remove the comma too many"],
    [rules([rule({ op: "in", value: ",a,,b, " })]), "3 empty items are left out", "remove the comma too many"],
  ]);
  warnings("cookie-value", `${RULE}/value`, [
    [
      rules([rule({ rule_type: "Cookie", value: "a b" })]),
      "the cookie value `a b` has characters that RFC 6265 does not allow",
      "browsers and libraries send it percent-encoded: write `a%20b`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", value: "a\u00e9\uD800" })]),
      "the cookie value `aé\\u{d800}` has characters that RFC 6265 does not allow",
      "browsers and libraries send it percent-encoded: write `a%C3%A9%EF%BF%BD`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", value: 'a"' })]),
      'the cookie value `a"` has characters that RFC 6265 does not allow',
      "browsers and libraries send it percent-encoded: write `a%22`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", value: "a,b" })]),
      "the cookie value `a,b` has characters that RFC 6265 does not allow",
      "browsers and libraries send it percent-encoded: write `a%2Cb`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", value: "a;b" })]),
      "no cookie has the value `a;b`: a `;` ends a value, and blanks around it are not part of it",
      "browsers and libraries send it percent-encoded: write `a%3Bb`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", value: "a\\b" })]),
      "the cookie value `a\\b` has characters that RFC 6265 does not allow",
      "browsers and libraries send it percent-encoded: write `a%5Cb`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", value: "a\u007F" })]),
      "the cookie value `a\\u{7f}` has characters that RFC 6265 does not allow",
      "browsers and libraries send it percent-encoded: write `a%7F`, for nothing is decoded",
    ],
    [
      rules([rule({ rule_type: "Cookie", op: "in", value: "a,b;c" })]),
      "no cookie has the value `b;c`: a `;` ends a value, and blanks around it are not part of it",
      "browsers and libraries send it percent-encoded: write `b%3Bc`, for nothing is decoded",
    ],
  ]);
  warnings("header-value", `${RULE}/value`, [
    [
      rules([rule({ value: " a" })]),
      "a header cannot have the value ` a`",
      "hosts remove spaces and tabs around a value: remove them here",
    ],
    [
      rules([rule({ value: "a\t" })]),
      "a header cannot have the value `a\\u{9}`",
      "hosts remove spaces and tabs around a value: remove them here",
    ],
    [rules([rule({ value: " " })]), "a header cannot have the value ` `", "hosts remove spaces and tabs around a value: remove them here"],
    [rules([rule({ value: "a\r\nb" })]), "a header cannot have the value `a\\u{d}\\u{a}b`", "hosts refuse line ends and NUL"],
    [rules([rule({ value: "a\0b" })]), "a header cannot have the value `a\\u{0}b`", "hosts refuse line ends and NUL"],
    [
      rules([rule({ value: "\u00e9" })]),
      "the header value `é` is not ASCII",
      "hosts hand out the bytes of a header as latin1: where it is sent as UTF-8, write `Ã©`",
    ],
    [
      rules([rule({ value: "10 \u20ac%" })]),
      "a header cannot have the value `10 €%`",
      "hosts hand out the bytes of a header as latin1: where it is sent as UTF-8, write `10 â\\u{82}¬%`",
    ],
    [
      rules([rule({ op: "in", value: "a,b\u00e9,c\u00e9" })]),
      "the header value `bé` is not ASCII",
      "hosts hand out the bytes of a header as latin1: where it is sent as UTF-8, write `bÃ©`",
    ],
    [
      rules([rule({ param: ":path", value: "/caf\u00e9" })]),
      "the header value `/café` is not ASCII",
      "hosts hand out the bytes of a header as latin1: where it is sent as UTF-8, write `/cafÃ©`",
    ],
  ]);

  test("each code is covered", () => {
    expect([...covered.keys()].toSorted()).toEqual(ALL.filter((code) => !CLAIMS.has(code) && !OTHERS.has(code)).toSorted());
  });

  describe("each code is explained in docs/diagnostics.md", () => {
    const document = readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8");
    const [, ...sections] = document.split(/^## /m);

    test("and nothing else is, in the same order", () => {
      expect(sections.map((section) => section.split("\n", 1)[0])).toEqual(ALL.map((code) => `\`${code}\``));
    });

    for (const [index, code] of ALL.entries()) {
      test(`${code}: its severity, the service's code, what, why and fix`, () => {
        const severities = CLAIMS.has(code) ? ["warning"] : OTHERS.has(code) ? ["error"] : [...(covered.get(code) ?? [])].toSorted();
        const service = toServiceError([{ code, severity: "error", at: "", message: "" }])?.error_code;
        const kind = severities.includes("error") ? `${severities.join(" or ")} · ${service}` : "warning";
        const [heading, line, what, why, fix, ...rest] = (sections[index] ?? "").trim().split("\n\n");
        expect([heading, line?.toLowerCase()]).toEqual([`\`${code}\``, kind.toLowerCase()]);
        expect(what).toMatch(/^[A-Z`].{10,}\.$/s);
        expect(why).toMatch(/^\*\*Why:\*\* .{10,}\.$/s);
        expect(fix).toMatch(/^\*\*Fix:\*\* .{5,}\.$/s);
        expect(rest).toEqual([]);
      });
    }
  });
});

/** As many names, each with a zero. */
function zeros(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`w${index}`, 0]));
}

describe("everything is said at once", () => {
  test("each fault of a config", () => {
    const config = {
      version: "v 1",
      colour: "blue",
      additional_version_weights: { v2: "10", v3: 60, v4: 40.01 },
      additional_version_strategy: { v2: { combine_type: "xor", rules: [{ rule_type: "Heder", param: "", op: "==", value: 1 }, null] } },
      additional_version_order: ["v3", "v3"],
      stickiness: { keys: [{}], on_missing: "never" },
    };
    expect(parse(config).diagnostics.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "unknown-key /colour",
      "version-name /version",
      "wrong-type /additional_version_weights/v2",
      "weight-sum /additional_version_weights",
      "combine-type /additional_version_strategy/v2/combine_type",
      `rule-type ${RULE}/rule_type`,
      `param ${RULE}/param`,
      `rule-op ${RULE}/op`,
      `wrong-type ${RULE}/value`,
      "wrong-type /additional_version_strategy/v2/rules/1",
      "order-repeat /additional_version_order/1",
      "missing-key /stickiness/keys/0/rule_type",
      "missing-key /stickiness/keys/0/param",
      "sticky-seed /stickiness/seed",
      "on-missing /stickiness/on_missing",
    ]);
  });

  test("up to a budget, and then that there is more", () => {
    const config = { a: 1, b: 1, c: 1, version: "v1" };
    expect(codesOf(config, { budgets: { diagnostics: 3 } })).toEqual(["unknown-key", "unknown-key", "unknown-key"]);
    const { ok, diagnostics } = parse(config, { unknownKeys: "warn", budgets: { diagnostics: 2 } });
    expect(ok).toBe(false);
    expect(diagnostics.map(({ severity }) => severity)).toEqual(["warning", "warning", "error"]);
    expect(diagnostics[2]).toEqual({
      code: "over-budget",
      severity: "error",
      at: "",
      message: "more than 2 diagnostics, the rest are left out",
      help: "correct these first, or raise the budget `diagnostics`",
    });
  });

  test("by default 100 of them", () => {
    expect(codesOf({ version: "v1", ...zeros(100) })).toHaveLength(100);
    expect(codesOf({ version: "v1", ...zeros(101) })).toHaveLength(101);
    expect(codesOf({ version: "v1", ...zeros(5_000) })).toHaveLength(101);
    expect(codesOf({ version: "v1", ...zeros(5_000) }).at(-1)).toBe("over-budget");
  });

  test("and nothing more is read once there is no room for it", () => {
    const read: number[] = [];
    const list = Array.from({ length: 5 }, (_, index) => new Proxy({}, { ownKeys: () => (read.push(index), []) }));
    expect(codesOf(rules(list), { budgets: { diagnostics: 7 } })).toHaveLength(8);
    expect(read).toEqual([0, 1]);
  });

  test("a wrong name is not also a missing seed", () => {
    expect(codesOf({ ...sticky(), name: "1" })).toEqual(["alias-name"]);
    expect(
      codesOf({
        ...sticky(),
        get name() {
          return boom();
        },
      }),
    ).toEqual(["unreadable"]);
  });

  test("a version is a second one in either map, once", () => {
    const config = {
      version: "v1",
      additional_version_weights: { v2: 10 },
      additional_version_strategy: { v3: { rules: [rule()] }, v4: { rules: [rule()] } },
    };
    expect(parse(config, SERVICE).diagnostics.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "weights-and-strategy /additional_version_strategy",
      "additional-versions /additional_version_strategy/v3",
    ]);
  });

  test("weights are added up where others are wrong, but do not count as all", () => {
    expect(codesOf(weights({ v2: 60, v3: 50, v4: -1 }))).toEqual(["weight", "weight-sum"]);
    expect(codesOf(weights({ v2: 60, v3: 40, v4: -1 }))).toEqual(["weight"]);
    expect(codesOf(weights({ v1: 50, v2: 60 }))).toEqual(["primary-weight"]);
  });
});

describe("what an alias becomes", () => {
  const none = { name: undefined, description: undefined, weights: [], strategies: [], order: [], stickiness: undefined, carried: {} };
  const stickyCookie = { keys: [{ type: "Cookie", param: "uid" }], seed: "alias", hash: "murmur3", onMissing: "random" };

  const seeds: readonly [string, unknown, Partial<Alias>][] = [
    ["name and version", { name: "prod", version: "v1" }, { name: "prod", primary: "v1" }],
    [
      "weights",
      { name: "prod", version: "v1", additional_version_weights: { v2: 50 } },
      { name: "prod", primary: "v1", weights: [{ version: "v2", slots: 5_000 }] },
    ],
    [
      "a strategy",
      {
        name: "prod",
        version: "v1",
        additional_version_strategy: {
          v2: { combine_type: "and", rules: [{ rule_type: "Header", param: "version", op: "=", value: "v1" }] },
        },
      },
      {
        name: "prod",
        primary: "v1",
        strategies: [{ version: "v2", combine: "and", rules: [{ type: "Header", param: "version", op: "=", values: ["v1"] }] }],
      },
    ],
    [
      "what GET returns",
      {
        name: "dev",
        version: "latest",
        description: "",
        last_modified: "2019-10-31 11:37:58",
        alias_urn: "urn:fss:r:p:function:default:test:!dev",
        additional_version_weights: null,
      },
      {
        name: "dev",
        primary: "latest",
        description: "",
        carried: { last_modified: "2019-10-31 11:37:58", alias_urn: "urn:fss:r:p:function:default:test:!dev" },
      },
    ],
  ];
  for (const [title, config, alias] of seeds) {
    test(title, () => {
      expect(read(config)).toEqual({ ...none, ...alias });
      expect(read(config, SERVICE)).toEqual(read(config));
    });
  }

  test("everything at once", () => {
    const config = {
      name: "shop",
      version: "v1",
      description: "d",
      additional_version_weights: { v2: 33.33, v3: 0, latest: -0 },
      additional_version_strategy: {
        v1: { rules: [rule({ rule_type: "attribute", param: "Tenant", value: "é" })] },
        v2: {
          combine_type: "OR",
          rules: [
            rule({ rule_type: "HEADER", param: "X-Canary", op: "IN", value: "b,a,b" }),
            rule({ rule_type: "header", param: ":Path", value: "/x" }),
            rule({ rule_type: "cookie", param: "SID" }),
            rule({ rule_type: "Query", param: "q r", value: "" }),
          ],
        },
      },
      additional_version_order: ["v3", "v1", "v9"],
      stickiness: {
        keys: [
          { rule_type: "header", param: "X-User" },
          { rule_type: "Cookie", param: "uid" },
        ],
        seed: "",
        on_missing: "primary",
      },
    };
    const { ok, diagnostics } = parse(config);
    expect([ok, diagnostics]).toEqual([true, []]);
    expect(read(config)).toEqual({
      name: "shop",
      primary: "v1",
      description: "d",
      weights: [
        { version: "v2", slots: 3_333 },
        { version: "v3", slots: 0 },
        { version: "latest", slots: 0 },
      ],
      strategies: [
        { version: "v1", combine: "and", rules: [{ type: "Attribute", param: "Tenant", op: "=", values: ["é"] }] },
        {
          version: "v2",
          combine: "or",
          rules: [
            { type: "Header", param: "x-canary", op: "in", values: ["b", "a"] },
            { type: "Header", param: ":path", op: "=", values: ["/x"] },
            { type: "Cookie", param: "SID", op: "=", values: ["a"] },
            { type: "Query", param: "q r", op: "=", values: [""] },
          ],
        },
      ],
      order: ["v3", "v1", "v9"],
      stickiness: {
        keys: [
          { type: "Header", param: "x-user" },
          { type: "Cookie", param: "uid" },
        ],
        seed: "",
        hash: "murmur3",
        onMissing: "primary",
      },
      carried: {},
    });
  });

  test("every step of a weight is read to its slot, and minus zero is zero", () => {
    for (let slots = 0; slots <= 10_000; slots++) {
      const written = Number(`${Math.floor(slots / 100)}.${String(slots % 100).padStart(2, "0")}`);
      expect(read(weights({ v2: written })).weights[0]?.slots).toBe(slots);
    }
    expect(Object.is(read(weights({ v2: -0 })).weights[0]?.slots, 0)).toBe(true);
    expect(Object.is(read(weights({ v2: -0 }), SERVICE).weights[0]?.slots, 0)).toBe(true);
    expect(read(weights({ v2: 7 }), SERVICE).weights[0]?.slots).toBe(700);
    expect(read(weights({ a: 33.33, b: 33.33, c: 33.33 })).weights.map(({ slots }) => slots)).toEqual([3_333, 3_333, 3_333]);
  });

  test("null and undefined are absent where a key may be left out", () => {
    for (const nothing of [null, undefined]) {
      const config = {
        name: nothing,
        version: "v1",
        description: nothing,
        additional_version_weights: nothing,
        additional_version_strategy: nothing,
        additional_version_order: nothing,
        stickiness: nothing,
        last_modified: nothing,
        alias_urn: nothing,
      };
      expect(read(config)).toEqual({ ...none, primary: "v1" });
      expect(read(config, SERVICE)).toEqual({ ...none, primary: "v1" });
      expect(read(strategies({ v2: { combine_type: nothing, rules: [rule()] } })).strategies[0]?.combine).toBe("and");
      expect(read(sticky({ seed: nothing })).stickiness).toEqual(stickyCookie);
    }
  });

  test("empty maps declare nothing", () => {
    const config = { version: "v1", additional_version_weights: {}, additional_version_strategy: {} };
    expect(parse(config, SERVICE)).toEqual({ ok: true, value: { ...none, primary: "v1" }, diagnostics: [] });
    expect(parse({ ...config, additional_version_weights: { v2: 1 } }, SERVICE).ok).toBe(true);
    expect(parse({ ...config, additional_version_strategy: { v2: { rules: [rule()] } } }, SERVICE).ok).toBe(true);
  });

  test("what the service sets is carried where it is a string, and never wrong", () => {
    for (const value of [1, [], {}, true, "", "x".repeat(5_000)]) {
      const { carried } = read({ version: "v1", last_modified: value, alias_urn: value }, SERVICE);
      expect(carried).toEqual(typeof value === "string" ? { last_modified: value, alias_urn: value } : {});
    }
  });

  test("names of an object's prototype are ordinary versions and params", () => {
    for (const version of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
      expect(read({ version }).primary).toBe(version);
      expect(read(weights({ [version]: 5 })).weights).toEqual([{ version, slots: 500 }]);
    }
    expect(read(rules([rule({ param: "__proto__" })])).strategies[0]?.rules[0]?.param).toBe("__proto__");
  });

  test("the limits themselves fit", () => {
    expect(read({ version: "v1", description: "\u{1F600}".repeat(512) }).description).toHaveLength(1024);
    expect(read({ version: "v1", name: "a".repeat(63) }).name).toHaveLength(63);
    expect(read({ version: "v1", name: "a" }).name).toBe("a");
    expect(read({ version: `v${"~".repeat(255)}` }).primary).toHaveLength(256);
    expect(read({ version: "v".repeat(42) }, SERVICE).primary).toHaveLength(42);
    expect(read({ version: "1" }, SERVICE).primary).toBe("1");
    expect(read({ version: "1.0" }, SERVICE).primary).toBe("1.0");
    expect(read(weights(zeros(64))).weights).toHaveLength(64);
    const listed = Object.keys(zeros(64));
    expect(read({ version: "v1", additional_version_order: [...listed, "v1"] }).order).toHaveLength(65);
    expect(read({ version: "v1", additional_version_weights: zeros(64), additional_version_order: listed }).order).toHaveLength(64);
    const everywhere = Object.fromEntries([...listed, "v1"].map((version) => [version, { rules: [rule()] }]));
    expect(read({ version: "v1", additional_version_strategy: everywhere }).strategies).toHaveLength(65);
    expect(read(rules(Array(10_000).fill(rule()))).strategies[0]?.rules).toHaveLength(10_000);
    expect(codesOf({ ...sticky(), ...rules(Array(10_000).fill(rule())) })).toEqual(["over-budget"]);
    expect(
      read(rules([rule({ op: "in", value: Array.from({ length: 100_000 }, (_, index) => index).join() })])).strategies[0]?.rules[0]?.values,
    ).toHaveLength(100_000);
    expect(read(rules([rule({ value: "a".repeat(4_096) }), rule({ op: "in", value: `${"a".repeat(4_096)},b` })])).strategies).toHaveLength(
      1,
    );
    const pair = rules([rule({ op: "in", value: "ab" }), rule({ op: "in", value: "cd" })]);
    expect(parse(pair, { budgets: { text: 4 } }).ok).toBe(true);
    expect(read(sticky({ seed: "s".repeat(4_096) })).stickiness?.seed).toHaveLength(4_096);
    expect(codesOf({ version: "v1", ["k".repeat(4_096)]: 1 })).toEqual(["unknown-key"]);
  });

  test("options raise the budgets", () => {
    const long = rules([rule({ value: "a".repeat(5_000) })]);
    expect(parse(long, { budgets: { value: 5_000 } }).ok).toBe(true);
    expect(parse(rules(Array(10_001).fill(rule())), { budgets: { rules: 10_001 } }).ok).toBe(true);
    expect(BUDGETS).toEqual({ text: 1_048_576, versions: 64, rules: 10_000, items: 100_000, value: 4_096, depth: 8, diagnostics: 100 });
  });

  test("values that a request can have are not warned of", () => {
    const quiet = [
      rule({ value: "a b\tc" }),
      rule({ value: "a, b" }),
      rule({ value: '~!"#\\' }),
      rule({ rule_type: "Cookie", value: "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~" }),
      rule({ rule_type: "Query", value: " é,\n" }),
      rule({ rule_type: "Attribute", value: " é,\n" }),
      rule({ op: "in", value: "a,b c" }),
      rule({ op: "in", value: "a，b", rule_type: "Query" }),
    ];
    expect(parse(rules(quiet)).diagnostics).toEqual([]);
  });

  test("an item with surrounding space is trimmed, of spaces and tabs only", () => {
    const { values } = read(rules([rule({ rule_type: "Query", op: "in", value: " \ta b\t ,\u00a0c,, \t" })])).strategies[0]?.rules[0] ?? {
      values: [],
    };
    expect(values).toEqual(["a b", "\u00a0c"]);
    expect(codesOf(rules([rule({ rule_type: "Query", op: "in", value: " a,,b" })]))).toEqual(["list-item-trimmed", "list-item-dropped"]);
  });
});

describe("an alias that parse has made", () => {
  test("is known again, and a copy is not", () => {
    const alias = read({ version: "v1" });
    expect(isAlias(alias)).toBe(true);
    for (const other of [
      structuredClone(alias),
      { ...alias },
      Object.create(alias),
      { version: "v1" },
      null,
      undefined,
      "v1",
      () => alias,
    ]) {
      expect(isAlias(other)).toBe(false);
    }
  });

  test("is frozen throughout, and of fresh values", () => {
    const config = {
      version: "v1",
      additional_version_weights: { v2: 5 },
      additional_version_order: ["v2"],
      ...rules([rule({ op: "in", value: "a,b" })]),
      stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], seed: "s", on_missing: "random" },
    };
    const alias = read(config);
    const before = JSON.stringify(alias);
    frozenThroughout(alias);
    config.additional_version_weights.v2 = 6;
    config.additional_version_order.push("v3");
    config.stickiness.keys.length = 0;
    expect(JSON.stringify(alias)).toBe(before);
    frozenThroughout(read({ version: "v1" }));
  });
});

function frozenThroughout(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  expect(Object.isFrozen(value)).toBe(true);
  for (const inner of Object.values(value)) frozenThroughout(inner);
}

/** A list of one hole. */
function sparse(): unknown[] {
  const list: unknown[] = [];
  list.length = 1;
  return list;
}

describe("hostile values", () => {
  test("plain objects of other kinds are taken", async () => {
    const { runInNewContext } = await import("node:vm");
    expect(read(runInNewContext(`({ version: "v1", additional_version_weights: { v2: 5 } })`)).weights).toHaveLength(1);
    expect(read(Object.assign(Object.create(null), { version: "v1" })).primary).toBe("v1");
    expect(read(new Proxy({ version: "v1" }, {})).primary).toBe("v1");
  });

  test("what is inherited, symbols and what cannot be enumerated do not count", () => {
    class Config {
      version = "v1";
    }
    expect(codesOf(new Config())).toEqual(["wrong-type"]);
    expect(codesOf(Object.create({ version: "v1" }))).toEqual(["wrong-type"]);
    expect(codesOf(Object.defineProperty({}, "version", { value: "v1", enumerable: false }))).toEqual(["missing-key"]);
    expect(read({ version: "v1", [Symbol("x")]: 1 }).primary).toBe("v1");
    expect(codesOf(rules(sparse()))).toEqual(["wrong-type"]);
  });

  test("what is put on Object.prototype and Array.prototype does not count", () => {
    const polluted: readonly [object, PropertyKey, PropertyDescriptor][] = [
      [Object.prototype, "stickiness", { value: {}, enumerable: true }],
      [Object.prototype, "version", { value: "v9", enumerable: true }],
      [Array.prototype, 0, { value: "v9", writable: true, enumerable: true }],
    ];
    let found: readonly unknown[];
    try {
      for (const [prototype, key, descriptor] of polluted) Object.defineProperty(prototype, key, { ...descriptor, configurable: true });
      found = [parse({ name: "a" }), parse({ version: "v1", additional_version_order: sparse() }), parse({ version: "v1" })];
    } finally {
      for (const [prototype, key] of polluted) Reflect.deleteProperty(prototype, key);
    }
    expect(found).toEqual([parse({ name: "a" }), parse({ version: "v1", additional_version_order: sparse() }), parse({ version: "v1" })]);
    expect(codesOf({ name: "a" })).toEqual(["missing-key"]);
    expect(codesOf({ version: "v1", additional_version_order: sparse() })).toEqual(["wrong-type"]);
  });

  test("every property is read once, and those no alias has not at all", () => {
    const reads = new Map<string, number>();
    const watched = (value: unknown, at = ""): unknown => {
      if (typeof value !== "object" || value === null) return value;
      return new Proxy(value, {
        get(target, key) {
          const place = `${at}/${String(key)}`;
          reads.set(place, (reads.get(place) ?? 0) + 1);
          return watched(Reflect.get(target, key), place);
        },
      });
    };
    const config = {
      ...sticky(),
      ...rules([rule({ op: "in", value: "a,b" }), rule({ colour: 1 })]),
      additional_version_weights: { v2: 5 },
      additional_version_order: ["v2"],
      description: "d",
      alias_urn: "u",
      last_modified: "m",
      colour: { deep: 1 },
    };
    expect(parse(watched(config), { unknownKeys: "warn" })).toEqual(parse(config, { unknownKeys: "warn" }));
    expect([...reads.values()].every((count) => count === 1)).toBe(true);
    expect(reads.size).toBe(9 + 1 + 2 + (1 + 2 + 3 + 4 + 4) + 2 + 4);
    expect([...reads.keys()].filter((at) => at.includes("colour"))).toEqual([]);
  });

  test("a getter that changes is read once", () => {
    let calls = 0;
    const alias = read({
      get version() {
        return `v${++calls}`;
      },
    });
    expect([alias.primary, calls]).toEqual(["v1", 1]);
  });

  test("a list whose length is none is not read", () => {
    for (const length of [Number.NaN, Infinity, 1.5, "1", undefined, -1]) {
      const list = new Proxy([], { get: (target, key) => (key === "length" ? length : Reflect.get(target, key)) });
      expect(codesOf({ version: "v1", additional_version_order: list })).toHaveLength(1);
      expect(parse({ version: "v1", additional_version_order: list }).ok).toBe(false);
    }
  });

  test("proxies that refuse are unreadable, and the rest is still read", () => {
    const refusing: readonly ProxyHandler<object>[] = [{ ownKeys: boom }, { getPrototypeOf: boom }, { getOwnPropertyDescriptor: boom }];
    for (const handler of refusing) {
      const config = { version: 1, stickiness: new Proxy({ keys: [] }, handler) };
      expect(codesOf(config)).toEqual(["wrong-type", "unreadable"]);
    }
    expect(codesOf({ version: 1, stickiness: new Proxy({ keys: [] }, { get: boom }) })).toContain("unreadable");
  });

  test("hostile words in a version, a param and a value stay what they are", () => {
    for (const word of [...HOSTILE, '"];process.exit()//', "{{x}}", "]]", "#{x}", "\u2029"]) {
      const alias = read(rules([rule({ rule_type: "Attribute", param: word, value: word })]));
      expect(alias.strategies[0]?.rules).toEqual([{ type: "Attribute", param: word, op: "=", values: [word] }]);
      const named = parse(weights(Object.fromEntries([[`v${word}`, 5]])));
      expect(named.ok).toBe(/^[!-~]*$/.test(word));
    }
  });

  describe("end", () => {
    const huge = "x".repeat(100 * 1_048_576);
    const cyclic: Record<string, unknown> = { version: "v1" };
    for (const key of ["additional_version_weights", "additional_version_strategy", "stickiness", "rules"]) cyclic[key] = cyclic;
    let deep: object = {};
    for (let level = 0; level < 100_000; level++) deep = { additional_version_strategy: deep, stickiness: deep, rules: [deep] };
    const endless: object = new Proxy(
      {},
      {
        get: () => endless,
        ownKeys: () => ["version", "additional_version_strategy", "stickiness", "rules", "keys"],
        getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: endless }),
      },
    );
    const many = zeros(200_000);
    const million = Array(1_000_000).fill(rule());
    const spaced = `a${" ".repeat(4_000)}b`;
    const commas = ",".repeat(1_048_576);
    const values: readonly [string, unknown][] = [
      ["a cyclic value", cyclic],
      ["100,000 levels", deep],
      ["endless levels", endless],
      ["1,000,000 rules", rules(million)],
      [
        "64 times 1,000,000 rules",
        strategies(Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`v${index}`, { rules: million }]))),
      ],
      ["1,000,000 sticky keys", sticky({ keys: million })],
      ["1,000,000 ordered versions", { version: "v1", additional_version_order: million }],
      ["200,000 unknown keys", { version: "v1", ...many }],
      ["200,000 weights", weights(many)],
      ["100 MiB as a key", { version: "v1", [huge]: 1 }],
      ["100 MiB as a version", weights({ [huge]: 1 })],
      [
        "100 MiB everywhere",
        { name: huge, version: huge, description: huge, additional_version_weights: huge, additional_version_order: [huge] },
      ],
      ["100 MiB in rules", rules(Array.from({ length: 10_000 }, () => ({ rule_type: huge, param: huge, op: huge, value: huge })))],
      ["100 MiB in lists", rules(Array.from({ length: 10_000 }, () => rule({ op: "in", value: huge, param: huge })))],
      ["100 MiB in stickiness", sticky({ seed: huge, on_missing: huge, keys: [{ rule_type: huge, param: huge }] })],
      ["10,000 lists of 1 MiB of commas", rules(Array(10_000).fill(rule({ op: "in", value: commas })))],
      ["10,000 lists of inner spaces", rules(Array(10_000).fill(rule({ op: "in", value: `${spaced},` })))],
      ["a bigint of 100,000 digits", { version: 10n ** 100_000n }],
    ];
    for (const [title, value] of values) {
      test(title, () => {
        const { ok, diagnostics } = parse(value);
        expect(ok).toBe(false);
        for (const { message, at, help = "" } of diagnostics) expect(message.length + at.length + help.length).toBeLessThan(20_000);
      });
    }
  });
});

describe("laws", () => {
  const words =
    "name version description additional_version_weights additional_version_strategy additional_version_order stickiness " +
    "combine_type rules rule_type param op value keys seed on_missing v1 v2 __proto__ length";
  const keys = fc.constantFrom(...words.split(" "));
  const anything = fc.oneof(
    fc.anything({
      withNullPrototype: true,
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      maxDepth: 1,
      maxKeys: 2,
      key: keys,
    }),
    fc.constantFrom<unknown>("v1", "Header", "=", "in", "and", 10, {}, []),
  );
  const maps = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof(anything, fc.dictionary(keys, values, { maxKeys: 4 }));
  const shaped = maps(maps(maps(fc.oneof(anything, fc.array(maps(anything), { maxLength: 2 })))));
  const profiles = fc.constantFrom<ParseOptions>({}, SERVICE, { unknownKeys: "warn" });

  law(
    "whatever is read, there is an answer, and it refuses exactly with an error",
    fc.tuple(shaped, profiles),
    ([value, options]) => {
      const { ok, diagnostics } = parse(value, options);
      expect(ok).toBe(!diagnostics.some(({ severity }) => severity === "error"));
    },
    3_000,
  );

  law(
    "proxies that throw at any point are answered",
    fc.tuple(configs, fc.nat(60)),
    ([config, turn]) => {
      let steps = 0;
      const count = (): void => {
        if (steps++ === turn) throw new Error("boom");
      };
      const breaking = (value: unknown): unknown => {
        if (typeof value !== "object" || value === null) return value;
        return new Proxy(value, {
          get: (target, key) => (count(), breaking(Reflect.get(target, key))),
          ownKeys: (target) => (count(), Reflect.ownKeys(target)),
          getPrototypeOf: (target) => (count(), Reflect.getPrototypeOf(target)),
        });
      };
      const { ok, diagnostics } = parse(breaking(config));
      expect(ok).toBe(steps <= turn);
      expect(diagnostics.some(({ code }) => code === "unreadable")).toBe(steps > turn);
    },
    1_000,
  );

  law("the input stays as it is, frozen or not", configs, (config) => {
    const before = structuredClone(config);
    const alias = read(config);
    expect(config).toEqual(before);
    expect(parse(deepFrozen(config))).toEqual({ ok: true, value: alias, diagnostics: expect.any(Array) });
  });

  law("the order of keys means nothing", fc.tuple(configs, fc.infiniteStream(fc.nat(1_000))), ([config, dice]) => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value).map(([key, inner]) => ({ key, inner: shuffled(inner), rank: dice.next().value as number }));
      return Object.fromEntries(entries.toSorted((a, b) => a.rank - b.rank).map(({ key, inner }) => [key, inner]));
    };
    expect(sorted(shuffled(config))).toEqual(sorted(config));
  });

  law(
    "an accepted alias has valid parts only",
    fc.tuple(fc.oneof(configs, shaped), profiles),
    ([config, options]) => {
      const checked = parse(config, options);
      if (!checked.ok) return;
      const { primary, weights: parts, strategies: tests, order, stickiness } = checked.value;
      for (const version of [primary, ...parts.map((part) => part.version), ...tests.map((part) => part.version), ...order]) {
        expect(version).toMatch(options.profile === "functiongraph" ? /^[a-z0-9]([\w.-]{0,40}[a-z0-9])?$/i : /^[a-z0-9][\x21-\x7e]*$/i);
      }
      expect(parts.map((part) => part.version)).not.toContain(primary);
      for (const { slots } of parts) expect(Number.isInteger(slots) && slots >= 0 && slots <= 10_000).toBe(true);
      expect(parts.reduce((sum, { slots }) => sum + slots, 0)).toBeLessThanOrEqual(10_000);
      for (const { rules: list } of tests) expect(list.length).toBeGreaterThan(0);
      for (const { values } of tests.flatMap(({ rules: list }) => list)) expect(new Set(values).size).toBe(values.length);
      for (const { values } of tests.flatMap(({ rules: list }) => list)) expect(values.length).toBeGreaterThan(0);
      expect(new Set(order).size).toBe(order.length);
      if (stickiness !== undefined) expect(stickiness.keys.length).toBeGreaterThan(0);
    },
    1_000,
  );

  law("what the service accepts means the same in the superset", configs, (config) => {
    const strict = parse(config, SERVICE);
    if (strict.ok) expect(parse(config)).toEqual(strict);
  });
});

/** What a reading comes to, apart from the order of its lists. */
function sorted(config: unknown): unknown {
  const { ok, diagnostics } = parse(config);
  const alias = read(config);
  return {
    ok,
    alias: { ...alias, weights: byVersion(alias.weights), strategies: byVersion(alias.strategies) },
    diagnostics: diagnostics.map((each) => JSON.stringify(each)).toSorted(),
  };
}

function byVersion<T extends { readonly version: string }>(list: readonly T[]): readonly T[] {
  return list.toSorted((a, b) => (a.version < b.version ? -1 : 1));
}

function deepFrozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFrozen);
  return value;
}

describe("Standard Schema", () => {
  test("is what the specification says", () => {
    expectTypeOf(parse).toExtend<StandardSchemaV1<AliasConfig, Alias>>();
    expectTypeOf<StandardSchemaV1.InferOutput<typeof parse>>().toEqualTypeOf<Alias>();
    expectTypeOf<StandardSchemaV1.InferInput<typeof parse>>().toEqualTypeOf<AliasConfig>();
    expect([parse["~standard"].version, parse["~standard"].vendor]).toEqual([1, "canary-router"]);
  });

  test("gives the alias", () => {
    const result = parse["~standard"].validate({ version: "v1", name: "a".repeat(64) });
    expect(result.issues).toBeUndefined();
    expect("value" in result && isAlias(result.value)).toBe(true);
  });

  test("gives the errors, with keys for a path", () => {
    const config = { version: 1, additional_version_weights: { "a/b~c": 150 }, name: "a".repeat(64), additional_version_order: [[]] };
    expect(parse["~standard"].validate(config)).toEqual({
      issues: [
        { message: 'expected a string, found the number `1` (write `"1"`, in quotes)', path: ["version"] },
        { message: "the weight `150` is over 100 (write at most 100: weights are percent)", path: ["additional_version_weights", "a/b~c"] },
        { message: "expected a string, found a list", path: ["additional_version_order", "0"] },
      ],
    });
    expect(parse["~standard"].validate(null)).toEqual({ issues: [{ message: "expected an object, found null", path: [] }] });
  });
});

test("a profile has the name that it is asked for by", () => {
  expect(Object.entries(PROFILES).map(([key, { name }]) => [key, name])).toEqual([
    ["extended", "extended"],
    ["functiongraph", "functiongraph"],
  ]);
});

test("the items of a list are trimmed, without empty ones, and repeats are left in", () => {
  expect(itemsOf(" a,b\t,, \t,a b,a")).toEqual(["a", "b", "a b", "a"]);
  expect(itemsOf(",")).toEqual([]);
});

describe("the nearest word", () => {
  test("is at most one edit for every three characters away, whatever the case", () => {
    const words = ["rules", "rule_type", "version", "value", "=", "in"];
    const expected: Readonly<Record<string, string | undefined>> = {
      rules: "rules",
      RULES: "rules",
      rule: "rules",
      ruels: "rules",
      rulesx: "rules",
      rulxs: "rules",
      ruleType: "rule_type",
      rltype: "rule_type",
      rlte: undefined,
      vresino: "version",
      vlaeu: undefined,
      "==": "=",
      "~": undefined,
      on: "in",
      no: undefined,
      "": undefined,
    };
    for (const [text, word] of Object.entries(expected)) expect(nearest(text, words), text).toBe(word);
  });

  test("is the first of those equally near, and the nearest of several", () => {
    expect(nearest("abx", ["aby", "abz"])).toBe("aby");
    expect(nearest("abcdef", ["abxdyf", "abcdxf", "abcxef"])).toBe("abcdxf");
    expect(nearest("abc", [])).toBeUndefined();
    // A swap is one edit, two other letters are two, also where one of them is the same.
    expect(nearest("abcdef", ["abdxef", "abxdef"])).toBe("abxdef");
  });

  test("takes no time for a text of any length, also once the code is compiled", () => {
    const huge = "x".repeat(100 * 1_048_576);
    for (let call = 0; call < 20_000; call++) nearest(`heade${call}`, ["header", "cookie"]);
    for (let call = 0; call < 200; call++) expect(nearest(huge, ["header", "cookie"])).toBeUndefined();
  });
});

describe("the user's text in a message", () => {
  test("is listed", () => {
    expect(words(["a"], "or")).toBe("`a`");
    expect(words(["a", "b"], "or")).toBe("`a` or `b`");
    expect(words(["a", "b", "c"], "and")).toBe("`a`, `b` and `c`");
  });

  test("is on one line, with what cannot be seen escaped, and no longer than 60 characters", () => {
    expect(shown('a b`c"')).toBe('`a b`c"`');
    expect(shown(1.5)).toBe("`1.5`");
    expect(shown("\n\u2028\u00a0\u202e\u200b\ufeff\uD800\x1b[31m")).toBe(
      "`\\u{a}\\u{2028}\\u{a0}\\u{202e}\\u{200b}\\u{feff}\\u{d800}\\u{1b}[31m`",
    );
    expect(shown("\u{1F600}".repeat(60))).toBe(`\`${"\u{1F600}".repeat(60)}\``);
    expect(shown("\u{1F600}".repeat(61))).toBe(`\`${"\u{1F600}".repeat(60)}…\``);
    expect(shown("é".repeat(61))).toBe(`\`${"é".repeat(60)}…\``);
  });
});

describe("a diagnostic", () => {
  const diagnostic: Diagnostic = {
    code: "weight",
    severity: "error",
    at: "/additional_version_weights/v2",
    message: "the weight `150` is over 100",
  };

  test("is a line, and its help another", () => {
    expect(format(diagnostic)).toBe("error[weight] /additional_version_weights/v2: the weight `150` is over 100");
    expect(format({ ...diagnostic, at: "", severity: "warning", help: "write less", position: { line: 2, column: 9 } })).toBe(
      "2:9 warning[weight]: the weight `150` is over 100\n  help: write less",
    );
  });

  test("of every code has a code of the service", () => {
    const others: Readonly<Record<string, readonly string[]>> = {
      "FSS.1014": ["alias-name", "alias-name-length"],
      "FSS.1019": ["description-length"],
      "FSS.1015": ["version-name"],
      "FSS.1091": ["additional-version-name", "additional-version-latest", "additional-versions"],
      "FSS.1092": ["weight", "weight-sum", "weight-full"],
      "FSS.1093": ["primary-weight", "primary-strategy"],
    };
    for (const code of ALL) {
      const [service = "FSS.0400"] = Object.entries(others).find(([, codes]) => codes.includes(code)) ?? [];
      expect(toServiceError([{ ...diagnostic, code }])?.error_code, code).toBe(service);
    }
  });

  test("and others make an error", () => {
    const error = new ConfigError([diagnostic, { ...diagnostic, at: "" }]);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("ConfigError");
    expect(error.diagnostics).toHaveLength(2);
    expect(error.message).toBe(
      "error[weight] /additional_version_weights/v2: the weight `150` is over 100\nerror[weight]: the weight `150` is over 100",
    );
  });

  test("becomes what the service would answer, without the warnings", () => {
    const { diagnostics } = parse({ ...weights({ v2: 150, v3: "1" }), name: "a".repeat(64) });
    expect(toServiceError(diagnostics)).toEqual({
      error_code: "FSS.1092",
      error_msg:
        "/additional_version_weights/v2: the weight `150` is over 100; /additional_version_weights/v3: expected a number, found the string `1`",
    });
    expect(toServiceError(parse(null).diagnostics)).toEqual({ error_code: "FSS.0400", error_msg: "expected an object, found null" });
    expect(toServiceError(parse(weights({ v2: 100 })).diagnostics)).toBeUndefined();
    expect(toServiceError([])).toBeUndefined();
  });

  test("has a code of the service whatever its own is", () => {
    const special: Partial<Record<Code, string>> = {
      "alias-name": "FSS.1014",
      "alias-name-length": "FSS.1014",
      "version-name": "FSS.1015",
      "description-length": "FSS.1019",
      "additional-version-name": "FSS.1091",
      "additional-version-latest": "FSS.1091",
      "additional-versions": "FSS.1091",
      weight: "FSS.1092",
      "weight-sum": "FSS.1092",
      "weight-full": "FSS.1092",
      "primary-weight": "FSS.1093",
      "primary-strategy": "FSS.1093",
    };
    for (const code of ALL) expect(toServiceError([{ ...diagnostic, code }])?.error_code, code).toBe(special[code] ?? "FSS.0400");
  });

  test("has a pointer that escapes", () => {
    expect(pointer("", "a/b", "~", 0, "~1")).toBe("/a~1b/~0/0/~01");
    expect(pointer("/a")).toBe("/a");
  });
});
