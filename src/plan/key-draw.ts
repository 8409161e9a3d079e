import { SLOTS, type StickyHash } from "../alias/index.ts";
import { murmur2 } from "./murmur2.ts";
import { murmur3 } from "./murmur3.ts";
import type { Sticky } from "./plan.ts";
import { sha256 } from "./sha256.ts";
import { drawAt, slotOf } from "./slots.ts";
import { type Hashed, utf8 } from "./utf8.ts";
import { xxh32 } from "./xxh32.ts";

/** The hashes by their names in an alias, each of the UTF-8 bytes of a text, to an unsigned integer of 32 bits. */
const HASHES: { readonly [hash in StickyHash]: (text: string) => number } = { murmur3, murmur2, xxh32, sha256 };

const DRAWS: { readonly [hash in StickyHash]: (text: string) => number } = {
  murmur3: murmur3Draw,
  murmur2: murmur2Draw,
  xxh32: xxh32Draw,
  sha256: sha256Draw,
};

/** The draw of a key, in [0, 1). */
export function keyDraw({ hash, seed }: Pick<Sticky, "hash" | "seed">): (key: string) => number {
  const drawOf = DRAWS[hash];
  return (key) => drawOf(seed + key);
}

/** The same of a key of bytes, a unit each, which need not be UTF-8: as routers hash what a request carries. */
export function bytesDraw({
  hash,
  seed,
}: {
  readonly hash: Exclude<StickyHash, "murmur3">;
  readonly seed: string;
}): (key: string) => number {
  const drawOf: (bytes: Hashed) => number = { murmur2: murmur2Draw, xxh32: xxh32Draw, sha256: sha256Draw }[hash];
  const ahead = utf8(seed);
  return (key) => drawOf([...ahead, ...Array.from(key, (unit) => unit.charCodeAt(0))]);
}

/** The 32 bits from which the draw of a key is made, unsigned. */
export function keyHash({ hash, seed }: Pick<Sticky, "hash" | "seed">, key: string): number {
  return HASHES[hash](seed + key);
}

/** murmur3 over 2^32: as flagd's fractional evaluation. */
export function murmur3Draw(text: string): number {
  return murmur3(text) / 2 ** 32;
}

/**
 * The draw in whose slot nginx's `split_clients` sees the text. It compares with thresholds of floor(slot * (2^32 - 1) / 10,000),
 * so that a hash just below a bound of equal slots belongs to the next slot: for such a hash, the draw is the middle of that one.
 */
export function murmur2Draw(text: Hashed): number {
  const hash = murmur2(text);
  const draw = hash / 2 ** 32;
  const next = slotOf(draw) + 1;
  return next < SLOTS && hash >= Math.floor((next * 0xffffffff) / SLOTS) ? drawAt(next) : draw;
}

/** XXH32 over 2^32: HAProxy's `xxh32,mul(10000),div(4294967296)` is the slot. */
export function xxh32Draw(text: Hashed): number {
  return xxh32(text) / 2 ** 32;
}

/** The last bytes of SHA-256 over 2^32, as an export to Varnish computes it. */
export function sha256Draw(text: Hashed): number {
  return sha256(text) / 2 ** 32;
}
