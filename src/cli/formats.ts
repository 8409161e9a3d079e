import type { Valued } from "./declaration.ts";

/** The option `--format` of a command. */
export interface Format<Word extends string> extends Valued {
  readonly choices: Readonly<Record<Word, string>>;
  readonly default: string;
}

/** Makes the option `--format` of the formats and their descriptions. The default is `text`. */
export function formats<Word extends string>(choices: Readonly<Record<Word | "text", string>>): Format<Word | "text"> {
  return { type: "string", value: "NAME", choices, default: "text", description: "the form of the result" };
}

/** The option `--format` of commands that print text or JSON. */
export const FORMAT: Format<"text" | "json"> = formats({ text: "for people", json: "everything, for programs" });
