import type { StickyHash } from "../../alias/index.ts";
import { SLOTS } from "../../alias/index.ts";

/*
 * What BigQuery and Snowflake run as functions in JavaScript, which both have. A body has no text of the user and no backquote, and sees its arguments
 * by name: texts, or null. Neither engine has `TextEncoder`, so `bytes` goes by way of `encodeURIComponent`; a text of an engine is well formed.
 */

/** A function that an engine runs: the names of its arguments, which are texts, what it gives, and its body. */
export interface ScriptFunction {
  readonly name: string;
  readonly args: readonly string[];
  readonly gives: "text" | "number";
  readonly body: string;
}

const BYTES =
  "const bytes = Array.from(encodeURIComponent(key).match(/%..|./g) || [], (each) => each.length === 3 ? parseInt(each.slice(1), 16) : each.charCodeAt(0));";

const WORD = "const word = (at) => bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;";
const ROTATE = "const rotate = (word, bits) => word << bits | word >>> 32 - bits;";
const TAIL = "let k = 0; for (let at = bytes.length - 1; at >= i; at--) k = k << 8 | bytes[at];";

const MURMUR3 = `${WORD} ${ROTATE}
const mix = (k) => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
let h = 0, i = 0;
for (; i + 4 <= bytes.length; i += 4) h = Math.imul(rotate(h ^ mix(word(i)), 13), 5) + 0xe6546b64 | 0;
${TAIL}
h ^= mix(k) ^ bytes.length;
h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
h ^= h >>> 16;`;

const MURMUR2 = `${WORD}
const m = 0x5bd1e995;
let h = bytes.length, i = 0;
for (; i + 4 <= bytes.length; i += 4) {
  let k = Math.imul(word(i), m);
  k = Math.imul(k ^ k >>> 24, m);
  h = Math.imul(h, m) ^ k;
}
${TAIL}
if (i < bytes.length) h = Math.imul(h ^ k, m);
h = Math.imul(h ^ h >>> 13, m);
h ^= h >>> 15;`;

const XXH32 = `${WORD} ${ROTATE}
const [p1, p2, p3, p4, p5] = [2654435761, 2246822519, 3266489917, 668265263, 374761393];
let h = p5, i = 0;
if (bytes.length >= 16) {
  const lanes = [p1 + p2 | 0, p2 | 0, 0, -p1 | 0];
  for (; i + 16 <= bytes.length; i += 16)
    for (let lane = 0; lane < 4; lane++) lanes[lane] = Math.imul(rotate(lanes[lane] + Math.imul(word(i + 4 * lane), p2), 13), p1);
  h = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
}
h = h + bytes.length | 0;
for (; i + 4 <= bytes.length; i += 4) h = Math.imul(rotate(h + Math.imul(word(i), p3), 17), p4);
for (; i < bytes.length; i++) h = Math.imul(rotate(h + Math.imul(bytes[i], p5), 11), p1);
h = Math.imul(h ^ h >>> 15, p2);
h = Math.imul(h ^ h >>> 13, p3);
h ^= h >>> 16;`;

/** For the hashes that no function of the engines is: the statements that make `h` of `bytes`. */
const HASHES: { readonly [name in Exclude<StickyHash, "sha256">]: string } = { murmur3: MURMUR3, murmur2: MURMUR2, xxh32: XXH32 };

/** The slot of a key: nginx's thresholds for murmur2, equal parts of 2^32 for the others, as `keyDraw` of the library. */
export function slotFunction(hash: Exclude<StickyHash, "sha256">): ScriptFunction {
  const slot =
    hash === "murmur2"
      ? `Math.min(${SLOTS - 1}, Math.floor((((h >>> 0) + 1) * ${SLOTS} - 1) / 4294967295))`
      : `Math.floor((h >>> 0) * ${SLOTS} / 4294967296)`;
  return {
    name: `canary_${hash}_slot`,
    args: ["key"],
    gives: "number",
    body: `if (key === null || key === undefined) return null;\n${BYTES}\n${HASHES[hash]}\nreturn ${slot};`,
  };
}

/** The value of the first cookie of a name in a Cookie field. */
export const COOKIE: ScriptFunction = {
  name: "canary_cookie",
  args: ["cookies", "name"],
  gives: "text",
  body: `if (cookies === null || cookies === undefined) return null;
const trimmed = (text) => text.replace(/^[ \\t]+|[ \\t]+$/g, "");
for (const pair of cookies.split(";")) {
  const at = pair.indexOf("=");
  if (at !== -1 && trimmed(pair.slice(0, at)) === name) return trimmed(pair.slice(at + 1));
}
return null;`,
};

/** The first query parameter of a name in a request target; null where its bytes are no UTF-8. */
export const QUERY: ScriptFunction = {
  name: "canary_query",
  args: ["target", "name"],
  gives: "text",
  body: `if (target === null || target === undefined) return null;
const decoded = (text) => {
  try {
    return text.replace(/[+]/g, " ").replace(/(?:%[0-9a-fA-F]{2})+/g, decodeURIComponent);
  } catch (error) {
    return null;
  }
};
const whole = target.split("#", 1)[0];
const from = whole.indexOf("?");
if (from === -1) return null;
for (const pair of whole.slice(from + 1).split("&")) {
  if (pair === "") continue;
  const at = pair.indexOf("=");
  if (decoded(at === -1 ? pair : pair.slice(0, at)) === name) return decoded(at === -1 ? "" : pair.slice(at + 1));
}
return null;`,
};

/** The path of a request target. */
export const PATH: ScriptFunction = {
  name: "canary_path",
  args: ["target"],
  gives: "text",
  body: `if (target === null || target === undefined) return null;
const path = target.split(/[?#]/, 1)[0];
if (!/^[A-Za-z][A-Za-z0-9+.-]*:[/][/]/.test(path)) return path;
const rest = path.slice(path.indexOf("://") + 3);
const at = rest.indexOf("/");
return at === -1 ? "/" : rest.slice(at);`,
};
