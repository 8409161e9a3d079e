import { type Diagnostic, format } from "../document/index.ts";
import type { EngineName } from "./dialect/dialect.ts";

/** A row of a result: each value as text. */
export type Row = readonly (string | null)[];

/** A connection to an engine that holds requests. */
export interface Warehouse {
  readonly dialect: EngineName;
  /** Runs statements, the last of which is a query, and gives its rows. Throws a `WarehouseError`. */
  readonly rows: (statements: readonly string[], signal?: AbortSignal) => Promise<readonly Row[]>;
  /** The names of the columns of a table. Throws a `WarehouseError`. */
  readonly columnsOf: (table: string) => Promise<readonly string[]>;
  /** Keeps the rows of a query for the queries that follow, and gives the table that has them; undefined where the engine does not. */
  readonly keep?: (query: string, signal?: AbortSignal) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A warehouse cannot be reached, does not take a query, or does not have what an alias reads. */
export class WarehouseError extends Error {
  override readonly name: string = "WarehouseError";
  /** What the alias reads and the table does not have; empty for other failures. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[] = []) {
    super(diagnostics.length === 0 ? message : diagnostics.map(format).join("\n"));
    this.diagnostics = diagnostics;
  }
}
