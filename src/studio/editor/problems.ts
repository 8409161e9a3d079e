import type { Claim, Diagnostic } from "../../index.ts";
import type { Written } from "./written.ts";
import { type Fix, fixOf } from "./fixes.ts";
import { placeAt, type Range } from "./places.ts";

/** A diagnostic or a claim, where it stands, and the change that mends it. */
export interface Problem extends Range {
  readonly diagnostic: Diagnostic | Claim;
  /** Whether it is proved by `analyze`; otherwise reading has found it. */
  readonly claimed: boolean;
  readonly fix: Fix | undefined;
}

/** Everything that is to be said of a text, in the order of the text. */
export function problemsOf(diagnostics: readonly Diagnostic[], claims: readonly Claim[], written: Written): readonly Problem[] {
  const problem = (diagnostic: Diagnostic, claimed: boolean): Problem => ({
    diagnostic,
    claimed,
    ...rangeOf(diagnostic, written),
    fix: fixOf(diagnostic, written),
  });
  return [...diagnostics.map((each) => problem(each, false)), ...claims.map((each) => problem(each, true))].toSorted(
    (one, other) => one.from - other.from,
  );
}

/** The key or the value that a diagnostic is about: what stands at its position, or else at its pointer. */
function rangeOf({ at, position }: Diagnostic, { text, places }: Written): Range {
  const from = position === undefined ? undefined : offsetOf(text, position.line, position.column);
  const place = placeAt(places, at);
  if (from !== undefined) {
    for (const range of [place?.key, place?.value]) if (range?.from === from) return oneLine(range, text);
    return oneLine({ from, to: wordEnd(text, from) }, text);
  }
  return oneLine(place?.key ?? place?.value ?? { from: 0, to: text.length }, text);
}

function offsetOf(text: string, line: number, column: number): number {
  let begin = 0;
  for (let count = 1; count < line; count++) {
    const end = text.indexOf("\n", begin);
    if (end === -1) break;
    begin = end + 1;
  }
  return Math.min(begin + column - 1, text.length);
}

function wordEnd(text: string, from: number): number {
  const [word = ""] = /^(?:"(?:[^"\\\n]|\\.)*"|[^\s,:{}[\]]+|.)?/.exec(text.slice(from, from + 4096)) ?? [];
  return from + word.length;
}

/** A list or an object is marked in its first line only; nothing is marked by its last character. */
function oneLine({ from, to }: Range, text: string): Range {
  const end = text.indexOf("\n", from);
  const last = end === -1 ? to : Math.min(to, end);
  return last > from
    ? { from, to: last }
    : { from: Math.max(0, Math.min(from, text.length) - 1), to: Math.max(from, Math.min(from + 1, text.length)) };
}
