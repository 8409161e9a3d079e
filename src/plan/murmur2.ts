import { bytesOf, type Hashed, wordAt } from "./utf8.ts";

/**
 * MurmurHash2, 32 bits with the seed 0 (Austin Appleby, public domain), of the bytes of `text`, as an unsigned integer. It
 * is what nginx's `split_clients` computes.
 */
export function murmur2(text: Hashed): number {
  const bytes = bytesOf(text);
  let hash = bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const word = Math.imul(wordAt(bytes, at), 0x5bd1e995);
    hash = Math.imul(hash, 0x5bd1e995) ^ Math.imul(word ^ (word >>> 24), 0x5bd1e995);
  }
  if (at < bytes.length) {
    for (let i = at; i < bytes.length; i++) hash ^= (bytes[i] as number) << (8 * (i - at));
    hash = Math.imul(hash, 0x5bd1e995);
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
  return (hash ^ (hash >>> 15)) >>> 0;
}
