import { cookieEnd, cookieIs, cookieStart, joined, pathEnd, pathStart, queryDecoded, queryStart } from "../request/index.ts";
import { murmur2Draw, murmur3Draw, sha256Draw, slotOf, slotOfKey, xxh32Draw } from "../plan/index.ts";
import { findPart } from "./lookup/hash.ts";
import { findQuery, queryIs, slotOfQuery } from "./lookup/query.ts";

/** The functions that generated code calls, by the names it calls them; those of a reader are the reader's parts. */
export const functions: { readonly [name: string]: (...args: never[]) => unknown } = {
  slotOf,
  slotOfKey,
  murmur3Draw,
  murmur2Draw,
  xxh32Draw,
  sha256Draw,
  findPart,
  cookieEnd,
  cookieIs,
  cookieStart,
  queryDecoded,
  queryStart,
  queryIs,
  findQuery,
  slotOfQuery,
  joined,
  pathEnd,
  pathStart,
};
