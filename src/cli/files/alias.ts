import type { Checked, Pointer, Position } from "../../alias/surface.ts";
import { type Alias, BUDGETS, type ParseOptions, parseText } from "../../alias/surface.ts";
import { readFile, readValue, type TextFile } from "./text.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { byPosition, placed } from "../terminal/place.ts";

/** A config that was read from a file. */
export interface AliasFile {
  /** The path as the user wrote it, or `standard input`. */
  readonly name: string;
  readonly text: string;
  /** The diagnostics have positions, and are sorted by them. */
  readonly checked: Checked<Alias>;
  /** Reads the value of the file as it is written, before it is checked as an alias. Undefined if it has syntax errors. */
  readonly written: () => Promise<Written | undefined>;
}

/** A value as it is written in a file, with the positions of its parts: of keys in YAML, of values in JSON. */
interface Written {
  readonly value: unknown;
  readonly locate: (at: Pointer) => Position;
}

/**
 * Reads an alias config from a JSON or YAML file, or from standard input for `-`. Throws a `Refusal` for a file that cannot be
 * read, is empty, or is neither JSON nor YAML.
 */
export async function readAliasFile(path: string, host: Terminal, options: ParseOptions = {}): Promise<AliasFile> {
  const name = nameOf(path);
  return aliasFileOf(await readFile(path, name, host, BUDGETS.text), name, options);
}

/** The name of a file in messages. */
export function nameOf(path: string): string {
  return path === "-" ? "standard input" : path;
}

/** Whether a value is meant as a suite, and not as an alias config. */
export function isSuiteValue(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("cases" in value || "laws" in value) && !("version" in value);
}

/** Reads an alias config from the text of a file. Throws a `Refusal` for a text that is neither JSON nor YAML. */
export async function aliasFileOf(file: TextFile, name: string, options: ParseOptions = {}): Promise<AliasFile> {
  const { text, json } = file;
  const checked = json ? parseText(text, options) : (await import("../../yaml/index.ts")).parseYaml(text, options);
  const fault = checked.diagnostics.find(({ code }) => code === "syntax");
  if (fault !== undefined) {
    const help = fault.help === undefined ? "" : ` (${fault.help})`;
    throw new Refusal(`${placed(name, fault)}: not ${json ? "JSON" : "YAML"}: ${fault.message}${help}`);
  }
  if (!checked.ok) {
    const read = await readValue(file, BUDGETS.text);
    if (read.ok && isSuiteValue(read.value.value))
      throw new Refusal(
        `${name}: is a suite, not an alias config`,
        "`canary-router test` runs it, `canary-router suggest --complete` completes it",
      );
  }
  return {
    name,
    text,
    checked: { ...checked, diagnostics: checked.diagnostics.toSorted(byPosition) },
    written: async () => {
      const read = await readValue(file, BUDGETS.text);
      if (!read.ok) return undefined;
      const { value, locate } = read.value;
      return { value, locate: (at) => locate(at, json ? "value" : "key") };
    },
  };
}
