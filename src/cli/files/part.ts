import { mergeParts, type Merged, type MergeOptions, PartError, type PartNumber } from "../../simulate/index.ts";
import { openInput } from "./open.ts";
import { failureOf } from "./text.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";

/** How a part of a simulation begins. */
export const PART: RegExp = /^\{"part":\{"part":\d+,"of":\d+,/;

/** Parts of one simulation. */
const MOST_PARTS = 10_000;

/** Reads `--part 3/16`. */
export function partNumber(text: string, option: string): PartNumber {
  const [, part = "", of = ""] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (of === "") throw new Refusal(`\`${option} ${text}\` is no part`, `write \`${option} 3/16\` for the third of sixteen`);
  if (Number(of) > MOST_PARTS) throw new Refusal(`\`${option} ${text}\`: there are at most ${MOST_PARTS} parts`);
  if (Number(part) < 1 || Number(part) > Number(of))
    throw new Refusal(`\`${option} ${text}\`: there is no part ${Number(part)} of ${Number(of)}`);
  return { part: Number(part), of: Number(of) };
}

/** Merges files of parts. Throws a `Refusal` for a file that cannot be read, and for parts that do not make one simulation. */
export async function mergeFiles(paths: readonly string[], options: MergeOptions, host: Terminal): Promise<Merged> {
  try {
    return await mergeParts(
      paths.map((path) => ({ name: path === "-" ? "standard input" : path, lines: linesOf(path, host) })),
      options,
    );
  } catch (error) {
    if (error instanceof PartError) throw new Refusal(error.message);
    throw error;
  }
}

/** The lines of a file, without their ends. Only LF ends a line: texts in JSON may have the other line ends of Unicode. */
async function* linesOf(path: string, host: Terminal): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    const { stream } = await openInput(path, host);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    if (host.interrupted.aborted) throw error;
    throw new Refusal(`${path}: ${failureOf(error)}`);
  }
  if (rest !== "") yield rest;
}
