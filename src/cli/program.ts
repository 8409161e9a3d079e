import { COMMANDS } from "./commands/index.ts";
import type { Flag } from "./declaration.ts";
import { filled, listed, shownOption } from "./help.ts";

/** The options of the program itself. */
export const PROGRAM_OPTIONS: Readonly<Record<"help" | "version", Flag>> = {
  help: { type: "boolean", short: "h", description: "this text, or that of a command" },
  version: { type: "boolean", description: "the version of this program" },
};

/** What each exit code means in all commands. */
export const PROGRAM_EXITS: Readonly<Record<string, string>> = {
  0: "all is well",
  1: "something is wrong with what was read: a config has errors, a log has lines that are no requests, a case fails, a limit is exceeded",
  2: "the command could not begin: wrong usage, or a file that cannot be read or written; or a suite that cannot be run",
  130: "interrupted; what had been found by then is printed",
};

/** Notes in the help that apply to all commands. */
export const PROGRAM_NOTES: readonly string[] = [
  "An alias config is a JSON or YAML file, or `-` for standard input. Results go to standard output, everything else to standard error.",
  "NO_COLOR=1 turns colours off, FORCE_COLOR=1 on.",
];

/** The help of the program. */
export function programHelp(): string {
  return [
    filled("canary-router: which version of a function answers a request, and why"),
    "Usage: canary-router COMMAND [ARGUMENTS]\n",
    listed(
      "Commands",
      Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]),
    ),
    listed(
      "Options",
      Object.entries(PROGRAM_OPTIONS).map(([name, option]) => [shownOption(name, option).usage, option.description]),
    ),
    listed("Exit codes", Object.entries(PROGRAM_EXITS)),
    ...PROGRAM_NOTES.map((note) => filled(note)),
    filled("`canary-router COMMAND --help` tells more about a command."),
  ].join("\n");
}
