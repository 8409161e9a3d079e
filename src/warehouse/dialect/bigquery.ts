import { SLOTS } from "../../alias/index.ts";
import type { Dialect } from "./dialect.ts";
import { escaped, nested } from "./nested.ts";
import { COOKIE, PATH, QUERY, type ScriptFunction, slotFunction } from "./scripts.ts";

/** BigQuery (GoogleSQL). No engine of it has run what this writes. Its functions in JavaScript are run by tests. */
export const bigquery: Dialect = {
  title: "BigQuery",
  isTested: false,
  hashes: ["murmur3", "murmur2", "xxh32", "sha256"],
  text: escaped(literal),
  identifier: (name) => `\`${name.replaceAll(/[\\`]/g, (unit) => `\\${unit}`)}\``,
  // The function takes a text and nothing else, so that a column of another type fails when the query is planned.
  asText: (column) => `canary_text(${column})`,
  asNumber: (column) => `CAST(${column} AS FLOAT64)`,
  cookie: (field, name) => `canary_cookie(${field}, ${literal(name)})`,
  query: (target, name) => `canary_query(${target}, ${name})`,
  undecodable: [{ escape: "%FF", means: "\ufffd" }],
  path: (target) => `canary_path(${target})`,
  slot: (hash, key) => `CAST(canary_${hash}_slot(${key}) AS INT64)`,
  slotOfDraw: (draw) => `CAST(FLOOR(${draw} * ${SLOTS}) AS INT64)`,
  noText: "CAST(NULL AS STRING)",
  noNumber: "CAST(NULL AS INT64)",
  key: (seed, text) => `(${literal(seed)} || ${text})`,
  pick: (literals, position) => `([${literals.join(", ")}])[SAFE_OFFSET(${position})]`,
  prelude: (hashes, target) => [
    "CREATE TEMP FUNCTION canary_text(value STRING) AS (value)",
    script(COOKIE),
    ...[...hashes].map((hash) => (hash === "sha256" ? SHA256 : script(slotFunction(hash)))),
    ...(target ? [script(QUERY), script(PATH)] : []),
  ],
  select: nested("EXCEPT"),
};

/** A function in JavaScript. Its body stands in a raw text between three quotation marks, which it does not have. */
function script({ name, args, gives, body }: ScriptFunction): string {
  const head = args.map((arg) => `${arg} STRING`).join(", ");
  return `CREATE TEMP FUNCTION ${name}(${head}) RETURNS ${gives === "text" ? "STRING" : "FLOAT64"} LANGUAGE js AS r"""\n${body}\n"""`;
}

const byte = (at: number): string => `TO_CODE_POINTS(SHA256(key))[OFFSET(${at})]`;

const SHA256 = `CREATE TEMP FUNCTION canary_sha256_slot(key STRING) AS (DIV((${byte(28)} + ${byte(29)} * 256 + ${byte(30)} * 65536 + ${byte(31)} * 16777216) * ${SLOTS}, 4294967296))`;

/** Whatever is no printable ASCII is escaped, so that the literal does not depend on how the text is sent. */
function literal(text: string): string {
  const units = text
    .replaceAll(/['\\]/g, (unit) => `\\${unit}`)
    .replaceAll(/[^\x20-\x7e]/gu, (unit) => `\\U${(unit.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
  return `'${units}'`;
}
