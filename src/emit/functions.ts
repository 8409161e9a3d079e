import { slotOfKey } from "../draw.ts";
import { findPart } from "../lookup/hash.ts";
import { cookieEnd, cookieIs, cookieStart } from "../reader/cookie.ts";
import { queryDecoded, queryValue } from "../reader/query.ts";
import { pathEnd, pathStart } from "../reader/target.ts";
import { joined } from "../reader/value.ts";

/** The functions that generated code calls, by the names it calls them; those of a reader are the reader's parts. */
export const functions: { readonly [name: string]: (...args: never[]) => unknown } = {
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
