export { analyze, type Claim } from "./analyze.ts";
export { compile, type CompileOptions } from "./compile.ts";
export type {
  Alias,
  AliasConfig,
  AliasRule,
  Combine,
  RuleConfig,
  RuleType,
  StickinessConfig,
  Stickiness,
  StickyKey,
  StickyKeyConfig,
  Strategy,
  StrategyConfig,
  Version,
  VersionOf,
  Weight,
} from "./config.ts";
export type { ArmStep, Decision, DrawSource, Explanation, Reason, Route, Step, StrategyStep } from "./decision.ts";
export {
  type Checked,
  type Code,
  CODES,
  ConfigError,
  type Diagnostic,
  format,
  type Pointer,
  type Position,
  type Severity,
  toServiceError,
} from "./diagnostic.ts";
export { murmur3 } from "./draw.ts";
export { type Difference, equivalent, type Equivalence, type ProofOptions } from "./equivalent.ts";
export { explain, formatExplanation } from "./explain.ts";
export type { Move } from "./layout.ts";
export { movement, type Movement, rebalance, type Shift } from "./movement.ts";
export { parse, type ParseOptions } from "./parse.ts";
export type { Budgets } from "./parse/input.ts";
export type { Profile } from "./parse/profile.ts";
export {
  all,
  any,
  type Arm,
  type Field,
  match,
  type Match,
  type Outcome,
  type Plan,
  type Rule,
  type Split,
  type Sticky,
  type Test,
} from "./plan.ts";
export { type Compilable, plan } from "./read.ts";
export { fetchReader, type FetchRequest } from "./reader/fetch.ts";
export { nodeReader } from "./reader/node.ts";
export { rawReader, type RawRequest } from "./reader/raw.ts";
export { type HeadersLike, type RequestParts, toRequest } from "./reader/request.ts";
export type { Access, NodeRequest, Reader } from "./request.ts";
export type { Witness } from "./region/witness.ts";
export { shares } from "./shares.ts";
export { parseText } from "./text.ts";
