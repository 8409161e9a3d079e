import { parseArgs } from "node:util";
import { nearest } from "../alias/surface.ts";
import {
  type Argument,
  type Declaration,
  type Given,
  HELP_OPTION,
  isRenamed,
  type Option,
  type Options,
  type Renamed,
  type Valued,
} from "./declaration.ts";
import { notice, Refusal, type Terminal } from "./terminal/host.ts";

interface Token {
  readonly name: string;
  /** As it was written: `-o`, `--out`. */
  readonly written: string;
  readonly value: string | undefined;
  /** Whether the value was written with the option: `--out=VALUE`. */
  readonly inline: boolean;
}

/** Splits a command line into options and other arguments. Options that are not declared are included. */
function tokensOf(
  args: readonly string[],
  options: Options,
): { readonly tokens: readonly Token[]; readonly positionals: readonly string[] } {
  const known = Object.entries({ ...options, help: HELP_OPTION }).map(([name, option]) => {
    const short = isRenamed(option) ? undefined : option.short;
    return [name, { type: option.type, ...(short !== undefined && { short }) }] as const;
  });
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(known),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return {
    tokens: tokens.flatMap((token) => {
      if (token.kind !== "option") return [];
      const { name, rawName: written, value, inlineValue } = token;
      return [{ name, written, value, inline: inlineValue === true }];
    }),
    positionals,
  };
}

/** Whether `--help` or `-h` is given. */
export function asksForHelp(args: readonly string[], options: Options): boolean {
  return tokensOf(args, options).tokens.some(({ name }) => name === "help");
}

/**
 * Reads a command line by the declaration of the command. A deprecated option is mentioned on standard error.
 * Throws a `Refusal` that says what is wrong and, where possible, what was meant; the errors of `parseArgs` do not.
 */
export async function readArguments<O extends Options>(
  args: readonly string[],
  declaration: Declaration<O>,
  host: Terminal,
): Promise<Given<O>> {
  const { options } = declaration;
  const { tokens, positionals } = tokensOf(args, options);
  const texts = new Map<string, string[]>();
  const renamed: string[] = [];
  for (const token of tokens) {
    const { option, value } = checked(token, options);
    const { name, text, said } = isRenamed(option) ? translated(token, option, value) : { name: token.name, text: value, said: undefined };
    if (said !== undefined) renamed.push(said);
    const known = texts.get(name);
    if (known !== undefined && (options[name] as Partial<Valued>).multiple !== true) throw new Refusal(`\`--${name}\` is given twice`);
    texts.set(name, [...(known ?? []), text]);
  }
  checkArguments(positionals, declaration);
  checkTogether(texts, declaration);
  checkInputs(texts, positionals, declaration);
  const values = Object.entries(options).flatMap(([name, option]) =>
    isRenamed(option) ? [] : [[name, option.type === "boolean" ? texts.has(name) : valueOf(name, option, texts.get(name))]],
  );
  for (const said of new Set(renamed)) await notice(said, host);
  // TypeScript cannot follow the loop above, which makes each value with the `read` of its option.
  return { values: Object.fromEntries(values), positionals } as unknown as Given<O>;
}

/** The option of a token, and the text of its value, which is empty for a flag. */
function checked({ name, written, value, inline }: Token, options: Options): { readonly option: Option; readonly value: string } {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const current = Object.entries(options).flatMap(([each, known]) => (isRenamed(known) ? [] : [each]));
    const near = nearest(name, current);
    throw new Refusal(`unknown option \`${written}\``, near === undefined ? undefined : `did you mean \`--${near}\`?`);
  }
  if (option.type === "boolean") {
    if (value !== undefined) throw new Refusal(`\`${written}\` takes no value`);
  } else if (value === undefined || (!inline && value.length > 1 && value.startsWith("-"))) {
    throw new Refusal(`\`${written}\` needs a value`, `write \`--${name}=VALUE\` for one that starts with a dash`);
  }
  return { option, value: value ?? "" };
}

/** A deprecated option under its new name, and the notice for the user. */
function translated(
  { written }: Token,
  { deprecated: { use, words = {} } }: Renamed,
  value: string,
): { readonly name: string; readonly text: string; readonly said: string } {
  const [option = "", word] = use.split(" ");
  const other = Object.hasOwn(words, value) ? words[value] : undefined;
  return {
    name: option.slice(2),
    text: word ?? other ?? value,
    said: `\`${written}\` is now \`${other === undefined ? use : `${use} ${other}`}\``,
  };
}

function checkArguments(
  positionals: readonly string[],
  { name: command, arguments: declared }: Pick<Declaration, "name" | "arguments">,
): void {
  const wanted = declared.filter(({ count }) => count !== "any");
  const help = `see \`canary-router ${command} --help\``;
  if (positionals.length < wanted.length) throw new Refusal(`\`${command}\` needs ${inWords(wanted)}`, help);
  const extra = positionals[declared.length];
  if (extra !== undefined && declared.every(({ count }) => count === undefined)) {
    if (declared.length === 0) throw new Refusal(`\`${command}\` takes no argument, so not \`${extra}\``, help);
    throw new Refusal(
      `\`${command}\` takes ${declared.length === 1 ? `one ${declared[0]?.name}` : inWords(declared)}, not also \`${extra}\``,
    );
  }
}

function inWords(declared: readonly Argument[]): string {
  return declared.map(({ name }) => (declared.length === 1 ? `a ${name}` : name)).join(" and ");
}

/** Checks required options, options of which exactly one is given, and options that need another one. */
function checkTogether<O extends Options>(
  texts: ReadonlyMap<string, readonly string[]>,
  { name: command, options, oneOf = [], conflicts = [] }: Declaration<O>,
): void {
  const help = `see \`canary-router ${command} --help\``;
  const shown = (name: string): string => {
    const option = options[name] as Partial<Valued>;
    return `\`--${name}${option.value === undefined ? "" : ` ${option.value}`}\``;
  };
  // An option that is given its default is as good as left out.
  const isSet = (name: string): boolean => {
    const given = texts.get(name);
    return given !== undefined && (given.length !== 1 || given[0] !== (options[name] as Partial<Valued> | undefined)?.default);
  };
  for (const {
    options: [one, other],
    why,
  } of conflicts)
    if (isSet(one) && isSet(other)) throw new Refusal(`\`--${one}\` and \`--${other}\` ${why}`, "leave one of them out");
  if (oneOf.length > 0 && oneOf.filter((name) => texts.has(name)).length !== 1) {
    throw new Refusal(`\`${command}\` needs either ${oneOf.map(shown).join(" or ")}`, help);
  }
  for (const [name, option] of Object.entries(options)) {
    if (isRenamed(option)) continue;
    if ("required" in option && !texts.has(name)) throw new Refusal(`\`${command}\` needs ${shown(name)}`, help);
    const needed = [option.needs ?? []].flat();
    if (needed.length > 0 && texts.has(name) && !needed.some(isSet)) {
      throw new Refusal(`\`--${name}\` does nothing without ${needed.map((each) => `\`--${each}\``).join(" or ")}`);
    }
  }
}

/** Refuses a standard input that would have to be read twice. */
function checkInputs(
  texts: ReadonlyMap<string, readonly string[]>,
  positionals: readonly string[],
  { arguments: declared, options }: Pick<Declaration, "arguments" | "options">,
): void {
  const read = [
    ...positionals.map((text, index) => ({ text, name: (declared[index] ?? declared.at(-1))?.name ?? "" })),
    ...Object.entries(options).flatMap(([option, declaration]) =>
      "input" in declaration ? (texts.get(option) ?? []).map((text) => ({ text, name: `--${option}` })) : [],
    ),
  ].filter(({ text }) => text === "-");
  const [one, other] = read;
  if (one === undefined || other === undefined) return;
  const both = one.name === other.name ? `two of \`${one.name}\`` : `\`${one.name}\` and \`${other.name}\``;
  throw new Refusal(`${both} cannot both come from standard input`);
}

function valueOf(name: string, option: Valued, given: readonly string[] | undefined): unknown {
  const made = (text: string): unknown => {
    if (option.choices !== undefined) return choice(`--${name}`, text, Object.keys(option.choices));
    return option.read === undefined ? text : option.read(text, `--${name}`);
  };
  if (option.multiple === true) {
    const texts = given ?? [];
    return (option.list === true ? texts.flatMap((text) => text.split(",").map((part) => part.trim())) : texts).map(made);
  }
  const text = given?.[0] ?? option.default;
  return text === undefined ? undefined : made(text);
}

/** The text as one of the words that an option takes. */
function choice<const Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  const near = nearest(text, words);
  const help = near === undefined ? `one of ${words.map((candidate) => `\`${candidate}\``).join(", ")}` : `did you mean \`${near}\`?`;
  throw new Refusal(`\`${option}\` cannot be \`${text}\``, help);
}

/** A percentage from 0 to 100, with or without a percent sign. */
export function percentage(text: string, option: string): number {
  const percent = text.trim() === "" ? Number.NaN : Number(text.replace(/ *%$/, ""));
  if (percent >= 0 && percent <= 100) return percent;
  throw new Refusal(`\`${option} ${text}\` is not a percentage`, "write a number from 0 to 100");
}

/** A percentage above 0 and below 100, with or without a percent sign. */
export function properPercentage(text: string, option: string): number {
  const percent = percentage(text, option);
  if (percent > 0 && percent < 100) return percent;
  throw new Refusal(`\`${option} ${text}\` is not between 0 and 100`, "write a percentage above 0 and below 100");
}

/** A correlation from 0 to 1. */
export function correlationOf(text: string, option: string): number {
  if (/^(?:0?\.\d+|[01](?:\.0*)?)$/.test(text)) return Number(text);
  throw new Refusal(`\`${option} ${text}\` is no correlation`, "write a number from 0 to 1");
}

/** A number above 0. */
export function positiveNumber(text: string, option: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (number > 0 && number < Infinity) return number;
  throw new Refusal(`\`${option} ${text}\` is not a number above 0`, "write a number such as 20 or 0.5");
}

/** A whole number from 1, of at most 15 digits, which a number holds exactly. */
export function wholeNumber(text: string, option: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Refusal(`\`${option} ${text}\` is not a whole number`, "write a whole number from 1");
}

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** An address as `HOST:PORT`, `[::1]:PORT`, or a port of loopback alone. */
export function listenAddress(text: string, option: string): Address {
  const [, inBrackets, name = "127.0.0.1", digits = ""] = /^(?:\[([0-9a-fA-F:.]+)\]:|([A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = digits === "" ? Number.NaN : Number(digits);
  if (port <= 65_535) return { host: inBrackets ?? name, port };
  throw new Refusal(`\`${option} ${text}\` is no address`, "write a host and a port, such as `127.0.0.1:8070`");
}

/** An address as a URL has it. */
export function addressText({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** Whether a host is this machine, and no other machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
