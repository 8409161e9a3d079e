import type { Row } from "./warehouse.ts";

/** Asks a query over the decided rows. */
export type Ask = (sql: string) => Promise<readonly Row[]>;

/** A table of the decided rows, and how queries over it are asked. */
export interface DecidedRows {
  readonly table: string;
  readonly ask: Ask;
}

/** A value of a row as a number; NULL is 0. */
export function numberAt(row: Row, at: number): number {
  return Number(row[at] ?? 0);
}

/** Adds to the count at an index. */
export function addTo(counts: number[], at: number, some: number): void {
  counts[at] = (counts[at] ?? 0) + some;
}
