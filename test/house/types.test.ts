import { describe, expect, test } from "vitest";
import { typecheck } from "../support/typecheck.ts";

/** A program and what the compiler says of it: nothing, or an error with these words. */
interface Case {
  readonly name: string;
  readonly text: string;
  readonly error?: RegExp;
  /** Whether it may say so of several places. */
  readonly isRepeated?: true;
}

/** Fails to compile unless two types are the same. */
const SAME = `
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}
`;

const ALIAS = `{
  version: "v1",
  additional_version_weights: { v2: 5 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "a", op: "=", value: "b" }] } },
}`;

const cases: readonly Case[] = [
  {
    name: "the matchers for Jest are those of the `expect` of @jest/globals",
    text: `import { compile } from "canary-router";
import "canary-router/testing/jest";
import { expect } from "expect";
const done: void = expect(compile(${ALIAS})).toRoute({}, "v1", 0.5);
expect(compile(${ALIAS})).not.toRouteAtMost("v2", 1);`,
  },
  {
    name: "a matcher for Jest checks what it is given",
    text: `import { compile } from "canary-router";
import "canary-router/testing/jest";
import { expect } from "expect";
expect(compile(${ALIAS})).toRoute({});`,
    error: /Expected 2-3 arguments, but got 1/,
  },
  {
    name: "a literal config infers its versions",
    text: `import { compile, type Decision } from "canary-router";
const route = compile(${ALIAS});
same<ReturnType<typeof route>, Decision<"v1" | "v2" | "v3">>(true);`,
  },
  {
    name: "the inferred versions are no others",
    text: `import { compile } from "canary-router";
const { version } = compile(${ALIAS})({ headers: {} });
if (version === "v4") throw new Error();`,
    error: /no overlap/,
  },
  {
    name: "so do jit, explain and shares",
    text: `import { explain, shares } from "canary-router";
import { compile } from "canary-router/jit";
type Versions = "v1" | "v2" | "v3";
const route = compile(${ALIAS});
same<ReturnType<typeof route>["version"], Versions>(true);
const { decision } = explain(${ALIAS}, { headers: {} });
same<typeof decision.version, Versions>(true);
const counted = shares(${ALIAS}, { headers: {} });
same<keyof typeof counted, Versions>(true);`,
  },
  {
    name: "a config known only as such has versions of any name",
    text: `import { type AliasConfig, compile, type Plan } from "canary-router";
declare const config: AliasConfig;
declare const plan: Plan;
const [a, b] = [compile(config), compile(plan)];
same<ReturnType<typeof a>["version"], string>(true);
same<ReturnType<typeof b>["version"], string>(true);`,
  },
  {
    name: "an IncomingMessage is a request, and so is a literal",
    text: `import { compile, rawReader } from "canary-router";
import type { IncomingMessage } from "node:http";
declare const message: IncomingMessage;
const route = compile(${ALIAS});
route(message);
route(message, 0.5);
route({ headers: { "x-canary": "a", "set-cookie": ["b"], cookie: undefined }, url: "/", method: "GET", attributes: { tenant: "t" } });
compile(${ALIAS}, { reader: rawReader })(message);`,
  },
  {
    name: "HTTP/2's request is a request",
    text: `import { compile } from "canary-router";
import type { Http2ServerRequest } from "node:http2";
declare const message: Http2ServerRequest;
compile(${ALIAS})(message);`,
  },
  {
    name: "a Request is one for fetchReader",
    text: `import { compile, fetchReader } from "canary-router";
const route = compile(${ALIAS}, { reader: fetchReader });
const { version } = route(new Request("https://a.example/"));
same<typeof version, "v1" | "v2" | "v3">(true);`,
  },
  {
    name: "a Request is none for nodeReader",
    text: `import { compile } from "canary-router";
compile(${ALIAS})(new Request("https://a.example/"));`,
    error: /not assignable/,
  },
  {
    name: "header names with capitals are refused",
    text: `import { compile } from "canary-router";
compile(${ALIAS})({ headers: { "X-Canary": "a" } });`,
    error: /X-Canary/,
  },
  {
    name: "toRequest takes them",
    text: `import { compile, toRequest } from "canary-router";
compile(${ALIAS})(toRequest({ headers: { "X-Canary": "a" } }));
toRequest({ headers: [["X-Canary", "a"]] });
toRequest({ headers: new Headers() });
toRequest({ headers: new Map([["X-Canary", "a"]]) });`,
  },
  {
    name: "a config that was imported from JSON is accepted",
    text: `import { compile } from "canary-router";
import config from "./docs/examples/header.json" with { type: "json" };
same<(typeof config.additional_version_strategy.v2.rules)[0]["rule_type"], string>(true);
compile(config);`,
  },
  {
    name: "words in any case of letters, `null`, and a config of which only `string` is known, are accepted",
    text: `import { type AliasConfig, compile, compileAll } from "canary-router";
import { compile as jit } from "canary-router/jit";
const rules = [{ rule_type: "COOKIE", param: "a", op: "IN", value: "b" }] as const;
compile({ version: "v1", additional_version_strategy: { v2: { combine_type: "Or", rules }, v3: { combine_type: null, rules } } });
compile({ version: "v1", stickiness: { keys: [{ rule_type: "query", param: "u" }], on_missing: "random", hash: null, seed: "s" } });
jit({ version: "v1", additional_version_strategy: null, stickiness: undefined });
declare const word: string;
compile({ version: "v1", additional_version_strategy: { v2: { rules: [{ rule_type: word, param: "a", op: word, value: "b" }] } } });
declare const configs: Readonly<Record<string, AliasConfig>>;
compileAll(configs);`,
  },
  ...(
    [
      ["a type of rule", `additional_version_strategy: { v2: { rules: [{ rule_type: "Headr", param: "a", op: "=", value: "b" }] } }`],
      ["an operator", `additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "a", op: "==", value: "b" }] } }`],
      [
        "a key of a rule",
        `additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "a", op: "=", value: "b", not: true }] } }`,
      ],
      [
        "a combination",
        `additional_version_strategy: { v2: { combine_type: "xor", rules: [{ rule_type: "Header", param: "a", op: "=", value: "b" }] } }`,
      ],
      [
        "a key of a strategy",
        `additional_version_strategy: { v2: { combine: "or", rules: [{ rule_type: "Header", param: "a", op: "=", value: "b" }] } }`,
      ],
      ["a key", `additional_version_weight: { v2: 5 }`],
      ["a sticky key", `stickiness: { keys: [{ rule_type: "Heder", param: "u" }], on_missing: "random", seed: "s" }`],
      ["a hash", `stickiness: { keys: [{ rule_type: "Header", param: "u" }], on_missing: "random", seed: "s", hash: "md5" }`],
      ["what a missing key gets", `stickiness: { keys: [{ rule_type: "Header", param: "u" }], on_missing: "canary", seed: "s" }`],
    ] as const
  ).flatMap(([name, part]): readonly Case[] =>
    ["canary-router", "canary-router/jit"].map((entry) => ({
      name: `${name} that is misspelt in a literal is refused: ${entry}`,
      text: `import { compile } from "${entry}";\ncompile({ version: "v1", ${part} });`,
      error: /not assignable to type/,
      isRepeated: true,
    })),
  ),
  {
    name: "a weight that is no number is refused",
    text: `import { compile } from "canary-router";
compile({ version: "v1", additional_version_weights: { v2: "5" } });`,
    error: /not assignable/,
  },
  {
    name: "a route of a Request needs a reader of such",
    text: `import { compile, type FetchRequest, type Route } from "canary-router";
const route: Route<FetchRequest> = compile(${ALIAS});`,
    error: /not assignable/,
  },
  {
    name: "so does one by generated code",
    text: `import { type FetchRequest, type Route } from "canary-router";
import { compile } from "canary-router/jit";
const route: Route<FetchRequest> = compile(${ALIAS}, { profile: "extended" });`,
    error: /not assignable/,
  },
  {
    name: "a misspelt key is refused",
    text: `import { compile } from "canary-router";
compile({ version: "v1", additional_version_weight: { v2: 5 } });`,
    error: /never/,
  },
  {
    name: "an alias that was read, and a plan, are taken",
    text: `import { compile, parse, plan } from "canary-router";
const read = parse(${ALIAS});
if (read.ok) compile(read.value);
compile(plan(${ALIAS}));`,
  },
  {
    name: "edge takes a plan and a reader",
    text: `import { plan } from "canary-router";
import { compile, fetchReader } from "canary-router/edge";
compile(plan(${ALIAS}), { reader: fetchReader })(new Request("https://a.example/"));`,
  },
  {
    name: "toRequest takes null, as events of AWS have it",
    text: `import { toRequest } from "canary-router";
toRequest({ headers: null, cookies: null, query: null });`,
  },
  {
    name: "a misspelt option is refused",
    text: `import { compile } from "canary-router";
compile(${ALIAS}, { profiles: "functiongraph" });`,
    error: /profiles/,
  },
  {
    name: "a plan of a route cannot be replaced",
    text: `import { compile } from "canary-router";
const route = compile(${ALIAS});
route.plan = route.plan;`,
    error: /read-only/,
  },
  {
    name: "a decision cannot be changed",
    text: `import { compile } from "canary-router";
compile(${ALIAS})({ headers: {} }).version = "v2";`,
    error: /read-only/,
  },
  {
    name: "the list of decisions cannot be changed",
    text: `import { compile } from "canary-router";
compile(${ALIAS}).decisions.pop();`,
    error: /pop/,
  },
  {
    name: "emitModule gives text",
    text: `import { emitModule } from "canary-router/emit";
same<ReturnType<typeof emitModule>, string>(true);
emitModule(${ALIAS});`,
  },
];

describe("types", () => {
  const found = typecheck(cases.map(({ text }) => `${SAME}${text}`));
  test.each(cases.map((each, index) => [each.name, each.error, found[index] ?? [], each.isRepeated] as const))(
    "%s",
    (_, error, complaints, isRepeated) => {
      if (error === undefined) expect(complaints).toEqual([]);
      else if (isRepeated === true) expect(new Set(complaints.map((complaint) => error.test(complaint)))).toEqual(new Set([true]));
      else expect(complaints).toEqual([expect.stringMatching(error)]);
    },
  );
});
