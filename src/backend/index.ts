/** Ways to run a plan. */
export { closure } from "./closure.ts";
export type { ArmStep, Decision, DrawSource, Explanation, Reason, Route, Step, StrategyStep } from "./decision.ts";
export { backstop, guardCallback, guardRandom, type Host } from "./fallback.ts";
export { functions } from "./functions.ts";
export { interpret } from "./interpret.ts";
export { PARTS } from "./parts.ts";
export { careful, type Constant, MATH_RANDOM, type Source, source } from "./source.ts";
