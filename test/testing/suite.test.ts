import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError } from "../../src/document/diagnostic.ts";
import { SUITE_CODES } from "../../src/testing/codes.ts";
import { analyze, BUDGETS, toRequest } from "../../src/index.ts";
import { readText } from "../../src/alias/surface.ts";
import { requestOf } from "../../src/simulate/index.ts";
import { parseSuite, verify, type SuiteConfig } from "../../src/testing/index.ts";
import { refusal } from "../support/backends.ts";

const ALIAS = { name: "a", version: "v1", additional_version_weights: { v2: 10 } };

/** A suite with one case, and what is said of it. */
type Row = readonly [title: string, suite: unknown, told: readonly string[]];

const one = (fields: object, alias: unknown = ALIAS): unknown => ({ alias, cases: [{ expect: { version: "v1" }, ...fields }] });

const rows: readonly Row[] = [
  ["no object", 1, ["wrong-type : expected an object, found the number `1`"]],
  ["no cases", { alias: ALIAS }, ["missing-key /cases: the key `cases` is missing"]],
  ["an empty list of cases", { alias: ALIAS, cases: [] }, ["case-expect /cases: there are no cases"]],
  ["an unknown key", one({ expects: 1 }), ["unknown-key /cases/0/expects: unknown key `expects`"]],
  ["an unknown key of a request", one({ request: { header: {} } }), ["unknown-key /cases/0/request/header: unknown key `header`"]],
  ["nothing that is expected", one({ expect: {} }), ["case-expect /cases/0/expect: nothing is expected"]],
  [
    "both forms",
    one({ expect: { version: "v1", split: { v1: 90, v2: 10 } } }),
    ["case-expect /cases/0/expect: both a `version` and a `split`"],
  ],
  [
    "both forms, of an unknown version: both are told",
    one({ expect: { version: "v9", split: { v1: 100 } } }),
    ["case-version /cases/0/expect/version: the alias has no version `v9`", "case-expect /cases/0/expect: both a `version` and a `split`"],
  ],
  ["an unknown version", one({ expect: { version: "v3" } }), ["case-version /cases/0/expect/version: the alias has no version `v3`"]],
  [
    "a split with an unknown version",
    one({ expect: { split: { v1: 50, v3: 50 } } }),
    ["case-version /cases/0/expect/split/v3: the alias has no version `v3`"],
  ],
  [
    "a place at which the alias never decides",
    one({ expect: { at: "/additional_version_weight/v2" } }),
    ["case-at /cases/0/expect/at: the alias never decides at `/additional_version_weight/v2`"],
  ],
  [
    "two cases with one id",
    {
      alias: ALIAS,
      cases: [
        { id: "a", expect: { version: "v1" } },
        { id: "b", expect: { version: "v1" } },
        { id: "a", expect: { version: "v1" } },
      ],
    },
    ["case-id /cases/2/id: /cases/0/id has the id `a` too"],
  ],
  [
    "a split that does not sum to 100",
    one({ expect: { split: { v1: 90 } } }),
    ["case-expect /cases/0/expect/split: the split sums to 90, not 100"],
  ],
  [
    "a share between the slots",
    one({ expect: { split: { v1: 90.001, v2: 9.999 } } }),
    ["case-expect /cases/0/expect/split/v1: `90.001` is no share", "case-expect /cases/0/expect/split/v2: `9.999` is no share"],
  ],
  ["a law that is none", { alias: ALIAS, laws: [{}] }, ["law /laws/0: no law"]],
  ["a draw of 1", one({ draw: 1 }), ["case-draw /cases/0/draw: `1` is no draw"]],
  ["a draw below 0", one({ draw: -0.1 }), ["case-draw /cases/0/draw: `-0.1` is no draw"]],
  ["a draw that is a text", one({ draw: "0.5" }), ["wrong-type /cases/0/draw: expected a number, found the string `0.5`"]],
  ["a reason that is none", one({ expect: { reason: "rules" } }), ["case-expect /cases/0/expect/reason: `rules` is no reason"]],
  ["both a path and a url", one({ request: { path: "/a", url: "/a" } }), ["case-expect /cases/0/request/path: both `path` and `url`"]],
  [
    "values that are no texts: each is told",
    one({
      request: {
        headers: { a: true, b: [1, {}] },
        cookies: [["c", "1"], 7],
        query: 1,
        attributes: { t: [] },
        method: "G T",
        host: false,
      },
    }),
    [
      "wrong-type /cases/0/request/host: `host` is not text",
      "wrong-type /cases/0/request/headers/a: the value of `a` in `headers` is not text",
      "wrong-type /cases/0/request/headers/b: the value of `b` in `headers` is not text",
      "wrong-type /cases/0/request/cookies/1: an item of `cookies` is not a name and a value",
      "wrong-type /cases/0/request/query: `query` is not an object or a list",
      "wrong-type /cases/0/request/attributes/t: the attribute `t` is not text",
      "wrong-type /cases/0/request/method: `method` is not a method: `G T`",
    ],
  ],
  [
    "a name with a colon that HTTP/2 does not have",
    one({ request: { headers: { ":autority": "a" } } }),
    ["unknown-key /cases/0/request/headers/:autority: unknown key `:autority`"],
  ],
  [
    "an instance, and what throws",
    one({
      request: {
        headers: new Map(),
        query: {
          get a() {
            throw new Error("no");
          },
        },
      },
    }),
    [
      "wrong-type /cases/0/request/headers: expected an object, found an object of a class",
      "unreadable /cases/0/request/query/a: `a` cannot be read: reading it throws",
    ],
  ],
  ["a path where none can be read", one({}, "a.json"), ["wrong-type /alias: expected a config, found the path `a.json`"]],
  ["an alias with errors", one({}, { version: "v1", weights: {} }), ["unknown-key /alias/weights: unknown key `weights`"]],
  [
    "two faults, and both are told",
    one({ draw: 2, expect: { version: "v9" } }),
    ["case-draw /cases/0/draw: `2` is no draw", "case-version /cases/0/expect/version: the alias has no version `v9`"],
  ],
];

describe("`parseSuite` refuses", () => {
  test.each(rows)("%s", (_, suite, told) => {
    const checked = parseSuite(suite);
    expect(checked.diagnostics.map(({ code, at, message }) => `${code} ${at}: ${message}`)).toEqual(told);
    expect(checked.ok).toBe(false);
    expect(() => verify(undefined, suite as SuiteConfig)).toThrow(ConfigError);
  });

  test("with every code that suites have", () => {
    const told = new Set(rows.flatMap(([, , lines]) => lines.map((line) => line.split(" ")[0])));
    expect(SUITE_CODES.filter((code) => !told.has(code))).toEqual([]);
  });
});

/** What records of logs, witnesses and cases say alike, and the request that they mean. */
const FORMS: readonly (readonly [parts: object, request: object])[] = [
  [{ headers: { "X-A": null, b: 12, c: ["a", null, 7] } }, { headers: { b: "12", c: "a, 7" } }],
  [
    { headers: [["Cookie", "a=b"], { name: "X-A", value: 1 }], cookies: [{ name: "beta", value: "on" }] },
    { headers: { cookie: "a=b; beta=on", "x-a": "1" } },
  ],
  [
    { cookies: ["a=b", "c=d"], query: "?x=1", path: "/p" },
    { headers: { cookie: "a=b; c=d" }, url: "/p?x=1" },
  ],
  [
    { cookies: "a=b", query: { d: 2, e: ["x", "y"], f: null }, url: "/p?a=1#f" },
    { headers: { cookie: "a=b" }, url: "/p?a=1&d=2&e=x&e=y#f" },
  ],
  [{ cookies: { a: null, b: 1.5 }, method: null, host: null, attributes: null, query: null }, { headers: { cookie: "b=1.5" } }],
  [{ authority: "a.example" }, { headers: { host: "a.example" } }],
  [{ host: "b.example", headers: { HOST: "a.example" } }, { headers: { host: "a.example" } }],
  [{ authority: "b.example", headers: { Host: "a.example" } }, { headers: { host: "a.example", ":authority": "b.example" } }],
  [
    { headers: { ":method": "POST", ":path": "/x", ":authority": "a.example", ":scheme": "https" } },
    { headers: { host: "a.example" }, method: "POST", url: "/x" },
  ],
  [{ attributes: { tenant: null, userId: 42 } }, { headers: {}, attributes: { userId: "42" } }],
  [{}, { headers: {} }],
];

describe("a request is read as the record of a log is", () => {
  test.each(FORMS)("%j", (parts, request) => {
    const checked = parseSuite(one({ request: parts }));
    expect(checked.diagnostics).toEqual([]);
    expect(checked.ok && checked.value.cases[0]?.request).toEqual(request);
    // A request that was logged had a method and a target.
    expect(requestOf(parts)).toEqual({ method: "GET", url: "/", attributes: {}, ...request });
  });

  test.each([
    { headers: { a: true } },
    { headers: 1 },
    { cookies: [1] },
    { query: [["a"]] },
    { attributes: [] },
    { method: "" },
    { url: 1 },
    { attributes: { id: 2 ** 60 } },
  ])("%j is refused alike", (parts) => {
    const read = requestOf(parts);
    expect(parseSuite(one({ request: parts })).diagnostics.map(({ message }) => message)).toEqual(["fault" in read ? read.fault : ""]);
  });

  test("every claim of `analyze` has a witness that is a request of a suite, in any order of the parts", () => {
    const claims = analyze({
      version: "v1",
      additional_version_strategy: {
        v2: {
          combine_type: "and",
          rules: [
            { rule_type: "Query", param: "q", op: "=", value: "&" },
            { rule_type: "Header", param: "X", op: "=", value: "1" },
          ],
        },
        v3: {
          combine_type: "and",
          rules: [
            { rule_type: "Header", param: ":path", op: "=", value: "/a" },
            { rule_type: "Cookie", param: "c", op: "=", value: "1" },
            { rule_type: "Attribute", param: "t", op: "=", value: "1" },
          ],
        },
      },
    });
    const witnesses = claims.flatMap(({ witness }) => (witness === undefined ? [] : [witness]));
    expect(witnesses.length).toBeGreaterThan(0);
    for (const witness of witnesses) {
      const checked = parseSuite(one({ request: JSON.parse(JSON.stringify(witness)) as object }));
      expect(checked.ok && checked.value.cases[0]?.request).toEqual(toRequest(witness));
    }
  });

  test("numbers are the text that was written", () => {
    const text = '{"cases":[{"request":{"query":{"page":1.10},"headers":{"id":[123456789012345678901,0.5e1]}},"expect":{"version":"v1"}}]}';
    const read = readText(text, { ...BUDGETS, depth: 8 });
    const checked = read.ok ? parseSuite(read.value.value, { written: read.value.written }) : undefined;
    expect(checked?.ok && checked.value.cases[0]?.request).toEqual({ headers: { id: "123456789012345678901, 0.5e1" }, url: "/?page=1.10" });
  });
});

test("requests that anchors make of little text are refused by their sum", () => {
  const told = (value: string): readonly string[] => {
    const values = Array.from({ length: 1_000 }, () => value);
    const headers = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`h${index}`, values]));
    const cases = Array.from({ length: 1_000 }, () => ({ request: { headers }, expect: { version: "v1" } }));
    return parseSuite({ alias: ALIAS, cases }).diagnostics.map(({ code, message }) => `${code}: ${message}`);
  };
  expect(told("x".repeat(1_000))).toEqual(["over-budget: more than 33554432 characters in the requests of a suite"]);
  expect(told("")).toEqual(["over-budget: more than 4000000 values in the requests of a suite"]);
});

describe("`parseSuite` takes", () => {
  test.each<Row>([
    ["a case without a request", one({}), []],
    ["null for what may be left out", one({ id: null, name: null, draw: null, request: null }), []],
    [
      "requests in every form",
      one({
        request: {
          headers: { "X-A": ["1", "2"], b: null },
          cookies: { c: "1" },
          query: { q: "&" },
          attributes: { t: "1" },
          method: "GET",
          path: "/",
        },
      }),
      [],
    ],
    ["a split that leaves versions out", one({ expect: { split: { v1: 100 } } }), []],
    [
      "laws without cases",
      { alias: ALIAS, laws: [{ always: { when: { path: "/" }, version: "v1" } }, { keeps: { key: "cookie id" } }] },
      [],
    ],
    ["an alias for each case", { cases: [{ alias: ALIAS, expect: { split: { v1: 90, v2: 10 } } }] }, []],
  ])("%s", (_, suite) => {
    expect(parseSuite(suite)).toMatchObject({ ok: true, diagnostics: [] });
  });

  test("names in any case and every part of a request", () => {
    const request = { headers: { "X-A": ["1", "2"] }, cookies: { c: "1", d: "2" }, query: { q: "&" }, path: "/p" };
    const checked = parseSuite(one({ request }));
    expect(checked.ok && checked.value.cases[0]?.request).toEqual({ headers: { "x-a": "1, 2", cookie: "c=1; d=2" }, url: "/p?q=%26" });
  });

  test("an alias by its path, read once", () => {
    const read: string[] = [];
    const checked = parseSuite(
      {
        alias: "a.json",
        cases: [
          { alias: "b.json", expect: { version: "v1" } },
          { alias: "b.json", expect: { version: "v1" } },
        ],
      },
      {
        load: (path) => {
          read.push(path);
          return { ok: false, diagnostics: [{ code: "unreadable", severity: "error", at: "", message: "no such file" }] };
        },
      },
    );
    expect(read).toEqual(["a.json", "b.json"]);
    expect(checked.diagnostics.map(({ at, message }) => `${at}: ${message}`)).toEqual([
      "/alias: the alias `a.json`: no such file",
      "/cases/0/alias: the alias `b.json`: no such file",
    ]);
  });
});

// ajv compiles schemas by generated code.
describe.skipIf(refusal !== undefined)("the schema of suites", () => {
  let validate: ValidateFunction;

  beforeAll(() => {
    const [alias, suite] = ["alias", "suite"].map(
      (name) => JSON.parse(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), "utf8")) as object,
    );
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
    ajv.addSchema({ ...alias, $id: "alias.schema.json" });
    validate = ajv.compile(suite as object);
  });

  /** Sums, steps, names of versions, places and what is unique are beyond a schema. */
  const beyond = new Set(["case-version", "case-expect", "case-at", "case-id"]);

  test.each(rows)("agrees: %s", (_, suite, told) => {
    if (told.every((line) => beyond.has(line.split(" ")[0] ?? "")) || suite === rows.find(([title]) => title.startsWith("a path"))?.[1])
      return;
    // An instance, and what throws, are no JSON.
    if (told.some((line) => line.startsWith("unreadable"))) return;
    expect(validate(suite)).toBe(false);
  });

  test.each(FORMS)("takes %j", (parts) => {
    expect([validate(one({ request: parts })), validate.errors]).toEqual([true, null]);
  });

  test.each([one({}), one({ request: { headers: { a: ["1"], b: null }, query: { q: "" } }, draw: 0, expect: { split: { v1: 100 } } })])(
    "takes %j",
    (suite) => {
      expect([validate(suite), validate.errors]).toEqual([true, null]);
    },
  );
});
