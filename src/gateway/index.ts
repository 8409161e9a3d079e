/** Many aliases while traffic flows: a table that serves them, where they come from, and `canary` for requests of the fetch standard. */
export type { AffinityOptions } from "./affinity.ts";
export type { Count } from "./counts.ts";
export { GATEWAY_CODES } from "./codes.ts";
export { type EventCount, HOST_EVENTS, type HostEvent } from "./events.ts";
export type { GuardRails } from "./guard.ts";
export type { CanaryOptions, Served } from "./host.ts";
export { canary, type FetchServed } from "./hosts/fetch.ts";
export type { OverrideOptions } from "./override.ts";
export { AliasTable, type TableOptions } from "./table.ts";
export type { Applied, Moved, Rejected, Update } from "./update.ts";
export { follow, type FollowedUpdate, type FollowOptions } from "./source/follow.ts";
export { ageOf, type SourceStatus } from "./source/status.ts";
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
