import { SLOTS, type StickyHash } from "../../alias/index.ts";
import { type Dialect, escapePattern, type Layer } from "./dialect.ts";
import { escaped } from "./nested.ts";

/** Types whose text is exact: those of text, integers, UUIDs and enumerations, also nullable and of low cardinality. */
const TEXT_TYPES = /* a pattern of RE2 */ "^(LowCardinality.)?(Nullable.)?(String|FixedString|U?Int[0-9]+|UUID|Enum[0-9]+)([()]|$)";

const M = 2 ** 32;

/** ClickHouse, from 18.16 on. */
export const clickhouse: Dialect = {
  title: "ClickHouse",
  isTested: true,
  hashes: ["murmur3", "murmur2", "xxh32", "sha256"],
  text: escaped(literal),
  identifier: (name) => `\`${name.replaceAll(/[\\`]/g, (unit) => `\\${unit}`)}\``,
  asText: (column) => `CASE WHEN throwIf(NOT match(toTypeName(${column}), ${literal(TEXT_TYPES)})) THEN NULL ELSE toString(${column}) END`,
  asNumber: (column) => `toFloat64(${column})`,
  cookie: (field, name) => {
    const pair = `arrayFirst(p -> match(p, ${literal(`^[ \t]*${escapePattern(name)}[ \t]*=`)}), splitByChar(';', ifNull(${field}, '')))`;
    return `if(${pair} = '', NULL, ${trimmed(`substring(${pair}, position(${pair}, '=') + 1)`)})`;
  },
  query: (target, name) => {
    const whole = `splitByChar('#', ifNull(${target}, ''))[1]`;
    const query = `if(position(${whole}, '?') = 0, '', substring(${whole}, position(${whole}, '?') + 1))`;
    const pair = `arrayFirst(p -> p != '' AND ${decoded(`splitByChar('=', p)[1]`)} = ${name}, splitByChar('&', ${query}))`;
    return `if(${pair} = '', NULL, ${decoded(`if(position(${pair}, '=') = 0, '', substring(${pair}, position(${pair}, '=') + 1))`)})`;
  },
  undecodable: [{ escape: "%FF", means: "\ufffd" }],
  path: (target) => {
    const path = `splitByChar('?', splitByChar('#', ifNull(${target}, ''))[1])[1]`;
    const rest = `substring(${path}, position(${path}, '://') + 3)`;
    const absolute = `match(${path}, ${literal("^[A-Za-z][A-Za-z0-9+.-]*://")})`;
    const inner = `if(position(${rest}, '/') = 0, '/', substring(${rest}, position(${rest}, '/')))`;
    return `if(isNull(${target}), NULL, if(${absolute}, ${inner}, ${path}))`;
  },
  slot,
  noText: "CAST(NULL AS Nullable(String))",
  noNumber: "CAST(NULL AS Nullable(Int32))",
  slotOfDraw: (draw) => `toInt32(floor(${draw} * ${SLOTS}))`,
  key: (seed, text) => `concat(${literal(seed)}, ${text})`,
  pick: (literals, position) => `if(isNull(${position}), NULL, [${literals.join(", ")}][assumeNotNull(${position}) + 1])`,
  prelude: () => [],
  select: (table, layers, result) => {
    const named = (layer: Layer, indent: string): string =>
      layer.map(([name, expression]) => `${indent}${name === expression ? name : `${once(expression)} AS ${name}`}`).join(",\n");
    const temporary = layers.flat();
    return `${temporary.length === 0 ? "" : `WITH\n${named(temporary, "  ")}\n`}SELECT\n  *,\n${named(result, "  ")}\nFROM ${table}`;
  },
};

/** A second name of an expression is not known to a Distributed table (18.16), which asks other servers for the first one. */
function once(expression: string): string {
  return /^\w+$/.test(expression) ? `materialize(${expression})` : expression;
}

function slot(hash: StickyHash, text: string): string {
  const key = `assumeNotNull(${text})`;
  const scaled = (hashed: string): string => `toInt32(intDiv(toUInt64(${hashed}) * ${SLOTS}, ${M}))`;
  switch (hash) {
    case "murmur3":
      return scaled(`murmurHash3_32(${key})`);
    case "xxh32":
      return scaled(`xxHash32(${key})`);
    case "sha256":
      return scaled(`reinterpretAsUInt32(substring(SHA256(${key}), 29, 4))`);
    case "murmur2":
      return `toInt32(least(${SLOTS - 1}, intDiv((toUInt64(murmurHash2_32(${key})) + 1) * ${SLOTS} - 1, ${M - 1})))`;
  }
}

/** Whatever is no printable ASCII is escaped byte by byte, so that the literal does not depend on how the text is sent. */
function literal(text: string): string {
  const bytes = (unit: string): string =>
    Array.from(new TextEncoder().encode(unit), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  return `'${text.replaceAll(/['\\]/g, (unit) => `\\${unit}`).replaceAll(/[^\x20-\x7e]/gu, bytes)}'`;
}

function trimmed(text: string): string {
  return `replaceRegexpOne(replaceRegexpOne(${text}, ${literal("^[ \t]+")}, ''), ${literal("[ \t]+$")}, '')`;
}

function decoded(text: string): string {
  return `decodeURLComponent(replaceAll(${text}, '+', ' '))`;
}
