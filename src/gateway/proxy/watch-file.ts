import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Watched } from "../source/watched.ts";

/** How a file is watched, in milliseconds; in a test shorter. */
const TIMES = { settle: 100, interval: 5_000 };

/**
 * Calls `onChange` each time that a file has become another one, until the signal is aborted. The directory is watched, so that a file that
 * is replaced is seen, and one of a ConfigMap. A file that cannot be read is as good as unchanged. `nudge` calls it at once, changed or not.
 */
export function watchFile(
  path: string,
  onChange: () => Promise<void>,
  signal: AbortSignal,
): { readonly nudge: () => void; readonly done: Promise<void> } {
  const watched = new Watched(dirname(resolve(path)));
  let isNudged = false;
  const work = async (): Promise<void> => {
    let last = await readFile(path, "utf8").catch(() => "");
    try {
      while (!signal.aborted) {
        await watched.follow();
        const { changes } = watched;
        const text = await readFile(path, "utf8").catch(() => last);
        if ((text !== last || isNudged) && !signal.aborted) {
          isNudged = false;
          last = text;
          await onChange();
        }
        await watched.settled(changes, TIMES, signal);
      }
    } finally {
      watched.close();
    }
  };
  return {
    nudge: () => {
      isNudged = true;
      watched.note();
    },
    done: work(),
  };
}
