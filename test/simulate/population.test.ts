import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { format } from "../../src/index.ts";
import { SIMULATION_CODES } from "../../src/simulate/codes.ts";
import { readerOf } from "../../src/simulate/field.ts";
import { meanOf, parsePopulation, population } from "../../src/simulate/population.ts";
import { binomialTest } from "../../src/simulate/statistics/binomial.ts";
import { chiSquareTest } from "../../src/simulate/statistics/chi-square.ts";
import { modelReader, usersPerBlock } from "../../src/simulate/traffic/model.ts";
import type { Visit } from "../../src/simulate/traffic/visit.ts";

const shop = population(parseYaml(readFileSync("docs/examples/population.yaml", "utf8")));

function complaints(value: unknown): readonly string[] {
  return parsePopulation(value).diagnostics.map((diagnostic) => format(diagnostic).split("\n")[0] ?? "");
}

test("everything wrong is told at once, with pointers, before anything runs", () => {
  expect(
    complaints({
      users: 0,
      sesions: 3,
      sessions: { mean: 0.5 },
      requests: { 1: 30, 2: 60 },
      identity: { rule_type: "Hedder", param: "X-User" },
      session: { rule_type: "Cookie", param: "a b" },
      traits: [
        { field: { rule_type: "Cookie", param: "beta" }, values: { on: 5, off: -1 } },
        { field: { rule_type: "Cookie", param: "beta" }, values: { on: 5 }, absent: 90 },
        { fields: [{ rule_type: "Cookie", param: "beta" }], per: "users", values: [{ of: ["on", "x"], share: 100 }] },
        { field: { rule_type: "Cookie", param: "a" }, fields: [], values: {} },
      ],
    }),
  ).toEqual([
    "error[unknown-key] /sesions: unknown key `sesions`",
    "error[count] /users: `0` is no count",
    "error[count] /sessions/mean: `0.5` is no mean",
    "error[share-sum] /requests: the shares sum to 90 %",
    "error[rule-type] /identity/rule_type: `Hedder` is no rule type",
    "error[param] /session/param: `a b` is no cookie name",
    "error[share] /traits/0/values/off: `-1` is no share",
    "error[share-sum] /traits/1/values: the shares sum to 95 %",
    "error[trait] /traits/2/per: `users` is no period",
    "error[trait] /traits/2/values/0/of: expected a value for each field, found 2 for 1",
    "error[trait] /traits/3: `field` and `fields` are both there",
  ]);
  expect(complaints({})).toEqual(["error[missing-key] /users: the key `users` is missing"]);
  expect(complaints([])).toEqual(["error[wrong-type]: expected an object, found a list"]);
});

const beta = { rule_type: "Cookie", param: "beta" };
const withTrait = (trait: object): object => ({ users: 1, traits: [trait] });
const COUNTS = "write whole numbers from 1 to 10000, or `mean` alone";
const WHOLE = "make them 100 % together";
const BOTH = "keep `field` for one, or `fields` for several listed jointly";
const CELLS = "write a value for each field, null where it is absent";

/** A population of which one thing is said, and nothing else. */
const rows: readonly (readonly [value: unknown, message: string, help: string])[] = [
  [{ users: 1.5 }, "count /users: `1.5` is no count", "write a whole number from 1 to 1000000000"],
  [{ users: 1, sessions: 10_001 }, "count /sessions: `10001` is no count", "write a whole number from 1 to 10000"],
  [{ users: 1, requests: { mean: 501 } }, "count /requests/mean: `501` is no mean", "write a number from 1 to 500"],
  [{ users: 1, requests: { mean: NaN } }, "count /requests/mean: `NaN` is no mean", "write a number from 1 to 500"],
  [{ users: 1, sessions: { 0: 100 } }, "count /sessions/0: `0` is no count", COUNTS],
  [{ users: 1, sessions: { "0x5": 50, 5: 50 } }, "count /sessions/0x5: `0x5` is no count", COUNTS],
  [{ users: 1, sessions: { meen: 3 } }, "count /sessions/meen: `meen` is no count", "did you mean `mean`?"],
  [{ users: 1, sessions: { 1: 100, mean: 3 } }, "count /sessions/mean: `mean` is no count", COUNTS],
  [{ users: 1, sessions: { 1: 100.5 } }, "share /sessions/1: `100.5` is no share", "write percent, from 0 to 100"],
  [withTrait({ field: beta, values: { on: 100 }, absent: -1 }), "share /traits/0/absent: `-1` is no share", "write percent, from 0 to 100"],
  [
    withTrait({ fields: [beta], values: [{ of: ["on"], share: NaN }] }),
    "share /traits/0/values/0/share: `NaN` is no share",
    "write percent, from 0 to 100",
  ],
  [{ users: 1, sessions: {} }, "share-sum /sessions: the shares sum to 0 %", WHOLE],
  [withTrait({ fields: [beta], values: [{ of: ["on"], share: 99 }] }), "share-sum /traits/0/values: the shares sum to 99 %", WHOLE],
  [
    withTrait({ field: beta, values: { on: 60, off: 50 } }),
    "share-sum /traits/0/values: the shares sum to 110 %",
    "make them 100 % together, with `absent` for those without a value",
  ],
  [withTrait({ field: beta, fields: [beta], values: { on: 100 } }), "trait /traits/0: `field` and `fields` are both there", BOTH],
  [
    withTrait({ fields: [], values: [{ of: [], share: 100 }] }),
    "trait /traits/0/fields: the trait has no field",
    "name one or more, or remove the trait",
  ],
  [
    withTrait({ fields: [beta], values: [{ of: [], share: 100 }] }),
    "trait /traits/0/values/0/of: expected a value for each field, found 0 for 1",
    CELLS,
  ],
  [
    withTrait({ fields: [beta], values: [{ of: [null], share: 100 }], absent: 0 }),
    "trait /traits/0/absent: `absent` is for a single field",
    "list a row of nulls",
  ],
  [withTrait({ field: beta, per: "sesion", values: { on: 100 } }), "trait /traits/0/per: `sesion` is no period", "did you mean `session`?"],
];

describe("a population is refused", () => {
  test.each(rows)("%j", (value, message, help) => {
    const checked = parsePopulation(value);
    expect(checked.diagnostics.map(({ code, at, message: told, help: offered }) => [`${code} ${at}: ${told}`, offered])).toEqual([
      [message, help],
    ]);
    expect(checked.ok).toBe(false);
  });

  test("with every code that populations have", () => {
    const told = new Set(rows.map(([, message]) => message.split(" ")[0]));
    expect(SIMULATION_CODES.slice(0, SIMULATION_CODES.indexOf("trait") + 1).filter((code) => !told.has(code))).toEqual([]);
  });

  test("with codes of aliases where the same would be wrong with an alias", () => {
    expect(complaints({ users: "5" })).toEqual(["error[wrong-type] /users: expected a number, found the string `5`"]);
    expect(complaints(withTrait({ values: { on: 100 } }))).toEqual(["error[missing-key] /traits/0/field: the key `field` is missing"]);
    expect(complaints(withTrait({ fields: "beta", values: [{ of: ["on"], share: 100 }] }))).toEqual([
      "error[wrong-type] /traits/0/fields: expected a list, found the string `beta`",
    ]);
    const many = Array.from({ length: 1_001 }, () => ({ field: beta, values: { on: 100 } }));
    expect(complaints({ users: 1, traits: many })).toEqual(["error[over-budget] /traits: more than 1000 traits"]);
  });
});

test("shares that are whole but for the last binary digit are whole", () => {
  const values = { a: 33.3, b: 33.3, c: 33.4 };
  expect(complaints({ users: 1, traits: [{ field: { rule_type: "Cookie", param: "x" }, values }] })).toEqual([]);
});

test("the example has what its comments say", () => {
  expect(shop).toMatchObject({ users: 20_000, identity: { kind: "header", name: "x-user-id" }, session: { kind: "cookie", name: "sid" } });
  expect(meanOf(shop.sessions) * meanOf(shop.requests)).toBeCloseTo(3 * (0.3 + 1.6 + 3 + 3), 9);
  expect(meanOf({ kind: "fixed", count: 4 })).toBe(4);
});

/** Blocks of the example, which are the same at every run. */
const visits: readonly Visit[] = Array.from({ length: 12 }, (_, block) => modelReader(shop, "test")(block).visits).flat();

test("users are whole, in one block, and their requests follow each other", () => {
  const size = usersPerBlock(shop);
  const seen = new Set<string>();
  let last: string | undefined;
  for (const { user = "" } of visits) {
    if (user === last) continue;
    if (seen.has(user)) throw new Error(`${user} comes again`);
    seen.add(user);
    last = user;
  }
  expect(seen.size).toBe(12 * size);
});

test("identity and session stand where the file says, and traits stay as long as it says", () => {
  const id = readerOf({ kind: "header", name: "x-user-id" });
  const sid = readerOf({ kind: "cookie", name: "sid" });
  const country = readerOf({ kind: "attribute", name: "country" });
  const path = readerOf({ kind: "path" });
  const countries = new Map<string | undefined, string | undefined>();
  const paths = new Map<string | undefined, Set<string | undefined>>();
  for (const { request, user, session } of visits) {
    const known = countries.get(user) ?? country(request);
    countries.set(user, known);
    if (id(request) !== user || sid(request) !== session || country(request) !== known) expect(request).toBe(`of ${user} in ${session}`);
    paths.set(session, (paths.get(session) ?? new Set()).add(path(request)));
  }
  expect([...paths.values()].some((each) => each.size > 1)).toBe(true);
});

test("values come in their shares, and those that are listed jointly come together", () => {
  const read = { country: readerOf({ kind: "attribute", name: "country" }), beta: readerOf({ kind: "cookie", name: "beta" }) };
  const role = readerOf({ kind: "attribute", name: "role" });
  const users = new Map(visits.map(({ user, request }) => [user, request]));
  const of = (wanted: (request: Visit["request"]) => boolean): number => [...users.values()].filter(wanted).length;
  const shares = { DE: 40, FR: 22, GB: 21, PL: 16, IS: 1 };
  const counts = Object.keys(shares).map((name) => of((request) => read.country(request) === name));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(users.size);
  expect(chiSquareTest(counts, Object.values(shares)).p).toBeGreaterThan(1e-4);
  const both = of((request) => read.beta(request) === "on" && role(request) === "staff");
  expect(binomialTest(both, users.size, 0.005)).toBeGreaterThan(1e-4);
  expect(of((request) => read.beta(request) === "off" && role(request) === "staff")).toBe(0);
});

test("the same seed gives the same requests, and another one other people", () => {
  expect(modelReader(shop, "test")(3)).toEqual(modelReader(shop, "test")(3));
  const others = new Set(modelReader(shop, "other")(3).visits.map(({ user }) => user));
  expect(modelReader(shop, "test")(3).visits.some(({ user }) => others.has(user))).toBe(false);
});

test("a share of 0 is never drawn, and every kind of field can be", () => {
  const model = population({
    users: 3_000,
    sessions: 2,
    traits: [
      { field: { rule_type: "Header", param: "__proto__" }, values: { never: 0, x: 100, nor: 0 } },
      { field: { rule_type: "Query", param: "a&b" }, values: { "1 2": 50 }, absent: 50, per: "request" },
      { field: { rule_type: "Header", param: ":method" }, values: { PUT: 100 } },
      { field: { rule_type: "Header", param: ":authority" }, values: { "shop.example": 100 } },
      { field: { rule_type: "Cookie", param: "c" }, values: { d: 100 }, per: "session" },
    ],
  });
  const all = Array.from({ length: 1 }, (_, block) => modelReader(model, "s")(block).visits).flat();
  const fields = [
    readerOf({ kind: "header", name: "__proto__" }),
    readerOf({ kind: "query", name: "a&b" }),
    readerOf({ kind: "method" }),
    readerOf({ kind: "authority" }),
    readerOf({ kind: "cookie", name: "c" }),
  ];
  const rows = new Set(all.map(({ request }) => JSON.stringify(fields.map((read) => read(request) ?? null))));
  expect(rows).toEqual(new Set(['["x","1 2","PUT","shop.example","d"]', '["x",null,"PUT","shop.example","d"]']));
});
