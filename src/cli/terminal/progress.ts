import { duration, formatCount } from "../../alias/surface.ts";
import type { Output } from "./host.ts";

/** Shows the progress of a long run in one line of the terminal, which is cleared at the end. */
export interface Progress {
  /** So many are done, which is this part of all; undefined where it is not known. */
  readonly at: (done: number, part: number | undefined) => void;
  readonly end: () => void;
}

/** Milliseconds before the progress is shown, and between two updates. A shorter run shows none. */
const PERIOD = 200;

/** Shows no progress. */
export const SILENT: Progress = { at: () => {}, end: () => {} };

/** The progress of some work, in units of that name. Nothing is shown if the output is no terminal. */
export function progressOf(output: Output, unit: string): Progress {
  if (output.isTTY !== true) return SILENT;
  const began = performance.now();
  let last = began;
  let shown = false;
  return {
    at: (done, part) => {
      const now = performance.now();
      if (now - last < PERIOD) return;
      last = now;
      shown = true;
      output.write(`\r\x1b[K${formatCount(done)} ${unit}${part === undefined ? "" : `, ${partText(part, now - began)}`}`);
    },
    end: () => {
      if (shown) output.write("\r\x1b[K");
    },
  };
}

/** The part that is done, and the time that the rest takes at the same pace. */
export function partText(part: number, milliseconds: number): string {
  const done = Math.min(part, 1);
  const left = done > 0 ? `, ${duration(Math.ceil((milliseconds * (1 - done)) / done / 1_000))} left` : "";
  return `${Math.floor(100 * done)} %${left}`;
}
