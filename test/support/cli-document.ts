import type { Declaration, Paragraph } from "../../src/cli/declaration.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { optionGroups, renamedOptions, type Shown, shownOption, usageOf } from "../../src/cli/help.ts";
import { PROGRAM_EXITS, PROGRAM_NOTES, PROGRAM_OPTIONS } from "../../src/cli/program.ts";

/** The text of docs/cli.md: all commands, as they declare themselves. */
export async function cliDocument(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map(({ load }) => load()));
  const program = Object.entries(PROGRAM_OPTIONS).map(([name, option]) => shownOption(name, option));
  const renamed = commands.flatMap(({ name, options }) =>
    renamedOptions(options).map(([old, { deprecated }]) => {
      const words = Object.entries(deprecated.words ?? {}).map(([word, now]) => `, and \`${word}\` is \`${now}\``);
      return [code(name), code(`--${old}`), `${code(deprecated.use)}${words.join("")}`];
    }),
  );
  return `${[
    "# The command line",
    "<!-- Made from the commands themselves: `npx vitest run test/cli/help.test.ts -u` writes it anew. -->",
    "```text\ncanary-router COMMAND [ARGUMENTS]\n```",
    rows(
      ["command", "what it does"],
      Object.entries(COMMANDS).map(([name, { summary }]) => [`[${name}](#${name.replaceAll(" ", "-")})`, summary]),
    ),
    ...PROGRAM_NOTES.map(prose),
    ...options(program),
    exits(PROGRAM_EXITS),
    ...commands.map(section),
    "## Renamed in 0.2",
    "The old names work for one release more, and say so on standard error.",
    rows(["command", "old", "now"], renamed),
  ].join("\n\n")}\n`;
}

function section(command: Declaration): string {
  const [first, ...more] = command.about;
  return [
    `## ${command.name}`,
    prose(first),
    `\`\`\`text\n${usageOf(command)}\n\`\`\``,
    ...more.map(paragraph),
    ...argumentsOf(command),
    ...[...optionGroups(command)].flatMap(([heading, shown]) =>
      heading === "Options" ? options(shown) : [`${heading}:`, ...options(shown)],
    ),
    exits(command.exits),
    `\`\`\`console\n${command.examples.map((example) => `$ ${example}`).join("\n")}\n\`\`\``,
  ].join("\n\n");
}

function argumentsOf({ arguments: declared }: Declaration): readonly string[] {
  const cells = declared.map(({ name, description }) => [code(name), prose(description)]);
  return cells.length === 0 ? [] : [rows(["argument", "what it is"], cells)];
}

function options(shown: readonly Shown[]): readonly string[] {
  const cells = shown.map(({ usage, description, choices }) => {
    const words = Object.entries(choices).map(([word, what]) => `<br>${code(word)}: ${prose(what)}`);
    return [code(usage), `${prose(description)}${words.join("")}`];
  });
  return [rows(["option", "what it does"], cells)];
}

function exits(codes: Readonly<Record<string, string>>): string {
  return rows(["exit code", "what it means"], Object.entries(codes));
}

function paragraph(each: Paragraph): string {
  if (typeof each === "string") return prose(each);
  return Object.entries(each)
    .map(([word, what]) => `- ${code(word)}: ${prose(what)}`)
    .join("\n");
}

/** A table of Markdown. */
function rows(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...cells.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Options and patterns as code, where they stand in a sentence. */
function prose(text: string): string {
  return text.replaceAll(/(?<![`\w-])(--[a-z-]+|'?\*[\w*./-]*'?)(?!`)/g, "`$1`");
}
