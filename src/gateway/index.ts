/** Many aliases while traffic flows: a table that serves them, and where they come from. */
export { GATEWAY_CODES } from "./codes.ts";
export type { GuardRails } from "./guard.ts";
export { AliasTable, type Count, type TableOptions } from "./table.ts";
export type { Applied, Moved, Rejected, Update } from "./update.ts";
export {
  type AliasSource,
  type Emit,
  type SourceChanges,
  type SourceConfirmation,
  type SourceEvent,
  sourceOf,
  type SourceProblem,
  type SourceSet,
} from "./source/source.ts";
