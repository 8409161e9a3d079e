import { nearest } from "../alias/surface.ts";
import { asksForHelp } from "./arguments.ts";
import { COMMANDS } from "./commands/index.ts";
import { type ExitCode, Refusal, refusalText, type Terminal, write } from "./terminal/host.ts";

/** Runs a command line, given without the name of the program. Mistakes of the user are printed and not thrown. */
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
      await write(host.stderr, await programHelp());
      return 2;
    case "-h":
    case "--help":
      await write(host.stdout, await programHelp());
      return 0;
    case "--version":
      await write(host.stdout, `${(await import("./package.ts")).versionOfPackage()}\n`);
      return 0;
  }
  const [sub] = rest;
  const longer = `${name} ${sub}`;
  const isLonger = Object.hasOwn(COMMANDS, longer);
  const entry = isLonger ? COMMANDS[longer] : Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    const beginning = Object.keys(COMMANDS).filter((each) => each.startsWith(`${name} `));
    if (beginning.length > 0) throw unfinished(name, sub, beginning);
    const near = nearest(name, Object.keys(COMMANDS));
    const what = name.startsWith("-") ? "option" : "command";
    throw new Refusal(`unknown ${what} \`${name}\``, near === undefined ? "see `canary-router --help`" : `did you mean \`${near}\`?`);
  }
  const command = await entry.load();
  const args = isLonger ? rest.slice(1) : rest;
  if (asksForHelp(args, command.options)) {
    const { helpOf } = await import("./help.ts");
    await write(host.stdout, helpOf(command));
    return 0;
  }
  return command.run(args, host);
}

/** The refusal of the first word of commands that have two. */
function unfinished(name: string, second: string | undefined, commands: readonly string[]): Refusal {
  const words = commands.map((each) => each.slice(name.length + 1));
  const near = second === undefined ? undefined : nearest(second, words);
  const message = second === undefined ? `\`${name}\` needs a second word` : `unknown command \`${name} ${second}\``;
  return new Refusal(
    message,
    near === undefined ? `one of ${words.map((word) => `\`${word}\``).join(", ")}` : `did you mean \`${name} ${near}\`?`,
  );
}

async function programHelp(): Promise<string> {
  return (await import("./program.ts")).programHelp();
}
