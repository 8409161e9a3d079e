import { quote } from "../../document/index.ts";
import type { Hash } from "../lookup/hash.ts";

/** A value that generated code names: plain data, and typed arrays. */
export type Constant =
  | undefined
  | number
  | string
  | Int32Array
  | Uint8Array
  | Hash
  | ReadonlyMap<string, number>
  | readonly Constant[]
  | { readonly [key: string]: Constant };

/** Plain data as JavaScript: every text passes through `quote`. */
export function literal(value: Constant): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quote(value);
  if (value instanceof Int32Array || value instanceof Uint8Array) return `${value.constructor.name}.from([${value.join(", ")}])`;
  if (value instanceof Map) return `new Map([${[...value].map(([key, number]) => `[${quote(key)}, ${number}]`).join(", ")}])`;
  if (isList(value)) return `[${value.map(literal).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, each]: readonly [string, Constant]) => `${key}: ${literal(each)}`)
    .join(", ")} }`;
}

function isList(value: Constant): value is readonly Constant[] {
  return Array.isArray(value);
}
