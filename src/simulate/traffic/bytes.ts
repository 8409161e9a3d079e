import { TrafficError } from "./error.ts";

/** Texts and bytes, in chunks of any size. */
export type ChunkStream = AsyncIterable<Uint8Array | string>;

/**
 * The text of a stream: bytes compressed with gzip are decompressed (RFC 1952, several members too where the runtime reads them, as
 * node does), UTF-16 is known by its byte order mark, everything else is UTF-8. A byte order mark is left out.
 * @throws TrafficError where the stream is compressed in another way, or its gzip data is damaged
 */
export async function* textOf(stream: ChunkStream): AsyncGenerator<string, void, undefined> {
  const { head, rest } = await peek(stream, 6);
  const bytes = typeof head === "string" ? undefined : head;
  const other = bytes && compressionOf(bytes);
  if (other !== undefined) throw compressed(`the log is compressed with ${other}`, `decompress it first; gzip is read as it is`);
  if (bytes?.[0] === 0x1f && bytes[1] === 0x8b) {
    yield* textOf(gunzipped(rest));
    return;
  }
  const encoding = bytes?.[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes?.[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  const decode = encoding === "utf-8" ? utf8Decoder() : streamDecoder(encoding);
  let first = true;
  for await (const chunk of rest) {
    const text = typeof chunk === "string" ? chunk : decode(chunk, false);
    if (text === "") continue;
    yield first && text.startsWith("\uFEFF") ? text.slice(1) : text;
    first = false;
  }
  const end = decode(new Uint8Array(0), true);
  if (end !== "") yield end;
}

/** Decodes chunks one after the other; the last is said to be so. */
type Decode = (chunk: Uint8Array, last: boolean) => string;

function streamDecoder(encoding: string): Decode {
  const decoder = new TextDecoder(encoding);
  return (chunk, last) => decoder.decode(chunk, { stream: !last });
}

/**
 * Decodes whole characters only, and keeps the bytes of one that a chunk breaks off. A decoder that keeps them itself is slower: node's
 * makes strings of two bytes a character even of ASCII, and a log is then read at 0.6 of the speed.
 */
function utf8Decoder(): Decode {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let kept: Uint8Array = new Uint8Array(0);
  return (chunk, last) => {
    let bytes = chunk;
    if (kept.length > 0) {
      bytes = new Uint8Array(kept.length + chunk.length);
      bytes.set(kept);
      bytes.set(chunk, kept.length);
    }
    const end = last ? bytes.length : wholeCharacters(bytes);
    kept = bytes.slice(end);
    return end === 0 ? "" : decoder.decode(bytes.subarray(0, end));
  };
}

/** Where the last character of UTF-8 begins that the bytes break off, or their end. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** The first bytes of a stream, or its first text, and the whole stream again. */
async function peek(stream: ChunkStream, count: number): Promise<{ readonly head: Uint8Array | string; readonly rest: ChunkStream }> {
  const source = stream[Symbol.asyncIterator]();
  const taken: (Uint8Array | string)[] = [];
  let head: Uint8Array | string = new Uint8Array(0);
  while (head.length < count) {
    const next = await source.next();
    if (next.done === true) break;
    taken.push(next.value);
    if (typeof next.value === "string") {
      if (head.length === 0) head = next.value;
      if (next.value !== "") break;
    } else {
      const bytes: Uint8Array = new Uint8Array(head.length + Math.min(count, next.value.length));
      bytes.set(head as Uint8Array);
      bytes.set(next.value.subarray(0, count), head.length);
      head = bytes;
    }
  }
  async function* whole(): AsyncGenerator<Uint8Array | string, void, undefined> {
    try {
      yield* taken;
      for (;;) {
        const next = await source.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await source.return?.();
    }
  }
  return { head, rest: whole() };
}

/** By the magic numbers of the formats. */
function compressionOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes);
  if (text.startsWith("\u0028\u00b5\u002f\u00fd")) return "zstd";
  if (text.startsWith("BZh")) return "bzip2";
  if (text.startsWith("\u00fd7zXZ")) return "xz";
  if (text.startsWith("PK\u0003\u0004")) return "zip";
  return undefined;
}

function compressed(message: string, help: string): TrafficError {
  return new TrafficError([{ code: "log-compression", severity: "error", at: "", message, help }]);
}

async function* gunzipped(stream: ChunkStream): AsyncGenerator<Uint8Array, void, undefined> {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let failure: unknown;
  const pump = async (): Promise<void> => {
    try {
      for await (const chunk of stream) await writer.write(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      await writer.close();
    } catch (error) {
      failure ??= error;
      await writer.abort(error).catch(() => {});
    }
  };
  // It never rejects, and is not waited for: the source may be quiet for long.
  void pump();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } catch (error) {
    // An error of the stream itself is its own; the others are those of the decompression.
    if (failure !== undefined && failure !== error && !isDecompression(failure)) throw failure;
    throw compressed("the gzip data of the log is damaged or breaks off", "fetch the file again; what is whole of it, `gzip -dc` prints");
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** What node and browsers throw for data that is no gzip, or that breaks off. */
function isDecompression(error: unknown): boolean {
  return (
    error instanceof TypeError || (error instanceof Error && /^Z_|^ERR_/.test(String((error as { readonly code?: unknown }).code ?? "")))
  );
}
