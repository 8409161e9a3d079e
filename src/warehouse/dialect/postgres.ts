import { isWellFormed } from "../../document/index.ts";
import { SLOTS, type StickyHash } from "../../alias/index.ts";
import { type Dialect, escapePattern } from "./dialect.ts";
import { named } from "./nested.ts";
import { POSTGRES_HASHES, temporary } from "./postgres-hashes.ts";

/**
 * PostgreSQL, from 12 on, with the encoding UTF8. What the expressions call are functions of the session, in `pg_temp`. A text of
 * PostgreSQL cannot have NUL, so the key of a sticky draw, whose seed may have it, is bytes.
 */
export const postgres: Dialect = {
  title: "PostgreSQL",
  isTested: true,
  hashes: ["murmur3", "murmur2", "xxh32", "sha256"],
  text: (value) => (isWellFormed(value) && !value.includes("\0") ? literal(value) : undefined),
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  // NAMEDATALEN of the source, less the NUL at its end.
  nameBytes: 63,
  // A column may have a collation by which texts are equal that are not the same.
  asText: (column) => `pg_temp.canary_text(${column}) COLLATE "C"`,
  asNumber: (column) => `CAST(${column} AS double precision)`,
  cookie: (field, name) => {
    const pattern = literal(`(?:^|;)[ \t]*${escapePattern(name)}[ \t]*=([^;]*)`);
    return `btrim(substring(${field} from ${pattern}), ${literal(" \t")})`;
  },
  query: (target, name) => `pg_temp.canary_query(${target}, ${name})`,
  undecodable: [{ escape: "%00", means: "\0" }],
  path: (target) => `pg_temp.canary_path(${target})`,
  slot,
  slotOfDraw: (draw) => `CAST(floor(${draw} * ${SLOTS}) AS integer)`,
  // Takes the type of what stands beside it: the key is no text.
  noText: "NULL",
  noNumber: "CAST(NULL AS integer)",
  key: (seed, text) => `(decode('${hexOf(seed)}', 'hex') || convert_to(${text}, 'UTF8'))`,
  pick: (literals, position) => `(CAST(ARRAY[${literals.join(", ")}] AS text[]))[${position} + 1]`,
  prelude: (hashes, target) => [...TEXT, ...[...hashes].map((hash) => POSTGRES_HASHES[hash]), ...(target ? TARGET : [])],
  select: (table, [first = [], ...layers], result) => {
    const columns = ["canary_source", ...first.map(([name, expression]) => `${expression} AS ${name}`)];
    const source = `(\nSELECT ${columns.join(",\n  ")}\nFROM (SELECT * FROM ${table}) AS canary_source\nOFFSET 0) AS canary_from`;
    const joined = layers
      .filter((layer) => layer.length > 0)
      .map((layer, at) => `\nCROSS JOIN LATERAL (\nSELECT\n${named(layer)}\nOFFSET 0) AS canary_layer_${at}`);
    return `SELECT (canary_from.canary_source).*,\n${named(result)}\nFROM ${source}${joined.join("")}`;
  },
};

/*
 * PostgreSQL has no `SELECT * EXCLUDE`, so a row of the table is passed on as one value, and layers are joined and not nested. `OFFSET 0`
 * keeps the planner from putting the text of an expression in each place that names its column. The expressions of the user, which may
 * draw, stand in the innermost query: a join may run those of a layer once for all rows that have the same values.
 */

/** Whatever is no printable ASCII is escaped, so that the literal does not depend on how the text is sent. */
function literal(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("\\")) return `'${text.replaceAll("'", "''")}'`;
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "''")
    .replaceAll(/[^\x20-\x7e]/gu, (unit) => `\\U${(unit.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
  return `E'${escaped}'`;
}

function hexOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** nginx's thresholds for murmur2, equal parts of 2^32 for the others: as `keyDraw` of the library. */
function slot(hash: StickyHash, key: string): string {
  const hashed = `pg_temp.canary_${hash}(${key})`;
  const value =
    hash === "murmur2" ? `least(${SLOTS - 1}, ((${hashed} + 1) * ${SLOTS} - 1) / 4294967295)` : `${hashed} * ${SLOTS} / 4294967296`;
  return `CAST(${value} AS integer)`;
}

/** One function for each type whose text is exact. A column of another type fails when the query is planned. */
const TEXT: readonly string[] = ["text", "bigint", "uuid", "anyenum"].map((type) =>
  temporary(`canary_text(value ${type})`, "text", "sql", `SELECT ${type === "text" ? "value" : "CAST(value AS text)"}`),
);

const CONTINUED = "[89ab][0-9a-f]";

/** The sequences of UTF-8, in hexadecimal digits. */
const SEQUENCES = [
  "[0-7][0-9a-f]",
  `(?:c[2-9a-f]|d[0-9a-f])${CONTINUED}`,
  `e0[ab][0-9a-f]${CONTINUED}`,
  `e[1-9a-cef]${CONTINUED}${CONTINUED}`,
  `ed[89][0-9a-f]${CONTINUED}`,
  `f0[9ab][0-9a-f]${CONTINUED}${CONTINUED}`,
  `f[1-3]${CONTINUED}${CONTINUED}${CONTINUED}`,
  `f48[0-9a-f]${CONTINUED}${CONTINUED}`,
].join("|");

/** Their beginnings, each of which becomes one U+FFFD, as any other byte does: the Unicode standard, 3.9, and the WHATWG's decoder. */
const BEGINNINGS = [
  "e0[ab][0-9a-f]",
  `e[1-9a-cef]${CONTINUED}`,
  "ed[89][0-9a-f]",
  `f0[9ab][0-9a-f](?:${CONTINUED})?`,
  `f[1-3]${CONTINUED}(?:${CONTINUED})?`,
  `f48[0-9a-f](?:${CONTINUED})?`,
  "[0-9a-f]{2}",
].join("|");

/**
 * A pattern takes the longest of its alternatives, so a sequence comes before its beginning. Bytes with NUL are no text, and give NULL.
 * The functions are in PL/pgSQL, which keeps their plans: 60,000 calls took 3 seconds, and 16 in SQL.
 */
const TARGET: readonly string[] = [
  temporary(
    "canary_decoded(value text)",
    "text",
    "plpgsql",
    `
DECLARE digits text;
BEGIN
IF position('%' in value) = 0 THEN RETURN replace(value, '+', ' '); END IF;
digits := (SELECT string_agg(CASE WHEN part[1] ~ '^%.' THEN lower(substr(part[1], 2)) ELSE encode(convert_to(replace(part[1], '+', ' '), 'UTF8'), 'hex') END, '' ORDER BY n)
  FROM regexp_matches(value, '%[0-9A-Fa-f]{2}|[^%]+|%', 'g') WITH ORDINALITY AS parts(part, n));
IF digits ~ '^(?:..)*00' THEN RETURN NULL; END IF;
IF digits !~ '^(?:${SEQUENCES})*$' THEN
digits := (SELECT string_agg(CASE WHEN part[1] ~ '^(?:${SEQUENCES})$' THEN part[1] ELSE 'efbfbd' END, '' ORDER BY n)
  FROM regexp_matches(digits, '${SEQUENCES}|${BEGINNINGS}', 'g') WITH ORDINALITY AS parts(part, n));
END IF;
RETURN convert_from(decode(digits, 'hex'), 'UTF8');
END
`,
  ),
  temporary(
    "canary_query(target text, name text)",
    "text",
    "plpgsql",
    `
DECLARE pair text;
BEGIN
FOREACH pair IN ARRAY coalesce(string_to_array(substring(target from '^[^?#]*[?]([^#]*)'), '&'), '{}') LOOP
IF pair <> '' AND pg_temp.canary_decoded(split_part(pair, '=', 1)) = name THEN
RETURN pg_temp.canary_decoded(substr(pair, coalesce(nullif(position('=' in pair), 0), length(pair)) + 1));
END IF;
END LOOP;
RETURN NULL;
END
`,
  ),
  temporary(
    "canary_path(target text)",
    "text",
    "sql",
    `
SELECT CASE WHEN target ~ '^[A-Za-z][A-Za-z0-9+.-]*://'
  THEN CASE WHEN target ~ '^[^:]*://[^/?#]*/' THEN substring(target from '^[^:]*://[^/?#]*(/[^?#]*)') ELSE '/' END
  ELSE substring(target from '^[^?#]*') END
`,
  ),
];
