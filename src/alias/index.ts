/** The alias as it travels, and once it is read. */
export { BUDGETS, type Budgets } from "./budgets.ts";
export { ALIAS_CODES, toServiceError } from "./codes.ts";
export type {
  Alias,
  AliasConfig,
  AliasRule,
  Combine,
  RuleConfig,
  Stickiness,
  StickinessConfig,
  StickyHash,
  StickyKey,
  StickyKeyConfig,
  Strategy,
  StrategyConfig,
  Version,
  VersionOf,
  LiteralOf,
  Weight,
} from "./config.ts";
export { isAlias, itemsOf, parse, type ParseOptions, parseWritten } from "./parse.ts";
export type { Profile } from "./profile.ts";
export { SLOTS, slotsOfPercent } from "./slots.ts";
export { STICKY_HASHES } from "./sticky-hashes.ts";
export { parseText } from "./text.ts";
