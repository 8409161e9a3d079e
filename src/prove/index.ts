/** Proofs about plans: analyze, equivalent, movement, laws and requirements. */
export { type Alphabet, alphabetOf } from "./alphabet.ts";
export { analyze, type Claim } from "./analyze.ts";
export { type Certificate, type CertifiedClaim, certify, certifyEquivalent, type ProofCase } from "./certificate.ts";
export { CODES } from "./codes.ts";
export type { Difference } from "./difference.ts";
export { compare, EFFORT, type Equivalence, equivalent, type ProofOptions } from "./equivalent.ts";
export { versionOfKey } from "./key.ts";
export { judgeLaws, type Law, type LawExample, type LawResult, type Scope } from "./laws.ts";
export { literalOf, OTHER } from "./letters.ts";
export { COOKIE_LINE } from "./links.ts";
export { movement, type Movement, rebalance, type Shift } from "./movement.ts";
export { type JudgedRequirement, judgeChange, type Requirement, type VersionMove } from "./requirement.ts";
export { constrain, eachApart, type Effort, everything, narrow, narrowMatches, type Region, search } from "./region.ts";
export { cookiesAhead, smallest, unmentioned, type Values, valuesOf, type Witness, witnessOf } from "./witness.ts";
