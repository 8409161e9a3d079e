import { visible } from "../../alias/surface.ts";
import { type Style, styleOf, visibleLines, wrap } from "./style.ts";
import type { Readable, Writable } from "node:stream";

/** A stream that a command writes to; `isTTY` where a person reads it. */
export type Output = Writable & { readonly isTTY?: boolean };

/** What a command has of the process it runs in; a test gives its own. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The width of the terminal, at which long lines of text are broken; left out where they stay whole. */
  readonly columns?: number | undefined;
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** How a command ended: 0 as wished, 1 with something found wrong, 2 not begun, 130 interrupted (128 and the number of SIGINT). */
export type ExitCode = 0 | 1 | 2 | 130;

/** Thrown where a command cannot do its work at all: wrong usage, an unreadable file. The process ends with 2. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

/** A refusal as it is printed on standard error. */
export function refusalText({ message, help }: Refusal, { stderr, env, columns }: Terminal): string {
  return wrap(refusalLines(message, help, styleOf(stderr, env)), columns);
}

/** What could not be done, and the help. */
export function refusalLines(message: string, help: string | undefined, style: Style): string {
  const hint = help === undefined ? "" : `  ${style("cyan", "help:")} ${visible(help)}\n`;
  return `${style("red", "canary-router:")} ${visible(message)}\n${hint}`;
}

/** A line about the work, on standard error and not into a pipe. */
export async function notice(text: string, { stderr, env }: Terminal, colour: "yellow" | "green" | "red" = "yellow"): Promise<void> {
  await write(stderr, `${styleOf(stderr, env)(colour, "canary-router:")} ${visibleLines(text)}\n`);
}

/** Outputs that nobody reads any more; node's standard streams do not remember it themselves. */
const abandoned = new WeakSet<Output>();

/** Notes that the reader of an output has gone, so that nothing more is written to it. */
export function abandon(output: Output): void {
  abandoned.add(output);
}

/** Whether nobody reads what is written. */
export function isAbandoned(output: Output): boolean {
  return output.destroyed || abandoned.has(output);
}

/** Writes, and waits where the reader is slower. Does nothing once the reader has gone. */
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
