/** What an alias means. */
export { PLAN_CODES } from "./codes.ts";
export { type FieldUse, fieldUses } from "./fields.ts";
export { leastMoves, type Move, movesOf, ownersOf, type Run, runsOf, slotsOf, splitOutcomes } from "./layout.ts";
export { bytesDraw, keyDraw, keyHash, murmur2Draw, murmur3Draw, sha256Draw, xxh32Draw } from "./key-draw.ts";
export { murmur3Keys } from "./murmur3-inverse.ts";
export { absorbSeed, murmur3, slotOfKey } from "./murmur3.ts";
export {
  all,
  any,
  type Arm,
  isSamePlan,
  type Match,
  match,
  type Outcome,
  type Plan,
  REASONS,
  type Rule,
  type Split,
  type Sticky,
  type Test,
} from "./plan.ts";
export { asSound, isPlan } from "./read-plan.ts";
export { type Compilable, planOf, type PlanOptions } from "./read.ts";
export { drawAt, isDraw, slotOf } from "./slots.ts";
export { toPlan } from "./to-plan.ts";
export { utf8 } from "./utf8.ts";
