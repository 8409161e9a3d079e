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
  ["both `skip` and `todo`", one({ skip: true, todo: "later" }), ["case-pending /cases/0/todo: both `skip` and `todo`"]],
  ["a reason that is empty", one({ skip: " " }), ["case-pending /cases/0/skip: expected true or a reason, found ` `"]],
  ["a reason that is a number", one({ todo: 7 }), ["case-pending /cases/0/todo: expected true or a reason, found `7`"]],
  ["a case that is skipped, and is wrong", one({ skip: true, expect: {} }), ["case-expect /cases/0/expect: nothing is expected"]],
  [
    "a skipped case without `expect`",
    { alias: ALIAS, cases: [{ skip: true }] },
    ["missing-key /cases/0/expect: the key `expect` is missing"],
  ],
  ["a table without rows", one({ each: [] }), ["case-row /cases/0/each: there are no rows"]],
  ["a table that is no list", one({ each: { a: 1 } }), ["wrong-type /cases/0/each: expected a list, found an object"]],
  ["a row that is no object", one({ each: [1] }), ["wrong-type /cases/0/each/0: expected an object, found the number `1`"]],
  [
    "a value of a row that is a list",
    one({ name: "$a", each: [{ a: [1] }] }),
    ["case-row /cases/0/each/0/a: a list or an object as the value of a row"],
  ],
  [
    "a placeholder that no row has, once for all rows",
    one({ name: "$cuntry and ${x y}", each: [{ country: "de" }, { country: "at" }] }),
    [
      "case-row /cases/0/name: no row has a value for the placeholder `cuntry`",
      "case-row /cases/0/name: no row has a value for the placeholder `x y`",
      "case-row /cases/0/each/0/country: no text has the placeholder of `country`",
    ],
  ],
  [
    "a placeholder that one row has not",
    one({ name: "$a $b", each: [{ a: "1", b: "2" }, { a: "1" }] }),
    ["case-row /cases/0/each/1: the row has no `b`"],
  ],
  [
    "a dollar sign alone",
    one({ name: "5 $ and $a", each: [{ a: "1" }] }),
    ["case-row /cases/0/name: a `$` without a name in `5 $ and $a`"],
  ],
  ["null within a text", one({ name: "is $a", each: [{ a: null }] }), ["case-row /cases/0/each/0/a: `null` as a part of the text `is $a`"]],
  [
    "two keys that are one",
    one({ request: { headers: { $a: "1", $b: "2" } }, each: [{ a: "x", b: "x" }] }),
    ["case-row /cases/0/request/headers: the key `x` comes twice of two placeholders"],
  ],
  [
    "what is wrong with a template, once for all rows, and what is wrong with a row",
    one({ name: "$v", draw: 2, expect: { version: "$v" }, each: [{ v: "v1" }, { v: "v9" }] }),
    ["case-draw /cases/0/draw: `2` is no draw", "case-version /cases/0/expect/version: the alias has no version `v9`"],
  ],
  [
    "a table with one id",
    one({ id: "a", name: "$n", each: [{ n: 1 }, { n: 2 }] }),
    ["case-id /cases/0/id: /cases/0/id has the id `a` too"],
  ],
  [
    "an unknown key of a table, once",
    one({ names: "$a", each: [{ a: 1 }, { a: 2 }] }),
    ["unknown-key /cases/0/names: unknown key `names`", "case-row /cases/0/each/0/a: no text has the placeholder of `a`"],
  ],
  [
    "more rows than a suite may have cases",
    one({ name: "$a", each: Array.from({ length: 100_001 }, () => ({ a: 1 })) }),
    ["over-budget /cases/0/each: more than 100000 rows"],
  ],
  [
    "rows that make too much of a template",
    one({ name: `$a ${"x".repeat(1_000_000)}`, each: Array.from({ length: 40 }, () => ({ a: 1 })) }),
    ["over-budget /cases/0/name: more than 33554432 characters made by the rows of a suite"],
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

/** What the first complaint about a suite says to do. */
const helpOf = (suite: unknown): string | undefined => parseSuite(suite).diagnostics[0]?.help;

test("complaints say what to do", () => {
  expect(helpOf({ alias: { version: "v1" }, cases: [{ draw: 1, expect: { version: "v1" } }] })).toBe(
    "write a number from 0 up to, not including, 1",
  );
  expect(helpOf({ alias: { version: "v1" }, cases: [{ skip: true, todo: true, expect: { version: "v1" } }] })).toBe(
    "keep one: what is still to be written is not run either",
  );
  expect(helpOf({ alias: { version: "v1" }, laws: [{ never: { when: { cookies: { a: ";" } }, version: "v1" } }] })).toBe(
    "write a value that a request can have",
  );
});

test("too many of anything is told by its name", () => {
  const messages = (suite: unknown): readonly string[] => parseSuite(suite).diagnostics.map(({ message }) => message);
  const alias = { version: "v1" };
  const laws = Array.from({ length: 1_001 }, () => ({ never: { version: "v1" } }));
  expect(messages({ alias, laws })).toContain("more than 1000 laws");
  const row = Object.fromEntries(Array.from({ length: 101 }, (_, column) => [`c${column}`, 1]));
  expect(messages({ alias, cases: [{ each: [row], expect: { version: "v1" } }] })).toContain("more than 100 columns");
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

  test("a table as a case for each row", () => {
    const checked = parseSuite({
      alias: ALIAS,
      cases: [
        {
          id: "geo-$country",
          name: "users of ${country}, $$1, get $version",
          request: { headers: { "X-$name": "$country", n: "$number", is: "$number/2" }, cookies: { a: "$none" } },
          draw: "$draw",
          expect: { version: "$version", reason: "$why" },
          each: [
            { country: "de", version: "v2", draw: 0, why: "split", number: 1.5, none: null, name: "A" },
            { country: "at", version: "v1", draw: 0.5, why: null, number: 2, none: "$x", name: "B" },
          ],
        },
        { name: "plain $1", expect: { split: { v1: 90, v2: 10 } } },
        { expect: { split: { v1: "$v1", $other: "$v2" } }, each: [{ v1: 90, v2: 10, other: "v2" }] },
      ],
    });
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
    expect(
      checked.value.cases.map(({ at, title, request, draw, expect: { version, reason } }) => ({
        at,
        title,
        request,
        draw,
        version,
        reason,
      })),
    ).toEqual([
      {
        at: "/cases/0/each/0",
        title: "geo-de: users of de, $1, get v2",
        request: { headers: { "x-a": "de", n: "1.5", is: "1.5/2" } },
        draw: 0,
        version: "v2",
        reason: "split",
      },
      {
        at: "/cases/0/each/1",
        title: "geo-at: users of at, $1, get v1",
        request: { headers: { "x-b": "at", n: "2", is: "2/2", cookie: "a=$x" } },
        draw: 0.5,
        version: "v1",
        reason: undefined,
      },
      { at: "/cases/1", title: "plain $1", request: { headers: {} }, draw: undefined, version: undefined, reason: undefined },
      { at: "/cases/2/each/0", title: "case 3, row 1", request: { headers: {} }, draw: undefined, version: undefined, reason: undefined },
    ]);
    expect(verify(undefined, checked.value)).toMatchObject({ passed: 4, failures: [] });
  });

  test("numbers of rows as they are written", () => {
    const read = readText(
      '{"name":"$n","request":{"headers":{"a":"$n","b":"v$n"}},"expect":{"version":"v1"},"each":[{"n":1.10}]}'.replace(
        /^(.*)$/,
        `{"alias":${JSON.stringify(ALIAS)},"cases":[$1]}`,
      ),
    );
    if (!read.ok) throw new Error("unreadable");
    const checked = parseSuite(read.value.value, { written: read.value.written });
    expect(checked.ok && checked.value.cases[0]).toMatchObject({ title: "1.10", request: { headers: { a: "1.10", b: "v1.10" } } });
  });

  test("cases and laws that are not run", () => {
    const suite: SuiteConfig = {
      alias: ALIAS,
      cases: [
        { name: "a", skip: "flaky upstream", expect: { version: "v2" } },
        { name: "b", todo: true },
        { name: "c", skip: false, expect: { split: { v1: 90, v2: 10 } } },
        {
          name: "$n",
          skip: "$why",
          expect: { version: "v2" },
          each: [
            { n: "d", why: true },
            { n: "e", why: "slow" },
          ],
        },
      ],
      laws: [
        { todo: "with the next release" },
        { name: "f", skip: true, never: { version: "v2" } },
        { skip: true, never: { version: "v2" } },
        { at_most: { version: "v2", share: 10 } },
      ],
    };
    const report = verify(undefined, suite);
    expect(report).toMatchObject({ passed: 2, failures: [] });
    expect(report.suite.pending).toEqual([
      { at: "/cases/0", title: "a", kind: "skip", reason: "flaky upstream" },
      { at: "/cases/1", title: "b", kind: "todo", reason: undefined },
      { at: "/cases/3/each/0", title: "d", kind: "skip", reason: undefined },
      { at: "/cases/3/each/1", title: "e", kind: "skip", reason: "slow" },
      { at: "/laws/0", title: "law 1", kind: "todo", reason: "with the next release" },
      { at: "/laws/1", title: "f", kind: "skip", reason: undefined },
      { at: "/laws/2", title: "never v2", kind: "skip", reason: undefined },
    ]);
    expect(verify(undefined, { alias: ALIAS, cases: [{ todo: true }] })).toMatchObject({ passed: 0, failures: [] });
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
  const beyond = new Set(["case-version", "case-expect", "case-at", "case-id", "case-row"]);

  test.each(rows)("agrees: %s", (_, suite, told) => {
    if (told.every((line) => beyond.has(line.split(" ")[0] ?? "")) || suite === rows.find(([title]) => title.startsWith("a path"))?.[1])
      return;
    // An instance, and what throws, are no JSON.
    if (told.some((line) => line.startsWith("unreadable") || line.includes("made by the rows"))) return;
    expect(validate(suite)).toBe(false);
  });

  test.each(FORMS)("takes %j", (parts) => {
    expect([validate(one({ request: parts })), validate.errors]).toEqual([true, null]);
  });

  test.each([
    one({ skip: true }),
    one({ skip: "later", todo: false }),
    { cases: [{ todo: true }, { todo: "why", skip: null }] },
    { alias: ALIAS, laws: [{ todo: true }, { skip: "slow", never: { version: "v2" } }] },
    one({ name: "$a", draw: "$d", expect: { version: "$v", split: { v1: "$p" } }, each: [{ a: "x", d: 0.5, v: null, p: 1 }] }),
  ])("takes %j", (suite) => {
    expect([validate(suite), validate.errors]).toEqual([true, null]);
  });

  test.each([
    one({ skip: "" }),
    { alias: ALIAS, cases: [{ skip: true }] },
    { alias: ALIAS, cases: [{ todo: false }] },
    { alias: ALIAS, laws: [{ skip: true }] },
    { alias: ALIAS, laws: [{ todo: true, skip: true, never: { version: "v2" } }] },
    one({ draw: "$d" }),
    one({ each: [{ a: [1] }] }),
    one({ each: [] }),
  ])("refuses %j", (suite) => {
    expect(validate(suite)).toBe(false);
    expect(parseSuite(suite).ok).toBe(false);
  });

  test.each([one({}), one({ request: { headers: { a: ["1"], b: null }, query: { q: "" } }, draw: 0, expect: { split: { v1: 100 } } })])(
    "takes %j",
    (suite) => {
      expect([validate(suite), validate.errors]).toEqual([true, null]);
    },
  );
});
