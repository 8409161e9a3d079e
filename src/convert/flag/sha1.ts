import { utf8 } from "../../plan/index.ts";

/** SHA-1 of the UTF-8 bytes of a text (FIPS 180-4, section 6.1), in lower-case hexadecimal. */
export function sha1(text: string): string {
  const bytes = [...utf8(text)];
  const length = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let shift = 56; shift >= 0; shift -= 8) bytes.push(Math.floor(length / 2 ** shift) % 256);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let from = 0; from < bytes.length; from += 64) absorb(state, bytes.slice(from, from + 64));
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function absorb(state: number[], block: readonly number[]): void {
  const words: number[] = [];
  for (let index = 0; index < 80; index++) {
    const at = (back: number): number => words[index - back] ?? 0;
    const [first = 0, second = 0, third = 0, fourth = 0] = block.slice(4 * index, 4 * index + 4);
    words.push(index < 16 ? (first << 24) | (second << 16) | (third << 8) | fourth : rotated(at(3) ^ at(8) ^ at(14) ^ at(16), 1));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (const [index, word] of words.entries()) {
    const [mixed, constant] = roundOf(index, b, c, d);
    [a, b, c, d, e] = [(rotated(a, 5) + mixed + e + constant + word) | 0, a, rotated(b, 30), c, d];
  }
  for (const [index, each] of [a, b, c, d, e].entries()) state[index] = ((state[index] ?? 0) + each) | 0;
}

/** The function and the constant of a round. */
function roundOf(index: number, b: number, c: number, d: number): readonly [mixed: number, constant: number] {
  if (index < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (index < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (index < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
