import { randomUUID } from "node:crypto";
import { access, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { failureOf } from "./text.ts";
import { notice, Refusal, type Terminal } from "../terminal/host.ts";

/**
 * Writes a temporary file and renames it, so that a reader sees either the old text or the new one. A symbolic link stays a link:
 * its target is replaced. Throws a `Refusal` if the file cannot be written.
 */
export async function save(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const draft = `${target}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw unwritable(path, error);
  }
}

/** Throws a `Refusal` before the work begins if a file could not be written at its end. */
export async function writable(path: string): Promise<void> {
  if (path === "") throw new Refusal("a file to be written has no name");
  try {
    await access(dirname(path), constants.W_OK);
    const known = await stat(path).catch(() => undefined);
    if (known?.isDirectory() === true) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    if (known !== undefined) await access(path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Throws a `Refusal` if the file exists. `-` is standard output, which never does. */
export async function checkUnwritten(path: string): Promise<void> {
  if (path !== "-" && (await stat(path).catch(() => undefined)) !== undefined) {
    throw new Refusal(`${path}: is there already`, "`--force` writes over it");
  }
}

/** The refusal for a path that cannot be written. The file need not exist, so ENOENT means that its folder does not. */
export function unwritable(path: string, error: unknown): Refusal {
  const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "its folder is not there" : failureOf(error);
  return new Refusal(`${path}: cannot be written: ${why}`);
}

/** Reports on standard error that a file was written. */
export async function tellWritten(what: string, host: Terminal): Promise<void> {
  await notice(`wrote ${what}`, host, "green");
}
