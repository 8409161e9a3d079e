import { cookieEnd, cookieIs, cookieStart, joined, pathEnd, pathStart, queryDecoded, queryValue } from "../request/index.ts";
import { slotOf, slotOfKey } from "../plan/index.ts";
import { findPart } from "./lookup/hash.ts";

/** The functions that generated code calls, by the names it calls them; those of a reader are the reader's parts. */
export const functions: { readonly [name: string]: (...args: never[]) => unknown } = {
  slotOf,
  slotOfKey,
  findPart,
  cookieEnd,
  cookieIs,
  cookieStart,
  queryDecoded,
  queryValue,
  joined,
  pathEnd,
  pathStart,
};
