import { SLOTS } from "../../alias/index.ts";
import type { Dialect } from "./dialect.ts";
import { escaped, nested } from "./nested.ts";
import { COOKIE, PATH, QUERY, type ScriptFunction, slotFunction } from "./scripts.ts";

/** Snowflake. No engine of it has run what this writes; a parser of its grammar takes it, and the functions in JavaScript are run by tests. */
export const snowflake: Dialect = {
  title: "Snowflake",
  isTested: false,
  hashes: ["murmur3", "murmur2", "xxh32", "sha256"],
  text: escaped(literal),
  // As Snowflake keeps a name that was written without quotes.
  identifier: (name) => `"${name.toUpperCase().replaceAll('"', '""')}"`,
  asText: (column) => `TO_VARCHAR(${column})`,
  asNumber: (column) => `CAST(${column} AS DOUBLE)`,
  cookie: (field, name) => `canary_cookie(${field}, ${literal(name)})`,
  query: (target, name) => `canary_query(${target}, ${name})`,
  undecodable: [{ escape: "%FF", means: "\ufffd" }],
  path: (target) => `canary_path(${target})`,
  slot: (hash, key) => `CAST(canary_${hash}_slot(${key}) AS INTEGER)`,
  slotOfDraw: (draw) => `CAST(FLOOR(${draw} * ${SLOTS}) AS INTEGER)`,
  noText: "CAST(NULL AS VARCHAR)",
  noNumber: "CAST(NULL AS INTEGER)",
  key: (seed, text) => `(${literal(seed)} || ${text})`,
  pick: (literals, position) => `CASE ${position}${literals.map((each, at) => ` WHEN ${at} THEN ${each}`).join("")} END`,
  prelude: (hashes, target) => [
    script(COOKIE),
    ...[...hashes].map((hash) => (hash === "sha256" ? SHA256 : script(slotFunction(hash)))),
    ...(target ? [script(QUERY), script(PATH)] : []),
  ],
  select: nested("EXCLUDE"),
};

/** A function in JavaScript. Names of arguments are in quotes, so that the body sees them in lower case. */
function script({ name, args, gives, body }: ScriptFunction): string {
  const head = args.map((arg) => `"${arg}" VARCHAR`).join(", ");
  return `CREATE OR REPLACE TEMPORARY FUNCTION ${name}(${head}) RETURNS ${gives === "text" ? "VARCHAR" : "DOUBLE"} LANGUAGE JAVASCRIPT AS $$\n${body}\n$$`;
}

/** The last four bytes of the digest, which is in hexadecimal digits, the last one first. */
const LAST = [63, 61, 59, 57].map((at) => `SUBSTR(SHA2(key, 256), ${at}, 2)`).join(" || ");

const SHA256 = `CREATE OR REPLACE TEMPORARY FUNCTION canary_sha256_slot(key VARCHAR) RETURNS DOUBLE AS $$\nFLOOR(TO_NUMBER(${LAST}, 'XXXXXXXX') * ${SLOTS} / 4294967296)\n$$`;

/** An escape has four digits, so that a character of more stands as it is. */
function literal(text: string): string {
  const code = (unit: string): string => (unit.length > 1 ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `'${text.replaceAll(/['\\]/g, (unit) => `\\${unit}`).replaceAll(/[^\x20-\x7e]/gu, code)}'`;
}
