/** A source of aliases in a directory, a file each, which is watched: the surface of `canary-router/gateway/directory`. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { BUDGETS } from "../../alias/index.ts";
import { shown } from "../../document/index.ts";
import { clockRevisions } from "./clock.ts";
import { type AliasSource, sourceOf } from "./source.ts";
import { type AliasText, decodeText, noText, readTexts } from "./text.ts";
import { reasonOf, wait } from "./wait.ts";
import { Watched } from "./watched.ts";

/** How to watch a directory. Times are in milliseconds. */
export interface DirectoryOptions {
  /** How long nothing may change before the files are read; 50 where left out. */
  readonly settle?: number;
  /** How often to look without being told, for file systems that tell nothing; 5,000 where left out. */
  readonly interval?: number;
}

/** The endings of files that are read; all others, and names that begin with a dot, are left alone. */
const ENDINGS: ReadonlySet<string> = new Set([".json", ".yaml", ".yml"]);

/** How often a directory that changes while it is read is read again, before that is a problem. */
const ATTEMPTS = 20;

/** The bytes of the longest text: a character has at most four. */
const LONGEST = BigInt(4 * BUDGETS.text);

/**
 * The aliases of a directory: `checkout.yaml` and `checkout.json` are the alias `checkout`. The directory is watched and not its files,
 * which a ConfigMap of Kubernetes shows as links into `..data` and replaces in one step by another `..data`. What is read is always
 * what one moment had: where the directory changes meanwhile, it is read again. Write a file elsewhere and rename it into the directory;
 * one that is written in place can be read half.
 */
export function directory(path: string, options: DirectoryOptions = {}): AliasSource {
  const { settle = 50, interval = 5_000 } = options;
  const root = resolve(path);
  return sourceOf(async (emit, signal) => {
    const revisions = clockRevisions();
    const watched = new Watched(root);
    let last: Contents | undefined;
    let read = -1;
    let problem: string | undefined;
    try {
      while (!signal.aborted) {
        await watched.follow();
        const { changes } = watched;
        try {
          const unchanged = last !== undefined && changes === read && (await list(root)).signature === last.signature;
          const found = unchanged ? last : await readStable(root, signal);
          if (found === undefined) break;
          // After a problem it is told whole, changed or not.
          if (last?.content === found.content) await emit({ confirmed: true });
          else await emit({ revision: revisions(), restored: true, ...readTexts(found.texts) });
          last = found;
          problem = undefined;
        } catch (error) {
          last = undefined;
          const reason = `${path}: ${reasonOf(error)}`;
          if (reason !== problem) await emit({ problem: reason });
          problem = reason;
        }
        read = changes;
        await watched.settled(read, { interval, settle }, signal);
      }
    } finally {
      watched.close();
    }
  });
}

interface Contents {
  readonly texts: readonly (readonly [key: string, text: AliasText])[];
  /** Equal where the texts are. */
  readonly content: string;
  /** That of the listing. */
  readonly signature: string;
}

/** Reads all files; where the directory is not the same before and after, reads again. Undefined if it was told to leave. */
async function readStable(root: string, signal: AbortSignal): Promise<Contents | undefined> {
  let missing: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await list(root);
    const found = await Promise.all(before.files.map(readOne));
    const { signature } = await list(root);
    if (signal.aborted) return undefined;
    missing = before.files[found.indexOf(undefined)]?.path;
    if (before.signature === signature && missing === undefined) {
      const texts = before.files.map(({ key }, index) => [key, found[index] ?? ""] as const);
      return { texts, content: JSON.stringify(texts), signature };
    }
    await wait(10, signal);
  }
  throw new Error(missing === undefined ? "it changes all the time" : `${shown(basename(missing))} leads to no file`);
}

/** The text of a file, or why there is none; undefined where the file has gone. */
async function readOne({ path, size }: File): Promise<AliasText | undefined> {
  if (size > LONGEST) return noText(`more than ${BUDGETS.text} characters of text`);
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? undefined : noText(`cannot be read: ${message}`);
  }
}

interface File {
  readonly key: string;
  readonly path: string;
  readonly size: bigint;
}

interface Listing {
  readonly files: readonly File[];
  /** Equal where no file was written, replaced, added or removed. */
  readonly signature: string;
}

/** The folder that has the files: with a `..data`, the one that it leads to, for the links beside it lead through it. */
function folderOf(root: string): Promise<string> {
  return realpath(join(root, "..data")).catch(() => realpath(root));
}

/** The names in the folder that has the files. It can be gone before it is read, where `..data` leads to another one by then. */
async function namesIn(root: string): Promise<{ readonly folder: string; readonly entries: readonly string[] }> {
  const folder = await folderOf(root);
  try {
    return { folder, entries: await readdir(folder) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || (await folderOf(root)) === folder) throw error;
    return namesIn(root);
  }
}

/** The files of one moment. */
async function list(root: string): Promise<Listing> {
  const { folder, entries } = await namesIn(root);
  const names = entries.filter((name) => !name.startsWith(".") && ENDINGS.has(extname(name).toLowerCase())).toSorted();
  const keys = names.map((name) => basename(name, extname(name)));
  const seen = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const key = keys[index] ?? "";
    const other = seen.get(key);
    if (other !== undefined) throw new Error(`${shown(other)} and ${shown(name)} are the same alias: keep one of them`);
    seen.set(key, name);
  }
  const found = await Promise.all(
    names.map(async (name, index) => {
      const path = join(folder, name);
      const state = await stat(path, { bigint: true }).catch(() => undefined);
      return { key: keys[index] ?? "", path, size: state?.size ?? 0n, state: `${path} ${state?.ino}:${state?.size}:${state?.mtimeNs}` };
    }),
  );
  return { files: found, signature: [folder, ...found.map(({ state }) => state)].join("\n") };
}
