import { constants, createReadStream, open } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { promisify } from "node:util";
import type { Terminal } from "../terminal/host.ts";

/** A file, or standard input for `-`, of which an interruption destroys the stream. */
export interface Opened {
  readonly stream: Readable;
  /** The size in bytes; undefined if it is not a regular file. */
  readonly size: number | undefined;
}

/**
 * Opens an input. A FIFO is opened without waiting for who writes to it, and read as a socket is: else the interruption would wait for the
 * writer, in a thread that nothing can end. Throws an error of the file system.
 */
export async function openInput(path: string, { stdin, interrupted }: Terminal): Promise<Opened> {
  if (path === "-") return { stream: addAbortSignal(interrupted, stdin), size: undefined };
  const found = await stat(path);
  if (found.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  const stream = found.isFIFO()
    ? new Socket({ fd: await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
    : createReadStream(path);
  return { stream: addAbortSignal(interrupted, stream), size: found.isFile() ? found.size : undefined };
}
