import { BUDGETS } from "../../alias/index.ts";
import { type Checked, type Diagnostic, readText } from "../../document/index.ts";
import { readYaml } from "../../yaml/index.ts";

/** Aliases as their texts say them, and those of which the text is neither JSON nor YAML. */
export interface ReadTexts {
  readonly aliases: Readonly<Record<string, unknown>>;
  readonly unreadable: Readonly<Record<string, readonly Diagnostic[]>>;
}

/** The text of an alias, `null` for one that was deleted, or why there is no text. */
export type AliasText = string | null | Diagnostic;

/** Reads the texts of aliases, by key; a deletion stays `null`. Keys may be any text, `__proto__` included. */
export function readTexts(texts: Iterable<readonly [key: string, text: AliasText]>): ReadTexts {
  const aliases = Object.create(null) as Record<string, unknown>;
  const unreadable = Object.create(null) as Record<string, readonly Diagnostic[]>;
  for (const [key, text] of texts) {
    if (text === null) aliases[key] = null;
    else if (typeof text !== "string") unreadable[key] = [text];
    else {
      const checked = readConfigText(text);
      if (!checked.ok) unreadable[key] = checked.diagnostics;
      // A text that says `null`, as an empty one of YAML does, deletes nothing.
      else if (checked.value === null) unreadable[key] = [noText("says nothing, or `null`, and no alias")];
      else aliases[key] = checked.value;
    }
  }
  return { aliases, unreadable };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Bytes as the text of an alias, if they are UTF-8 and no more than an alias may have. */
export function decodeText(bytes: Uint8Array): string | Diagnostic {
  try {
    return decoder.decode(bytes);
  } catch {
    return noText("neither JSON nor YAML, for it is not UTF-8 text");
  }
}

/** The complaint that there is no text to read. */
export function noText(message: string): Diagnostic {
  return { code: "unreadable", severity: "error", at: "", message };
}

/** The value of a text: JSON where it begins with a bracket, otherwise YAML. A key that repeats makes it unreadable. */
function readConfigText(text: string): Checked<unknown> {
  const read = /^\s*[[{]/.test(text) ? readText(text, BUDGETS) : readYaml(text, BUDGETS.text);
  if (!read.ok) return read;
  const { value, duplicates } = read.value;
  return duplicates.length > 0 ? { ok: false, diagnostics: duplicates } : { ok: true, value, diagnostics: [] };
}
