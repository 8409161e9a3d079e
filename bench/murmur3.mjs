// murmur3_x86_32 as a careful engineer writes it by hand: no Buffer for ASCII, and the hash of the seed made once.

const mix = (hash, block) => {
  let k = Math.imul(block, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
};

const finish = (hash, tail, length) => {
  let h = hash;
  if ((length & 3) !== 0) {
    let k = Math.imul(tail, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
  }
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

function ofBytes(bytes, state, before) {
  let hash = state;
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) hash = mix(hash, bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
  let tail = 0;
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i];
  return finish(hash, tail, before + bytes.length);
}

/** The state after a seed whose length is a multiple of four. */
export function seedState(seed) {
  if (seed.length % 4 !== 0) throw new Error("the seed must consist of whole blocks");
  let hash = 0;
  for (let i = 0; i < seed.length; i += 4) {
    hash = mix(hash, seed.charCodeAt(i) | (seed.charCodeAt(i + 1) << 8) | (seed.charCodeAt(i + 2) << 16) | (seed.charCodeAt(i + 3) << 24));
  }
  return hash;
}

/** The hash of a seed of `before` bytes, whose `state` is known, followed by the UTF-8 of a key. */
export function murmur3(key, state = 0, before = 0) {
  let hash = state;
  let seen = 0;
  const whole = key.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const a = key.charCodeAt(i);
    const b = key.charCodeAt(i + 1);
    const c = key.charCodeAt(i + 2);
    const d = key.charCodeAt(i + 3);
    seen |= a | b | c | d;
    hash = mix(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let i = key.length - 1; i >= whole; i--) {
    const unit = key.charCodeAt(i);
    seen |= unit;
    tail = (tail << 8) | unit;
  }
  return seen > 127 ? ofBytes(Buffer.from(key), state, before) : finish(hash, tail, before + key.length);
}
