import { formatCount } from "../../alias/surface.ts";
import type { Output } from "./host.ts";

/** Shows the progress of a long run in one line of the terminal, which is cleared at the end. */
export interface Progress {
  readonly at: (requests: number, bytes: number) => void;
  readonly end: () => void;
}

/** Milliseconds before the progress is shown, and between two updates. A shorter run shows none. */
const PERIOD = 200;

/** Shows no progress. */
export const SILENT: Progress = { at: () => {}, end: () => {} };

/** The progress of reading `total` bytes, undefined if unknown. Nothing is shown if the output is no terminal. */
export function progressOf(output: Output, total: number | undefined): Progress {
  if (output.isTTY !== true) return SILENT;
  let last = performance.now();
  let shown = false;
  return {
    at: (requests, bytes) => {
      const now = performance.now();
      if (now - last < PERIOD) return;
      last = now;
      shown = true;
      const part = total === undefined || total === 0 ? "" : `, ${Math.floor((100 * bytes) / total)} %`;
      output.write(`\r\x1b[K${formatCount(requests)} requests${part}`);
    },
    end: () => {
      if (shown) output.write("\r\x1b[K");
    },
  };
}
