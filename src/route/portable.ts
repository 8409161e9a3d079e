import { quote } from "../document/index.ts";
import { type Field, fieldName, isSingle } from "../request/index.ts";
import type { StickyHash } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { literal } from "../backend/index.ts";

/**
 * Engines of JavaScript that know less of it. `njs` runs in nginx: the module has one function for `js_set`, and no syntax that njs 0.7
 * refuses. `quickjs` has no `URLSearchParams`; its module takes requests as node gives them.
 */
export type PortableTarget = "njs" | "quickjs";

/** A module that decides by the plan as data, and has a form decoder of its own. @throws TypeError for an attribute in njs, which has none */
export function portableModule(plan: Plan, target: PortableTarget): string {
  const fields = new Map<string, Field>();
  const numberOf = (field: Field): number => {
    if (target === "njs" && field.kind === "attribute")
      throw new TypeError(`njs has no attributes, and the alias asks for ${fieldName(field)}`);
    const name = fieldName(field);
    if (!fields.has(name)) fields.set(name, field);
    return [...fields.keys()].indexOf(name);
  };
  const { split } = plan;
  const sticky = split.kind === "arms" ? split.sticky : undefined;
  const data = {
    rules: plan.rules.map(({ test: { kind, matches }, outcome }) => ({
      all: kind === "all" ? 1 : 0,
      matches: matches.map(({ field, values }) => ({ field: numberOf(field), values })),
      outcome,
    })),
    ...(split.kind === "fixed" ? { outcome: split.outcome } : { arms: split.arms.map(({ until, outcome }) => ({ until, outcome })) }),
    ...(sticky !== undefined && {
      keys: sticky.keys.map(({ field }) => numberOf(field)),
      seed: sticky.seed,
      missing: sticky.missing === "random" ? -1 : sticky.missing,
    }),
    error: plan.error,
  };
  const known = [...fields.values()].map((field) => ({
    kind: field.kind,
    ...("name" in field && { name: field.name, separator: separatorOf(field.name, target) }),
  }));
  const decisions = plan.outcomes.map(
    ({ version, reason, at, index }) => `  { version: ${quote(version)}, reason: ${quote(reason)}, at: ${quote(at)}, index: ${index} },`,
  );
  const isNjs = target === "njs";
  return [
    `// ${quote(plan.name ?? "an alias without a name")}, compiled by canary-router: what is decided, and why, is listed first.`,
    "",
    "/** Every decision that can be made; `at` points into the alias. */",
    `${isNjs ? "" : "export "}const decisions = [`,
    ...decisions,
    "].map(function (decision) { return Object.freeze(decision); });",
    "Object.freeze(decisions);",
    "",
    `const fields = ${literal(known)};`,
    `const plan = ${literal(data)};`,
    "",
    BYTES,
    HASHES[sticky?.hash ?? "murmur3"],
    READING,
    isNjs ? NJS : QUICKJS,
  ].join("\n");
}

/** nginx gives the lines of a header one by one; of some node takes the first alone. */
function separatorOf(name: string, target: PortableTarget): string {
  if (name === "cookie") return "; ";
  return target === "njs" && isSingle(name) ? "" : ", ";
}

const BYTES = String.raw`/** The UTF-8 bytes of a text; of a lone surrogate, those of U+FFFD. */
function bytesOf(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at++) {
    let point = text.charCodeAt(at);
    if (point >= 0xd800 && point <= 0xdfff) {
      const low = point < 0xdc00 && at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = (point - 0xd800) * 0x400 + low - 0xdc00 + 0x10000;
        at++;
      } else point = 0xfffd;
    }
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

/** Bytes as a text: each longest run that could begin a character, and is none, is U+FFFD. */
function textOf(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++];
    let count = 0;
    let low = 0x80;
    let high = 0xbf;
    let point = first;
    if (first >= 0xc2 && first <= 0xdf) {
      count = 1;
      point = first & 31;
    } else if (first >= 0xe0 && first <= 0xef) {
      count = 2;
      point = first & 15;
      if (first === 0xe0) low = 0xa0;
      if (first === 0xed) high = 0x9f;
    } else if (first >= 0xf0 && first <= 0xf4) {
      count = 3;
      point = first & 7;
      if (first === 0xf0) low = 0x90;
      if (first === 0xf4) high = 0x8f;
    } else if (first >= 0x80) point = 0xfffd;
    for (; count > 0; count--) {
      const next = at < bytes.length ? bytes[at] : -1;
      if (next < low || next > high) {
        point = 0xfffd;
        break;
      }
      point = point * 64 + (next & 63);
      low = 0x80;
      high = 0xbf;
      at++;
    }
    if (point < 0x10000) text += String.fromCharCode(point);
    else text += String.fromCharCode(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
  }
  return text;
}

/** The 32 bits that start at a byte, lowest byte first. */
function wordAt(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function turn(word, by) {
  return (word << by) | (word >>> (32 - by));
}
`;

/** The draw of bytes in [0, 1), by each hash. */
const HASHES: Readonly<Record<StickyHash, string>> = {
  murmur3: String.raw`function scramble(block) {
  return Math.imul(turn(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function drawOf(bytes) {
  let hash = 0;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) hash = (Math.imul(turn(hash ^ scramble(wordAt(bytes, at)), 13), 5) + 0xe6546b64) | 0;
  let tail = 0;
  for (let i = bytes.length - 1; i >= at; i--) tail = (tail << 8) | bytes[i];
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}
`,
  murmur2: String.raw`function drawOf(bytes) {
  let hash = bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const word = Math.imul(wordAt(bytes, at), 0x5bd1e995);
    hash = Math.imul(hash, 0x5bd1e995) ^ Math.imul(word ^ (word >>> 24), 0x5bd1e995);
  }
  if (at < bytes.length) {
    for (let i = at; i < bytes.length; i++) hash ^= bytes[i] << (8 * (i - at));
    hash = Math.imul(hash, 0x5bd1e995);
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
  hash = (hash ^ (hash >>> 15)) >>> 0;
  // nginx compares with bounds of its own.
  const next = Math.floor((hash / 4294967296) * 10000) + 1;
  return next < 10000 && hash >= Math.floor((next * 0xffffffff) / 10000) ? (next + 0.5) / 10000 : hash / 4294967296;
}
`,
  xxh32: String.raw`function round(state, word) {
  return Math.imul(turn((state + Math.imul(word, 0x85ebca77)) | 0, 13), 0x9e3779b1);
}

function drawOf(bytes) {
  let at = 0;
  let hash = 0x165667b1;
  if (bytes.length >= 16) {
    let a = 0x24234428;
    let b = 0x85ebca77;
    let c = 0;
    let d = 0x61c8864f;
    for (; at + 16 <= bytes.length; at += 16) {
      a = round(a, wordAt(bytes, at));
      b = round(b, wordAt(bytes, at + 4));
      c = round(c, wordAt(bytes, at + 8));
      d = round(d, wordAt(bytes, at + 12));
    }
    hash = turn(a, 1) + turn(b, 7) + turn(c, 12) + turn(d, 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(turn((hash + Math.imul(wordAt(bytes, at), 0xc2b2ae3d)) | 0, 17), 0x27d4eb2f);
  for (; at < bytes.length; at++) hash = Math.imul(turn((hash + Math.imul(bytes[at], 0x165667b1)) | 0, 11), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}
`,
  sha256: String.raw`/** The first 32 bits of the fractions of square roots and cube roots of the first primes. */
const square = [];
const cube = [];
for (let prime = 2; cube.length < 64; prime++) {
  let isPrime = true;
  for (let divisor = 2; divisor * divisor <= prime; divisor++) if (prime % divisor === 0) isPrime = false;
  if (!isPrime) continue;
  if (square.length < 8) square.push((Math.sqrt(prime) % 1) * 4294967296 | 0);
  cube.push((Math.pow(prime, 1 / 3) % 1) * 4294967296 | 0);
}

/** Of the last four bytes of SHA-256, lowest first. */
function drawOf(text) {
  const bytes = text.slice();
  const bits = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let shift = 56; shift >= 0; shift -= 8) bytes.push(Math.floor(bits / Math.pow(2, shift)) & 255);
  const state = square.slice();
  for (let from = 0; from < bytes.length; from += 64) {
    const words = [];
    const s = state.slice();
    for (let i = 0; i < 64; i++) {
      const at = from + 4 * i;
      if (i < 16) words.push((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
      else {
        const x = words[i - 15];
        const y = words[i - 2];
        const low = turn(x, 25) ^ turn(x, 14) ^ (x >>> 3);
        const high = turn(y, 15) ^ turn(y, 13) ^ (y >>> 10);
        words.push((words[i - 16] + low + words[i - 7] + high) | 0);
      }
      const e = s[4];
      const a = s[0];
      const choice = (e & s[5]) ^ (~e & s[6]);
      const one = (s[7] + (turn(e, 26) ^ turn(e, 21) ^ turn(e, 7)) + choice + cube[i] + words[i]) | 0;
      const most = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
      const other = ((turn(a, 30) ^ turn(a, 19) ^ turn(a, 10)) + most) | 0;
      s.pop();
      s.unshift((one + other) | 0);
      s[4] = (s[4] + one) | 0;
    }
    for (let i = 0; i < 8; i++) state[i] = (state[i] + s[i]) | 0;
  }
  const last = state[7];
  return ((((last & 255) << 24) | ((last & 0xff00) << 8) | ((last >>> 8) & 0xff00) | (last >>> 24)) >>> 0) / 4294967296;
}
`,
};

const READING = String.raw`function trimmed(text) {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** The first cookie of a name in a Cookie line. */
function cookieIn(line, name) {
  const pairs = line.split(";");
  for (let at = 0; at < pairs.length; at++) {
    const equals = pairs[at].indexOf("=");
    if (equals !== -1 && trimmed(pairs[at].slice(0, equals)) === name) return trimmed(pairs[at].slice(equals + 1));
  }
  return undefined;
}

/** A name or value of a query as a text (application/x-www-form-urlencoded). */
function decoded(text) {
  if (/^[\x20-\x24\x26-\x2a\x2c-\x7e]*$/.test(text)) return text;
  const bytes = [];
  const parts = text.split("%");
  for (let at = 0; at < parts.length; at++) {
    let rest = parts[at];
    if (at > 0) {
      if (/^[0-9A-Fa-f]{2}/.test(rest)) {
        bytes.push(parseInt(rest.slice(0, 2), 16));
        rest = rest.slice(2);
      } else bytes.push(37);
    }
    const more = bytesOf(rest.replace(/\+/g, " "));
    for (let i = 0; i < more.length; i++) bytes.push(more[i]);
  }
  return textOf(bytes);
}

/** The first parameter of a name in a request target. */
function parameterIn(target, name) {
  const found = /^[^?#]*\?([^#]*)/.exec(target);
  if (found === null) return undefined;
  const pairs = found[1].split("&");
  for (let at = 0; at < pairs.length; at++) {
    if (pairs[at] === "") continue;
    const equals = pairs[at].indexOf("=");
    if (decoded(equals === -1 ? pairs[at] : pairs[at].slice(0, equals)) === name) return equals === -1 ? "" : decoded(pairs[at].slice(equals + 1));
  }
  return undefined;
}

/** The path of a request target, which may be absolute. */
function pathIn(target) {
  const found = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)/.exec(target);
  return found[1] !== undefined && found[2] === "" ? "/" : found[2];
}

/** Whether the rule holds; values are read one by one, and no more of them than needed. */
function holds(rule, read) {
  for (let at = 0; at < rule.matches.length; at++) {
    const value = read(rule.matches[at].field);
    const found = value !== undefined && rule.matches[at].values.indexOf(value) !== -1;
    if (found !== (rule.all === 1)) return found;
  }
  return rule.all === 1;
}

/** The number of the decision for a draw. */
function arm(draw) {
  if (typeof draw !== "number" || !(draw >= 0 && draw < 1)) return plan.error;
  const slot = Math.floor(draw * 10000);
  for (let at = 0; at < plan.arms.length; at++) if (slot < plan.arms[at].until) return plan.arms[at].outcome;
  return plan.error;
}

/** The number of the decision. */
function decide(read, draw) {
  for (let at = 0; at < plan.rules.length; at++) if (holds(plan.rules[at], read)) return plan.rules[at].outcome;
  if (plan.arms === undefined) return plan.outcome;
  if (draw !== undefined) return arm(draw);
  if (plan.keys !== undefined) {
    for (let at = 0; at < plan.keys.length; at++) {
      const key = read(plan.keys[at]);
      if (key !== undefined && key !== "") return arm(drawOf(bytesOf(plan.seed + key)));
    }
    if (plan.missing !== -1) return plan.missing;
  }
  return arm(Math.random());
}
`;

const NJS = String.raw`/** A text of nginx, which is bytes and would be compared as UTF-8, as a text with a unit for each byte. */
function asText(bytes) {
  let text = "";
  let from = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes.charCodeAt(at) < 128) continue;
    text += bytes.slice(from, at) + String.fromCharCode(bytes.charCodeAt(at));
    from = at + 1;
  }
  return from === 0 ? bytes : text + bytes.slice(from);
}

/** The lines of a header as one, or the first of them where there is no separator. */
function headerOf(r, name, separator) {
  let line;
  for (let at = 0; at < r.rawHeadersIn.length; at++) {
    if (r.rawHeadersIn[at][0].toLowerCase() !== name) continue;
    const value = trimmed(asText(r.rawHeadersIn[at][1]));
    if (separator === "") return value;
    line = line === undefined ? value : line + separator + value;
  }
  return line;
}

function valueOf(r, field) {
  switch (field.kind) {
    case "header":
      return headerOf(r, field.name, field.separator);
    case "authority":
      return headerOf(r, "host", "");
    case "cookie": {
      const line = headerOf(r, "cookie", "; ");
      return line === undefined ? undefined : cookieIn(line, field.name);
    }
    case "query":
      return parameterIn(asText(r.variables.request_uri), field.name);
    case "path":
      return pathIn(asText(r.variables.request_uri));
    case "method":
      return r.method;
  }
}

/** The decision for a request of nginx. Never throws. */
function route(r) {
  try {
    return decisions[decide(function (field) { return valueOf(r, fields[field]); }, undefined)];
  } catch (error) {
    return decisions[plan.error];
  }
}

/** For js_set $canary_version. */
function version(r) {
  return route(r).version;
}

export default { route, version };
`;

const QUICKJS = String.raw`/** A text, or a list of them as one; undefined for anything else. */
function lineOf(value, separator) {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  let line = "";
  for (let at = 0; at < value.length; at++) {
    const item = value[at];
    if (typeof item !== "string") return undefined;
    line = at === 0 ? item : line + separator + item;
  }
  return line;
}

function own(from, name) {
  return Object.prototype.hasOwnProperty.call(from, name) ? from[name] : undefined;
}

function headerOf(headers, name, separator) {
  return lineOf(own(headers, name), separator);
}

function valueOf(request, headers, field) {
  let line;
  switch (field.kind) {
    case "header":
      line = headerOf(headers, field.name, field.separator);
      return line === undefined && field.name === "host" ? headerOf(headers, ":authority", ", ") : line;
    case "authority":
      line = headerOf(headers, ":authority", ", ");
      return line === undefined ? headerOf(headers, "host", ", ") : line;
    case "cookie":
      line = headerOf(headers, "cookie", "; ");
      return line === undefined ? undefined : cookieIn(line, field.name);
    case "query":
      line = lineOf(request.url, ", ");
      return line === undefined ? undefined : parameterIn(line, field.name);
    case "path":
      line = lineOf(request.url, ", ");
      return line === undefined ? undefined : pathIn(line);
    case "method":
      return lineOf(request.method, ", ");
    case "attribute": {
      const attributes = request.attributes;
      if (typeof attributes !== "object" || attributes === null) return undefined;
      const value = own(attributes, field.name);
      return typeof value === "string" ? value : undefined;
    }
  }
}

/** The decision for a request as node gives it. Never throws; a second argument, a number in [0, 1), is the draw. */
export function route(request, draw) {
  try {
    const headers = request.headers;
    if (typeof headers !== "object" || headers === null) return decisions[plan.error];
    // Those of the fetch standard are no headers as node gives them.
    if (typeof headers.get === "function" && headers.get !== Object.prototype.get) return decisions[plan.error];
    return decisions[decide(function (field) { return valueOf(request, headers, fields[field]); }, draw)];
  } catch (error) {
    return decisions[plan.error];
  }
}

export default route;
`;
