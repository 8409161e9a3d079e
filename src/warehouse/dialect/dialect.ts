import type { StickyHash } from "../../alias/index.ts";

/** The dialects of the engines that requests can be counted in. */
export type EngineName = "clickhouse" | "duckdb" | "postgres";

/** The dialects that a plan can be written in. */
export type DialectName = EngineName | "bigquery" | "snowflake" | "trino" | "spark";

/** Columns that one step of the script adds, by name, each as an expression over the columns before it. */
export type Layer = readonly (readonly [name: string, expression: string])[];

/**
 * What an engine says in its own way. What is the same in all of them, `CASE` and comparisons, stands in `to-sql.ts`. Expressions
 * go in and out as SQL; foreign text only becomes SQL by `text` and `identifier`.
 */
export interface Dialect {
  /** The name of the engine, in a sentence. */
  readonly title: string;
  /** Whether tests run what is written on an engine of this dialect. */
  readonly isTested: boolean;
  /** The hashes of a sticky split that the engine can compute. */
  readonly hashes: readonly StickyHash[];
  /** A literal that means exactly this text; undefined where no value of the engine can have it, so that nothing equals it. */
  readonly text: (value: string) => string | undefined;
  readonly identifier: (name: string) => string;
  /** The most bytes of UTF-8 in the name of a column: of a longer one the engine takes the beginning. Undefined where there is no such limit. */
  readonly nameBytes?: number;
  /** A column as text. Running it fails where the type of the column is not text, an integer, a UUID or an enumeration. */
  readonly asText: (column: string) => string;
  readonly asNumber: (column: string) => string;
  /** The value of the first cookie of a name, a token of RFC 9110, in a Cookie field; NULL where there is none. */
  readonly cookie: (field: string, name: string) => string;
  /** The first query parameter of a name in a request target, decoded; NULL where there is none. `name` is a literal. Undefined where the engine cannot. */
  readonly query: ((target: string, name: string) => string) | undefined;
  /** Escapes that `query` decodes otherwise than the library, and what the library has for each. */
  readonly undecodable: readonly { readonly escape: string; readonly means: string }[];
  readonly path: (target: string) => string;
  /** The slot, from 0, of a key by a hash. */
  readonly slot: (hash: StickyHash, key: string) => string;
  /** The slot of a draw that is in [0, 1). */
  readonly slotOfDraw: (draw: string) => string;
  /** NULL as a text, and as a number. */
  readonly noText: string;
  readonly noNumber: string;
  /** What a sticky draw hashes: a seed, as it is, and the text of an expression behind it. */
  readonly key: (seed: string, text: string) => string;
  /** The item of a list of literals at a position from 0, NULL where the position is NULL. */
  readonly pick: (literals: readonly string[], position: string) => string;
  /** Statements that define what the expressions call, for these hashes and where a part of a target is read. */
  readonly prelude: (hashes: ReadonlySet<StickyHash>, target: boolean) => readonly string[];
  /**
   * The statement: the rows of `table` with the columns of `result`, which may use those of the layers; these are left out. Only the first
   * layer has expressions of the user.
   */
  readonly select: (table: string, layers: readonly Layer[], result: Layer) => string;
}

/** A text with each lone surrogate as U+FFFD: what becomes of it in UTF-8. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}

/** A pattern, in the syntax that all these engines share, that means exactly this text. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[^0-9A-Za-z_]/g, (unit) => `\\${unit}`);
}

/** The names of a layer's columns. */
export function columnsOf(layer: Layer): readonly string[] {
  return layer.map(([name]) => name);
}
