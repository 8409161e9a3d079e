import { type Diagnostic, lowerAscii, type Pointer, shown } from "../document/index.ts";
import { type Field, fieldName, sourceName } from "../request/index.ts";
import { type Compilable, type Plan, planOf, type Test } from "../plan/index.ts";
import { type Columns, plainColumn } from "./columns.ts";
import { clickhouse } from "./dialect/clickhouse.ts";
import type { Dialect, DialectName, Layer } from "./dialect/dialect.ts";
import { wellFormed } from "./dialect/dialect.ts";
import { duckdb } from "./dialect/duckdb.ts";

/** The dialects by their names. */

/** The dialects by their names. */
export const DIALECTS: { readonly [name in DialectName]: Dialect } = { clickhouse, duckdb };

/** What to read, and how it is written. */
export interface SqlOptions {
  readonly dialect: DialectName;
  /** The table, or a subquery in parentheses, as SQL. */
  readonly from: string;
  /** What is not named here is read from a column with a plain name: `x_canary` for the header `X-Canary`. */
  readonly columns?: Columns;
  /** The columns that the table has, where they are known: a column that is missing is then refused here, and not by the engine. */
  readonly has?: readonly string[];
}

/** Something that the engine may see otherwise, with a request on which the two differ. */
export interface Lossy {
  readonly at: Pointer;
  readonly message: string;
  /** A request, in the form of `toRequest`. */
  readonly request: { readonly url: string };
}

/** A plan as SQL, and how exact it is. */
export interface SqlScript {
  /** Statements, each ended by `;`; undefined where something is refused. The last one is the query. */
  readonly text: string | undefined;
  /** What is needed ahead of the query, such as macros; each without `;`. */
  readonly prelude: readonly string[];
  /** The query without `;`: every column of the table, then `canary_version`, `canary_reason`, `canary_at` and `canary_slot`. */
  readonly query: string | undefined;
  readonly lossless: readonly Pointer[];
  readonly lossy: readonly Lossy[];
  readonly refused: readonly Diagnostic[];
}

/**
 * Writes a plan as SQL: a query that gives for each row what `route` gives for its request. `canary_slot` is the slot of the draw, NULL
 * where none was taken. All four columns are NULL for a row that only a random draw could decide and that has none.
 * @throws ConfigError where the config has errors
 */
export function toSQL(config: Compilable, { dialect: name, from, columns = {}, has }: SqlOptions): SqlScript {
  const plan = planOf(config);
  const dialect = DIALECTS[name];
  const fields = fieldsOf(plan);
  const sources = sourcesOf(fields, dialect, columns, has);
  const draw = columns["draw"];
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  const refusals = [...sources.refused, ...drawRefusals(plan, draw)];
  const lossy = lossyIn(plan, dialect, (field) => columns[fieldName(field)] === undefined && columns["url"] !== undefined);
  const places = plan.outcomes.map(({ at }) => at);
  const report = { lossless: places.filter((at) => !lossy.some((loss) => loss.at === at)), lossy, refused: refusals };
  if (refusals.length > 0) return { text: undefined, prelude: [], query: undefined, ...report };
  const prelude = dialect.prelude({ hash: sticky?.hash, query: fields.some(({ kind }) => kind === "query" || kind === "path") });
  const query = dialect.select(from, layersOf(plan, dialect, sources, draw), resultOf(plan, dialect));
  return { text: [...prelude, query].map((statement) => `${statement};\n`).join("\n"), prelude, query, ...report };
}

/** The fields of a plan, each once. */
function fieldsOf({ rules, split }: Plan): readonly Field[] {
  const keys = split.kind === "arms" ? (split.sticky?.keys ?? []) : [];
  const fields = [...rules.flatMap(({ test }) => test.matches), ...keys].map(({ field }) => field);
  return [...new Map(fields.map((field) => [fieldName(field), field])).values()];
}

/** How the fields of a plan are read. */
interface Sources {
  /** Columns, cast to text, by the names that the script gives them. */
  readonly texts: Layer;
  /** An expression over these for each field, by the name of the field. */
  readonly expressions: ReadonlyMap<string, string>;
  readonly refused: readonly Diagnostic[];
}

/** A column under a plain name is refused where two fields have the same, or the table is known to lack it. */
function sourcesOf(fields: readonly Field[], dialect: Dialect, columns: Columns, has: readonly string[] | undefined): Sources {
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
    else if (known?.has(column) === false) refuse(`${shown(name)} has no column: the table has no ${shown(column)}`);
    return text(dialect.identifier(column));
  };
  const expressions = new Map(fields.map((field) => [fieldName(field), namedSource(field, dialect, part) ?? plain(field)]));
  return { texts: [...texts].map(([expression, name]) => [name, dialect.asText(expression)]), expressions, refused };
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
      return name === undefined ? dialect.noText : dialect.query(source, name);
    }
    case "path":
      return dialect.path(source);
    case "header":
    case "attribute":
    case "method":
      return source;
  }
}

function drawRefusals({ split, outcomes }: Plan, draw: string | undefined): readonly Diagnostic[] {
  if (draw !== undefined || split.kind !== "arms") return [];
  if (split.sticky !== undefined && split.sticky.missing !== "random") return [];
  const at = split.sticky === undefined ? (outcomes[split.arms[0]?.outcome ?? 0]?.at ?? "") : "/stickiness/on_missing";
  const message =
    split.sticky === undefined
      ? "the split is random, and no row has a draw"
      : "a row without a key is split at random, and no row has a draw";
  const help = "name a column with a recorded draw as `draw`, or an expression that draws, which gives other versions in each run";
  return [{ code: "sql-draw", severity: "error", at, message, help }];
}

/**
 * Where the engine decodes a query that has bytes which are no UTF-8, the library has U+FFFD and the engine has something else. That
 * tells in a value with U+FFFD, and in a sticky key. `decodes` says whether the engine decodes a field.
 */
function lossyIn(
  { rules, split }: Plan,
  { undecodable: [first = "", ...others] }: Dialect,
  decodes: (field: Field) => boolean,
): readonly Lossy[] {
  const message = `a query with bytes that are no text, such as \`${[first, ...others].join("` or `")}\`, is decoded otherwise`;
  const loss = (at: Pointer, name: string, value: string): Lossy => ({ at, message, request: { url: `/?${name}=${value}` } });
  /** A text as a query has it, with such a byte for each U+FFFD. */
  const encoded = (text: string): string => encodeURIComponent(wellFormed(text)).replaceAll("%EF%BF%BD", first);
  const inRules = rules.flatMap(({ test: { matches } }) =>
    matches.flatMap(({ field, values, at }) => {
      if (field.kind !== "query" || !decodes(field)) return [];
      const value = field.name.includes("\ufffd") ? values[0] : values.find((text) => text.includes("\ufffd"));
      return value === undefined ? [] : [loss(at, encoded(field.name), encoded(value))];
    }),
  );
  const keys = split.kind === "arms" ? (split.sticky?.keys ?? []) : [];
  return [
    ...inRules,
    ...keys.flatMap(({ field, at }) => (field.kind === "query" && decodes(field) ? [loss(at, encoded(field.name), first)] : [])),
  ];
}

/** The columns that the decision goes through: texts; fields; the rule, the key and the draw; the slot; the outcome. */
function layersOf(
  { rules, split, error }: Plan,
  dialect: Dialect,
  { texts, expressions }: Sources,
  draw: string | undefined,
): readonly Layer[] {
  // A field that is a text itself needs no column of its own.
  const isText = new Set(texts.map(([name]) => name));
  const columns = new Map(
    [...expressions].map(([name, expression], at) => [name, isText.has(expression) ? expression : `canary_field_${at}`]),
  );
  const column = (field: Field): string => columns.get(fieldName(field)) ?? dialect.noText;
  const sticky = split.kind === "arms" ? split.sticky : undefined;
  const drawn = split.kind === "arms" && draw !== undefined;
  const seed = sticky && dialect.seed(wellFormed(sticky.seed));
  const keys = (sticky?.keys ?? []).map(({ field }) => [`${column(field)} <> ''`, dialect.concat(seed ?? "''", column(field))] as const);
  const held: Branch = ["canary_rule IS NOT NULL", "canary_rule"];
  const slots: Branch[] = [];
  if (drawn)
    slots.push(["canary_draw IS NOT NULL", cases([["canary_draw >= 0 AND canary_draw < 1", dialect.slotOfDraw("canary_draw")]], "NULL")]);
  if (sticky !== undefined) slots.push(["canary_key IS NOT NULL", dialect.slot(sticky.hash, "canary_key")]);
  return [
    texts,
    [...expressions]
      .filter(([, expression]) => !isText.has(expression))
      .map(([name, expression]) => [String(columns.get(name)), expression]),
    [
      [
        "canary_rule",
        cases(
          rules.map(({ test, outcome }) => [conditionOf(test, column, dialect), String(outcome)]),
          dialect.noNumber,
        ),
      ],
      ...(keys.length === 0 ? [] : ([["canary_key", cases(keys, dialect.noText)]] as const)),
      ...(drawn ? ([["canary_draw", dialect.asNumber(enclosed(draw))]] as const) : []),
    ],
    [
      [
        "canary_slot",
        slots.length === 0 ? dialect.noNumber : cases([["canary_rule IS NOT NULL", dialect.noNumber], ...slots], dialect.noNumber),
      ],
    ],
    [
      [
        "canary_outcome",
        split.kind === "fixed"
          ? cases([held], String(split.outcome))
          : cases(
              [
                held,
                ...split.arms.map(({ until, outcome }): Branch => [`canary_slot < ${until}`, String(outcome)]),
                ...(drawn ? [["canary_draw IS NOT NULL", String(error)] satisfies Branch] : []),
              ],
              sticky === undefined || sticky.missing === "random" ? dialect.noNumber : String(sticky.missing),
            ),
      ],
    ],
  ];
}

/** An expression of the user, in parentheses. A comment of one line that ends it ends with the line. */
function enclosed(expression: string): string {
  return `(${expression}${expression.includes("--") ? "\n" : ""})`;
}

/** What the query adds to the table. */
function resultOf({ outcomes }: Plan, dialect: Dialect): Layer {
  const pick = (texts: readonly string[]): string =>
    dialect.pick(
      texts.map((text) => dialect.text(text) ?? "''"),
      "canary_outcome",
    );
  return [
    ["canary_version", pick(outcomes.map(({ version }) => version))],
    ["canary_reason", pick(outcomes.map(({ reason }) => reason))],
    ["canary_at", pick(outcomes.map(({ at }) => at))],
    ["canary_slot", "canary_slot"],
  ];
}

/** A condition, and the value where it is the first that holds. */
type Branch = readonly [condition: string, value: string];

function cases(branches: readonly Branch[], otherwise: string): string {
  if (branches.length === 0) return otherwise;
  return `CASE ${branches.map(([condition, value]) => `WHEN ${condition} THEN ${value}`).join(" ")} ELSE ${otherwise} END`;
}

/** A test as a condition: NULL where a field is absent counts as false. */
function conditionOf({ kind, matches }: Test, column: (field: Field) => string, dialect: Dialect): string {
  const [join, empty] = kind === "all" ? [" AND ", "1 = 1"] : [" OR ", "1 = 0"];
  const conditions = matches.map(({ field, values }) => {
    const literals = values.map(dialect.text).filter((literal) => literal !== undefined);
    if (literals.length === 0) return "1 = 0";
    return literals.length === 1 ? `${column(field)} = ${literals[0]}` : `${column(field)} IN (${literals.join(", ")})`;
  });
  return conditions.length === 0 ? empty : conditions.join(join);
}
