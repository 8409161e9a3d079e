import {
  type Declaration,
  type Flag,
  HELP_OPTION,
  isRenamed,
  type Options,
  type Paragraph,
  type Renamed,
  type Valued,
} from "./declaration.ts";

/** The width of the help in characters: that of a standard terminal. */
const WIDTH = 80;

/** The widest first column of a table. A longer name stands on a line of its own. */
const WIDEST = 24;

/** An option as the help shows it. */
export interface Shown {
  readonly name: string;
  /** How it is written, such as `-o, --out FILE`. */
  readonly usage: string;
  /** What it does, with the default. */
  readonly description: string;
  readonly choices: Readonly<Record<string, string>>;
}

/** The options of a command by heading, `--help` among them. Deprecated names are left out. */
export function optionGroups({ options }: Pick<Declaration, "options">): ReadonlyMap<string, readonly Shown[]> {
  const groups = new Map<string, Shown[]>();
  for (const [name, option] of [...Object.entries(options), ["help", HELP_OPTION] as const]) {
    if (isRenamed(option)) continue;
    const heading = option.group ?? "Options";
    groups.set(heading, [...(groups.get(heading) ?? []), shownOption(name, option)]);
  }
  return groups;
}

/** The deprecated options, each with its old name. */
export function renamedOptions(options: Options): readonly (readonly [string, Renamed])[] {
  return Object.entries(options).flatMap(([name, option]) => (isRenamed(option) ? [[name, option] as const] : []));
}

/** Describes one option for the help. */
export function shownOption(name: string, option: Flag | Valued): Shown {
  const long = option.type === "string" ? `--${name} ${option.value}` : `--${name}`;
  const valued = option.type === "string" ? option : undefined;
  const more = [
    ...(valued?.multiple === true ? ["may be repeated"] : []),
    ...(valued?.default === undefined ? [] : [`default: ${valued.default}`]),
    ...(option.needs === undefined
      ? []
      : [
          `with ${[option.needs]
            .flat()
            .map((name) => `--${name}`)
            .join(" or ")}`,
        ]),
  ];
  return {
    name,
    usage: option.short === undefined ? long : `-${option.short}, ${long}`,
    description: more.length === 0 ? option.description : `${option.description} (${more.join("; ")})`,
    choices: valued?.choices ?? {},
  };
}

/** The usage line of a command. */
export function usageOf({ name, arguments: declared, options, oneOf = [] }: Declaration): string {
  const shown = (option: string): string => {
    const { value } = options[option] as Partial<Valued>;
    return value === undefined ? `--${option}` : `--${option} ${value}`;
  };
  const words = declared.map(({ name: each, count }) => (count === "any" ? `[${each}...]` : count === "many" ? `${each}...` : each));
  const required = Object.entries(options).flatMap(([each, option]) => ("required" in option ? [shown(each)] : []));
  const either = oneOf.length === 0 ? [] : [`(${oneOf.map(shown).join(" | ")})`];
  return ["canary-router", name, ...words, ...required, ...either, "[OPTIONS]"].join(" ");
}

/** The help of a command. */
export function helpOf(command: Declaration): string {
  const { about, arguments: declared, exits, examples } = command;
  const [first, ...rest] = about;
  const sections = [
    filled(first),
    filled(`Usage: ${usageOf(command)}`, "", "         "),
    ...rest.map(paragraph),
    ...(declared.length === 0 ? [] : [listed("Arguments", argumentRows(declared))]),
    ...[...optionGroups(command)].map(([heading, options]) => listed(heading, options.flatMap(optionRows))),
    listed("Exit codes", Object.entries(exits)),
    `Examples:\n${examples.map((example) => `  ${example}\n`).join("")}`,
  ];
  return sections.join("\n");
}

function argumentRows(declared: Declaration["arguments"]): readonly (readonly [string, string])[] {
  return declared.map(({ name, description }) => [name, description]);
}

function optionRows({ usage, description, choices }: Shown): readonly (readonly [string, string])[] {
  return [[usage, description], ...Object.entries(choices).map(([word, what]) => ["", `${word}: ${what}`] as const)];
}

function paragraph(each: Paragraph): string {
  return typeof each === "string" ? filled(each) : rows(Object.entries(each));
}

/** A heading, and below it a table of two columns. */
export function listed(heading: string, entries: readonly (readonly [string, string])[]): string {
  return `${heading}:\n${rows(entries)}`;
}

function rows(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([word]) => word.length).filter((length) => length <= WIDEST));
  const indent = " ".repeat(width + 4);
  return entries
    .map(([word, what]) => {
      const text = filled(what, indent).slice(indent.length);
      return word.length > width ? `  ${word}\n${indent}${text}` : `  ${word.padEnd(width)}  ${text}`;
    })
    .join("");
}

/** Wraps a text to `WIDTH`. All lines but the first begin with `more`. */
export function filled(text: string, indent = "", more: string = indent): string {
  const [first = "", ...words] = text.split(" ");
  const lines = [`${indent}${first}`];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    if (line.length + 1 + word.length <= WIDTH) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(`${more}${word}`);
  }
  return `${lines.join("\n")}\n`;
}
