/** Characters of one line. Node takes 16 KiB of headers, so what is longer is no request but a file of something else. */
export const LONGEST_LINE = 1_048_576;

/**
 * Characters of a piece, to the end of the line it ends in: some hundred lines. It must be less than `LONGEST_LINE`. A worker is
 * handed one at a time, so that the handing over, some 50 µs, is little beside the milliseconds that the work takes.
 */
const BLOCK = 262_144;

/**
 * Cuts a stream of text into texts of whole lines, in the same places however the stream was cut before. They are made as
 * they are asked for, and never more than a chunk, a piece and one longest line are held: of a line that is longer
 * only so much is kept that its reader can tell. Lines end with LF.
 */
export async function* blocksOf(stream: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let pending = "";
  /** Whether the rest of an overlong line is being dropped, which stands in `pending` as far as it is kept. */
  let dropping = false;

  const take = (text: string): void => {
    const from = dropping ? text.indexOf("\n") : 0;
    if (from === -1) return;
    dropping = false;
    pending += text.slice(from);
  };
  const cut = function* (): Generator<string, void, undefined> {
    let from = 0;
    while (pending.length - from >= BLOCK) {
      const end = pending.indexOf("\n", from + BLOCK - 1);
      if (end === -1) break;
      yield pending.slice(from, end + 1);
      from = end + 1;
    }
    pending = pending.slice(from);
    const start = pending.lastIndexOf("\n") + 1;
    if (pending.length - start <= LONGEST_LINE) return;
    pending = pending.slice(0, start + LONGEST_LINE + 1);
    dropping = true;
  };

  for await (const chunk of stream) {
    take(chunk);
    if (pending.length >= BLOCK) yield* cut();
  }
  if (pending !== "") yield pending;
}
