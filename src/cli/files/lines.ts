import { StringDecoder } from "node:string_decoder";

/** One line of a stream, counted from 1, without its line end; `text` is undefined where the line is longer than the limit. */
export interface Line {
  readonly number: number;
  readonly text: string | undefined;
  /** Bytes of the stream read so far, in whole chunks. */
  readonly bytes: number;
}

/**
 * The lines of a stream of UTF-8, one after the other as they are asked for: never more than a chunk and `limit` characters
 * are held, whatever comes. Lines end with LF. (Node's `readline` also ends them at U+2028, which JSON strings may contain.)
 */
export async function* linesOf(stream: AsyncIterable<Buffer | string>, limit: number): AsyncGenerator<Line, void, undefined> {
  const decoder = new StringDecoder("utf8");
  let number = 0;
  let bytes = 0;
  let pending: string | undefined = "";

  const line = (): Line => {
    number++;
    const text = pending === undefined || pending.length > limit ? undefined : pending;
    pending = "";
    return { number, text, bytes };
  };

  for await (const chunk of stream) {
    bytes += chunk.length;
    const text = typeof chunk === "string" ? chunk : decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      if (pending !== undefined) pending += text.slice(from, end);
      yield line();
      from = end + 1;
    }
    if (pending !== undefined) pending += text.slice(from);
    if (pending !== undefined && pending.length > limit) pending = undefined;
  }
  if (pending !== undefined) pending += decoder.end();
  if (pending !== "") yield line();
}
