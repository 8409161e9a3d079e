import type { EngineName } from "./dialect/dialect.ts";

/** How an engine tells the type of an expression, and how a value of a type becomes milliseconds since 1970, as a whole number. */
interface Clock {
  readonly typeOf: (expression: string) => string;
  /** By patterns of types: what has no time zone is UTC. */
  readonly readers: readonly (readonly [type: RegExp, milliseconds: (value: string) => string])[];
}

/** A number since 1970, in the unit that gives a time of this century: seconds, milliseconds, microseconds or nanoseconds, as in logs. */
const since = (value: string): string =>
  `CASE WHEN ${value} < 1e11 THEN ${value} * 1e3 WHEN ${value} < 1e14 THEN ${value} WHEN ${value} < 1e17 THEN ${value} / 1e3 ELSE ${value} / 1e6 END`;

const CLOCKS: { readonly [dialect in EngineName]: Clock } = {
  clickhouse: {
    typeOf: (expression) => `toTypeName(${expression})`,
    readers: [
      [/^(?:Nullable\()?DateTime(?:\('[^']*'\))?\)?$/, (value) => `toInt64(${value}) * 1000`],
      [/^(?:Nullable\()?DateTime64\b/, (value) => `toUnixTimestamp64Milli(toDateTime64(${value}, 3))`],
      [/^(?:Nullable\()?Date(?:32)?\)?$/, (value) => `toInt64(${value}) * 86400000`],
      [/^(?:Nullable\()?(?:U?Int|Float|Decimal)\d*\b/, (value) => `toInt64(floor(${since(`toFloat64(${value})`)}))`],
    ],
  },
  duckdb: {
    typeOf: (expression) => `typeof(${expression})`,
    readers: [
      [/^TIMESTAMP WITH TIME ZONE$/, (value) => `epoch_ms(${value})`],
      [/^(?:TIMESTAMP(?:_S|_MS|_NS)?|DATE)$/, (value) => `epoch_ms(CAST(${value} AS TIMESTAMP))`],
      [
        /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/,
        (value) => `CAST(floor(${since(`CAST(${value} AS DOUBLE)`)}) AS BIGINT)`,
      ],
    ],
  },
  postgres: {
    typeOf: (expression) => `pg_typeof(${expression})`,
    readers: [
      [/^(?:timestamp with(?:out)? time zone|date)$/, (value) => `CAST(floor(extract(epoch from ${value}) * 1000) AS bigint)`],
      [
        /^(?:smallint|integer|bigint|numeric|real|double precision)$/,
        (value) => `CAST(floor(${since(`CAST(${value} AS double precision)`)}) AS bigint)`,
      ],
    ],
  },
};

/** A query of the type of an expression over the rows of a table: one row, or none if the table has none. */
export function typeQuery(dialect: EngineName, expression: string, table: string): string {
  return `SELECT ${CLOCKS[dialect].typeOf(expression)} FROM ${table} LIMIT 1`;
}

/** An expression of a type as milliseconds since 1970; undefined where values of the type are no time. */
export function millisecondsOf(dialect: EngineName, expression: string, type: string): string | undefined {
  return CLOCKS[dialect].readers.find(([pattern]) => pattern.test(type))?.[1](expression);
}
