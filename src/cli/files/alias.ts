import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { addAbortSignal } from "node:stream";
import { atMost, type Checked, type Diagnostic, type Pointer, type Position, readText, type Text } from "../../document/index.ts";
import { type Alias, BUDGETS, parse, type ParseOptions, parseText } from "../../alias/index.ts";
import { readYaml } from "../../yaml/index.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";

/** A config that was read from a file. */
export interface AliasFile {
  /** As it was named, or `standard input`. */
  readonly name: string;
  readonly text: string;
  /** The diagnostics have positions, and are in their order. */
  readonly checked: Checked<Alias>;
  /** What the file has, as it is written; undefined where it cannot be read at all. Read when it is asked for. */
  readonly written: () => Written | undefined;
}

/** A value as it is written in a file, and where its parts stand: at their keys in YAML, at the values in JSON. */
interface Written {
  readonly value: unknown;
  readonly locate: (at: Pointer) => Position;
}

/**
 * Reads an alias config from a JSON or YAML file, or from standard input for `-`. The extension says which it is; where it
 * does not, JSON begins with a bracket. Throws a `Refusal` for a file that cannot be read, is empty, or is neither.
 */
export async function readAliasFile(path: string, host: Terminal, options: ParseOptions = {}): Promise<AliasFile> {
  const name = path === "-" ? "standard input" : path;
  const { text, json } = await readFile(path, name, host, BUDGETS.text);
  const yaml = json ? undefined : readYaml(text);
  const checked = yaml === undefined ? parseText(text, options) : parseYaml(yaml, options);
  const fault = checked.diagnostics.find(({ code }) => code === "syntax");
  if (fault !== undefined) {
    const help = fault.help === undefined ? "" : ` (${fault.help})`;
    throw new Refusal(`${placed(name, fault)}: not ${json ? "JSON" : "YAML"}: ${fault.message}${help}`);
  }
  return {
    name,
    text,
    checked: { ...checked, diagnostics: checked.diagnostics.toSorted(byPosition) },
    written: () => {
      const read = yaml ?? readText(text);
      if (!read.ok) return undefined;
      const { value, locate } = read.value;
      return { value, locate: (at) => locate(at, json ? "value" : "key") };
    },
  };
}

/**
 * The text of a file, or of standard input for `-`, and whether it is JSON; otherwise it is YAML. Of a text longer than
 * `limit`, a little more than that. Throws a `Refusal` for a file that cannot be read or is empty.
 */
export async function readFile(
  path: string,
  name: string,
  host: Terminal,
  limit: number,
): Promise<{ readonly text: string; readonly json: boolean }> {
  const text = await readUpTo(path, name, host, limit);
  if (text.trim() === "") throw new Refusal(`${name}: the file is empty`);
  return { text, json: isJson(path, text) };
}

/** Reads no more than it takes to see that there is too much. */
async function readUpTo(path: string, name: string, host: Terminal, limit: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  try {
    const stream = addAbortSignal(host.interrupted, path === "-" ? host.stdin : createReadStream(path));
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > limit) return text;
    }
    return text + decoder.decode();
  } catch (error) {
    if (host.interrupted.aborted) throw error;
    throw new Refusal(`${name}: ${failureOf(error)}`);
  }
}

/** What the system says of a file, for people. */
export function failureOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return "is a directory";
    case "ENOTDIR":
      return "a part of its path is a file";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "neither JSON nor YAML, for it is not UTF-8 text";
    default:
      return message;
  }
}

function isJson(path: string, text: string): boolean {
  switch (extname(path).toLowerCase()) {
    case ".json":
      return true;
    case ".yaml":
    case ".yml":
      return false;
    default:
      return /^\s*[[{]/.test(text);
  }
}

/** Positions are those of keys: what a key of YAML holds may begin lines below it. */
function parseYaml(yaml: Checked<Text>, options: ParseOptions): Checked<Alias> {
  if (!yaml.ok) return yaml;
  const { value, duplicates, locate } = yaml.value;
  const checked = parse(value, options);
  const found = checked.diagnostics.map((diagnostic) => ({ ...diagnostic, position: locate(diagnostic.at, "key") }));
  if (checked.ok && duplicates.length === 0) return { ok: true, value: checked.value, diagnostics: found };
  return { ok: false, diagnostics: atMost([...duplicates, ...found], BUDGETS.diagnostics) };
}

/** The order of complaints in a file. */
export function byPosition({ position: one }: Diagnostic, { position: other }: Diagnostic): number {
  return (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
}

/** `file:line:column`, as far as it is known. */
export function placed(name: string, { position }: Pick<Diagnostic, "position">): string {
  return position === undefined ? name : `${name}:${position.line}:${position.column}`;
}
