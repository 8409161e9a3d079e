import { randomUUID } from "node:crypto";
import { access, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { failureOf } from "./file.ts";
import { Refusal } from "./host.ts";

/** Writes beside the file and renames, so that a reader sees the old text or the new one; a link keeps pointing where it did. */
export async function save(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const draft = `${target}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Fails before the work where a file cannot be written. */
export async function writable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
    const known = await stat(path).catch(() => undefined);
    if (known?.isDirectory() === true) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    if (known !== undefined) await access(path, constants.W_OK);
  } catch (error) {
    throw new Refusal(`${path}: cannot be written: ${failureOf(error)}`);
  }
}
