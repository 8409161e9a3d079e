/** A murmur3 computation halfway: what a prefix left behind. */
export interface Absorbed {
  /** The state after the whole blocks of the prefix, as a signed integer. */
  readonly hash: number;
  /** The bytes that did not fill a block, lowest first, and how many bits they are: 0, 8, 16 or 24. */
  readonly carry: number;
  readonly bits: number;
  /** The bytes of the prefix. */
  readonly bytes: number;
  /** A high surrogate that ends the prefix, for it may meet its low half in the key; 0 if there is none. */
  readonly lead: number;
}

/**
 * murmur3_x86_32 (Austin Appleby, public domain) of the UTF-8 bytes of `text`, as an unsigned 32-bit integer. A lone
 * surrogate is encoded as EF BF BD. `seed` is the hash's own numeric seed; draws use 0.
 */
export function murmur3(text: string, seed = 0): number {
  return finish(absorb({ hash: seed | 0, carry: 0, bits: 0, bytes: 0, lead: 0 }, text, 0, text.length)) >>> 0;
}

/** The state of a draw after its seed: hashed once, when the alias is compiled, and not once a request. */
export function absorbSeed(seed: string): Absorbed {
  return absorb({ hash: 0, carry: 0, bits: 0, bytes: 0, lead: 0 }, seed, 0, seed.length);
}

/**
 * The slot of a sticky draw whose key is `text` from `from` up to `to`. ASCII is hashed in place, four units at a time, and
 * what is left over one by one: keys of 13 and 14 units take two thirds of what they take as the rest of other text does.
 */
export function slotOfKey(seed: Absorbed, text: string, from: number, to: number): number {
  if (seed.lead !== 0) return slotOfRest(seed, text, from, to);
  const shift = seed.bits;
  let { hash, carry } = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    if ((a | b | c | d) > 127) break;
    const word = a | (b << 8) | (c << 16) | (d << 24);
    hash = block(hash, carry | (word << shift));
    carry = shift === 0 ? 0 : word >>> (32 - shift);
  }
  let bits = shift;
  for (; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 127) return slotOfRest({ hash, carry, bits, bytes: seed.bytes + at - from, lead: 0 }, text, at, to);
    carry |= unit << bits;
    bits += 8;
    if (bits < 32) continue;
    hash = block(hash, carry);
    carry = 0;
    bits = 0;
  }
  return slotOfHash(avalanche(hash ^ scramble(carry) ^ (seed.bytes + to - from)));
}

function slotOfRest(state: Absorbed, text: string, from: number, to: number): number {
  return slotOfHash(finish(absorb(state, text, from, to)));
}

/** floor(hash / 2^32 * 10,000), of the unsigned hash. 625 / 2^28 is 10,000 / 2^32, and the product is exact below 2^53. */
function slotOfHash(hash: number): number {
  return Math.floor((hash >>> 0) * (625 / 268435456));
}

function absorb(prefix: Absorbed, text: string, from: number, to: number): Absorbed {
  let { hash, carry, bits, bytes, lead } = prefix;
  for (let at = from; at < to; at++) {
    let point = text.charCodeAt(at);
    if (lead !== 0) {
      if ((point & 0xfc00) === 0xdc00) point = 0x10000 + ((lead & 0x3ff) << 10) + (point & 0x3ff);
      else {
        point = 0xfffd;
        at--;
      }
      lead = 0;
    } else if ((point & 0xfc00) === 0xd800) {
      lead = point;
      continue;
    } else if ((point & 0xfc00) === 0xdc00) point = 0xfffd;
    const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (let left = length - 1; left >= 0; left--) {
      const first = length === 1 ? point : ((0xf00 >> length) & 0xff) | (point >> (6 * left));
      carry |= (left === length - 1 ? first : 0x80 | ((point >> (6 * left)) & 0x3f)) << bits;
      bits += 8;
      if (bits === 32) {
        hash = block(hash, carry);
        carry = 0;
        bits = 0;
      }
    }
    bytes += length;
  }
  return { hash, carry, bits, bytes, lead };
}

function finish(state: Absorbed): number {
  const { hash, carry, bytes } = state.lead === 0 ? state : absorb({ ...state, lead: 0 }, "\ufffd", 0, 1);
  return avalanche(hash ^ scramble(carry) ^ bytes);
}

function block(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function scramble(word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function avalanche(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
