import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError } from "../../src/document/diagnostic.ts";
import { SUITE_CODES } from "../../src/testing/codes.ts";
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
    "a split that does not sum to 100",
    one({ expect: { split: { v1: 90 } } }),
    ["case-expect /cases/0/expect/split: the split sums to 90, not 100"],
  ],
  [
    "a share between the slots",
    one({ expect: { split: { v1: 90.001, v2: 9.999 } } }),
    ["case-expect /cases/0/expect/split/v1: `90.001` is no share", "case-expect /cases/0/expect/split/v2: `9.999` is no share"],
  ],
  ["a draw of 1", one({ draw: 1 }), ["case-draw /cases/0/draw: `1` is no draw"]],
  ["a draw below 0", one({ draw: -0.1 }), ["case-draw /cases/0/draw: `-0.1` is no draw"]],
  ["a draw that is a text", one({ draw: "0.5" }), ["wrong-type /cases/0/draw: expected a number, found the string `0.5`"]],
  ["a reason that is none", one({ expect: { reason: "rules" } }), ["case-expect /cases/0/expect/reason: `rules` is no reason"]],
  ["both a path and a url", one({ request: { path: "/a", url: "/a" } }), ["case-expect /cases/0/request/path: both `path` and `url`"]],
  [
    "a header that is a number",
    one({ request: { headers: { a: 1 } } }),
    ["wrong-type /cases/0/request/headers/a: expected a string, found the number `1`"],
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

  /** Sums, steps and names of versions are beyond a schema. */
  const beyond = new Set(["case-version", "case-expect"]);

  test.each(rows)("agrees: %s", (_, suite, told) => {
    if (told.every((line) => beyond.has(line.split(" ")[0] ?? "")) || suite === rows.find(([title]) => title.startsWith("a path"))?.[1])
      return;
    expect(validate(suite)).toBe(false);
  });

  test.each([one({}), one({ request: { headers: { a: ["1"], b: null }, query: { q: "" } }, draw: 0, expect: { split: { v1: 100 } } })])(
    "takes %j",
    (suite) => {
      expect([validate(suite), validate.errors]).toEqual([true, null]);
    },
  );
});
