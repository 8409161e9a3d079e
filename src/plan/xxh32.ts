import { bytesOf, type Hashed, wordAt } from "./utf8.ts";

/**
 * XXH32 with the seed 0 (Yann Collet; the specification is doc/xxhash_spec.md of xxHash) of the bytes of `text`, as an
 * unsigned integer. It is HAProxy's converter `xxh32`.
 */
export function xxh32(text: Hashed): number {
  const bytes = bytesOf(text);
  let at = 0;
  let hash = 0x165667b1;
  if (bytes.length >= 16) {
    let a = 0x24234428;
    let b = 0x85ebca77;
    let c = 0;
    let d = 0x61c8864f;
    for (; at + 16 <= bytes.length; at += 16) {
      a = xxh32Round(a, wordAt(bytes, at));
      b = xxh32Round(b, wordAt(bytes, at + 4));
      c = xxh32Round(c, wordAt(bytes, at + 8));
      d = xxh32Round(d, wordAt(bytes, at + 12));
    }
    hash = rotateLeft(a, 1) + rotateLeft(b, 7) + rotateLeft(c, 12) + rotateLeft(d, 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotateLeft((hash + Math.imul(wordAt(bytes, at), 0xc2b2ae3d)) | 0, 17), 0x27d4eb2f);
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotateLeft((hash + Math.imul(bytes[at] as number, 0x165667b1)) | 0, 11), 0x9e3779b1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function xxh32Round(state: number, word: number): number {
  return Math.imul(rotateLeft((state + Math.imul(word, 0x85ebca77)) | 0, 13), 0x9e3779b1);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
