import { randomUUID } from "node:crypto";
import { access, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { failureOf } from "./file.ts";
import { Refusal } from "./host.ts";

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
    throw unwritable(path, (error as NodeJS.ErrnoException).code === "ENOENT" ? NO_FOLDER : failureOf(error));
  }
}

const NO_FOLDER = "its folder is not there";

/** Throws a `Refusal` ahead of the work where a file could not be written after it. */
export async function writable(path: string): Promise<void> {
  if (path === "") throw new Refusal("a file to be written has no name");
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder === undefined) throw unwritable(path, NO_FOLDER);
  try {
    await access(dirname(path), constants.W_OK);
    const known = await stat(path).catch(() => undefined);
    if (known?.isDirectory() === true) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    if (known !== undefined) await access(path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, failureOf(error));
  }
}

/** A refusal to write there. */
export function unwritable(path: string, why: string): Refusal {
  return new Refusal(`${path}: cannot be written: ${why}`);
}
