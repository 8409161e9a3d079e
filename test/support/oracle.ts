import { createHash } from "node:crypto";
import type { AliasConfig, RuleConfig, StickyKeyConfig, StrategyConfig, Version } from "../../src/alias/config.ts";
import type { Decision } from "../../src/backend/decision.ts";

/** A decision without its number: the number is the compiler's own. */
export type Verdict = Omit<Decision, "index">;

const SLOTS = 10_000;

/**
 * What a valid config means for a request, decided straight from the config as `docs/semantics.md` says it: slow,
 * obvious, and sharing no code with the library. Numbers in brackets are sections of that document.
 */
export function decide(config: AliasConfig, request: unknown, draw?: unknown, random: () => unknown = Math.random): Verdict {
  try {
    return evaluate(config, readable(request), draw, random);
  } catch {
    return { version: config.version, reason: "error", at: "" }; // [7.2], [7.3]
  }
}

/** A request that has headers. */
export type Readable = { readonly headers: object; readonly [key: string]: unknown };

function evaluate(config: AliasConfig, request: Readable, draw: unknown, random: () => unknown): Verdict {
  const strategies = config.additional_version_strategy ?? {};

  // [4.1] The first strategy that holds, in rank order [4.2].
  for (const version of ranked(Object.keys(strategies), config)) {
    if (holds(strategies[version]!, request)) {
      return { version, reason: "rule", at: `/additional_version_strategy/${escape(version)}` };
    }
  }

  // [6.5] Without a weight above 0 there is nothing to draw.
  const weights = config.additional_version_weights ?? {};
  if (!Object.values(weights).some((percent) => percent > 0)) return { version: config.version, reason: "default", at: "/version" };

  const drawn = draw === undefined ? ownDraw(config, request, random) : draw; // [6.1]
  if (drawn === "missing") return { version: config.version, reason: "default", at: "/stickiness/on_missing" };
  if (typeof drawn !== "number" || !(drawn >= 0 && drawn < 1)) throw new Error("not a draw");

  const version = ownerOf(Math.floor(drawn * SLOTS), config);
  return { version, reason: "split", at: version === config.version ? "/version" : `/additional_version_weights/${escape(version)}` };
}

/** [3.10] Rules are asked in the order of the config, and no further than needed. */
export function holds({ combine_type, rules }: StrategyConfig, request: Readable): boolean {
  const matching = (rule: RuleConfig): boolean => matches(rule, request);
  return combine_type?.toLowerCase() === "or" ? rules.some(matching) : rules.every(matching);
}

/** [3.1], [3.2] Whether a rule matches a request. */
export function matches(rule: RuleConfig, request: Readable): boolean {
  const actual = read(rule, request);
  if (actual === undefined) return false;
  return rule.op === "=" ? actual === rule.value : items(rule.value).includes(actual);
}

/** [3.2] The items of a list. */
export function items(list: string): string[] {
  return list
    .split(",")
    .map(trim)
    .filter((item) => item !== "");
}

/** What the request has for a rule or a sticky key. */
export function read({ rule_type, param }: StickyKeyConfig, request: Readable): string | undefined {
  switch (rule_type.toLowerCase()) {
    case "header":
      return header(param.toLowerCase(), request);
    case "cookie":
      return cookie(joined(own(request.headers, "cookie"), "; "), param); // [3.4]
    case "query":
      return parameter(text(request["url"]), param); // [3.5]
    default:
      return text(own(request["attributes"], param)); // [3.6]
  }
}

/** [3.3], [3.7] */
function header(name: string, request: Readable): string | undefined {
  const field = (of: string): string | undefined => joined(own(request.headers, of), of === "cookie" ? "; " : ", ");
  switch (name) {
    case ":method":
      return text(request["method"]);
    case ":path":
      return path(text(request["url"]));
    case ":authority":
      return field(":authority") ?? field("host");
    case "host":
      return field("host") ?? field(":authority");
    default:
      return field(name);
  }
}

function readable(request: unknown): Readable {
  if (typeof request !== "object" || request === null) throw new Error("not a request");
  const { headers } = request as Readable;
  if (typeof headers !== "object" || headers === null) throw new Error("no headers");
  if (typeof own(headers, "get") === "function") throw new Error("headers of the fetch standard"); // [3.8]
  return request as Readable;
}

/** [3.9] Nothing that is inherited counts. */
function own(from: unknown, name: string): unknown {
  if (typeof from !== "object" || from === null || !Object.hasOwn(from, name)) return undefined;
  return (from as { readonly [name: string]: unknown })[name];
}

/** [3.8] Nothing that is not a string counts. */
function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** [3.3], [3.4] A list of strings is a repeated field. */
function joined(value: unknown, separator: string): string | undefined {
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string")) return value.join(separator);
  return text(value);
}

function cookie(field: string | undefined, name: string): string | undefined {
  for (const pair of field?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && trim(pair.slice(0, equals)) === name) return trim(pair.slice(equals + 1));
  }
  return undefined;
}

function parameter(url: string | undefined, name: string): string | undefined {
  const [, query] = /^[^?#]*\?([^#]*)/.exec(url ?? "") ?? [];
  if (query === undefined) return undefined;
  // The constructor drops one leading `?`, which a query may begin with; `&` keeps it.
  for (const [key, value] of new URLSearchParams(`&${query}`)) if (key === name) return value;
  return undefined;
}

function path(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const [, origin, rest] = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)/.exec(url)!;
  return origin !== undefined && rest === "" ? "/" : rest;
}

function trim(part: string): string {
  return part.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** [4.2] `additional_version_order` first, the others by name. */
export function ranked(versions: readonly Version[], config: AliasConfig): Version[] {
  const order = config.additional_version_order ?? [];
  return [
    ...order.filter((version) => versions.includes(version)),
    ...versions.filter((version) => !order.includes(version)).toSorted(naturally),
  ];
}

/** [4.2] Runs of digits compare as integers, everything else by code unit. */
function naturally(a: string, b: string): number {
  const [as, bs] = [a, b].map((name) => name.match(/[0-9]+|[^0-9]/g)!);
  for (let i = 0; i < Math.min(as!.length, bs!.length); i++) {
    const [x, y] = [as![i]!, bs![i]!];
    if (/[0-9]/.test(x) && /[0-9]/.test(y)) {
      if (BigInt(x) !== BigInt(y)) return BigInt(x) < BigInt(y) ? -1 : 1;
    } else if (x[0] !== y[0]) return x < y ? -1 : 1;
  }
  return as!.length - bs!.length || (a < b ? -1 : 1);
}

/** [5.1], [5.2] How many slots each version owns, from slot 0 upward: rank 1, ranks 3 and up, the primary, rank 2. */
export function layout(config: AliasConfig): [Version, number][] {
  const slots = new Map(
    Object.entries(config.additional_version_weights ?? {}).map(([version, percent]) => [version, Math.round(percent * 100)]),
  );
  const named = new Set([...slots.keys(), ...(config.additional_version_order ?? [])]);
  named.delete(config.version);
  const [first, second, ...others] = ranked([...named], config);
  slots.set(config.version, SLOTS - [...slots.values()].reduce((sum, each) => sum + each, 0));
  return [first, ...others, config.version, second].flatMap((version) =>
    version === undefined ? [] : [[version, slots.get(version) ?? 0]],
  );
}

/** [5.3] The version that owns a slot. */
function ownerOf(slot: number, config: AliasConfig): Version {
  let until = 0;
  for (const [version, slots] of layout(config)) if (slot < (until += slots)) return version;
  throw new Error("no such slot");
}

/** [6.2] to [6.4] */
function ownDraw({ stickiness, name }: AliasConfig, request: Readable, random: () => unknown): unknown {
  if (!stickiness) return random();
  for (const each of stickiness.keys) {
    const key = read(each, request);
    if (key !== undefined && key !== "") return hashDraw(stickiness.hash ?? "murmur3", (stickiness.seed ?? name ?? "") + key);
  }
  return stickiness.on_missing === "random" ? random() : "missing";
}

/** [6.2b] The draw of a text by the hash of a name; for murmur2 the middle of its slot, which is stated by bounds. */
export function hashDraw(hash: string, text: string): number {
  const bytes = new TextEncoder().encode(text);
  switch (hash) {
    case "murmur3":
      return murmur3(bytes, 0) / 2 ** 32;
    case "xxh32":
      return xxh32(bytes) / 2 ** 32;
    case "sha256":
      return createHash("sha256").update(bytes).digest().readUInt32LE(28) / 2 ** 32;
    case "murmur2": {
      const value = BigInt(murmur2(bytes));
      let slot = 9_999n;
      while (value < (slot * (2n ** 32n - 1n)) / 10_000n) slot--;
      return (Number(slot) + 0.5) / 10_000;
    }
    default:
      throw new Error(`no such hash: ${hash}`);
  }
}

const LOW = 2n ** 32n - 1n;

/** MurmurHash2 with the seed 0, as its author states it, over integers of any length. */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995n;
  const whole = bytes.length - (bytes.length % 4);
  let hash = BigInt(bytes.length);
  for (let i = 0; i < whole; i += 4) {
    let block = (littleEndian(bytes.subarray(i, i + 4)) * m) & LOW;
    block = ((block ^ (block >> 24n)) * m) & LOW;
    hash = ((hash * m) & LOW) ^ block;
  }
  if (whole < bytes.length) hash = ((hash ^ littleEndian(bytes.subarray(whole))) * m) & LOW;
  hash = ((hash ^ (hash >> 13n)) * m) & LOW;
  return Number(hash ^ (hash >> 15n));
}

/** XXH32 with the seed 0, by the steps of its specification, over integers of any length. */
export function xxh32(bytes: Uint8Array): number {
  const [p1, p2, p3, p4, p5] = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn, 0x27d4eb2fn, 0x165667b1n] as const;
  const turn = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (32n - by))) & LOW;
  let rest = bytes;
  let sum: bigint = p5;
  if (bytes.length >= 16) {
    const lanes = [(p1 + p2) & LOW, p2, 0n, -p1 & LOW];
    while (rest.length >= 16) {
      for (let lane = 0; lane < 4; lane++) {
        const word = littleEndian(rest.subarray(4 * lane, 4 * lane + 4));
        lanes[lane] = (turn((lanes[lane]! + word * p2) & LOW, 13n) * p1) & LOW;
      }
      rest = rest.subarray(16);
    }
    sum = turn(lanes[0]!, 1n) + turn(lanes[1]!, 7n) + turn(lanes[2]!, 12n) + turn(lanes[3]!, 18n);
  }
  sum = (sum + BigInt(bytes.length)) & LOW;
  for (; rest.length >= 4; rest = rest.subarray(4)) sum = (turn((sum + littleEndian(rest.subarray(0, 4)) * p3) & LOW, 17n) * p4) & LOW;
  for (const byte of rest) sum = (turn((sum + BigInt(byte) * p5) & LOW, 11n) * p1) & LOW;
  sum = ((sum ^ (sum >> 15n)) * p2) & LOW;
  sum = ((sum ^ (sum >> 13n)) * p3) & LOW;
  return Number(sum ^ (sum >> 16n));
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

/** murmur3_x86_32 as its author states it, over bytes; a block at a time, the tail byte by byte. */
export function murmur3(bytes: Uint8Array, seed: number): number {
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed;
  for (let i = 0; i < whole; i += 4) {
    const block = bytes[i]! + bytes[i + 1]! * 2 ** 8 + bytes[i + 2]! * 2 ** 16 + bytes[i + 3]! * 2 ** 24;
    hash = Math.imul(rotate(hash ^ scramble(block), 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= whole; i--) tail = tail * 2 ** 8 + bytes[i]!;
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** A key as RFC 6901 writes it. */
export function escape(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
