/** The UTF-8 bytes of a text. A lone surrogate is encoded as EF BF BD. Written out, because not every host has `TextEncoder`. */
export function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    let point = text.codePointAt(at) as number;
    if (point >= 0x10000) at++;
    else if ((point & 0xf800) === 0xd800) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else {
      const rest = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
      bytes.push(((0xf00 >> (rest + 1)) & 0xff) | (point >> (6 * rest)));
      for (let left = rest - 1; left >= 0; left--) bytes.push(0x80 | ((point >> (6 * left)) & 0x3f));
    }
  }
  return bytes;
}

/** What is hashed: a text, by its UTF-8 bytes, or bytes as they are. */
export type Hashed = string | readonly number[];

/** The bytes of what is hashed. */
export function bytesOf(text: Hashed): readonly number[] {
  return typeof text === "string" ? utf8(text) : text;
}

/** The 32 bits that start at a byte, lowest byte first, as a signed integer. */
export function wordAt(bytes: readonly number[], at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}
