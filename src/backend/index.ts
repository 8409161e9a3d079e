/** Ways to run a plan. */
export { closure } from "./closure/closure.ts";
export type { ArmStep, Decision, DrawSource, Explanation, Reason, Route, Step, StrategyStep } from "./decision.ts";
export { type Decidable, decide, testHolds } from "./decide.ts";
export { fallback, guardCallback, guardRandom, type Runtime } from "./fallback.ts";
export { Program } from "./flat/program.ts";
export { functions } from "./functions.ts";
export { drawOfKey, interpret } from "./interpret.ts";
export { PARTS } from "./parts.ts";
export { generate, type GeneratedCode, MATH_RANDOM } from "./source/generate.ts";
export { literal } from "./source/literal.ts";
export { reference } from "./source/reference.ts";
