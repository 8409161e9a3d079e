import { SLOTS } from "../../alias/index.ts";
import { type Dialect, escapePattern } from "./dialect.ts";
import { escaped, joined } from "./nested.ts";

/** Types whose text is exact. */
const TEXT_TYPES = "^(varchar|tinyint|smallint|integer|bigint|uuid)([(]|$)";

/**
 * Trino. No engine of it has run what this writes; a parser of its grammar takes it. Of the hashes it has SHA-256 only, and its decoder of URLs refuses
 * what the URL standard takes.
 */
export const trino: Dialect = {
  title: "Trino",
  isTested: false,
  hashes: ["sha256"],
  text: escaped(literal),
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  asText: (column) =>
    `CASE WHEN regexp_like(typeof(${column}), '${TEXT_TYPES}') THEN CAST(${column} AS varchar) ELSE CAST(fail('a column is no text: give an expression that makes it text') AS varchar) END`,
  asNumber: (column) => `CAST(${column} AS double)`,
  cookie: (field, name) => {
    const value = `regexp_extract(${field}, ${literal(`(?:^|;)[ \t]*${escapePattern(name)}[ \t]*=([^;]*)`)}, 1)`;
    return `regexp_replace(${value}, ${literal("^[ \t]+|[ \t]+\\z")}, '')`;
  },
  query: undefined,
  undecodable: [],
  path: (target) =>
    `CASE WHEN regexp_like(${target}, '^[A-Za-z][A-Za-z0-9+.-]*://') THEN coalesce(regexp_extract(${target}, '^[^:]*://[^/?#]*(/[^?#]*)', 1), '/') ELSE regexp_extract(${target}, '^[^?#]*') END`,
  slot: (_, key) =>
    `CAST((CAST(from_big_endian_32(reverse(substr(sha256(to_utf8(${key})), 29, 4))) AS bigint) + 4294967296) % 4294967296 * ${SLOTS} / 4294967296 AS integer)`,
  slotOfDraw: (draw) => `CAST(floor(${draw} * ${SLOTS}) AS integer)`,
  noText: "CAST(NULL AS varchar)",
  noNumber: "CAST(NULL AS integer)",
  key: (seed, text) => `(${literal(seed)} || ${text})`,
  pick: (literals, position) => `CASE ${position}${literals.map((each, at) => ` WHEN ${at} THEN ${each}`).join("")} END`,
  prelude: () => [],
  select: joined,
};

/** A text has no escapes but the doubled quote; NUL ends the text of a statement for some clients, so it is written as a call. */
function literal(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? String(parts[0]) : `(${parts.join(" || chr(0) || ")})`;
}
