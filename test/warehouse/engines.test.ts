import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { explain } from "../../src/index.ts";
import type { NodeRequest } from "../../src/request/request.ts";
import { type EngineName, toSQL } from "../../src/warehouse/index.ts";
import { DIALECTS } from "../../src/warehouse/to-sql.ts";
import { configs, HOSTILE } from "../support/arbitrary.ts";
import { type Engine, hasClickhouse, hasPostgres, startClickhouse, startDuckdb, startPostgres } from "../support/warehouse.ts";

// A warehouse decides every row as the library decides its request: version, reason, place and slot, on the real engine.

/** `LAW_RUNS=6` takes six times as many aliases, and rows for each: 360 aliases, and a million rows in all. */
const factor = Number(process.env["LAW_RUNS"] ?? 1);
const seed = Number(process.env["LAW_SEED"] ?? 11);

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

/** A row without the values that an engine cannot have, such as NUL in PostgreSQL. */
function storable(dialect: EngineName, row: Row): Row {
  const kept = <T>(value: T): T | null => (typeof value === "string" && DIALECTS[dialect].text(value) === undefined ? null : value);
  return {
    ...(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, kept(value)])) as unknown as Row),
    headers: row.headers.map(kept),
    attributes: row.attributes.map(kept),
  };
}

/** The types of a whole number, of text and of a number, each of which may be NULL, and what ends the statement that makes a table. */
const TYPES: { readonly [dialect in EngineName]: readonly [integer: string, text: string, number: string, end: string] } = {
  clickhouse: ["Int32", "Nullable(String)", "Nullable(Float64)", " ENGINE = Memory"],
  duckdb: ["INTEGER", "VARCHAR", "DOUBLE", ""],
  postgres: ["integer", "text", "double precision", ""],
};

function tableOf(dialect: EngineName, list: readonly Row[]): readonly string[] {
  const text = (value: string | null): string => (value === null ? "NULL" : String(DIALECTS[dialect].text(value)));
  const names = ["method", "url", "cookies", "authority", ...HEADERS.map((_, at) => `h${at}`), ...ATTRIBUTES.map((_, at) => `a${at}`)];
  const [integer, type, number, end] = TYPES[dialect];
  const values = list.map(
    ({ method, url, cookies: line, authority, headers, attributes, draw }, id) =>
      `(${id}, ${[method, url, line, authority, ...headers, ...attributes].map(text).join(", ")}, ${draw ?? "NULL"})`,
  );
  return [
    "DROP TABLE IF EXISTS requests",
    `CREATE TABLE requests (id ${integer}, ${names.map((name) => `${name} ${type}`).join(", ")}, draw ${number})${end}`,
    `INSERT INTO requests VALUES ${values.join(", ")}`,
  ];
}

const ENGINES: readonly (readonly [EngineName, () => Promise<Engine>, boolean])[] = [
  ["duckdb", startDuckdb, true],
  ["clickhouse", startClickhouse, hasClickhouse()],
  ["postgres", startPostgres, hasPostgres()],
];

describe.each(ENGINES)("%s", (dialect, start, there) => {
  let engine: Engine;
  beforeAll(async () => {
    if (there) engine = await start();
  }, 120_000);
  afterAll(async () => engine?.stop());

  test.skipIf(!there)("decides rows as the library decides requests", { timeout: 240_000 * factor ** 2 }, async () => {
    const list = fc.sample(rows, { numRuns: Math.round(500 * factor), seed: seed + 1 }).map((row) => storable(dialect, row));
    await engine.ask([...tableOf(dialect, list), "SELECT 1"]);
    let decided = 0;
    for (const config of fc.sample(configs, { numRuns: Math.round(60 * factor), seed })) {
      if (dialect === "clickhouse" && config.stickiness?.hash === "xxh32") continue;
      const { prelude, query, refused, lossy } = toSQL(config, { dialect, from: "requests", columns: { ...COLUMNS, draw: "draw" } });
      expect(refused).toEqual([]);
      const found = await engine.ask([
        ...prelude,
        `SELECT id, canary_version, canary_reason, canary_at, canary_slot FROM (${query}) AS t ORDER BY id`,
      ]);
      const wanted = list.map((row, id) => [String(id), ...expected(config, row)]);
      // What the report declares is shown by a test of its own.
      const isDeclared = (row: Row | undefined): boolean =>
        lossy.length > 0 && DIALECTS[dialect].undecodable.some(({ escape }) => row?.url?.includes(escape));
      const differ = found.filter((row, id) => String(row) !== String(wanted[id]) && !isDeclared(list[id]));
      expect({ config, rows: differ }).toEqual({ config, rows: [] });
      decided += found.filter(([, version]) => version !== null).length;
    }
    expect(decided).toBeGreaterThan(15_000 * factor ** 2);
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
    const refused = /throwIf|is no text|function pg_temp.canary_text\([a-z ]+(?:\[\])?\) does not exist/;
    await expect(run(dialect === "postgres" ? "ARRAY[10]" : "[10]")).rejects.toThrow(refused);
    await expect(run(`CAST(1.5 AS ${dialect === "clickhouse" ? "Float64" : "DOUBLE PRECISION"})`)).rejects.toThrow(refused);
  });

  test.skipIf(!there)("the request that a loss names is decided otherwise", async () => {
    const means = DIALECTS[dialect].undecodable.map(({ means: text }) => text);
    expect(means).toHaveLength(1);
    const rule: AliasConfig = {
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Query", param: "q", op: "=", value: `a${means[0]}` }] } },
    };
    const key: AliasConfig = {
      name: "shop",
      version: "v1",
      additional_version_weights: { v2: 100 },
      stickiness: { keys: [{ rule_type: "Query", param: "q" }], on_missing: "primary" },
    };
    for (const [lossy, at] of [
      [rule, "/additional_version_strategy/v2/rules/0"],
      [key, "/stickiness/keys/0"],
    ] as const) {
      const { lossy: losses } = toSQL(lossy, { dialect, from: "t", columns: { url: "u" } });
      expect(losses.map((loss) => loss.at)).toEqual([at]);
      const { url } = losses[0]?.request ?? { url: "" };
      const script = toSQL(lossy, { dialect, from: `(SELECT '${url}' AS u) AS t`, columns: { url: "u" } });
      const { decision, draw } = explain(lossy, { headers: {}, url });
      const [found] = await engine.ask([...script.prelude, `SELECT canary_version, canary_slot FROM (${script.query}) AS v`]);
      expect(found).not.toEqual([decision.version, String(draw?.slot ?? null)]);
    }
  });
});

describe.skipIf(!hasPostgres())("postgres", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startPostgres();
  }, 120_000);
  afterAll(async () => engine.stop());
  const sticky: AliasConfig = {
    name: "shop",
    version: "v1",
    additional_version_weights: { v2: 50 },
    stickiness: { keys: [{ rule_type: "Query", param: "q" }], on_missing: "primary" },
  };
  const random: AliasConfig = { version: "v1", additional_version_weights: { v2: 50 } };

  test("decodes a query as the URL standard does, bytes that are no UTF-8 too", async () => {
    const part = fc.oneof(
      fc.constantFrom(
        "%F0%9F%92%96",
        "%e2%82",
        "%ED%A0%80",
        "%C0%80",
        "%F4%90%80%80",
        "%f0%9f%92",
        "%E0%9f",
        "%",
        "%2",
        "%zz",
        "+",
        "é",
        "%ef%bb%bf",
      ),
      fc.integer({ min: 1, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, "0")}`),
      fc.constantFrom("a", "💖", "="),
    );
    const texts = fc.sample(fc.array(part, { minLength: 1, maxLength: 8 }), { numRuns: 3_000, seed: 5 }).map((parts) => parts.join(""));
    const { prelude } = toSQL(sticky, { dialect: "postgres", from: "t", columns: { url: "u" } });
    const found = await engine.ask([
      ...prelude,
      `SELECT pg_temp.canary_query('/?q=' || q, 'q') FROM unnest(ARRAY[${texts.map(DIALECTS.postgres.text).join(", ")}]) WITH ORDINALITY AS t(q, n) ORDER BY n`,
    ]);
    // Node takes the low bytes of letters beside escapes, so letters are escaped first.
    const wanted = texts.map((text) => new URLSearchParams(`q=${text.replaceAll(/[^\0-\x7f]+/g, encodeURIComponent)}`).get("q"));
    expect(found.map(([text]) => text)).toEqual(wanted);
    expect(wanted.filter((text) => text?.includes("\ufffd")).length).toBeGreaterThan(1_000);
  });

  test("an expression that draws is run for each row, and the query in several processes", async () => {
    const drawn = toSQL(random, { dialect: "postgres", from: "generate_series(1, 2000) AS t(i)", columns: { draw: "random()" } });
    const [[count] = []] = await engine.ask([...drawn.prelude, `SELECT count(*) FROM (${drawn.query}) AS t WHERE canary_version = 'v2'`]);
    expect(Number(count)).toBeGreaterThan(800);
    expect(Number(count)).toBeLessThan(1_200);
    const kept = toSQL(sticky, { dialect: "postgres", from: "t", columns: { url: "u" } });
    const counted = `SELECT canary_version, count(*) FROM (${kept.query}) AS t GROUP BY 1 ORDER BY 1`;
    const table = ["CREATE TABLE t AS SELECT '/?q=%F0' || i AS u FROM generate_series(1, 20000) AS s(i)", ...kept.prelude];
    const alone = await engine.ask([...table, "SET max_parallel_workers_per_gather = 0", counted]);
    const settings = [
      "SET max_parallel_workers_per_gather = 2",
      "SET parallel_setup_cost = 0",
      "SET parallel_tuple_cost = 0",
      "SET min_parallel_table_scan_size = 0",
    ];
    expect(await engine.ask([...settings, counted])).toEqual(alone);
    expect((await engine.ask([`EXPLAIN ${counted}`])).join("\n")).toContain("Workers Planned");
  });
});
