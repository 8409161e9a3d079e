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
    default:
      return field(name);
  }
}

function readable(request: unknown): Readable {
  if (typeof request !== "object" || request === null) throw new Error("not a request");
  const { headers } = request as Readable;
  if (typeof headers !== "object" || headers === null) throw new Error("no headers");
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
    if (key !== undefined && key !== "") return murmur3(new TextEncoder().encode((stickiness.seed ?? name ?? "") + key), 0) / 2 ** 32;
  }
  return stickiness.on_missing === "random" ? random() : "missing";
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
