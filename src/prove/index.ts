/** Proofs about plans: analyze, equivalent, movement. */
export { alphabetOf, literalOf, OTHER } from "./alphabet.ts";
export { analyze, type Claim } from "./analyze.ts";
export { CODES } from "./codes.ts";
export { compare, type Difference, EFFORT, type Equivalence, equivalent, type ProofOptions } from "./equivalent.ts";
export { movement, type Movement, rebalance, type Shift } from "./movement.ts";
export { constrain, eachApart, type Effort, everything, narrow, narrowMatches, type Region, search } from "./region.ts";
export { lettersLeft, valuesOf, type Witness, witnessOf } from "./witness.ts";
