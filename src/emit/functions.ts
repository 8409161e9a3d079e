import { slotOfKey } from "../draw.ts";
import { findPart, findWhole } from "../lookup/hash.ts";
import { cookieEnd, cookieIs, cookieStart } from "../reader/cookie.ts";
import { queryDecoded, queryValue } from "../reader/query.ts";
import { pathEnd, pathStart } from "../reader/target.ts";

/** The functions that generated code calls, by the names it calls them; those of a reader are the reader's parts. */
export const functions: { readonly [name: string]: (...args: never[]) => unknown } = {
  slotOfKey,
  findPart,
  findWhole,
  cookieEnd,
  cookieIs,
  cookieStart,
  queryDecoded,
  queryValue,
  pathEnd,
  pathStart,
};
