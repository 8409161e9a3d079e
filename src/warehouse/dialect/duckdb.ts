import { SLOTS, type StickyHash } from "../../alias/index.ts";
import { type Dialect, escapePattern } from "./dialect.ts";
import { DUCKDB_HASHES, DUCKDB_WORDS } from "./duckdb-hashes.ts";
import { escaped, nested } from "./nested.ts";

/** Types whose text is exact. A column of type JSON is none: its text has quotes. */
const TEXT_TYPES = "VARCHAR UUID TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT".split(" ");

/** DuckDB, from 1.3 on, which has `TRY` and lambdas by that word. */
export const duckdb: Dialect = {
  title: "DuckDB",
  isTested: true,
  hashes: ["murmur3", "murmur2", "xxh32", "sha256"],
  text: escaped(literal),
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  asText: (column) => `canary_text(${column})`,
  asNumber: (column) => `CAST(${column} AS DOUBLE)`,
  cookie: (field, name) => {
    const pattern = literal(`(?:^|;)[ \t]*${escapePattern(name)}[ \t]*=([^;]*)`);
    return `CASE WHEN regexp_matches(${field}, ${pattern}) THEN trim(regexp_extract(${field}, ${pattern}, 1), ' ' || chr(9)) END`;
  },
  query: (target, name) => `canary_query(${target}, ${name})`,
  undecodable: [{ escape: "%FF", means: "\ufffd" }],
  path: (target) => `canary_path(${target})`,
  slot: (hash, text) => `canary_${hash}_slot(${text})`,
  noText: "CAST(NULL AS VARCHAR)",
  noNumber: "CAST(NULL AS INTEGER)",
  slotOfDraw: (draw) => `CAST(floor(${draw} * ${SLOTS}) AS INTEGER)`,
  key: (seed, text) => `(${literal(seed)} || ${text})`,
  pick: (literals, position) => `([${literals.join(", ")}])[${position} + 1]`,
  prelude: (hashes, target) => [
    TEXT,
    ...(hashes.size === 0 ? [] : DUCKDB_WORDS),
    ...[...hashes].flatMap((hash) => [...DUCKDB_HASHES[hash], slotMacro(hash)]),
    ...(target ? TARGET : []),
  ],
  select: nested("EXCLUDE"),
};

/** NUL ends the text of a statement for some clients, so it is written as a call. */
function literal(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? String(parts[0]) : `(${parts.join(" || chr(0) || ")})`;
}

/** nginx's thresholds for murmur2, equal parts of 2^32 for the others: as `keyDraw` of the library. */
function slotMacro(hash: StickyHash): string {
  const slot =
    hash === "murmur2"
      ? `least(${SLOTS - 1}, ((canary_${hash}(key) + 1) * ${SLOTS} - 1) // 4294967295)`
      : `canary_${hash}(key) * ${SLOTS} // 4294967296`;
  return `CREATE OR REPLACE TEMP MACRO canary_${hash}_slot(key) AS CAST(${slot} AS INTEGER)`;
}

const TEXT =
  `CREATE OR REPLACE TEMP MACRO canary_text(value) AS CASE WHEN typeof(value) IN (${TEXT_TYPES.map(literal).join(", ")}) OR starts_with(typeof(value), 'ENUM') ` +
  "THEN CAST(value AS VARCHAR) ELSE error('a column of type ' || typeof(value) || ' is no text: give an expression that makes it text') END";

const TARGET: readonly string[] = [
  "CREATE OR REPLACE TEMP MACRO canary_decoded(text) AS TRY(url_decode(replace(text, '+', ' ')))",
  "CREATE OR REPLACE TEMP MACRO canary_pair(target, name) AS list_filter(string_split(regexp_extract(target, '^[^?#]*[?]([^#]*)', 1), '&'), " +
    "lambda pair: pair <> '' AND canary_decoded(string_split(pair, '=')[1]) = name)[1]",
  "CREATE OR REPLACE TEMP MACRO canary_query(target, name) AS canary_decoded(regexp_extract(canary_pair(target, name), '^[^=]*=(?s:(.*))$', 1))",
  "CREATE OR REPLACE TEMP MACRO canary_path(target) AS CASE WHEN regexp_matches(target, '^[A-Za-z][A-Za-z0-9+.-]*://') " +
    "THEN CASE WHEN regexp_matches(target, '^[^:]*://[^/?#]*/') THEN regexp_extract(target, '^[^:]*://[^/?#]*(/[^?#]*)', 1) ELSE '/' END " +
    "ELSE regexp_extract(target, '^[^?#]*') END",
];
