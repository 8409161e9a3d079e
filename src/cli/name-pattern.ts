import { Refusal } from "./terminal/host.ts";

/** Names of cases and laws: those that have a text, or that match a regular expression. */
export interface NamePattern {
  readonly text: string;
  readonly matches: (title: string) => boolean;
}

/** Reads `--name`: a part of a name, or `/REGEX/` with the flags `i`, `m`, `s`, `u` and `v`. */
export function readNamePattern(text: string, option: string): NamePattern {
  if (text === "") throw new Refusal(`\`${option}\` is empty`, "write a part of a name, or `/REGEX/`");
  const [, source, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  if (source === undefined) return { text, matches: (title) => title.includes(text) };
  // With `g` or `y` a match would depend on the one before.
  const other = /[^imsuv]/.exec(flags)?.[0];
  if (other !== undefined) throw new Refusal(`\`${option} ${text}\` has the flag \`${other}\``, "the flags are `i`, `m`, `s`, `u` and `v`");
  try {
    const pattern = new RegExp(source, flags);
    return { text, matches: (title) => pattern.test(title) };
  } catch (error) {
    throw new Refusal(`\`${option} ${text}\` is no regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}
