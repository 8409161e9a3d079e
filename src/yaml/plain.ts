import { DOCUMENT_BUDGETS } from "../document/index.ts";

/** A value, the offsets in the text of itself and of its key or, where it has none, of itself, and what is within. */
export interface Located {
  readonly value: unknown;
  readonly from: number;
  readonly key: number;
  readonly children: ReadonlyMap<string, Located> | undefined;
}

/** A line that says something: the offset of its first letter, and its text from there without blanks at its end. */
interface Line {
  readonly from: number;
  readonly indent: number;
  readonly text: string;
}

/** Thrown where a text is more than plain; never leaves this file. */
const ELABORATE: unique symbol = Symbol("elaborate");

/**
 * Reads YAML as people write most of it: maps and lists of one word or phrase each, quotes without escapes, and flow
 * collections on one line. Undefined where anything else is met, right or wrong, which is for the `yaml` library to read: for
 * 10,000 cases of 200 characters that takes 2.2 s, and this 0.2 s (medians of five, interleaved).
 */
export function readPlain(text: string): Located | undefined {
  if (UNUSUAL.test(text) || isMuch(text)) return undefined;
  try {
    return new Reading(linesOf(text)).whole();
  } catch (stop) {
    if (stop === ELABORATE) return undefined;
    throw stop;
  }
}

/** Values that are read at most, each of which takes up to 250 bytes. A suite of 100,000 cases has some million. */
const MOST_VALUES = 1_500_000;

/** Whether there may be more values than that: before each stands a line end, a comma or a bracket. */
function isMuch(text: string): boolean {
  if (text.length <= MOST_VALUES) return false;
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || unit === 44 || unit === 91 || unit === 123) marks++;
  }
  return marks > MOST_VALUES;
}

/** Tabs and other control characters, what looks like a line end, the marks of documents and directives, and surrogates. */
const UNUSUAL = /[^\n\x20-\x7e\u00a1-\u2027\u2030-\ud7ff]|^(?:---|\.\.\.|%)/m;

const KEY = /^(?:([A-Za-z_/][\w./-]*)|"([^"\\]*)"|'([^']*)'):(?= |$) */;
/** A phrase that can be nothing else: it has no indicator in front, and no `: ` and ` #` within. Commas end it in flow collections. */
const PHRASE = /^(?:[A-Za-z0-9_./\u00a1-\ud7ff]|-(?=[\w.]))(?:[\w ./()+=@%;~$!'\u00a1-\ud7ff-]|:(?=[\w./]))*/;
const LONG_PHRASE = /^(?:[A-Za-z0-9_./\u00a1-\ud7ff]|-(?=[\w.]))(?:[\w ./()+=@%;~$!',\u00a1-\ud7ff-]|:(?=[\w./]))*$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')/;
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
/** What the core schema may take for a number, in any of its spellings. */
const NUMERIC = /^[-+]?(?:[\d.][\d.eE+-]*|0x[\da-fA-F]*|0o[0-7]*|\.inf|\.nan)$/i;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).trimEnd();
    const indent = line.search(/[^ ]/);
    if (indent !== -1 && line[indent] !== "#") lines.push({ from: start + indent, indent, text: line.slice(indent) });
    start = end + 1;
  }
  return lines;
}

function scalarOf(phrase: string): unknown {
  const word = WORDS.get(phrase);
  if (word !== undefined) return word;
  if (NUMBER.test(phrase)) return Number(phrase);
  if (NUMERIC.test(phrase)) throw ELABORATE;
  return phrase;
}

/** One reading, line by line. */
class Reading {
  readonly #lines: readonly Line[];
  #next = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  whole(): Located {
    const [first] = this.#lines;
    if (first === undefined || first.indent > 0) throw ELABORATE;
    const place = this.#block(first, undefined, 1);
    if (this.#next < this.#lines.length) throw ELABORATE;
    return place;
  }

  /** A map or a list that begins with this line. */
  #block(first: Line, key: number | undefined, depth: number): Located {
    if (depth > DOCUMENT_BUDGETS.depth) throw ELABORATE;
    const children = new Map<string, Located>();
    if (isItem(first)) {
      for (let line: Line | undefined = first; line !== undefined && isItem(line); line = this.#at(first.indent)) {
        const rest = afterDash(line);
        this.#next++;
        children.set(String(children.size), this.#item(rest, depth));
      }
      return { value: [...children.values()].map(({ value }) => value), from: first.from, key: key ?? first.from, children };
    }
    const value = Object.create(null) as Record<string, unknown>;
    // The first line may be what stands behind a dash: then it has been taken already.
    for (let line: Line | undefined = first; line !== undefined; line = this.#at(first.indent)) {
      const found = KEY.exec(line.text);
      if (found === null || isItem(line)) throw ELABORATE;
      if (this.#lines[this.#next] === line) this.#next++;
      const name = nameOf(found);
      if (children.has(name)) throw ELABORATE;
      const width = found[0].length;
      const rest = { from: line.from + width, indent: line.indent + width, text: line.text.slice(width) };
      const child = rest.text === "" ? this.#nested(line.indent, line.from, depth) : inline(rest, line.from, depth);
      children.set(name, child);
      value[name] = child.value;
    }
    return { value, from: first.from, key: key ?? first.from, children };
  }

  /** The next line, where it goes on with a collection of this indent; nothing where it ends it. */
  #at(indent: number): Line | undefined {
    const line = this.#lines[this.#next];
    if (line === undefined || line.indent < indent) return undefined;
    if (line.indent > indent) throw ELABORATE;
    return line;
  }

  #item(rest: Line, depth: number): Located {
    if (rest.text === "" || isItem(rest)) throw ELABORATE;
    if (KEY.test(rest.text)) return this.#block(rest, undefined, depth + 1);
    return inline(rest, undefined, depth);
  }

  /** What stands below a key: deeper, or for a list as deep. */
  #nested(indent: number, key: number, depth: number): Located {
    const line = this.#lines[this.#next];
    if (line === undefined || line.indent < indent || (line.indent === indent && !isItem(line))) throw ELABORATE;
    if (!isItem(line) && !KEY.test(line.text)) throw ELABORATE;
    return this.#block(line, key, depth + 1);
  }
}

function isItem({ text }: Line): boolean {
  return text.startsWith("- ") || text === "-";
}

/** What stands behind a dash; the line itself where nothing does. */
function afterDash({ from, indent, text }: Line): Line {
  const width = text.slice(1).search(/[^ ]/) + 1;
  return { from: from + width, indent: indent + width, text: text.slice(width) };
}

function nameOf([, plain, double, single]: RegExpExecArray): string {
  const name = plain ?? double ?? single ?? "";
  if (plain !== undefined && name === "__proto__") throw ELABORATE;
  return name;
}

/** A value that is the whole rest of a line. */
function inline({ from, text }: Line, key: number | undefined, depth: number): Located {
  if (LONG_PHRASE.test(text)) return { value: scalarOf(text), from, key: key ?? from, children: undefined };
  const cursor: Cursor = { text, from, at: 0 };
  if (!/^["'[{]/.test(text)) throw ELABORATE;
  const place = flow(cursor, key, depth);
  if (cursor.at < text.length) throw ELABORATE;
  return place;
}

interface Cursor {
  readonly text: string;
  readonly from: number;
  at: number;
}

/** A value of a flow collection, or such a collection. */
function flow(cursor: Cursor, key: number | undefined, depth: number): Located {
  const from = cursor.from + cursor.at;
  const rest = cursor.text.slice(cursor.at);
  if (rest.startsWith("{") || rest.startsWith("[")) return collection(cursor, key, depth + 1);
  const quoted = QUOTED.exec(rest);
  const taken = quoted?.[0] ?? PHRASE.exec(rest)?.[0];
  if (taken === undefined) throw ELABORATE;
  cursor.at += taken.length;
  const value = quoted === null ? scalarOf(taken.trimEnd()) : (quoted[1] ?? quoted[2]);
  return { value, from, key: key ?? from, children: undefined };
}

function collection(cursor: Cursor, key: number | undefined, depth: number): Located {
  if (depth > DOCUMENT_BUDGETS.depth) throw ELABORATE;
  const from = cursor.from + cursor.at;
  const isMap = cursor.text[cursor.at] === "{";
  const end = isMap ? "}" : "]";
  const children = new Map<string, Located>();
  const value = Object.create(null) as Record<string, unknown>;
  cursor.at++;
  skip(cursor);
  while (cursor.text[cursor.at] !== end) {
    if (isMap) {
      const found = KEY.exec(cursor.text.slice(cursor.at));
      if (found === null) throw ELABORATE;
      const name = nameOf(found);
      const start = cursor.from + cursor.at;
      cursor.at += found[0].length;
      if (children.has(name)) throw ELABORATE;
      const child = flow(cursor, start, depth);
      children.set(name, child);
      value[name] = child.value;
    } else children.set(String(children.size), flow(cursor, undefined, depth));
    skip(cursor);
    if (cursor.text[cursor.at] === ",") {
      cursor.at++;
      skip(cursor);
    } else if (cursor.text[cursor.at] !== end) throw ELABORATE;
  }
  cursor.at++;
  return { value: isMap ? value : [...children.values()].map((child) => child.value), from, key: key ?? from, children };
}

function skip(cursor: Cursor): void {
  while (cursor.text[cursor.at] === " ") cursor.at++;
}
