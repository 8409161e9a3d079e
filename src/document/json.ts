import { type Checked, type Diagnostic, keysOf, pointer, type Pointer, type Position } from "./diagnostic.ts";
import { DOCUMENT_BUDGETS, type DocumentBudgets, suggestion } from "./input.ts";
import { shown } from "./show.ts";

/** A JSON text once it is read. */
export interface Text {
  /** Objects have no prototype, so every key is an ordinary one; of keys that repeat, the last counts. */
  readonly value: unknown;
  /** Keys that repeat, as errors. */
  readonly duplicates: readonly Diagnostic[];
  /** Where a value stands, or its key; the nearest value around it, where the text has none there. */
  readonly locate: (at: Pointer, part?: "value" | "key") => Position;
  /** A number as it is written, such as `1.10`; undefined where the text has none there. */
  readonly written: (at: Pointer) => string | undefined;
}

/**
 * Reads a JSON text and keeps the positions. Stricter than `JSON.parse` in that repeated keys are told of; otherwise it
 * takes the same texts, within the budgets of text, depth and diagnostics. Never throws.
 */
export function readText(json: string, budgets: Pick<DocumentBudgets, "text" | "depth" | "diagnostics"> = DOCUMENT_BUDGETS): Checked<Text> {
  if (typeof json !== "string") {
    return refused({ code: "wrong-type", at: "", message: "expected a JSON text", help: "give a string; `parse` takes a value" });
  }
  if (json.length > budgets.text) {
    const message = `more than ${budgets.text} characters of text`;
    const help = "make it smaller, or raise the budget `text`";
    return refused({ code: "over-budget", at: "", message, help, position: { line: 1, column: 1 } });
  }
  const cursor: Cursor = { json, offset: 0, path: [], values: 0, budgets, duplicates: [], lines: undefined };
  try {
    skipBlank(cursor);
    if (cursor.offset === json.length) throw syntax(cursor, "the text is empty", 'an alias is at least `{ "version": "v1" }`');
    const root = readValue(cursor, undefined);
    skipBlank(cursor);
    if (cursor.offset < json.length) {
      throw syntax(cursor, `more text after the end of the value: ${found(cursor)}`, "remove it: a text has one value");
    }
    const value: Text = {
      value: root.value,
      duplicates: cursor.duplicates,
      locate: (at, part) => positionAt(cursor, root, at, part),
      written: (at) => numberAt(json, placeAt(root, at).from),
    };
    return { ok: true, value, diagnostics: [] };
  } catch (stop) {
    if (stop instanceof Stop) return refused(stop.diagnostic);
    throw stop;
  }
}

function refused(diagnostic: Omit<Diagnostic, "severity">): Checked<never> {
  return { ok: false, diagnostics: [{ ...diagnostic, severity: "error" }] };
}

/** Values of one text: no text of 1 MiB has more. A value takes up to 250 bytes, the object around it counted. */
const MOST_VALUES = 1_500_000;

/** Reading is recursive, so there is a bound that no budget lifts. */
const DEEPEST = 500;

/** How far a text is read. */
interface Cursor {
  readonly json: string;
  offset: number;
  /** The keys and indices that lead to the value at the offset. */
  readonly path: (string | number)[];
  readonly budgets: Pick<DocumentBudgets, "diagnostics" | "depth">;
  /** How many values have been read. */
  values: number;
  /** One more than the budget of diagnostics allows, where there are more. */
  readonly duplicates: Diagnostic[];
  /** The offsets at which lines start, once they are asked for. */
  lines: readonly number[] | undefined;
}

/** A value and where it stands; the offset of its key where it has one. */
interface Located {
  readonly value: unknown;
  readonly from: number;
  readonly key: number | undefined;
  /** Of an object, by key. */
  readonly members?: ReadonlyMap<string, Located>;
  /** Of a list. */
  readonly items?: readonly Located[];
}

/** Ends the reading; never leaves this file. */
class Stop extends Error {
  readonly diagnostic: Omit<Diagnostic, "severity">;

  constructor(diagnostic: Omit<Diagnostic, "severity">) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

function syntax(cursor: Cursor, message: string, help: string, offset: number = cursor.offset): Stop {
  return new Stop({ code: "syntax", at: "", message, help, position: positionOf(cursor, offset) });
}

/** Reads one value; `key` is the offset of its key. */
function readValue(cursor: Cursor, key: number | undefined): Located {
  const { json, offset: from, path, budgets } = cursor;
  if (++cursor.values > MOST_VALUES) {
    const message = `more than ${MOST_VALUES} values`;
    throw new Stop({ code: "over-budget", at: "", message, help: "make it smaller", position: positionOf(cursor, from) });
  }
  const first = json[from];
  if (first !== "{" && first !== "[") return { value: readScalar(cursor), from, key };
  if (path.length >= Math.min(budgets.depth, DEEPEST)) {
    const message = `more than ${path.length} lists and objects within each other`;
    throw new Stop({
      code: "over-budget",
      at: pointer("", ...path),
      message,
      help: "an alias needs 5",
      position: positionOf(cursor, from),
    });
  }
  return first === "{" ? readObject(cursor, key) : readList(cursor, key);
}

const LITERALS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function readScalar(cursor: Cursor): unknown {
  const { json, offset } = cursor;
  const first = json[offset];
  if (first === '"') return readString(cursor);
  if (first === "-" || isDigit(first)) return readNumber(cursor);
  const word = wordAt(cursor);
  for (const [name, value] of LITERALS) {
    if (word !== name) continue;
    cursor.offset += name.length;
    return value;
  }
  throw unexpected(cursor, "a value", word && literal(word));
}

function readObject(cursor: Cursor, ownKey: number | undefined): Located {
  const from = cursor.offset;
  const value = Object.create(null) as Record<string, unknown>;
  const members = new Map<string, Located>();
  const more = opened(cursor, "}");
  while (more()) {
    const start = cursor.offset;
    if (cursor.json[start] !== '"') {
      const word = wordAt(cursor);
      throw unexpected(cursor, "a key in double quotes", word && inQuotes(word));
    }
    const key = readString(cursor);
    const earlier = members.get(key)?.key;
    if (earlier !== undefined) duplicate(cursor, key, start, earlier);
    skipBlank(cursor);
    if (cursor.json[cursor.offset] !== ":") throw unexpected(cursor, `\`:\` after the key ${shown(key)}`);
    cursor.offset++;
    const child = readChild(cursor, key, start);
    members.set(key, child);
    value[key] = child.value;
  }
  return { value, from, key: ownKey, members };
}

function readList(cursor: Cursor, ownKey: number | undefined): Located {
  const from = cursor.offset;
  const value: unknown[] = [];
  const items: Located[] = [];
  const more = opened(cursor, "]");
  while (more()) {
    const child = readChild(cursor, value.length, undefined);
    items.push(child);
    value.push(child.value);
  }
  return { value, from, key: ownKey, items };
}

function readChild(cursor: Cursor, name: string | number, key: number | undefined): Located {
  skipBlank(cursor);
  cursor.path.push(name);
  const child = readValue(cursor, key);
  cursor.path.pop();
  return child;
}

/** Steps over the opening bracket. The result steps to the next member and says whether there is one. */
function opened(cursor: Cursor, close: "}" | "]"): () => boolean {
  const from = cursor.offset++;
  let first = true;
  return () => {
    skipBlank(cursor);
    const { json } = cursor;
    if (cursor.offset === json.length) {
      const { line, column } = positionOf(cursor, from);
      throw syntax(
        cursor,
        `the text ends before the \`${json[from]}\` of line ${line}, column ${column} is closed`,
        `add the missing \`${close}\``,
      );
    }
    if (json[cursor.offset] === close) {
      cursor.offset++;
      return false;
    }
    if (first) {
      first = false;
      return true;
    }
    if (json[cursor.offset] !== ",") throw unexpected(cursor, `\`,\` or \`${close}\``);
    const comma = cursor.offset++;
    skipBlank(cursor);
    if (json[cursor.offset] === close) throw syntax(cursor, `a comma before \`${close}\``, "remove the comma", comma);
    return true;
  };
}

function duplicate(cursor: Cursor, key: string, offset: number, earlier: number): void {
  if (cursor.duplicates.length > cursor.budgets.diagnostics) return;
  const { line, column } = positionOf(cursor, earlier);
  cursor.duplicates.push({
    code: "duplicate-key",
    severity: "error",
    at: pointer("", ...cursor.path, key),
    message: `the key ${shown(key)} is there already, in line ${line}, column ${column}`,
    help: "keep one of them",
    position: positionOf(cursor, offset),
  });
}

const ESCAPES: ReadonlyMap<string | undefined, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

function readString(cursor: Cursor): string {
  const { json } = cursor;
  const from = cursor.offset++;
  let text = "";
  let start = cursor.offset;
  for (;;) {
    const unit = json.charCodeAt(cursor.offset);
    if (unit === 0x22) {
      text += json.slice(start, cursor.offset++);
      return text;
    }
    if (unit === 0x5c) {
      text += json.slice(start, cursor.offset) + readEscape(cursor);
      start = cursor.offset;
    } else if (Number.isNaN(unit)) {
      throw syntax(cursor, "the text ends within a string", 'add the missing `"`', from);
    } else if (unit < 0x20) {
      const help = unit === 0x0a || unit === 0x0d ? 'end the string with `"`, or write `\\n` for a line end' : "write it as an escape";
      throw syntax(cursor, `a control character in a string: ${shown(String.fromCharCode(unit))}`, help);
    } else {
      cursor.offset++;
    }
  }
}

function readEscape(cursor: Cursor): string {
  const { json, offset } = cursor;
  const simple = ESCAPES.get(json[offset + 1]);
  if (simple !== undefined) {
    cursor.offset += 2;
    return simple;
  }
  const hex = match(cursor, /\\u[\dA-Fa-f]{4}/y);
  if (hex === undefined) {
    const wrong = shown(json.slice(offset, offset + 2));
    throw syntax(
      cursor,
      `${wrong} is no escape`,
      'there are `\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four hex digits',
    );
  }
  cursor.offset += hex.length;
  return String.fromCharCode(parseInt(hex.slice(2), 16));
}

/** The whole run that looks like a number must be one, so that `01` is not read as `0` and then something else. */
function readNumber(cursor: Cursor): number {
  const text = match(cursor, /[-+.\w]+/y) ?? "";
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) {
    throw syntax(cursor, `${shown(text)} is no number`, "write digits, perhaps with a `.` between them, and no zero in front");
  }
  cursor.offset += text.length;
  return Number(text);
}

/** What stands at the cursor in place of what the grammar asks for; the usual mistakes get their own texts. */
function unexpected(cursor: Cursor, wanted: string, help: string = `add ${wanted}`): Stop {
  switch (cursor.json[cursor.offset]) {
    case undefined:
      return syntax(cursor, `the text ends where ${wanted} is expected`, "add what is missing");
    case "\uFEFF":
      return syntax(cursor, "a byte order mark", "save the file as UTF-8 without one");
    case "/":
    case "#":
      return syntax(cursor, `JSON has no comments: ${found(cursor)}`, "remove it; an alias has a `description`");
    case "'":
      return syntax(cursor, "a string in single quotes", "write `\"` in place of `'`");
    case ",":
      return syntax(cursor, `expected ${wanted}, found \`,\``, "remove the comma too many");
    default:
      return syntax(cursor, `expected ${wanted}, found ${found(cursor)}`, help);
  }
}

/** The help for a bare word in place of a value: `True`, `None`, or text without quotes. */
function literal(word: string): string {
  if (word === "None" || word === "undefined") return "write `null`";
  return suggestion(word, [...LITERALS.keys()], inQuotes(word));
}

function inQuotes(word: string): string {
  return `write \`"${word.slice(0, 60)}"\`, in double quotes`;
}

/** A bare word at the cursor. */
function wordAt(cursor: Cursor): string | undefined {
  return match(cursor, /[\p{L}\d_$]+/uy);
}

/** The text at the cursor up to a blank or a bracket. */
function found(cursor: Cursor): string {
  return shown(match(cursor, /[^\s{}[\],:]{1,61}/uy) ?? String.fromCodePoint(cursor.json.codePointAt(cursor.offset) ?? 0));
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.offset;
  return pattern.exec(cursor.json)?.[0];
}

function isDigit(text: string | undefined): boolean {
  return text !== undefined && text >= "0" && text <= "9";
}

function skipBlank(cursor: Cursor): void {
  const { json } = cursor;
  for (;;) {
    const unit = json.charCodeAt(cursor.offset);
    if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return;
    cursor.offset++;
  }
}

/** A number at an offset, as it is written. */
export function numberAt(text: string, offset: number): string | undefined {
  const number = /[-+]?[.\d][-+.\w]*/y;
  number.lastIndex = offset;
  return number.exec(text)?.[0];
}

/** Where a value stands; the nearest value around it, where the text has none there. */
function placeAt(root: Located, at: Pointer): Located {
  let place = root;
  for (const key of keysOf(at)) {
    const child = place.members?.get(key) ?? place.items?.[Number(key)];
    if (child === undefined) return place;
    place = child;
  }
  return place;
}

function positionAt(cursor: Cursor, root: Located, at: Pointer, part: "value" | "key" = "value"): Position {
  const place = placeAt(root, at);
  return positionOf(cursor, part === "key" ? (place.key ?? place.from) : place.from);
}

/** A line ends with CR LF, LF or CR. */
function positionOf(cursor: Cursor, offset: number): Position {
  cursor.lines ??= [0, ...Array.from(cursor.json.matchAll(/\r\n?|\n/g), ({ index, 0: end }) => index + end.length)];
  let line = 0;
  for (let end = cursor.lines.length; end - line > 1;) {
    const middle = (line + end) >> 1;
    if ((cursor.lines[middle] ?? 0) <= offset) line = middle;
    else end = middle;
  }
  return { line: line + 1, column: offset - (cursor.lines[line] ?? 0) + 1 };
}
