import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { addAbortSignal } from "node:stream";
import type { Alias } from "../config.ts";
import type { Checked, Diagnostic } from "../diagnostic.ts";
import { parse, type ParseOptions, parseText } from "../index.ts";
import { type Host, Refusal } from "./host.ts";
import { readYaml } from "./yaml.ts";

/** A config that was read from a file; diagnostics have the position of what they are about. */
export interface AliasFile {
  /** As it was named, or `standard input`. */
  readonly name: string;
  readonly text: string;
  readonly checked: Checked<Alias>;
}

/** The most of a file that is read, in bytes: the reader's own budget for a text. */
const LIMIT = 1024 * 1024;

/**
 * Reads an alias config from a JSON or YAML file, or from standard input for `-`. The extension says which it is; without
 * one, JSON begins with a bracket. Throws a `Refusal` for a file that cannot be read, is empty, or is neither.
 */
export async function readAliasFile(path: string, host: Host, options: ParseOptions = {}): Promise<AliasFile> {
  const name = path === "-" ? "standard input" : path;
  const text = await readText(path, name, host);
  if (text.trim() === "") throw new Refusal(`${name}: is empty`);
  return { name, text, checked: isJson(path, text) ? readJson(name, text, options) : readYamlAlias(name, text, options) };
}

async function readText(path: string, name: string, host: Host): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const stream = path === "-" ? host.stdin : createReadStream(path);
    for await (const chunk of addAbortSignal(host.interrupted, stream)) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > LIMIT) throw new Refusal(`${name}: is larger than ${LIMIT / 1024 / 1024} MiB`);
      chunks.push(buffer);
    }
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof Refusal || host.interrupted.aborted) throw error;
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
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "neither JSON nor YAML: not UTF-8 text";
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

function readJson(name: string, text: string, options: ParseOptions): Checked<Alias> {
  const checked = parseText(text, options);
  const fault = checked.diagnostics.find(({ code }) => code === "syntax");
  if (fault !== undefined) throw new Refusal(`${placed(name, fault)}: not JSON: ${fault.message}`, fault.help);
  return checked;
}

function readYamlAlias(name: string, text: string, options: ParseOptions): Checked<Alias> {
  const yaml = readYaml(text);
  if (yaml.kind === "fault") throw new Refusal(`${placed(name, yaml)}: not YAML: ${yaml.message}`);
  const checked = parse(yaml.value, options);
  const found = checked.diagnostics.map((diagnostic) => {
    const position = yaml.locate(diagnostic.at);
    return position === undefined ? diagnostic : { ...diagnostic, position };
  });
  if (yaml.diagnostics.length === 0) return { ...checked, diagnostics: found };
  return { ok: false, diagnostics: [...yaml.diagnostics, ...found] };
}

/** `file:line:column`, as far as it is known. */
export function placed(name: string, { position }: Pick<Diagnostic, "position">): string {
  return position === undefined ? name : `${name}:${position.line}:${position.column}`;
}
