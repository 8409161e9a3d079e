import { keysOf } from "../../../document/index.ts";
import { isRecord, type JSONRecord } from "../record.ts";

/** Reads a value of a record; undefined where there is none. */
export type ReadValue = (record: JSONRecord) => unknown;

/**
 * Makes the function that follows a path: names with dots between them, numbers for items of lists (`req.headers.0`), or a JSON
 * Pointer (RFC 6901). A key that has the dots in its own name comes first: some log shippers flatten records in that way.
 */
export function pathReader(path: string): ReadValue {
  if (path.startsWith("/")) {
    const keys = keysOf(path);
    return (record) => keys.reduce<unknown>((value, key) => childOf(value, key), record);
  }
  const keys = path.split(".");
  if (keys.length === 1) return (record) => (Object.hasOwn(record, path) ? record[path] : undefined);
  const rests = keys.map((_, index) => keys.slice(index).join("."));
  return (record) => {
    let value: unknown = record;
    for (let index = 0; index < keys.length; index++) {
      const whole = childOf(value, rests[index] as string);
      if (whole !== undefined) return whole;
      value = childOf(value, keys[index] as string);
    }
    return value;
  };
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d{1,9}$/.test(key) ? (value as readonly unknown[])[Number(key)] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
