/** An alias in the forms of other routers, and read from them, with what is lost on the way. */
export { exportAlias, type Exported, type ExportOptions } from "./export.ts";
export type { Target, WriteOptions } from "./format.ts";
export { SOURCES, TARGETS } from "./formats.ts";
export { PROVABLE, type Proof, type Proved, proveExport, type ProveOptions } from "./prove.ts";
export { detect, importAlias, type Imported, type ImportOptions } from "./import.ts";
export { detectRollout, type ImportedRollout, importRollout, ROLLOUT_SOURCES, type RolloutSource } from "./rollout.ts";
export type { Document } from "./documents.ts";
export type { Source } from "./reading.ts";
export type { Example, Lossless, Lossy, Note, Refused, Report } from "./report.ts";
export type { RolloutConfig, RolloutStep } from "../rollout/index.ts";
export { formatWire, type WireRequest } from "./wire.ts";
