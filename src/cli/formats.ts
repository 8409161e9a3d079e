import type { Valued } from "./declaration.ts";

/** The option for the form of what a command prints. */
export interface Format<Word extends string> extends Valued {
  readonly choices: Readonly<Record<Word, string>>;
  readonly default: string;
}

/** That option, with what each form is. Text is the default. */
export function formats<Word extends string>(choices: Readonly<Record<Word | "text", string>>): Format<Word | "text"> {
  return { type: "string", value: "NAME", choices, default: "text", description: "the form of the result" };
}

/** Text for people, and everything as JSON. */
export const FORMAT: Format<"text" | "json"> = formats({ text: "for people", json: "everything, for programs" });
