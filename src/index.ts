/**
 * Aliases as decision functions: read a config, compile it, explain what it decides, and prove what it says. This entry has no
 * dependency and does no I/O, so it runs in node, in a browser, in a Worker and in Deno.
 */
export type {
  Alias,
  AliasConfig,
  AliasRule,
  Budgets,
  Combine,
  ParseOptions,
  Profile,
  RuleConfig,
  StickinessConfig,
  StickyHash,
  Stickiness,
  StickyKey,
  StickyKeyConfig,
  Strategy,
  StrategyConfig,
  Version,
  VersionOf,
  Weight,
} from "./alias/index.ts";
export { BUDGETS, parse, parseText, toServiceError } from "./alias/index.ts";
export type { ArmStep, Decision, DrawSource, Explanation, Reason, Route, Step, StrategyStep } from "./backend/index.ts";
export type { Checked, Code, Diagnostic, DocumentBudgets, Pointer, Position, Severity, Text } from "./document/index.ts";
export {
  ConfigError,
  format,
  formatCount,
  formatPercent,
  isJson,
  jsonOf,
  keysOf,
  nearest,
  pointer,
  readText,
  visible,
} from "./document/index.ts";
export type { Arm, Compilable, Match, Move, Outcome, Plan, PlanOptions, Rule, Split, Sticky, Test } from "./plan/index.ts";
export { all, any, match, murmur3, planOf as plan } from "./plan/index.ts";
export type {
  Certificate,
  CertifiedClaim,
  Claim,
  Difference,
  Equivalence,
  JudgedRequirement,
  Movement,
  ProofCase,
  ProofOptions,
  Requirement,
  Shift,
  VersionMove,
  Witness,
} from "./prove/index.ts";
export { analyze, certify, certifyEquivalent, CODES, EFFORT, equivalent, judgeChange, movement, rebalance } from "./prove/index.ts";
export type {
  Access,
  Field,
  FetchRequest,
  HeadersLike,
  LooseParts,
  NodeRequest,
  RawRequest,
  Reader,
  RequestParts,
  RuleType,
} from "./request/index.ts";
export { fetchReader, fieldName, nodeReader, rawReader, requestOf, toRequest } from "./request/index.ts";
export type { CompileOptions } from "./route/index.ts";
export { compile, compileAll, explain, formatExplanation, formatShares, shares } from "./route/index.ts";
