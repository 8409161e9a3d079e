import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly column: "warehouse";
    readonly "sql-draw": "warehouse";
    readonly "sql-hash": "warehouse";
  }
}

/** The codes of writing a plan as SQL, and of the columns it reads. */
export const WAREHOUSE_CODES: readonly CodesOf<"warehouse">[] = codesIn<"warehouse">({
  column: "warehouse",
  "sql-draw": "warehouse",
  "sql-hash": "warehouse",
});
