import { fieldName, valueIn } from "../request/index.ts";
import { ABSENT, type Clause, type Literal, literalOf, OTHER, otherLetters, type Range } from "./letters.ts";

/** The header that has the cookies. */
export const COOKIE_LINE = "header cookie";

/** Clauses of two literals each that every request satisfies: all, and by the index of each field that they are about. */
export interface Links {
  readonly all: readonly Clause[];
  readonly of: ReadonlyMap<number, readonly Clause[]>;
}

/**
 * What the request forces on fields that are read from one text: without a path there is no query, the authority and `host`
 * are both there or both not, and each line that a plan mentions for the header `cookie` says what every cookie is. With these clauses the fields
 * of a region have exactly the values that one request can have together.
 */
export function linksOf(ranges: ReadonlyMap<string, Range>): Links {
  const all: Clause[] = [];
  const of = new Map<number, Clause[]>();
  const link = (...clause: readonly [Literal, Literal]): void => {
    all.push(clause);
    for (const { range } of clause) {
      const known = of.get(range.index);
      if (known === undefined) of.set(range.index, [clause]);
      else known.push(clause);
    }
  };
  const absent = (range: Range): Literal => literalOf(range, [ABSENT]);
  const [path, authority, host, line] = [":path", ":authority", "header host", COOKIE_LINE].map((name) => ranges.get(name));
  if (authority !== undefined && host !== undefined) {
    link(absent(host), otherLetters(absent(authority)));
    link(absent(authority), otherLetters(absent(host)));
  }
  for (const range of ranges.values()) {
    if (range.field.kind === "query" && path !== undefined) link(absent(range), otherLetters(absent(path)));
    if (range.field.kind !== "cookie" || line === undefined) continue;
    for (const [letter, lines] of linesByLetter(line, range)) link(otherLetters(literalOf(line, lines)), literalOf(range, [letter]));
  }
  return { all, of };
}

/** For each letter of a cookie, the letters of the Cookie line that fix it. */
function linesByLetter(line: Range, cookie: Range): ReadonlyMap<number, readonly number[]> {
  const lines = new Map<number, number[]>([[ABSENT, [ABSENT]]]);
  const letterIn = lettersInLines(cookie);
  line.letters.forEach(([first = ""], index) => {
    const letter = letterIn(first);
    const known = lines.get(letter);
    if (known === undefined) lines.set(letter, [index + 2]);
    else known.push(index + 2);
  });
  return lines;
}

/** Lines by what a cookie is in them. Where a line has no value for it, or an empty one, no rule and no sticky key sees it. */
export function linesByCookie(cookie: Range, lines: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const letterIn = lettersInLines(cookie);
  const sets = new Map<string, string[]>();
  for (const line of lines) {
    const name = `${fieldName(cookie.field)} ${letterIn(line)}`;
    const known = sets.get(name);
    if (known === undefined) sets.set(name, [line]);
    else known.push(line);
  }
  return sets;
}

function lettersInLines(cookie: Range): (line: string) => number {
  const letters = new Map(cookie.letters.flatMap((values, index) => values.map((value) => [value, index + 2] as const)));
  return (line) => {
    const value = valueIn(cookie.field, line);
    return value === undefined || value === "" ? ABSENT : (letters.get(value) ?? OTHER);
  };
}
