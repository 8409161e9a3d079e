import { type Claim, type Diagnostic, keysOf, type Pointer } from "../../index.ts";
import { type Change, quoted, remove, replaceKey, replaceValue } from "./edit.ts";
import { unquoted } from "./places.ts";
import type { Written } from "./written.ts";

/** A change that mends what a diagnostic is about. */
export interface Fix {
  readonly kind: "replace" | "remove" | "quote";
  /** What is written instead, or what is removed. */
  readonly what: string;
  readonly change: Change;
}

/** The change that the help of a diagnostic asks for, where there is just one. */
export function fixOf(diagnostic: Diagnostic | Claim, written: Written): Fix | undefined {
  const { code, at } = diagnostic;
  switch (code) {
    case "unknown-key":
    case "own-key":
      return (
        meant(diagnostic, (word) => replaceKey(written, at, quoted(word, written.json))) ??
        (code === "own-key" ? drop(at, written) : undefined)
      );
    case "rule-type":
    case "rule-op":
    case "combine-type":
    case "on-missing":
    case "sticky-hash":
      return meant(diagnostic, (word) => replaceValue(written, at, quoted(word, written.json)));
    case "wrong-type":
      return quote(diagnostic, written);
    case "list-item-trimmed":
    case "list-item-dropped":
      return retold(at, written, (items) => items);
    case "list-item-repeated":
      return retold(at, written, (items) => [...new Set(items)]);
    case "primary-weight":
    case "order-repeat":
    case "rules-empty":
    case "strategy-never":
    case "strategy-shadowed":
    case "rule-never":
    case "rule-idle":
    case "version-unreached":
    case "sticky-key-repeated":
    case "stickiness-idle":
      return drop(at, written);
    default:
      return undefined;
  }
}

/** The word that the help asks about. */
function meant({ help = "" }: Diagnostic, change: (word: string) => Change | undefined): Fix | undefined {
  const [, what] = /^did you mean `([^`]+)`\?$/.exec(help) ?? [];
  const found = what === undefined ? undefined : change(what);
  return what === undefined || found === undefined ? undefined : { kind: "replace", what, change: found };
}

/** A number or a word that is to be text is quoted, as it is written. */
function quote({ at, help = "" }: Diagnostic, written: Written): Fix | undefined {
  const [, what] = /`("(?:[^"\\`]|\\.)*")`/.exec(help) ?? [];
  const change = what === undefined ? undefined : replaceValue(written, at, what);
  return what === undefined || change === undefined ? undefined : { kind: "quote", what, change };
}

function drop(at: Pointer, written: Written): Fix | undefined {
  const change = remove(written, at);
  return change === undefined ? undefined : { kind: "remove", what: keysOf(at).at(-1) ?? "", change };
}

/** A list of items with commas between them, written again. */
function retold(at: Pointer, written: Written, items: (given: readonly string[]) => readonly string[]): Fix | undefined {
  const place = written.places.get(at);
  if (place === undefined) return undefined;
  const text = valueOf(written.text.slice(place.value.from, place.value.to));
  if (text === undefined) return undefined;
  const given = text.split(",").map((item) => item.replaceAll(/^[ \t]+|[ \t]+$/g, ""));
  const what = items(given.filter((item) => item !== "")).join(",");
  return { kind: "replace", what, change: { ...place.value, insert: quoted(what, written.json) } };
}

/** What a scalar says that stands in one line; undefined for others. */
function valueOf(written: string): string | undefined {
  return /^[|>&*!]/.test(written) || written.includes("\n") ? undefined : unquoted(written);
}
