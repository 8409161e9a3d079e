import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Version } from "../alias/index.ts";

/**
 * A signed cookie by which a visitor keeps a version: the one that the draw gave, canary and primary alike, so that the shares stay as
 * they are. It is set where a random draw decides, and not where a rule does, a sticky key, or no draw at all.
 */
export interface AffinityOptions {
  /** Secrets of at least 32 bytes of UTF-8. The first signs; a cookie that any of them has signed is taken, and signed anew by the first. */
  readonly keys: readonly [string, ...string[]];
  /** The name of the cookie, `canary` where left out. `-` and the alias follow, percent-encoded. */
  readonly cookie?: string;
  /** For how long the cookie is kept after the answer that sets it, in seconds. Where left out, until the browser is closed. */
  readonly maxAge?: number;
  /** `Lax` where left out. */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /** Whether the cookie is sent over HTTPS only, which browsers take `localhost` for. It is, where left out. */
  readonly secure?: boolean;
  /** `/` where left out. */
  readonly path?: string;
  readonly domain?: string;
  /** What a visitor gets whose version the alias does not name any more: what the draw gives (`draw`, the default), or the primary. */
  readonly gone?: "draw" | "primary";
  /** What a visitor gets whose version has no share of the split any more: what the draw gives (`draw`, the default), or the version still. */
  readonly weightless?: "draw" | "keep";
  /** What a visitor gets for whom a rule names a version: that one (`rule`, the default), or the one of the cookie. */
  readonly rule?: "rule" | "keep";
}

/** What a cookie says: the id that is drawn with, and the version that the visitor has had. */
export interface Ticket {
  readonly id: string;
  readonly version: Version;
}

/** A cookie whose signature is right, and whether it should be signed anew. */
export interface Verified extends Ticket {
  readonly isOld: boolean;
}

/** The least length of a secret, in bytes: that of the hash (RFC 2104, section 3). */
export const LEAST_KEY = 32;
/** The longest cookie that is looked at: a version of 256 characters, each of them percent-encoded, with id and signature. */
const LONGEST = 1_024;
/** The id is 16 random bytes, the signature 32, both in hexadecimal. */
const FORM = /^([0-9a-f]{32})\.([0-9a-f]{64})\.(.+)$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What an attribute of a cookie may hold (RFC 6265, section 4.1.1). */
const ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]+$/;

/** Signs, checks and writes the cookies of affinity. */
export class Affinity {
  readonly options: AffinityOptions;
  readonly #keys: readonly Uint8Array[];
  readonly #prefix: string;
  readonly #attributes: string;

  /** @throws TypeError for an option that makes no cookie */
  constructor(options: AffinityOptions) {
    const { keys, cookie = "canary", maxAge, sameSite = "Lax", secure = true, path = "/", domain } = options;
    this.options = options;
    this.#keys = keys.map((key) => utf8ToBytes(key));
    if (keys.length === 0 || this.#keys.some(({ length }) => length < LEAST_KEY))
      throw new TypeError(`\`affinity.keys\` are secrets of at least ${LEAST_KEY} bytes`);
    if (!TOKEN.test(cookie)) throw new TypeError("`affinity.cookie` is no name of a cookie");
    if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge > 0))
      throw new TypeError("`affinity.maxAge` is a whole number of seconds, from 1");
    if (!["Strict", "Lax", "None"].includes(sameSite)) throw new TypeError("`affinity.sameSite` is `Strict`, `Lax` or `None`");
    if (sameSite === "None" && !secure) throw new TypeError('browsers refuse a cookie with `sameSite: "None"` that is not `secure`');
    if (!path.startsWith("/") || !ATTRIBUTE.test(path)) throw new TypeError("`affinity.path` is no path");
    if (domain !== undefined && !/^[0-9A-Za-z.-]+$/.test(domain)) throw new TypeError("`affinity.domain` is no domain");
    if (cookie.startsWith("__Host-") && (!secure || path !== "/" || domain !== undefined))
      throw new TypeError("a cookie `__Host-…` is `secure`, with the path `/` and no domain");
    this.#prefix = cookie;
    this.#attributes = [
      `; Path=${path}`,
      ...(domain === undefined ? [] : [`; Domain=${domain}`]),
      ...(maxAge === undefined ? [] : [`; Max-Age=${maxAge}`]),
      `; HttpOnly; SameSite=${sameSite}`,
      ...(secure ? ["; Secure"] : []),
    ].join("");
  }

  /** The name of the cookie of an alias. */
  nameOf(alias: string): string {
    return `${this.#prefix}-${encodeURIComponent(alias).replaceAll(/[()]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}`)}`;
  }

  /** An id for a visitor who has none. */
  newId(): string {
    return bytesToHex(randomBytes(16));
  }

  /** What the value of a cookie says; undefined where it was not signed for this alias by one of the keys. */
  verify(alias: string, value: string): Verified | undefined {
    const [, id, signature, encoded] = value.length <= LONGEST ? (FORM.exec(value) ?? []) : [];
    if (id === undefined || signature === undefined || encoded === undefined) return undefined;
    const version = decoded(encoded);
    if (version === undefined) return undefined;
    const at = this.#keys.findIndex((key) => isSame(signed(key, alias, { id, version }), signature));
    return at === -1 ? undefined : { id, version, isOld: at > 0 };
  }

  /** The Set-Cookie field for a visitor. */
  cookieFor(alias: string, ticket: Ticket): string {
    const signature = signed(this.#keys[0] as Uint8Array, alias, ticket);
    return `${this.nameOf(alias)}=${ticket.id}.${signature}.${encodeURIComponent(ticket.version)}${this.#attributes}`;
  }
}

function signed(key: Uint8Array, alias: string, { id, version }: Ticket): string {
  return bytesToHex(hmac(sha256, key, utf8ToBytes(JSON.stringify([alias, id, version]))));
}

/** Whether two texts of one length are the same, in a time that does not tell where they differ. */
function isSame(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
