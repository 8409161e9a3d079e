import { randomUUID } from "node:crypto";
import { access, chmod, constants, lstat, open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { failureOf } from "./text.ts";
import { notice, Refusal, type Terminal } from "../terminal/host.ts";

/**
 * Writes beside the file and renames, so that a reader sees the old text or the new one. A link keeps pointing where it did, also
 * where nothing is there yet, and a file keeps its mode. Throws a `Refusal` where that cannot be done, and what the parts of a text throw.
 */
export async function save(path: string, text: string | AsyncIterable<string>): Promise<void> {
  // Not named after the file, whose name may be as long as names can be.
  let draft: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  const parts = async function* (): AsyncGenerator<string, void, undefined> {
    try {
      yield* text;
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  try {
    const target = await targetOf(path);
    const known = await regular(target, path);
    draft = join(dirname(target), `.${randomUUID()}.tmp`);
    await writeFile(draft, typeof text === "string" ? text : parts(), { flag: "wx" });
    if (known !== undefined) await chmod(draft, known.mode & 0o7777);
    await rename(draft, target);
  } catch (error) {
    if (draft !== undefined) await rm(draft, { force: true });
    throw failure === undefined ? unwritable(path, error) : failure.error;
  }
}

/** Links to follow, which is as many as Linux follows. */
const MOST_LINKS = 40;

/** The file that a path leads to, whether it is there or not. */
async function targetOf(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const found = await lstat(target).catch(() => undefined);
    if (found?.isSymbolicLink() !== true) return found === undefined ? target : realpath(target);
    target = resolve(dirname(target), await readlink(target));
  }
  throw Object.assign(new Error("too many links"), { code: "ELOOP" });
}

/** A file that exists; undefined if none does. Throws for folders, and a `Refusal` for FIFOs and devices: none of them is replaced. */
async function regular(path: string, name: string): Promise<{ readonly mode: number; readonly size: number } | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  });
  if (found?.isDirectory() === true) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  if (found?.isFile() === false) throw new Refusal(`${name}: is not a regular file`);
  return found;
}

/** Throws a `Refusal` ahead of the work where a file could not be written after it. */
export async function writable(path: string): Promise<void> {
  if (path === "") throw new Refusal("a file to be written has no name");
  try {
    const target = await targetOf(path);
    await access(dirname(target), constants.W_OK);
    if ((await regular(target, path)) !== undefined) await access(target, constants.W_OK);
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

/** Characters at the beginning of a file in which its origin is found. */
const HEAD = 1024;

/** Throws a `Refusal` where a file is there that this command has not written: that is not empty, and has no beginning of that kind. */
export async function checkOwn(path: string, beginning: RegExp): Promise<void> {
  if (await isOwn(path, beginning)) return;
  throw new Refusal(`${path}: is there already, and not from this command`, "`--force` writes over it");
}

/** Whether nothing is lost by writing a file: it is not there, is empty, or begins as this command begins it. */
export async function isOwn(path: string, beginning: RegExp): Promise<boolean> {
  let file;
  try {
    const known = await regular(path, path);
    if (known === undefined || known.size === 0) return true;
    file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return beginning.test(buffer.toString("utf8", 0, bytesRead));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") throw new Refusal(`${path}: is not a regular file`);
    throw error instanceof Refusal ? error : new Refusal(`${path}: ${failureOf(error)}`);
  } finally {
    await file?.close();
  }
}

/** The refusal for a place where nothing can be written. A name that is not there yet is no fault, so it is the folder's. */
export function unwritable(path: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "its folder is not there" : failureOf(error);
  return new Refusal(`${path}: cannot be written: ${why}`);
}

/** Says that something has been written, to the one at the terminal and not into a pipe. */
export async function tellWritten(what: string, host: Terminal): Promise<void> {
  await notice(`wrote ${what}`, host, "green");
}
