import { isWellFormed } from "../../document/index.ts";
import { columnsOf, type Dialect, type Layer } from "./dialect.ts";

/** The statement of a dialect that leaves columns out of `*`, by this word: a subquery for each layer. */
export function nested(word: "EXCEPT" | "EXCLUDE"): Dialect["select"] {
  return (table, layers, result) => {
    const inner = layers.reduce((from, layer) => (layer.length === 0 ? from : `(\nSELECT *,\n${named(layer)}\nFROM ${from})`), table);
    const temporary = layers.flatMap(columnsOf);
    return `SELECT *${temporary.length === 0 ? "" : ` ${word} (${temporary.join(", ")})`},\n${named(result)}\nFROM ${inner}`;
  };
}

/** The statement of a dialect that cannot leave columns out: the layers are joined, each for one row, and only the table's own columns are passed on. */
export function joined(table: string, layers: readonly Layer[], result: Layer): string {
  const lateral = layers
    .filter((layer) => layer.length > 0)
    .map((layer, at) => `\nCROSS JOIN LATERAL (\nSELECT\n${named(layer)}) AS canary_layer_${at}`);
  return `SELECT canary_source.*,\n${named(result)}\nFROM (SELECT * FROM ${table}) AS canary_source${lateral.join("")}`;
}

/** The columns of a layer, a line each. */
export function named(layer: Layer): string {
  return layer.map(([name, expression]) => `  ${expression}${name === expression ? "" : ` AS ${name}`}`).join(",\n");
}

/** A literal for what a value can equal: a text without a lone surrogate. */
export function escaped(literal: (text: string) => string): Dialect["text"] {
  return (value) => (isWellFormed(value) ? literal(value) : undefined);
}
