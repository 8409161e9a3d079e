import { randomUUID } from "node:crypto";
import { access, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { failureOf } from "./text.ts";
import { notice, Refusal, type Terminal } from "../terminal/host.ts";

/**
 * Writes beside the file and renames, so that a reader sees the old text or the new one; a link keeps pointing where it did.
 * Throws a `Refusal` where that cannot be done.
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

/** Throws a `Refusal` ahead of the work where a file could not be written after it. */
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

/** Throws a `Refusal` where a file is there that would be written over; `-` is standard output, and never there. */
export async function checkUnwritten(path: string): Promise<void> {
  if (path !== "-" && (await stat(path).catch(() => undefined)) !== undefined) {
    throw new Refusal(`${path}: is there already`, "`--force` writes over it");
  }
}

/** The refusal for a place where nothing can be written. A name that is not there yet is no fault, so it is the folder's. */
export function unwritable(path: string, error: unknown): Refusal {
  const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "its folder is not there" : failureOf(error);
  return new Refusal(`${path}: cannot be written: ${why}`);
}

/** Says that something has been written, to the one at the terminal and not into a pipe. */
export async function tellWritten(what: string, host: Terminal): Promise<void> {
  await notice(`wrote ${what}`, host, "green");
}
