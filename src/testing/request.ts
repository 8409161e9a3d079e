import {
  entries,
  fail,
  type Input,
  isAbsent,
  isList,
  isObject,
  list,
  lowerAscii,
  overBudget,
  pointerTo,
  record,
  shown,
  suggestion,
  words,
} from "../document/index.ts";
import { type LooseParts, type NodeRequest, readRequest, REQUEST_KEYS } from "../request/index.ts";
import { MOST_VALUES } from "./reading.ts";

/** Names and values of all requests of a suite, and their characters: a suite file has at most 32 Mi of them, without anchors. */
export const MOST_IN_ALL: Room = { values: 4_000_000, characters: 33_554_432 };

/** The names that HTTP/2 puts beside headers (RFC 9113, section 8.3.1). */
const PSEUDO: readonly string[] = [":method", ":path", ":authority", ":scheme"];

/** Reads a request as the records of logs are read, but for what it leaves out: that, the request does not have. */
export function readParts(input: Input, room: Room): NodeRequest | undefined {
  const fields = record(input, REQUEST_KEYS);
  if (fields === undefined) return undefined;
  if (!isAbsent(fields.path) && !isAbsent(fields.url))
    fail(fields.path, "case-expect", "both `path` and `url`", "keep one: `url` has the query too");
  const parts: LooseParts = Object.fromEntries(REQUEST_KEYS.map((key) => [key, plain(fields[key], key, room)]));
  for (const name of isObject({ value: parts.headers }) ? Object.keys(parts.headers as object) : [])
    if (name.startsWith(":") && !PSEUDO.includes(lowerAscii(name)))
      fail(
        { value: undefined, key: name, parent: fields.headers, reading: input.reading },
        "unknown-key",
        `unknown key ${shown(name)}`,
        suggestion(name, PSEUDO, `known here: ${words(PSEUDO, "and")}`),
      );
  return readRequest(parts, (fault, ...keys) => {
    let place: Input = input;
    let value: unknown = parts;
    for (const key of keys) {
      value = (value as { readonly [key: string]: unknown })[key];
      place = { value, key, parent: place, reading: input.reading };
    }
    return fail(place, "wrong-type", fault, typeof value === "boolean" ? `write \`"${value}"\`, in quotes` : undefined);
  });
}

/** What the requests of one suite may still hold. Anchors of YAML make much of little text. */
export interface Room {
  values: number;
  characters: number;
}

/**
 * A value as plain data, with numbers as the text that the suite has: `1.10` is not `1.1`. `what` names the values of a map or list.
 * Nothing of a request stands deeper than three lists and maps; what does is left as it is, and is not looked into.
 */
function plain(input: Input, what: string, room: Room, depth = 0): unknown {
  const { value } = input;
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean": {
      const text = typeof value === "number" ? (input.reading.written?.(pointerTo(input)) ?? value) : value;
      if (isSpent(input, room, typeof text === "string" ? text.length : 0)) return undefined;
      return text;
    }
    case "undefined":
      return undefined;
    default: {
      if (value === null || depth === 3) return value;
      const most = { limit: MOST_VALUES, what };
      if (isList(input)) return (list(input, most) ?? []).map((item) => plain(item, what, room, depth + 1));
      const named = entries(input, most);
      if (named === undefined) return undefined;
      const values: { [key: string]: unknown } = Object.create(null);
      for (const entry of named)
        if (!isSpent(entry, room, String(entry.key).length)) values[entry.key] = plain(entry, what, room, depth + 1);
      return values;
    }
  }
}

/** Takes a value of so many characters from what is left, and complains once there is no room. */
function isSpent(input: Input, room: Room, characters: number): boolean {
  if (room.values < 0 || room.characters < 0) return true;
  room.values -= 1;
  room.characters -= characters;
  if (room.values < 0) overBudget(input, MOST_IN_ALL.values, "values in the requests of a suite");
  else if (room.characters < 0) overBudget(input, MOST_IN_ALL.characters, "characters in the requests of a suite");
  return room.values < 0 || room.characters < 0;
}
