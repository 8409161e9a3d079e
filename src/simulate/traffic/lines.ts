/** Characters of one line. Node takes 16 KiB of headers, so what is longer is no request but a file of something else. */
export const LONGEST_LINE = 1_048_576;

/**
 * Bytes of a piece, to the end of the line it ends in: some hundred lines. It must be less than `LONGEST_LINE`. A worker is
 * handed one at a time, so that the handing over, some 50 µs, is little beside the milliseconds that the work takes.
 */
const BLOCK = 262_144;

/** Bytes that are held of a line: of UTF-8 they make more than `LONGEST_LINE` characters, so that its reader can tell. */
const LONGEST_HELD = 3 * LONGEST_LINE + 3;

const LINE_FEED = 10;

/**
 * Cuts a stream of UTF-8 into texts of whole lines, in the same places however the stream was cut before. They are made as
 * they are asked for, and never more than a chunk, a piece and one longest line are held: of a line that is longer
 * only so much is kept that its reader can tell. Lines end with LF.
 *
 * Bytes are cut, and each piece is decoded whole: its text is then one array of bytes in V8, where a text that is put together and cut is a
 * tree of references. Both decoding and reading take half the time.
 *
 * With `live` every line is given once its end has come, so that pieces end where chunks do.
 */
export async function* blocksOf(stream: AsyncIterable<Uint8Array | string>, live = false): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encode = encoder();
  /** What is there and has not been given, from 0 up to `length`. */
  let held = new Uint8Array(2 * BLOCK);
  let length = 0;
  /** Whether the rest of an overlong line is being dropped, which is held as far as it is kept. */
  let dropping = false;

  const take = (bytes: Uint8Array): void => {
    const from = dropping ? bytes.indexOf(LINE_FEED) : 0;
    if (from === -1) return;
    dropping = false;
    const more = bytes.length - from;
    if (length + more > held.length) {
      const larger = new Uint8Array(2 * (length + more));
      larger.set(held.subarray(0, length));
      held = larger;
    }
    held.set(from === 0 ? bytes : bytes.subarray(from), length);
    length += more;
  };
  const cut = function* (): Generator<string, void, undefined> {
    let from = 0;
    while (length - from >= BLOCK) {
      const end = held.indexOf(LINE_FEED, from + BLOCK - 1);
      if (end === -1 || end >= length) break;
      yield decoder.decode(held.subarray(from, end + 1));
      from = end + 1;
    }
    held.copyWithin(0, from, length);
    length -= from;
    const start = held.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    if (length - start <= LONGEST_HELD) return;
    length = start + LONGEST_HELD;
    dropping = true;
  };

  for await (const chunk of stream) {
    take(typeof chunk === "string" ? encode(chunk) : chunk);
    if (length >= BLOCK) yield* cut();
    if (!live) continue;
    const end = held.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    if (end === 0) continue;
    yield decoder.decode(held.subarray(0, end));
    held.copyWithin(0, end, length);
    length -= end;
  }
  take(encode(""));
  if (length > 0) yield decoder.decode(held.subarray(0, length));
}

/** Encodes texts one after the other. The first half of a character that a text breaks off waits for the next; an empty text ends them. */
function encoder(): (text: string) => Uint8Array {
  const utf8 = new TextEncoder();
  let half = "";
  return (text) => {
    const whole = half + text;
    const last = whole.charCodeAt(whole.length - 1);
    half = text !== "" && last >= 0xd800 && last < 0xdc00 ? whole.slice(-1) : "";
    return utf8.encode(half === "" ? whole : whole.slice(0, -1));
  };
}
