import { visible } from "../../alias/surface.ts";
import { type Style, styleOf, visibleLines, wrap } from "./style.ts";
import type { Readable, Writable } from "node:stream";

/** A stream that a command writes to. `isTTY` is true for a terminal. */
export type Output = Writable & { readonly isTTY?: boolean };

/** What a command uses of its process. Tests pass their own. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The width at which lines of text are wrapped. They are not wrapped if it is left out. */
  readonly columns?: number | undefined;
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** How a command ended: 0 success, 1 something is wrong with the input, 2 it could not begin, 130 interrupted (128 + SIGINT). */
export type ExitCode = 0 | 1 | 2 | 130;

/** Thrown if a command cannot begin: wrong usage, a file that cannot be read. The exit code is 2. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

/** The text of a refusal for standard error. */
export function refusalText({ message, help }: Refusal, { stderr, env, columns }: Terminal): string {
  return wrap(refusalLines(message, help, styleOf(stderr, env)), columns);
}

/** The message of a refusal and its help, not wrapped. */
export function refusalLines(message: string, help: string | undefined, style: Style): string {
  const hint = help === undefined ? "" : `  ${style("cyan", "help:")} ${visible(help)}\n`;
  return `${style("red", "canary-router:")} ${visible(message)}\n${hint}`;
}

/** Prints a line about the work on standard error. */
export async function notice(text: string, { stderr, env }: Terminal, colour: "yellow" | "green" | "red" = "yellow"): Promise<void> {
  await write(stderr, `${styleOf(stderr, env)(colour, "canary-router:")} ${visibleLines(text)}\n`);
}

/** Outputs whose reader has gone. The standard streams of node do not remember this. */
const abandoned = new WeakSet<Output>();

/** Marks an output whose reader has gone, so that nothing more is written to it. */
export function abandon(output: Output): void {
  abandoned.add(output);
}

/** Whether the reader of an output has gone. */
export function isAbandoned(output: Output): boolean {
  return output.destroyed || abandoned.has(output);
}

/** Writes, and waits while the buffer of the output is full. Does nothing if the reader has gone. */
export async function write(output: Output, text: string): Promise<void> {
  if (isAbandoned(output) || output.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      output.off("drain", done).off("close", done).off("error", done);
      resolve();
    };
    output.on("drain", done).on("close", done).on("error", done);
  });
}
