import { readFileSync } from "node:fs";
import { nearest } from "../document/index.ts";
import { analyze } from "./commands/analyze.ts";
import { check } from "./commands/check.ts";
import { compile } from "./commands/compile.ts";
import { diff } from "./commands/diff.ts";
import { explain } from "./commands/explain.ts";
import { route } from "./commands/route.ts";
import { shares } from "./commands/shares.ts";
import { simulate } from "./commands/simulate.ts";
import { suggest } from "./commands/suggest.ts";
import { test } from "./commands/test.ts";
import { type Command, type ExitCode, Refusal, refusalText, type Terminal, write } from "./terminal/host.ts";

const COMMANDS: Readonly<Record<string, Command>> = { check, analyze, explain, shares, route, suggest, test, diff, simulate, compile };

const HELP = `canary-router: which version of a function answers a request, and why

Usage: canary-router COMMAND [ARGUMENTS]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`)
  .join("\n")}

An alias config is a JSON or YAML file, or \`-\` for standard input.
\`canary-router COMMAND --help\` tells more about a command.

Options:
  -h, --help     this text
  --version      the version of this program

Exit codes:
  0    all is well
  1    a config has errors, a request log has lines that are no requests, or a
       case fails
  2    the command could not begin: wrong usage, a file that cannot be read; or
       a suite that cannot be run
  130  interrupted; what had been found by then is printed

NO_COLOR=1 turns colours off, FORCE_COLOR=1 on.
`;

/** Runs one command line, without the name of the program. Never throws for what a user can do wrong. */
export async function run(args: readonly string[], host: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(args, host);
  } catch (error) {
    if (host.interrupted.aborted) return 130;
    if (!(error instanceof Refusal)) throw error;
    await write(host.stderr, refusalText(error, host));
    return 2;
  }
}

async function dispatch([name, ...rest]: readonly string[], host: Terminal): Promise<ExitCode> {
  switch (name) {
    case undefined:
      await write(host.stderr, HELP);
      return 2;
    case "-h":
    case "--help":
      await write(host.stdout, HELP);
      return 0;
    case "--version":
      await write(host.stdout, `${versionOfPackage()}\n`);
      return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const near = nearest(name, Object.keys(COMMANDS));
    const what = name.startsWith("-") ? "option" : "command";
    throw new Refusal(`unknown ${what} \`${name}\``, near === undefined ? "see `canary-router --help`" : `did you mean \`${near}\`?`);
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    await write(host.stdout, command.help);
    return 0;
  }
  return command.run(rest, host);
}

function versionOfPackage(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
