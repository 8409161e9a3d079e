import { type Diagnostic, lowerAscii, shown } from "../document/index.ts";
import { type Field, fieldName, sourceName } from "../request/index.ts";
import { fieldUses, type Plan } from "../plan/index.ts";
import { type Columns, plainColumn } from "./columns.ts";
import type { Dialect, Layer } from "./dialect/dialect.ts";

/** The fields of a plan, each once. */
export function fieldsOf(plan: Plan): readonly Field[] {
  return [...new Map(fieldUses(plan).map(({ field }) => [fieldName(field), field])).values()];
}

/** The column of the draw of a row, where the columns name one and a plan has a split. */
export const DRAW = "canary_draw";

/** How the fields of plans are read. */
export interface Sources {
  /** The columns of the table that are read, as text, with the draw; then the fields that stand in them. */
  readonly layers: readonly [texts: Layer, fields: Layer];
  /** The column of a field. */
  readonly column: (field: Field) => string;
  /** Whether rows may have a draw. */
  readonly isGiven: boolean;
  readonly refused: readonly Diagnostic[];
}

/**
 * How the fields of plans, and others, are read. `more` are other expressions over the columns of the table, by the names that they get. A column under a plain name is refused where two fields have the same, or the table is
 * known to lack it.
 */
export function sourcesOf(
  plans: readonly Plan[],
  { others = [], more = [] }: { readonly others?: readonly Field[]; readonly more?: Layer },
  dialect: Dialect,
  columns: Columns,
  has: readonly string[] | undefined,
): Sources {
  const fields = [...plans.flatMap(fieldsOf), ...others];
  const draw = plans.some(({ split }) => split.kind === "arms") ? columns["draw"] : undefined;
  const refused: Diagnostic[] = [];
  const texts = new Map<string, string>();
  const owners = new Map<string, string>();
  const known = has && new Set(has.map(lowerAscii));
  const text = (expression: string): string => {
    const name = texts.get(expression) ?? `canary_text_${texts.size}`;
    texts.set(expression, name);
    return name;
  };
  const part = (name: string): string | undefined => (columns[name] === undefined ? undefined : text(enclosed(columns[name])));
  const plain = (field: Field): string => {
    const column = plainColumn(field);
    const name = fieldName(field);
    const owner = owners.get(column) ?? name;
    owners.set(column, owner);
    const refuse = (message: string): void => {
      refused.push({ code: "column", severity: "error", at: "", message, help: `name the column of ${shown(name)}` });
    };
    if (owner !== name) refuse(`${shown(owner)} and ${shown(name)} would both be read from the column ${shown(column)}`);
    else if (dialect.nameBytes !== undefined && new TextEncoder().encode(column).length > dialect.nameBytes)
      refuse(`${shown(name)} has no column: a name has at most ${dialect.nameBytes} bytes there`);
    else if (known?.has(column) === false) refuse(`${shown(name)} has no column: the table has no ${shown(column)}`);
    return text(dialect.identifier(column));
  };
  for (const [name, field] of new Map(fields.map((each) => [fieldName(each), each])))
    if (field.kind === "query" && dialect.query === undefined && columns[name] === undefined && columns["url"] !== undefined)
      refused.push({
        code: "column",
        severity: "error",
        at: "",
        message: `${shown(name)} cannot be read from a URL in ${dialect.title}, which decodes other texts`,
        help: `name a column that has the value, decoded, as ${shown(name)}`,
      });
  const expressions = new Map(fields.map((field) => [fieldName(field), namedSource(field, dialect, part) ?? plain(field)]));
  // A field that is a text itself needs no column of its own.
  const isText = new Set(texts.values());
  const names = new Map(
    [...expressions].map(([name, expression], at) => [name, isText.has(expression) ? expression : `canary_field_${at}`]),
  );
  const layers = [
    [
      ...[...texts].map(([expression, name]) => [name, dialect.asText(expression)] as const),
      ...(draw === undefined ? [] : [[DRAW, dialect.asNumber(enclosed(draw))] as const]),
      ...more,
    ],
    [...expressions]
      .filter(([, expression]) => !isText.has(expression))
      .map(([name, expression]) => [String(names.get(name)), expression] as const),
  ] as const;
  return { layers, column: (field) => names.get(fieldName(field)) ?? dialect.noText, isGiven: draw !== undefined, refused };
}

/** The expression of a field that the columns name, or that stands in a text that they name. */
function namedSource(field: Field, dialect: Dialect, part: (name: string) => string | undefined): string | undefined {
  const own = part(fieldName(field));
  const host = "header host";
  if (field.kind === "authority" || fieldName(field) === host) {
    // Each stands in for the other where a request lacks it.
    const other = part(field.kind === "authority" ? host : ":authority");
    return own === undefined || other === undefined ? (own ?? other) : `coalesce(${own}, ${other})`;
  }
  if (own !== undefined) return own;
  const source = part(sourceName(field));
  if (source === undefined) return undefined;
  switch (field.kind) {
    case "cookie":
      return dialect.cookie(source, field.name);
    case "query": {
      const name = dialect.text(field.name);
      return name === undefined || dialect.query === undefined ? dialect.noText : dialect.query(source, name);
    }
    case "path":
      return dialect.path(source);
    case "header":
    case "attribute":
    case "method":
      return source;
  }
}

/** An expression of the user, in parentheses. A comment of one line that ends it ends with the line. */
export function enclosed(expression: string): string {
  return `(${expression}${expression.includes("--") ? "\n" : ""})`;
}
