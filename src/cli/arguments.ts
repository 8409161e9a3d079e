import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "../document/index.ts";
import { Refusal } from "./terminal/host.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Arguments<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>>;

/**
 * The options and the other arguments of a command. Throws a `Refusal` that says what is wrong and what may have been meant;
 * node's own texts would not.
 */
export function readArguments<const T extends Options>(args: readonly string[], options: T): Arguments<T> {
  const seen = new Set<string>();
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      const near = nearest(name, Object.keys(options));
      throw new Refusal(`unknown option \`${rawName}\``, near === undefined ? undefined : `did you mean \`--${near}\`?`);
    }
    if (option.type === "boolean") {
      if (value !== undefined) throw new Refusal(`\`${rawName}\` takes no value`);
    } else if (value === undefined || (!inlineValue && value.length > 1 && value.startsWith("-"))) {
      throw new Refusal(`\`${rawName}\` needs a value`, `write \`--${name}=VALUE\` for one that starts with a dash`);
    }
    if (seen.has(name) && option.multiple !== true) throw new Refusal(`\`${rawName}\` is given twice`);
    seen.add(name);
  }
  return parseArgs({ args: [...args], options, allowPositionals: true });
}

/** The one file that a command works on. */
export function onlyFile(positionals: readonly string[], command: string): string {
  const [file, ...others] = positionals;
  if (file === undefined) throw new Refusal(`\`${command}\` needs a FILE`, `see \`canary-router ${command} --help\``);
  if (others.length > 0) throw new Refusal(`\`${command}\` takes one FILE, not also \`${others[0]}\``);
  return file;
}

/** The value of an option that takes one of a few words. */
export function oneOf<const Word extends string>(option: string, value: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  const near = nearest(value, words);
  const help = near === undefined ? `one of ${words.map((candidate) => `\`${candidate}\``).join(", ")}` : `did you mean \`${near}\`?`;
  throw new Refusal(`\`${option}\` cannot be \`${value}\``, help);
}

/** The value of an option that takes a part of a whole, from 0 to 100; undefined where it is not given. */
export function percentOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = text.trim() === "" ? Number.NaN : Number(text.replace(/ *%$/, ""));
  if (percent >= 0 && percent <= 100) return percent;
  throw new Refusal(`\`${option} ${text}\` is not a percentage`, "write a number from 0 to 100");
}
