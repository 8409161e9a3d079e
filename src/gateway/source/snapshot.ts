import { BUDGETS } from "../../alias/index.ts";
import { readText } from "../../document/index.ts";

/** What was served last, as it is kept in a file. */
export interface Snapshot {
  readonly revision: number;
  readonly aliases: Readonly<Record<string, unknown>>;
}

/** Node's modules, asked for where they are used: without a snapshot, a table is followed in a Worker too, which has no files. */
const files = () => process.getBuiltinModule("node:fs/promises");
const paths = () => process.getBuiltinModule("node:path");

/** The form of the file; another one is not read. */
const FORMAT = "canary-router snapshot 1";

/** Lists and objects within each other: those of an alias, and the two around it. */
const DEPTH = BUDGETS.depth + 2;

/** Reads a snapshot. Undefined where there is no such file. Throws for a file that is no snapshot, or only a part of one. */
export async function readSnapshot(path: string): Promise<Snapshot | undefined> {
  const text = await files()
    .readFile(path, "utf8")
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  if (text === undefined) return undefined;
  const read = readText(text, { ...BUDGETS, text: text.length, depth: DEPTH });
  if (!read.ok) throw new Error(`it is not JSON: ${read.diagnostics[0]?.message}`);
  const { format, revision, aliases } = (read.value.value ?? {}) as Partial<Snapshot & { readonly format: string }>;
  if (format !== FORMAT) throw new Error("it is no snapshot of this version");
  if (typeof revision !== "number" || typeof aliases !== "object" || aliases === null) throw new Error("it has no revision and aliases");
  return { revision, aliases };
}

/**
 * Writes a snapshot so that the file has the one before or this one, whenever the process or the machine ends: beside it first, to the
 * disk, and then over it in one step.
 */
async function writeSnapshot(path: string, { revision, aliases }: Snapshot): Promise<void> {
  const { open, rename, rm } = files();
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ format: FORMAT, revision, aliases })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    const folder = await open(paths().dirname(path), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Writes snapshots one after the other; of those that come while one is written, the last. */
export class SnapshotWriter {
  readonly #path: string;
  /** Told of each end, with the error where it failed. */
  readonly #onEnd: (error?: unknown) => void;
  #next: (() => Snapshot) | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string, onEnd: (error?: unknown) => void) {
    this.#path = path;
    this.#onEnd = onEnd;
  }

  /** `snapshot` is called when it is written. */
  write(snapshot: () => Snapshot): void {
    this.#next = snapshot;
    this.#writing ??= this.#work();
  }

  /** Resolved once everything has been written. */
  async done(): Promise<void> {
    await this.#writing;
  }

  async #work(): Promise<void> {
    for (let next = this.#next; next !== undefined; next = this.#next) {
      this.#next = undefined;
      try {
        await writeSnapshot(this.#path, next());
        this.#onEnd();
      } catch (error) {
        this.#onEnd(error);
      }
    }
    this.#writing = undefined;
  }
}
