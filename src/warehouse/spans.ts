import { type Times, timesBetween } from "../simulate/index.ts";
import { numberAt } from "./ask.ts";
import type { Row } from "./warehouse.ts";

/** The spans of time that rows are counted in. */
export interface RowSpans {
  readonly times: Pick<Times, "width" | "first"> & { readonly length: number };
  /** The column of the beginning of the span of a row. */
  readonly columns: readonly [string];
  /** The beginning of the span of a time in milliseconds, or in `parts` of one. */
  readonly startOf: (time: string, parts?: number) => string;
  /** The index of the span whose beginning a row has at a place. */
  readonly indexOf: (row: Row, at: number) => number;
}

/** The spans between two times, in milliseconds since 1970. */
export function rowSpans(earliest: number, latest: number): RowSpans {
  const times = timesBetween(earliest, latest);
  const startOf = (time: string, parts = 1): string =>
    parts === 1 ? `${time} - ${time} % ${times.width}` : `(${time} - ${time} % ${times.width * parts}) / ${parts}`;
  return {
    times,
    columns: [startOf("canary_time")],
    startOf,
    indexOf: (row, at) => Math.floor(numberAt(row, at) / times.width) - times.first,
  };
}
