/**
 * Reading and checking configs, and nothing else: the surface of `canary-router/parse`. `canary-router` exports the same and
 * loads the compiler and the proofs with it; an editor, a hook or the command `check` needs neither.
 */
export { ConfigError, duration, format, formatCount, formatInterval, formatPercent, plural, visible } from "../document/index.ts";
export type { Checked, Code, Diagnostic, DocumentBudgets, Pointer, Position, Severity, Text } from "../document/index.ts";
export { isJson, jsonOf, keysOf, nearest, pointer, readText } from "../document/index.ts";
export { BUDGETS, type Budgets } from "./budgets.ts";
export { toServiceError } from "./codes.ts";
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
  Weight,
} from "./config.ts";
export { parse, type ParseOptions } from "./parse.ts";
export type { Profile } from "./profile.ts";
export { parseText } from "./text.ts";
