import { queryDecoded, queryEnd } from "../../request/index.ts";
import { slotOfKey } from "../../plan/index.ts";
import { findPart, type Hash } from "./hash.ts";

// `from` is what `queryStart` says of the parameter of that name, and not -1: -2 stands for a query that must be decoded.

/** Whether a query parameter has this value, which decoding leaves alone. */
export function queryIs(target: string, name: string, from: number, value: string): boolean {
  if (from === -2) return queryDecoded(target, name) === value;
  if (!target.startsWith(value, from)) return false;
  const after = from + value.length;
  if (after === target.length) return true;
  const unit = target.charCodeAt(after);
  return unit === 38 || unit === 35;
}

/** The number, from 1, of the value that a query parameter has; 0 for another one. Decoding leaves the values alone. */
export function findQuery(hash: Hash, target: string, name: string, from: number): number {
  if (from !== -2) return findPart(hash, target, from, queryEnd(target, from));
  const value = queryDecoded(target, name);
  return value === undefined ? 0 : findPart(hash, value, 0, value.length);
}

/** The slot of a sticky draw whose key is a query parameter; -1 where it is absent or empty. */
export function slotOfQuery(seed: Parameters<typeof slotOfKey>[0], target: string, name: string, from: number): number {
  if (from !== -2) {
    const to = queryEnd(target, from);
    return from === to ? -1 : slotOfKey(seed, target, from, to);
  }
  const value = queryDecoded(target, name);
  return value === undefined || value === "" ? -1 : slotOfKey(seed, value, 0, value.length);
}
