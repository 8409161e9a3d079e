/** Many aliases while traffic flows: where they come from, and who serves them. */
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
