import type { Pointer } from "../document/index.ts";
import type { Witness } from "../prove/index.ts";
import { MOST_CASES, parseSuite } from "./suite.ts";

/**
 * A case that a suggested suite does not have. `room`: it did not fit in the cases and characters that a suite may have. `written`: its
 * request cannot be written in a suite. `effort`: it was not decided whether there is such a request.
 */
export interface Omission {
  /** The strategy, rule, weight or sticky key that the case would have been about. */
  readonly at: Pointer;
  readonly why: "room" | "written" | "effort";
}

/** What a suite still has room for, and what it had none for. */
export interface Room {
  cases: number;
  characters: number;
  readonly omitted: Omission[];
}

/** Characters of all cases together as JSON: as YAML a suite of them has less than the 32 Mi that `test` reads. */
export const MOST_CHARACTERS: number = 16 * 1_048_576;
/** What a case says beside its request. */
const CASE_CHARACTERS = 150;

/** The room of a suite that has some cases. How long these are is not known. */
export function roomOf(cases = 0): Room {
  return { cases: MOST_CASES - cases, characters: MOST_CHARACTERS, omitted: [] };
}

/** Takes room for a case with this request. Where less than `kept` would be left, or it cannot be written, the omission is noted. */
export function takes(room: Room, at: Pointer, request: Witness, kept = 0): "taken" | "room" | "written" {
  // The name of a case has the names of its fields once more.
  const characters = CASE_CHARACTERS + 2 * JSON.stringify(request).length;
  const why = room.cases < 1 || room.characters - characters < kept ? "room" : isWritten(request) ? undefined : "written";
  if (why !== undefined) {
    room.omitted.push({ at, why });
    return why;
  }
  room.cases--;
  room.characters -= characters;
  return "taken";
}

/** Whether a suite can have the request. Not every value of a rule can be written in it: a method, for one, has to be a token. */
function isWritten(request: Witness): boolean {
  return parseSuite({ cases: [{ request, expect: { reason: "rule" } }] }).ok;
}
