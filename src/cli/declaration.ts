import type { ExitCode } from "./terminal/host.ts";

interface Common {
  /** What it does, in a sentence without a full stop. */
  readonly description: string;
  /** One letter, for `-o`. */
  readonly short?: string;
  /** The option without which it would do nothing, and is refused. */
  readonly needs?: string;
  /** The heading that the help has it under; `Options` where left out. */
  readonly group?: string;
}

/** An option without a value. */
export interface Flag extends Common {
  readonly type: "boolean";
}

/** An option with a value. */
export interface Valued extends Common {
  readonly type: "string";
  /** What the help calls the value: `FILE`. */
  readonly value: string;
  /** The words that it takes, each with what it means; any text where left out. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The word or text that counts where it is not given. */
  readonly default?: string;
  readonly multiple?: true;
  readonly required?: true;
  /** Makes the value of its text; `option` is as people write it, for the `Refusal` that it throws where it cannot. */
  readonly read?: (text: string, option: string) => unknown;
}

/** An option that has another name now, and is accepted for one release more. */
export interface Renamed {
  readonly type: "boolean" | "string";
  readonly deprecated: {
    /** What to write: `--format`, before the same value, or `--format json`. */
    readonly use: string;
    /** Values that have other names, too. */
    readonly words?: Readonly<Record<string, string>>;
  };
}

export type Option = Flag | Valued | Renamed;
export type Options = Readonly<Record<string, Option>>;

/** What a command is given beside options. `many` takes one or more, `any` none too. */
export interface Argument {
  readonly name: string;
  readonly description: string;
  readonly count?: "many" | "any";
}

/** A paragraph of help, or a list of words with what each means. */
export type Paragraph = string | Readonly<Record<string, string>>;

/** What a command says of itself. Its parser, its help and its section of docs/cli.md are all made from this. */
export interface Declaration<O extends Options = Options> {
  readonly name: string;
  readonly about: readonly [string, ...Paragraph[]];
  readonly arguments: readonly Argument[];
  readonly options: O;
  /** Options of which exactly one is given. */
  readonly oneOf?: readonly (keyof O & string)[];
  /** What each exit code means. */
  readonly exits: Readonly<Partial<Record<ExitCode, string>>>;
  readonly examples: readonly string[];
}

type ValueOf<O extends Option> = O extends { readonly choices: infer Choices }
  ? keyof Choices & string
  : O extends { readonly read: (...args: never[]) => infer Value }
    ? Value
    : string;

/** The values of options, by their names: those of a flag are true or false. */
type Values<O extends Options> = {
  readonly [name in keyof O as O[name] extends Renamed ? never : name]: O[name] extends Flag
    ? boolean
    : O[name] extends { readonly multiple: true }
      ? readonly ValueOf<O[name]>[]
      : O[name] extends { readonly default: string } | { readonly required: true }
        ? ValueOf<O[name]>
        : ValueOf<O[name]> | undefined;
};

/** What a command was called with. */
export interface Given<O extends Options> {
  readonly values: Values<O>;
  /** The arguments beside options, as many as are declared. */
  readonly positionals: readonly [string, ...string[]];
}

/** The option that every command has, beside those that it declares. */
export const HELP_OPTION: Flag = { type: "boolean", short: "h", description: "this text" };

/** Whether an option is an old name. */
export function isRenamed(option: Option): option is Renamed {
  return "deprecated" in option;
}
