import { TrafficError } from "./error.ts";

/** Texts and bytes, in chunks of any size. */
export type ChunkStream = AsyncIterable<Uint8Array | string>;

/** How often a log may be compressed: by who wrote it and by a store. Without a limit, data that decompresses to itself never ends. */
const GZIP_LAYERS = 2;

/**
 * A stream as text or as UTF-8: bytes compressed with gzip are decompressed (RFC 1952, several members too where the runtime reads them,
 * as node does), UTF-16 is known by its byte order mark. A byte order mark is left out.
 * @throws TrafficError where the stream is compressed in another way, or its gzip data is damaged
 */
export async function* plainStream(stream: ChunkStream, layers: number = GZIP_LAYERS): ChunkStreamOut {
  const { head, rest } = await peek(stream, 6);
  if (typeof head === "string") {
    yield* withoutMark(rest, head.startsWith("\uFEFF") ? 1 : 0);
    return;
  }
  const other = compressionOf(head);
  if (other !== undefined) throw compressed(`the log is compressed with ${other}`, `decompress it first; gzip is read as it is`);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    if (layers === 0) throw compressed(`the log is compressed more than ${GZIP_LAYERS} times`, "decompress it first");
    yield* plainStream(gunzipped(rest), layers - 1);
  } else if (head[0] === 0xff && head[1] === 0xfe) yield* decoded(rest, "utf-16le");
  else if (head[0] === 0xfe && head[1] === 0xff) yield* decoded(rest, "utf-16be");
  else yield* withoutMark(rest, head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0);
}

type ChunkStreamOut = AsyncGenerator<Uint8Array | string, void, undefined>;

/** The stream without its first units. */
async function* withoutMark(stream: ChunkStream, units: number): ChunkStreamOut {
  let left = units;
  for await (const chunk of stream) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield skipped === 0 ? chunk : typeof chunk === "string" ? chunk.slice(skipped) : chunk.subarray(skipped);
  }
}

/** The text of a stream; a byte order mark is left out. */
export async function* decoded(stream: ChunkStream, encoding = "utf-8"): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of stream) yield typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  const end = decoder.decode();
  if (end !== "") yield end;
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
  // Browsers and node have types of their own for what it takes.
  const writer = writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>;
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
