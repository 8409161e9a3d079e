import { BUDGETS, type Checked, isJson, readText, type Text } from "../../alias/surface.ts";
import { openInput } from "./open.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";

/** The text of a file, and whether it is JSON; otherwise it is YAML. */
export interface TextFile {
  readonly text: string;
  readonly json: boolean;
}

/**
 * Reads a file, or standard input for `-`. The extension decides between JSON and YAML; with any other extension, a text that
 * begins with a bracket is JSON. Reading stops soon after `limit` characters. Throws a `Refusal` if the file is empty or cannot be
 * read.
 */
export async function readFile(path: string, name: string, host: Terminal, limit: number): Promise<TextFile> {
  const text = await readUpTo(path, name, host, limit);
  if (text.trim() === "") throw new Refusal(`${name}: the file is empty`);
  return { text, json: isJson(path, text) };
}

/** Reads until the text is longer than `limit`, or to the end. */
async function readUpTo(path: string, name: string, host: Terminal, limit: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  try {
    const { stream } = await openInput(path, host);
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

/** An error of the file system, in words for a message. */
export function failureOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return "is a directory";
    case "ENOTDIR":
      return "a part of its path is a file";
    case "ENAMETOOLONG":
      return "the name is too long";
    case "ELOOP":
      return "links that lead to each other";
    case "ENOSPC":
      return "no space is left";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "neither JSON nor YAML, for it is not UTF-8 text";
    default:
      return message;
  }
}

/** Lists and objects within each other in documents of Kubernetes: those of a pod's containers have 12. */
const MANIFEST_DEPTH = 50;

/**
 * The value of a text of up to `limit` characters, as it is written. `manifests` may be several documents of YAML, which are then a list,
 * and deeper than other texts. The YAML parser is loaded only for YAML.
 */
export async function readValue({ text, json }: TextFile, limit: number, manifests = false): Promise<Checked<Text>> {
  if (json) return readText(text, { ...BUDGETS, text: limit, ...(manifests && { depth: MANIFEST_DEPTH }) });
  const { readYaml } = await import("../../yaml/index.ts");
  return readYaml(text, limit, manifests ? { depth: MANIFEST_DEPTH, several: true } : {});
}
