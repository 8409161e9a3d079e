import { SLOTS } from "../../alias/index.ts";
import { type Dialect, escapePattern } from "./dialect.ts";
import { escaped, joined } from "./nested.ts";

/** Types whose text is exact. */
const TEXT_TYPES = "'string', 'tinyint', 'smallint', 'int', 'bigint'";

/**
 * Spark SQL, from 3.2 on, which has `LATERAL`. No engine of it has run what this writes; a parser of its grammar takes it. Its `hash` is a murmur3 of its own,
 * so of the hashes it has SHA-256 only, and its decoder of URLs refuses what the URL standard takes.
 */
export const spark: Dialect = {
  title: "Spark",
  isTested: false,
  hashes: ["sha256"],
  text: escaped(literal),
  identifier: (name) => `\`${name.replaceAll("`", "``")}\``,
  asText: (column) =>
    `CASE WHEN typeof(${column}) IN (${TEXT_TYPES}) THEN CAST(${column} AS STRING) ELSE raise_error('a column is no text: give an expression that makes it text') END`,
  asNumber: (column) => `CAST(${column} AS DOUBLE)`,
  cookie: (field, name) => {
    const pattern = literal(`(?:^|;)[ \t]*${escapePattern(name)}[ \t]*=([^;]*)`);
    return `CASE WHEN ${field} RLIKE ${pattern} THEN regexp_replace(regexp_extract(${field}, ${pattern}, 1), ${literal("^[ \t]+|[ \t]+\\z")}, '') END`;
  },
  query: undefined,
  undecodable: [],
  path: (target) =>
    `CASE WHEN ${target} RLIKE '^[A-Za-z][A-Za-z0-9+.-]*://' THEN CASE WHEN ${target} RLIKE '^[^:]*://[^/?#]*/' THEN regexp_extract(${target}, '^[^:]*://[^/?#]*(/[^?#]*)', 1) ELSE '/' END ELSE regexp_extract(${target}, '^[^?#]*', 0) END`,
  slot: (_, key) => {
    const last = [63, 61, 59, 57].map((at) => `substr(sha2(${key}, 256), ${at}, 2)`).join(" || ");
    return `CAST(CAST(conv(${last}, 16, 10) AS BIGINT) * ${SLOTS} DIV 4294967296 AS INT)`;
  },
  slotOfDraw: (draw) => `CAST(floor(${draw} * ${SLOTS}) AS INT)`,
  noText: "CAST(NULL AS STRING)",
  noNumber: "CAST(NULL AS INT)",
  key: (seed, text) => `(${literal(seed)} || ${text})`,
  pick: (literals, position) => `CASE ${position}${literals.map((each, at) => ` WHEN ${at} THEN ${each}`).join("")} END`,
  prelude: () => [],
  select: joined,
};

/** `$` is escaped too: Spark puts variables in the place of `${name}` before it reads a statement, also within a text. */
function literal(text: string): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `'${text.replaceAll(/[^\x20-\x7e]|['\\$]/g, code)}'`;
}
