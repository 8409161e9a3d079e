import type { ExitCode } from "./terminal/host.ts";

interface Common {
  /** What the option does, as one sentence without a full stop. */
  readonly description: string;
  /** The letter of the short form: `o` for `-o`. */
  readonly short?: string;
  /** Another option that must be given too, or one of several, because this one would do nothing without it. */
  readonly needs?: string | readonly string[];
  /** The heading in the help; `Options` if left out. */
  readonly group?: string;
}

/** An option without a value. */
export interface Flag extends Common {
  readonly type: "boolean";
}

/** An option with a value. */
export interface Valued extends Common {
  readonly type: "string";
  /** The placeholder for the value in the help, such as `FILE`. */
  readonly value: string;
  /** The allowed words, each with its meaning. Any text is allowed if left out. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The value if the option is not given. */
  readonly default?: string;
  readonly multiple?: true;
  /** Whether it names a file that is read, where `-` is standard input. */
  readonly input?: true;
  /** Whether one text may have several values, with commas between them; only where it may be repeated. */
  readonly list?: true;
  readonly required?: true;
  /** Converts the text of the value. Throws a `Refusal` that names `option`, such as `--workers`, if it cannot. */
  readonly read?: (text: string, option: string) => unknown;
}

/** The old name of an option that was renamed. It is accepted for one more release. */
export interface Renamed {
  readonly type: "boolean" | "string";
  readonly deprecated: {
    /** The replacement: `--format` takes the same value, `--format json` replaces option and value. */
    readonly use: string;
    /** Values that were renamed, old to new. */
    readonly words?: Readonly<Record<string, string>>;
  };
}

export type Option = Flag | Valued | Renamed;
export type Options = Readonly<Record<string, Option>>;

/** A positional argument. `many` takes one or more, `any` takes zero or more. */
export interface Argument {
  readonly name: string;
  readonly description: string;
  readonly count?: "many" | "any";
}

/** A paragraph of help, or a list of words, each with its meaning. */
export type Paragraph = string | Readonly<Record<string, string>>;

/** Two options that are not given together, and why: the end of a sentence that begins with their names. */
export interface Conflict {
  readonly options: readonly [string, string];
  readonly why: string;
}

/** The description of a command. Its argument parser, its help and its section of docs/cli.md are generated from it. */
export interface Declaration<O extends Options = Options> {
  readonly name: string;
  readonly about: readonly [string, ...Paragraph[]];
  readonly arguments: readonly Argument[];
  readonly options: O;
  /** Options of which exactly one is given. */
  readonly oneOf?: readonly (keyof O & string)[];
  /** Pairs of options that say the same, or of which one does nothing beside the other. */
  readonly conflicts?: readonly Conflict[];
  /** What each exit code means. */
  readonly exits: Readonly<Partial<Record<ExitCode, string>>>;
  readonly examples: readonly string[];
}

type ValueOf<O extends Option> = O extends { readonly choices: infer Choices }
  ? keyof Choices & string
  : O extends { readonly read: (...args: never[]) => infer Value }
    ? Value
    : string;

/** The values of options by name. The value of a flag is true or false. */
type Values<O extends Options> = {
  readonly [name in keyof O as O[name] extends Renamed ? never : name]: O[name] extends Flag
    ? boolean
    : O[name] extends { readonly multiple: true }
      ? readonly ValueOf<O[name]>[]
      : O[name] extends { readonly default: string } | { readonly required: true }
        ? ValueOf<O[name]>
        : ValueOf<O[name]> | undefined;
};

/** The options and arguments that a command was called with. */
export interface Given<O extends Options> {
  readonly values: Values<O>;
  /** The positional arguments. Their number agrees with the declaration. */
  readonly positionals: readonly [string, ...string[]];
}

/** The option `--help`, which every command has. */
export const HELP_OPTION: Flag = { type: "boolean", short: "h", description: "this text" };

/** Whether an option is the old name of another one. */
export function isRenamed(option: Option): option is Renamed {
  return "deprecated" in option;
}
