/** Requests that are in a warehouse: an alias as SQL, and traffic for `simulate` that is counted where it is. */
export { WAREHOUSE_CODES } from "./codes.ts";
export { type Columns, readColumns } from "./columns.ts";
export type { DialectName, EngineName } from "./dialect/dialect.ts";
export { type Lossy, type SqlOptions, type SqlScript, toSQL } from "./to-sql.ts";
export { warehouse, type WarehouseQuery } from "./traffic.ts";
export { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";
