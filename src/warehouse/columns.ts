import { bounded, type Checked, DOCUMENT_BUDGETS, entries, fail, type Input, nearest, readInput, shown } from "../document/index.ts";
import { fieldFromText, fieldName, type Field } from "../request/index.ts";

/**
 * Which SQL expression over the columns of a table gives which part of a request. Keys are fields as `fieldName` writes them
 * (`header x-canary`, `cookie beta`, `query preview`, `attribute country`, `:path`, `:method`, `:authority`), the texts that
 * several fields stand in (`cookies`: a Cookie field; `url`: a request target), and `draw`: a number from 0 up to, not including, 1.
 * `served`, the version that answered, and `time`, when the request was made, are no part of a request: only a simulation reads them.
 */
export type Columns = { readonly [part: string]: string };

/** What is no field: parts of a request, and what is known of it besides. */
const SOURCES = ["cookies", "url", "draw", "served", "time"];

/** Reads columns as a file has them, header names in any case. Never throws. */
export function readColumns(value: unknown): Checked<Columns> {
  return readInput(value, columnsIn, { state: undefined, budgets: { ...DOCUMENT_BUDGETS, value: 65_536 } });
}

function columnsIn(input: Input): Columns | undefined {
  const columns: { [part: string]: string } = Object.create(null) as { [part: string]: string };
  for (const entry of entries(input, { limit: 10_000, what: "columns" }) ?? []) {
    const part = partOf(entry);
    const expression = bounded(entry);
    if (part === undefined || expression === undefined) continue;
    if (expression.trim() === "")
      fail(entry, "column", "the expression is empty", "write the name of a column, or an expression over columns");
    else if (expression.includes("\0")) fail(entry, "column", "the expression has a NUL character", "remove it");
    else if (part in columns) fail(entry, "column", `${shown(part)} stands twice`, "remove one of the two");
    else columns[part] = expression;
  }
  return columns;
}

function partOf(entry: Input): string | undefined {
  const text = String(entry.key);
  if (SOURCES.includes(text)) return text;
  const field = fieldFromText(text);
  if (field !== undefined) return fieldName(field);
  const known = nearest(text, [...SOURCES, ":path", ":method", ":authority"]);
  return fail(
    entry,
    "column",
    `${shown(text)} is no part of a request`,
    known === undefined
      ? `write a field as \`header x-canary\`, \`cookie beta\`, \`query preview\`, \`attribute country\` or \`:path\`, or ${SOURCES.map(shown).join(", ")}`
      : `did you mean \`${known}\`?`,
  );
}

/** The column that a field has where none is named: `x_canary` for the header `X-Canary`. Lower case, `_` for all but ASCII letters and digits. */
export function plainColumn(field: Field): string {
  const name = "name" in field ? field.name : field.kind;
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "_");
}
