import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/index.ts";
import { toSQL } from "../../src/warehouse/index.ts";

const canary = (rule_type: string, param: string, value = "1"): object => ({
  name: "a1",
  version: "v1",
  additional_version_strategy: { v2: { rules: [{ rule_type, param, op: "=", value }] } },
});

describe("a column that is not named", () => {
  test("has a plain name", () => {
    expect(toSQL(canary("Header", "X-Canary") as never, { dialect: "duckdb", from: "t" }).query).toContain('"x_canary"');
    expect(toSQL(canary("Header", ":path") as never, { dialect: "clickhouse", from: "t" }).query).toContain("`path`");
  });

  test("is refused where the table is known to lack it", () => {
    const { text, refused } = toSQL(canary("Header", "X-Canary") as never, { dialect: "duckdb", from: "t", has: ["id"] });
    expect(text).toBeUndefined();
    expect(refused).toEqual([
      {
        code: "column",
        severity: "error",
        at: "",
        message: "`header x-canary` has no column: the table has no `x_canary`",
        help: "name the column of `header x-canary`",
      },
    ]);
  });

  test("is refused where another field has the same name", () => {
    const config = {
      version: "v1",
      additional_version_strategy: {
        v2: {
          combine_type: "or",
          rules: [
            { rule_type: "Cookie", param: "a", op: "=", value: "1" },
            { rule_type: "Query", param: "a", op: "=", value: "1" },
          ],
        },
      },
    };
    expect(toSQL(config as never, { dialect: "duckdb", from: "t" }).refused.map(({ message }) => message)).toEqual([
      "`cookie a` and `query a` would both be read from the column `a`",
    ]);
    expect(toSQL(config as never, { dialect: "duckdb", from: "t", columns: { "query a": "q" } }).refused).toEqual([]);
  });

  test("is refused where PostgreSQL would take the beginning of its name, which another column may have too", () => {
    const rule = (param: string) => ({ rule_type: "Header", param, op: "=", value: "1" });
    const config = {
      version: "v1",
      additional_version_strategy: { v2: { combine_type: "or", rules: [rule(`x${"a".repeat(62)}`), rule(`x${"a".repeat(63)}`)] } },
    };
    const messages = (dialect: "postgres" | "duckdb"): readonly string[] =>
      toSQL(config as never, { dialect, from: "t" }).refused.map(({ message }) => message);
    expect(messages("postgres")).toEqual([expect.stringMatching(/^`header xa+…` has no column: a name has at most 63 bytes there$/)]);
    expect(messages("duckdb")).toEqual([]);
  });
});

test("Host and the authority stand in for each other, as the library reads them", () => {
  const columns = { "header host": "h", ":authority": "a" };
  const read = (param: string): string | undefined =>
    toSQL(canary("Header", param) as never, { dialect: "clickhouse", from: "t", columns }).query;
  // The column of the field itself comes first.
  expect(read("Host")).toMatch(/toString\(\(h\)\) END AS canary_text_0[^]*coalesce\(canary_text_0, canary_text_1\)/);
  expect(read(":authority")).toMatch(/toString\(\(a\)\) END AS canary_text_0[^]*coalesce\(canary_text_0, canary_text_1\)/);
});

describe("a draw", () => {
  const random = { version: "v1", additional_version_weights: { v2: 10 } };

  test("is needed where the split is random, also for rows without a key", () => {
    const orRandom = { ...random, name: "a1", stickiness: { keys: [{ rule_type: "Cookie", param: "id" }], on_missing: "random" } } as const;
    expect(toSQL(random, { dialect: "duckdb", from: "t" }).refused.map(({ code, at }) => [code, at])).toEqual([
      ["sql-draw", "/additional_version_weights/v2"],
    ]);
    expect(toSQL(orRandom, { dialect: "duckdb", from: "t" }).refused.map(({ code, at }) => [code, at])).toEqual([
      ["sql-draw", "/stickiness/on_missing"],
    ]);
    expect(toSQL(random, { dialect: "duckdb", from: "t", columns: { draw: "random()" } }).refused).toEqual([]);
  });
});

describe("the report", () => {
  test("a query that is decoded otherwise is lossy where that can tell", () => {
    const lossy = (value: string): readonly object[] =>
      toSQL(canary("Query", "q", value) as never, { dialect: "clickhouse", from: "t", columns: { url: "u" } }).lossy;
    expect(lossy("1")).toEqual([]);
    expect(lossy("a\ufffd")).toMatchObject([{ at: "/additional_version_strategy/v2/rules/0", request: { url: "/?q=a%FF" } }]);
  });

  test("nothing is lossy where the table has the value itself", () => {
    expect(
      toSQL(canary("Query", "q", "a\ufffd") as never, { dialect: "clickhouse", from: "t", columns: { "query q": "q" } }).lossy,
    ).toEqual([]);
  });

  test("every place that decides is lossless or lossy", () => {
    expect(toSQL(canary("Header", "x-a") as never, { dialect: "duckdb", from: "t" }).lossless).toEqual([
      "/additional_version_strategy/v2",
      "/version",
      "",
    ]);
  });
});

test("a config with errors throws all of them", () => {
  expect(() => toSQL({ version: 1 } as never, { dialect: "duckdb", from: "t" })).toThrow(ConfigError);
});
