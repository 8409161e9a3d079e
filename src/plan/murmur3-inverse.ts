import { absorbSeed } from "./murmur3.ts";

/**
 * Keys of letters and digits whose murmur3 behind a prefix is from `low` up to, not including, `high`. Every step of the hash
 * can be undone: for the hash that is wanted, the last block of four bytes follows from the state before it. One block in 290
 * has letters and digits only, so a hash in a slot, which has 429,496 of them, is found at once.
 */
export function* murmur3Keys(prefix: string, low: number, high: number): Generator<string> {
  let pad = "";
  while (absorbSeed(prefix + pad).bits !== 0 || absorbSeed(prefix + pad).lead !== 0) pad += "k";
  const { hash, bytes } = absorbSeed(prefix + pad);
  for (let wanted = low; wanted < high; wanted++) {
    const block = unscramble(unblock(unavalanche(wanted) ^ (bytes + 4)) ^ hash);
    const text = String.fromCharCode(block & 255, (block >>> 8) & 255, (block >>> 16) & 255, block >>> 24);
    if (/^[0-9A-Za-z]{4}$/.test(text)) yield pad + text;
  }
}

// The constants are the inverses, modulo 2^32, of those in murmur3.ts.

function unavalanche(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x7ed1b41d);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ (mixed >>> 26), 0xa5cb9243);
  return mixed ^ (mixed >>> 16);
}

/** The state before a block, combined with the scrambled block. */
function unblock(hash: number): number {
  const turned = Math.imul(hash - 0xe6546b64, 0xcccccccd);
  return (turned >>> 13) | (turned << 19);
}

function unscramble(word: number): number {
  const product = Math.imul(word, 0x56ed309b);
  return Math.imul((product >>> 15) | (product << 17), 0xdee13bb1);
}
