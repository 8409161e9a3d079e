import {
  type Diagnostic,
  entries,
  fail,
  type Input,
  isAbsent,
  isList,
  isObject,
  list,
  overBudget,
  pointerTo,
  shown,
  suggestion,
  words,
} from "../document/index.ts";

/** Columns of one table. */
const MOST_COLUMNS = 100;

/** Values of a row by column. */
type Row = ReadonlyMap<string, Input>;

/** Characters and values that rows of one suite may still make of their templates. */
export interface ExpansionRoom {
  values: number;
  characters: number;
}

/**
 * The cases of a table: for each row of `each` the parts of the case, with `$column` and `${column}` in their texts and keys replaced
 * by the values of the row; `$$` is one `$`. A text that is one placeholder becomes the value itself. The alias stays as it is. Complains
 * of placeholders that a row has no value for, and of columns that no placeholder uses. Undefined for a row that cannot be read.
 */
export function expand<Part extends string>(
  parts: Readonly<Record<Part, Input>>,
  each: Input,
  most: number,
  room: ExpansionRoom,
): readonly (Readonly<Record<Part, Input>> | undefined)[] {
  const inputs = list(each, { limit: most, what: "rows" });
  if (inputs === undefined) return [];
  if (inputs.length === 0) fail(each, "case-row", "there are no rows", "add one, or write the case without `each`");
  const rows = inputs.map(readRow);
  const used = new Set<string>();
  const columns = new Set(rows.flatMap((row) => [...(row?.keys() ?? [])]));
  const { diagnostics } = each.reading;
  const told = new Set<string>();
  const made = rows.map((row, index) => {
    if (row === undefined) return undefined;
    const before = diagnostics.length;
    const filling: Filling = { row, place: inputs[index] as Input, columns, used, room };
    const filled = Object.entries<Input>(parts).map(([name, part]) => [
      name,
      part === each || name === "alias" ? part : { ...part, value: fill(part, filling, NUMBERS.has(name) ? "kept" : "text") },
    ]);
    const isSound = diagnostics.length === before && !isSpent(room);
    tellOnce(diagnostics, before, told);
    return isSound ? (Object.fromEntries(filled) as Readonly<Record<Part, Input>>) : undefined;
  });
  for (const name of columns) {
    const place = rows.map((row) => row?.get(name)).find((column) => column !== undefined);
    if (used.has(name) || place === undefined) continue;
    fail(place, "case-row", `no text has the placeholder of ${shown(name)}`, `write \`\${${name}}\` where it belongs, or drop it`);
  }
  return made;
}

/** Drops complaints from `before` on that were made before: what is wrong with a template is wrong with every row. */
export function tellOnce(diagnostics: Diagnostic[], before: number, told: Set<string>): void {
  for (const diagnostic of diagnostics.splice(before)) {
    const name = JSON.stringify(diagnostic);
    if (!told.has(name)) diagnostics.push(diagnostic);
    told.add(name);
  }
}

/** Parts in which a number is a number; elsewhere it is the text that is written. */
const NUMBERS: ReadonlySet<string> = new Set(["draw", "expect"]);

function readRow(input: Input): Row | undefined {
  const cells = entries(input, { limit: MOST_COLUMNS, what: "columns" });
  if (cells === undefined) return undefined;
  for (const cell of cells)
    if (isList(cell) || isObject(cell))
      return fail(cell, "case-row", "a list or an object as the value of a row", "give a text, a number, `true`, `false` or `null`");
  return new Map(cells.map((cell) => [String(cell.key), cell]));
}

interface Filling {
  readonly row: Row;
  readonly place: Input;
  readonly columns: ReadonlySet<string>;
  readonly used: Set<string>;
  readonly room: ExpansionRoom;
}

/** A part of the template with its placeholders filled. A number that is all of a text is kept, or is the text that is written. */
function fill(input: Input, filling: Filling, numbers: "kept" | "text", depth = 0): unknown {
  const { value } = input;
  if (typeof value === "string") return take(input, filling, fillText(input, value, filling, numbers));
  if (depth === MOST_DEPTH) return value;
  if (isList(input))
    return (list(input, { limit: MOST_ITEMS, what: "items" }) ?? []).map((item) => fill(item, filling, numbers, depth + 1));
  if (!isObject(input)) return take(input, filling, value);
  const filled = (entries(input, { limit: MOST_ITEMS, what: "keys" }) ?? []).map((entry): readonly [string, unknown] => [
    String(take(entry, filling, fillText(entry, String(entry.key), filling, "text"))),
    fill(entry, filling, numbers, depth + 1),
  ]);
  const keys = new Set<string>();
  for (const [key] of filled) {
    if (keys.has(key)) fail(input, "case-row", `the key ${shown(key)} comes twice of two placeholders`, "give the rows values that differ");
    keys.add(key);
  }
  return plain(filled);
}

/** Nothing of a case stands deeper. */
const MOST_DEPTH = 6;
/** As many as a request may have. */
const MOST_ITEMS = 10_000;

/** An object of these; `__proto__` is a name like others. */
function plain(own: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(own);
}

/** Takes what was made from what may still be made. */
function take<T>(input: Input, { room }: Filling, made: T): T | undefined {
  if (isSpent(room)) return undefined;
  room.values -= 1;
  room.characters -= typeof made === "string" ? made.length : 0;
  if (!isSpent(room)) return made;
  overBudget(
    input,
    room.values < 0 ? MOST_MADE.values : MOST_MADE.characters,
    `${room.values < 0 ? "values" : "characters"} made by the rows of a suite`,
  );
  return undefined;
}

function isSpent({ values, characters }: ExpansionRoom): boolean {
  return values < 0 || characters < 0;
}

/** What the rows of one suite may make: as much as its requests may have. */
export const MOST_MADE: Readonly<ExpansionRoom> = { values: 4_000_000, characters: 33_554_432 };

const PLACEHOLDER = /\$(?:(\$)|\{([^{}]*)\}|([A-Za-z_]\w*))?/g;
const WHOLE = /^\$(?:\{([^{}]*)\}|([A-Za-z_]\w*))$/;

function fillText(input: Input, text: string, filling: Filling, numbers: "kept" | "text"): unknown {
  const whole = WHOLE.exec(text);
  if (whole !== null) {
    const column = columnOf(input, whole[1] ?? whole[2] ?? "", filling);
    return typeof column?.value === "number" && numbers === "text" ? written(column) : column?.value;
  }
  return text.replaceAll(PLACEHOLDER, (found, dollar: string | undefined, braced: string | undefined, bare: string | undefined) => {
    if (dollar !== undefined) return "$";
    const name = braced ?? bare;
    if (name === undefined) {
      fail(input, "case-row", `a \`$\` without a name in ${shown(text)}`, "write `$$` for a `$`");
      return found;
    }
    const column = columnOf(input, name, filling);
    if (column === undefined) return found;
    if (isAbsent(column))
      fail(column, "case-row", `\`null\` as a part of the text ${shown(text)}`, "give a text, or let the placeholder be the whole text");
    return written(column);
  });
}

function written(column: Input): string {
  const { value } = column;
  return typeof value === "number" ? (column.reading.written?.(pointerTo(column)) ?? String(value)) : String(value);
}

function columnOf(input: Input, name: string, { row, place, columns, used }: Filling): Input | undefined {
  const column = row.get(name);
  if (column !== undefined) {
    used.add(name);
    return column;
  }
  const known = [...columns];
  if (columns.has(name)) return fail(place, "case-row", `the row has no ${shown(name)}`, "give it a value, or `null`");
  const help = suggestion(
    name,
    known,
    known.length === 0 ? "the rows have no columns" : `the rows have ${words(known.slice(0, 10), "and")}`,
  );
  return fail(input, "case-row", `no row has a value for the placeholder ${shown(name)}`, help);
}
