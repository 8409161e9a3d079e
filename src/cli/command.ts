import { readArguments } from "./arguments.ts";
import type { Declaration, Given, Options } from "./declaration.ts";
import type { ExitCode, Terminal } from "./terminal/host.ts";

/** One command. `run` may throw a `Refusal`. */
export interface Command extends Declaration {
  readonly run: (args: readonly string[], host: Terminal) => Promise<ExitCode>;
}

/** Makes a command whose `run` receives the values that its declaration describes. */
export function defineCommand<const O extends Options>(
  declaration: Declaration<O> & { readonly run: (given: Given<O>, host: Terminal) => Promise<ExitCode> },
): Command {
  return { ...declaration, run: async (args, host) => declaration.run(await readArguments(args, declaration, host), host) };
}
