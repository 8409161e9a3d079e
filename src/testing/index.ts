/** Suites, coverage, mutants and matchers: the surface of `canary-router/testing`. */
export { SUITE_CODES } from "./codes.ts";
export { type Coverage, coverage, type Point, ratio } from "./coverage.ts";
export type { Outcome } from "./deprecated.ts";
export type { Sight } from "./goals.ts";
export type { JudgedLaw } from "./judge-laws.ts";
export type { ConditionConfig, LawConfig, ScopeConfig, SuiteLaw } from "./law.ts";
export { matchers, type RouteMatchers, type TestRequest, type Verdict } from "./matchers.ts";
export { type Mutant, mutants } from "./mutants.ts";
export { type CompletionOptions, type MutantResult, mutate, type MutationOptions, type MutationReport, scoreOf } from "./mutate.ts";
export type { Pending } from "./pending.ts";
export type { Omission } from "./room.ts";
export { completeSuite, type Completion, suggestCases, suggestSuite, type Suggestion } from "./suggest.ts";
export {
  type Case,
  type CaseConfig,
  type Expectation,
  type ExpectationConfig,
  parseSuite,
  type Suite,
  type SuiteConfig,
  type SuiteOptions,
} from "./suite.ts";
export { type Failure, type Report, verify, verifySuite } from "./verify.ts";
export type { Law, LawExample, LawResult, Scope } from "../prove/index.ts";
