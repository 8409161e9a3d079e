/** Ways to run a plan. */
export { closure } from "./closure.ts";
export type { ArmStep, Decision, DrawSource, Explanation, Reason, Route, Step, StrategyStep } from "./decision.ts";
export { fallback, guardCallback, guardRandom, type Runtime } from "./fallback.ts";
export { functions } from "./functions.ts";
export { interpret } from "./interpret.ts";
export { PARTS } from "./parts.ts";
export { reference, type Constant, MATH_RANDOM, type GeneratedCode, generate } from "./source.ts";
