import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { explain } from "../../src/index.ts";
import type { NodeRequest } from "../../src/request/request.ts";
import { type DialectName, toSQL } from "../../src/warehouse/index.ts";
import { DIALECTS } from "../../src/warehouse/to-sql.ts";
import { configs, HOSTILE } from "../support/arbitrary.ts";
import { type Engine, hasClickhouse, startClickhouse, startDuckdb } from "../support/warehouse.ts";

// A warehouse decides every row as the library decides its request: version, reason, place and slot, on the real engine.

/** The columns of a row; null where the request has none. */
interface Row {
  readonly method: string | null;
  readonly url: string | null;
  readonly cookies: string | null;
  readonly authority: string | null;
  readonly headers: readonly (string | null)[];
  readonly attributes: readonly (string | null)[];
  readonly draw: number | null;
}

const HEADERS = ["x-a", "x-b", "__proto__", "constructor"];
const ATTRIBUTES = ["a", "b\u2028`${0}", "__proto__"];

const COLUMNS = {
  ":method": "method",
  url: "url",
  cookies: "cookies",
  ":authority": "authority",
  ...Object.fromEntries(HEADERS.map((name, at) => [`header ${name}`, `h${at}`])),
  ...Object.fromEntries(ATTRIBUTES.map((name, at) => [`attribute ${name}`, `a${at}`])),
};

const word = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("1", "2") }, { weight: 1, arbitrary: fc.constantFrom(...HOSTILE, "") });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 3 });
const blank = fc.constantFrom("", " ", "\t", " \t");

const cookies = fc
  .array(
    fc
      .tuple(blank, fc.constantFrom("a", "b", "__proto__", "A", ""), blank, fc.constantFrom("=", "=", "=", ""), blank, word, blank)
      .map((parts) => parts.join("")),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.join(";"));

const escaped = word.chain((text) =>
  fc.constantFrom(
    text.replaceAll(/[&#\0]/g, ""),
    encodeURIComponent(text),
    encodeURIComponent(text).replaceAll("%20", "+"),
    "%zz",
    "%3",
    "+1",
  ),
);

const urls = fc
  .tuple(
    fc.constantFrom("/", "/1", "/2", "http://h", "http://h/1", "HTTP://u@h:1/2", "1://h/1", "/1/http://x/2", "*", "", "é"),
    fc.array(
      fc
        .tuple(fc.constantFrom("a", "b", "%61", "__proto__", "+a", ""), fc.constantFrom("=", "=", ""), escaped)
        .map(([name, equals, value]) => (equals === "" ? name : `${name}=${value}`)),
      { maxLength: 3 },
    ),
    fc.constantFrom("?", "?", "?", "#", "?#", "??"),
    fc.constantFrom("", "", "#a=1", "&", "?b=2"),
  )
  .map(([path, pairs, mark, end]) => `${path}${pairs.length === 0 ? "" : mark}${pairs.join("&")}${end}`);

const rows: fc.Arbitrary<Row> = fc.record({
  method: maybe(fc.constantFrom("GET", "1", "2")),
  url: maybe(urls),
  cookies: maybe(cookies),
  authority: maybe(word),
  headers: fc.tuple(...HEADERS.map(() => maybe(word))),
  attributes: fc.tuple(...ATTRIBUTES.map(() => maybe(word))),
  draw: fc.option(fc.constantFrom(0, 0.1, 0.4999, 0.99, 0.00005, 1, -0.1, 7), { freq: 2 }),
});

function requestOf({ method, url, cookies: line, authority, headers, attributes }: Row): NodeRequest {
  const named = (names: readonly string[], values: readonly (string | null)[]): object =>
    Object.fromEntries(names.flatMap((name, at) => (values[at] === null ? [] : [[name, values[at]]])));
  const fields = named(HEADERS, headers) as Record<string, string>;
  if (line !== null) fields["cookie"] = line;
  if (authority !== null) fields[":authority"] = authority;
  return {
    headers: fields,
    ...(method !== null && { method }),
    ...(url !== null && { url }),
    attributes: named(ATTRIBUTES, attributes),
  } as NodeRequest;
}

/** What the library says of a row: NULL throughout where only a random draw could decide. */
function expected(config: AliasConfig, row: Row): readonly (string | null)[] {
  const request = requestOf(row);
  const draw = row.draw ?? undefined;
  const { decision, draw: drawn } = explain(config, request, draw, { random: () => 0 });
  if (drawn?.from.kind === "random") return [null, null, null, null];
  return [decision.version, decision.reason, decision.at, drawn?.slot === undefined ? null : String(drawn.slot)];
}

function tableOf(dialect: DialectName, list: readonly Row[]): readonly string[] {
  const text = (value: string | null): string => (value === null ? "NULL" : (DIALECTS[dialect].text(value) ?? "NULL"));
  const names = ["method", "url", "cookies", "authority", ...HEADERS.map((_, at) => `h${at}`), ...ATTRIBUTES.map((_, at) => `a${at}`)];
  const type = dialect === "clickhouse" ? "Nullable(String)" : "VARCHAR";
  const number = dialect === "clickhouse" ? "Nullable(Float64)" : "DOUBLE";
  const values = list.map(
    ({ method, url, cookies: line, authority, headers, attributes, draw }, id) =>
      `(${id}, ${[method, url, line, authority, ...headers, ...attributes].map(text).join(", ")}, ${draw ?? "NULL"})`,
  );
  return [
    "DROP TABLE IF EXISTS requests",
    `CREATE TABLE requests (id ${dialect === "clickhouse" ? "Int32" : "INTEGER"}, ${names.map((name) => `${name} ${type}`).join(", ")}, draw ${number})${dialect === "clickhouse" ? " ENGINE = Memory" : ""}`,
    `INSERT INTO requests VALUES ${values.join(", ")}`,
  ];
}

const ENGINES: readonly (readonly [DialectName, () => Promise<Engine>, boolean])[] = [
  ["duckdb", startDuckdb, true],
  ["clickhouse", startClickhouse, hasClickhouse()],
];

describe.each(ENGINES)("%s", (dialect, start, there) => {
  let engine: Engine;
  beforeAll(async () => {
    if (there) engine = await start();
  }, 30_000);
  afterAll(async () => engine?.stop());

  test.skipIf(!there)("decides rows as the library decides requests", { timeout: 120_000 }, async () => {
    const list = fc.sample(rows, { numRuns: 500, seed: 7 });
    await engine.ask([...tableOf(dialect, list), "SELECT 1"]);
    let decided = 0;
    for (const config of fc.sample(configs, { numRuns: 60, seed: 11 })) {
      if (dialect === "clickhouse" && config.stickiness?.hash === "xxh32") continue;
      const { prelude, query, refused } = toSQL(config, { dialect, from: "requests", columns: { ...COLUMNS, draw: "draw" } });
      expect(refused).toEqual([]);
      const found = await engine.ask([
        ...prelude,
        `SELECT id, canary_version, canary_reason, canary_at, canary_slot FROM (${query}) AS t ORDER BY id`,
      ]);
      const wanted = list.map((row, id) => [String(id), ...expected(config, row)]);
      expect({ config, rows: found.filter((row, id) => String(row) !== String(wanted[id])) }).toEqual({ config, rows: [] });
      decided += found.filter(([, version]) => version !== null).length;
    }
    expect(decided).toBeGreaterThan(15_000);
  });

  test.skipIf(!there)("reads a literal as the text that was written, whatever it is", async () => {
    const hostile = fc.sample(
      fc.array(fc.oneof(fc.constantFrom(...HOSTILE, "''", "--", "/*", ";", "\\'", "\\x27", "$$", "E'"), fc.string({ unit: "grapheme" }))),
      { numRuns: 5_000, seed: 3 },
    );
    const texts = hostile.map((parts) => parts.join("")).filter((text) => DIALECTS[dialect].text(text) !== undefined);
    expect(texts.length).toBeGreaterThan(4_000);
    for (let from = 0; from < texts.length; from += 500) {
      const some = texts.slice(from, from + 500);
      const [found] = await engine.ask([`SELECT ${some.map((text, at) => `${DIALECTS[dialect].text(text)} AS c${at}`).join(", ")}`]);
      expect(found).toEqual(some);
    }
  });

  test.skipIf(!there)("reads an identifier as one", async () => {
    for (const name of ["a b", "select", 'a"b', "a`b", "a\\b", "a'b", "a;--b"]) {
      const quoted = DIALECTS[dialect].identifier(name);
      expect(await engine.ask([`SELECT ${quoted} FROM (SELECT '1' AS ${quoted}) AS t`])).toEqual([["1"]]);
    }
  });

  const numbers = (value: string): string => `(SELECT ${value} AS x) AS t`;
  const config: AliasConfig = {
    version: "v1",
    additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x", op: "=", value: "10" }] } },
  };

  test.skipIf(!there)("a column of whole numbers is read as text, one of another type fails", async () => {
    const run = async (value: string): Promise<readonly (readonly (string | null)[])[]> => {
      const { prelude, query } = toSQL(config, { dialect, from: numbers(value) });
      return engine.ask([...prelude, `SELECT canary_version FROM (${query}) AS u`]);
    };
    expect(await run("10")).toEqual([["v2"]]);
    await expect(run("[10]")).rejects.toThrow(/throwIf|is no text/);
    await expect(run("CAST(1.5 AS " + (dialect === "clickhouse" ? "Float64" : "DOUBLE") + ")")).rejects.toThrow(/throwIf|is no text/);
  });

  test.skipIf(!there)("the request that a loss names is decided otherwise", async () => {
    const lossy: AliasConfig = {
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Query", param: "q", op: "=", value: "a\ufffd" }] } },
    };
    const script = toSQL(lossy, { dialect, from: "(SELECT '/?q=a%FF' AS u) AS t", columns: { url: "u" } });
    const [loss] = script.lossy;
    expect(loss?.request.url).toBe("/?q=a%FF");
    expect(explain(lossy, { headers: {}, url: "/?q=a%FF" }).decision.version).toBe("v2");
    expect(await engine.ask([...script.prelude, `SELECT canary_version FROM (${script.query}) AS v`])).toEqual([["v1"]]);
  });
});
