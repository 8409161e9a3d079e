/** A plan as SQL, for requests that are in a warehouse: the surface of `canary-router/warehouse`. */
export { WAREHOUSE_CODES } from "./codes.ts";
export { type Columns, readColumns } from "./columns.ts";
export type { DialectName } from "./dialect/dialect.ts";
export { type Lossy, type SqlOptions, type SqlScript, toSQL } from "./to-sql.ts";
