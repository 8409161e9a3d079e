import { formatCount } from "../../alias/surface.ts";
import type { Output } from "./host.ts";

/** Tells a person how far a long run is, in one line that is written over and cleared at the end. */
export interface Progress {
  readonly at: (requests: number, bytes: number) => void;
  readonly end: () => void;
}

/** Milliseconds before the first line, which a short run never shows, and between two. */
const PERIOD = 200;

/** No progress, for an output that nobody watches. */
export const SILENT: Progress = { at: () => {}, end: () => {} };

/** The progress of reading `total` bytes, or of an unknown number of them; silent where the output is no terminal. */
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
