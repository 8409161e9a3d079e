import type { Result } from "../task.ts";

/*
 * Results as JSON. Maps are lists of entries, and arrays of numbers are what they are, each under a key that says which: nothing
 * else in a result has these keys. Numbers and texts are exact in JSON.
 */

/** Writes the result of a piece, on one line. */
export function encodeResult(result: Result): string {
  return JSON.stringify(result, (_, value: unknown) => {
    if (value instanceof Map) return { $map: [...value] };
    for (const [key, type] of ARRAYS) if (value instanceof type) return { [key]: [...value] };
    return value;
  });
}

/** Reads what `encodeResult` has written. */
export function decodeResult(text: string): Result {
  const result = JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$map" in value) return new Map(value.$map as [unknown, unknown][]);
    for (const [key, type] of ARRAYS) if (key in value) return type.from((value as Readonly<Record<string, number[]>>)[key] ?? []);
    return value;
  }) as Result;
  const { segments } = result;
  // JSON has null for what is undefined in a list.
  return segments === undefined
    ? result
    : { ...result, segments: { ...segments, values: segments.values.map((value) => value ?? undefined) } };
}

const ARRAYS = [
  ["$u16", Uint16Array],
  ["$u32", Uint32Array],
  ["$i32", Int32Array],
] as const;
