import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, explain } from "../../src/index.ts";
import { readerOf } from "../../src/simulate/field.ts";
import { type DialectName, toSQL } from "../../src/warehouse/index.ts";
import { COOKIE, PATH, QUERY, type ScriptFunction, slotFunction } from "../../src/warehouse/dialect/scripts.ts";
import { DIALECTS } from "../../src/warehouse/to-sql.ts";
import { HOSTILE } from "../support/arbitrary.ts";

// No engine of these dialects is at hand. What they call is run here, and their texts are read by the rules of the engine's documentation.

const UNTESTED = (Object.keys(DIALECTS) as DialectName[]).filter((name) => !DIALECTS[name].isTested);

/** The function that an engine would make of a body. */
function made({ args, body }: ScriptFunction): (...values: readonly (string | null)[]) => unknown {
  return new Function(...args, body) as ReturnType<typeof made>;
}

const wellFormed = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE, "; ", "=", "%", "%41", "+", "&", "?", "#", "/", "://"), fc.string({ unit: "binary" })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""))
  .filter((text) => !/\p{Surrogate}/u.test(text));

describe("the functions in JavaScript", () => {
  test.each(["murmur3", "murmur2", "xxh32"] as const)("%s gives the slots of the library", (hash) => {
    const slot = made(slotFunction(hash));
    let keys = 0;
    for (const key of fc.sample(fc.oneof(wellFormed, fc.string({ maxLength: 70 })), { numRuns: 2_000, seed: 1 })) {
      if (key === "" || /\p{Surrogate}/u.test(key)) continue;
      const config: AliasConfig = {
        version: "v1",
        additional_version_weights: { v2: 50 },
        stickiness: { keys: [{ rule_type: "Attribute", param: "k" }], seed: "s", hash, on_missing: "primary" },
      };
      expect([key, slot(`s${key}`)]).toEqual([key, explain(config, { headers: {}, attributes: { k: key } }).draw?.slot]);
      keys++;
    }
    expect(keys).toBeGreaterThan(1_500);
    expect(slot(null)).toBeNull();
  });

  const [beta, preview, place] = [
    readerOf({ kind: "cookie", name: "b" }),
    readerOf({ kind: "query", name: "b" }),
    readerOf({ kind: "path" }),
  ];

  test("cookies, queries and paths are those of the library", () => {
    const [cookie, query, path] = [COOKIE, QUERY, PATH].map(made) as [
      ReturnType<typeof made>,
      ReturnType<typeof made>,
      ReturnType<typeof made>,
    ];
    const seen = { cookie: 0, query: 0, path: 0 };
    for (const text of fc.sample(wellFormed, { numRuns: 4_000, seed: 2 })) {
      const line = `a=1; b =\t${text}; b=2`;
      expect([line, cookie(line, "b")]).toEqual([line, beta({ headers: { cookie: line } })]);
      seen.cookie++;
      const url = `/x?a=1&b${text.includes("=") ? "" : "="}${text}&b=2`;
      const found = query(url, "b");
      const wanted = preview({ headers: {}, url }) ?? null;
      // Bytes that are no UTF-8 are declared, and node takes the low bytes of letters beside escapes, which no URL has.
      if (wanted?.includes("\ufffd") !== true && !(url.includes("%") && /[^\0-\x7f]/.test(url))) {
        expect([url, found]).toEqual([url, wanted]);
        seen.query++;
      }
      const target = `/${text}`;
      expect([target, path(target)]).toEqual([target, place({ headers: {}, url: target })]);
      seen.path++;
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1_500);
    expect([cookie("a=1", "b"), cookie(null, "b"), query("/?a", "b"), query(null, "b"), path(null)]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect([path("http://h"), path("HTTP://h/a?b"), path("1://h/a"), query("/?q=%FF", "q"), query("/?q", "q")]).toEqual([
      "/",
      "/a",
      "1://h/a",
      null,
      "",
    ]);
  });

  test("no body ends the text that it stands in", () => {
    for (const { body } of [COOKIE, QUERY, PATH, ...(["murmur3", "murmur2", "xxh32"] as const).map(slotFunction)]) {
      expect(body).not.toContain("$$");
      expect(body).not.toContain('"""');
    }
  });
});

/** Reads one literal by the rules of the engine, and gives its text; undefined where the literal ends early, or something follows it. */
function readLiteral(dialect: DialectName, literal: string): string | undefined {
  const pattern = dialect === "trino" ? /^'((?:[^']|'')*)'$/u : /^'((?:[^'\\]|\\[\s\S])*)'$/u;
  const inner = literal.startsWith("(")
    ? literal
        .slice(1, -1)
        .split(" || chr(0) || ")
        .map((part) => readLiteral(dialect, part))
    : undefined;
  if (inner !== undefined) return inner.join("\0");
  const [, text] = pattern.exec(literal) ?? [];
  if (text === undefined) return undefined;
  if (dialect === "trino") return text.replaceAll("''", "'");
  return text.replaceAll(/\\(?:U([0-9a-f]{8})|u([0-9a-f]{4})|([\s\S]))/g, (_, long?: string, short?: string, unit?: string) =>
    long === undefined && short === undefined ? String(unit) : String.fromCodePoint(parseInt(long ?? short ?? "", 16)),
  );
}

describe.each(UNTESTED)("%s", (dialect) => {
  test("a literal is the text that was written, whatever it is, and ends where it should", () => {
    const text = fc.oneof(wellFormed, fc.constantFrom("''", "\\'", "${x}", "$$", "\\", "'; DROP TABLE t; --", "\0'", "\u2028"));
    let read = 0;
    for (const value of fc.sample(fc.array(text, { maxLength: 4 }), { numRuns: 5_000, seed: 3 }).map((parts) => parts.join(""))) {
      const literal = DIALECTS[dialect].text(value);
      expect([value, literal && readLiteral(dialect, literal)]).toEqual([value, value]);
      if (dialect === "spark") expect(literal).not.toContain("$");
      read++;
    }
    expect(read).toBe(5_000);
    expect(DIALECTS[dialect].text("\ud800")).toBeUndefined();
  });

  const config = (hash: string, more: object = {}): AliasConfig =>
    ({
      name: "shop",
      version: "v1",
      additional_version_weights: { v2: 20 },
      additional_version_strategy: {
        v3: {
          combine_type: "or",
          rules: [
            { rule_type: "Cookie", param: "beta", op: "=", value: "it's" },
            { rule_type: "Header", param: ":path", op: "=", value: "/a" },
          ],
        },
      },
      stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], hash, on_missing: "primary" },
      ...more,
    }) as unknown as AliasConfig;
  const columns = { cookies: "cookie", url: "target" };

  test("the script is the one that was read by eye, and says that it is untested", async () => {
    const { text, untested, refused } = toSQL(config("sha256"), { dialect, from: "requests", columns });
    expect([untested, refused]).toEqual([true, []]);
    expect(text).toMatch(/^-- untested: this script has not been run on /);
    await expect(text).toMatchFileSnapshot(`../golden/${dialect}.sql`);
  });

  test("what it cannot say is refused", () => {
    const { hashes, query, title } = DIALECTS[dialect];
    const found = toSQL(config("murmur3"), { dialect, from: "t", columns }).refused.map(({ code, at, message }) => [code, at, message]);
    const refusal = ["sql-hash", "/stickiness", `${title} cannot compute the hash \`murmur3\` of the sticky split`];
    expect(found).toEqual(hashes.includes("murmur3") ? [] : [refusal]);
    const asks = { additional_version_strategy: { v3: { rules: [{ rule_type: "Query", param: "q", op: "=", value: "1" }] } } };
    const read = toSQL(config("sha256", asks), { dialect, from: "t", columns }).refused.map(({ message }) => message);
    expect(read).toEqual(query === undefined ? [`\`query q\` cannot be read from a URL in ${title}, which decodes other texts`] : []);
    expect(toSQL(config("sha256", asks), { dialect, from: "t", columns: { ...columns, "query q": "q" } }).refused).toEqual([]);
  });
});

test("the document names every dialect that is not tested", () => {
  const page = readFileSync("docs/warehouse.md", "utf8");
  for (const name of UNTESTED) expect(page).toMatch(new RegExp(`\\| \`${name}\` \\| not tested`));
});
