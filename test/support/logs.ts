import { readFileSync } from "node:fs";
import { type LogFormat, type LogLine, type LogOptions, readLog } from "../../src/simulate/index.ts";

/** The sample of each format in docs/logs.md. */
export const SAMPLES: ReadonlyMap<string, string> = new Map(
  Array.from(
    readFileSync(new URL("../../docs/logs.md", import.meta.url), "utf8").matchAll(/^### `([\w-]+)`$.*?^```log\n(.*?)^```$/gms),
    ([, name = "", text = ""]) => [name, text],
  ),
);

/** The sample of a format. */
export function sampleOf(name: string): string {
  const sample = SAMPLES.get(name);
  if (sample === undefined) throw new Error(`no sample of ${name}`);
  return sample;
}

async function* streamed<T>(...chunks: readonly T[]): AsyncGenerator<T> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** A whole log, line by line, with its format. */
export async function readAll(
  log: string | Uint8Array | readonly (string | Uint8Array)[],
  options: LogOptions = {},
): Promise<{ readonly format: LogFormat | undefined; readonly lines: readonly LogLine[] }> {
  let format: LogFormat | undefined;
  const lines: LogLine[] = [];
  const chunks = typeof log === "string" || log instanceof Uint8Array ? [log] : log;
  for await (const line of readLog(streamed(...chunks), options, (found) => {
    format = found;
  }))
    lines.push(line);
  return { format, lines };
}
