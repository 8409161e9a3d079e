import { type Code, codesIn, type CodesOf, DOCUMENT_CODES } from "../document/index.ts";
import { ALIAS_CODES } from "../alias/index.ts";
import { PLAN_CODES } from "../plan/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly "value-impossible": "prove";
    readonly "list-item-repeated": "prove";
    readonly "list-item-idle": "prove";
    readonly "rule-never": "prove";
    readonly "rule-idle": "prove";
    readonly "strategy-never": "prove";
    readonly "strategy-shadowed": "prove";
    readonly "strategies-overlap": "prove";
    readonly "primary-unreached": "prove";
    readonly "version-unreached": "prove";
    readonly "sticky-key-repeated": "prove";
    readonly "stickiness-idle": "prove";
    readonly undecided: "prove";
  }
}

/** The codes of what `analyze` claims. */
export const CLAIM_CODES: readonly CodesOf<"prove">[] = codesIn<"prove">({
  "value-impossible": "prove",
  "list-item-repeated": "prove",
  "list-item-idle": "prove",
  "rule-never": "prove",
  "rule-idle": "prove",
  "strategy-never": "prove",
  "strategy-shadowed": "prove",
  "strategies-overlap": "prove",
  "primary-unreached": "prove",
  "version-unreached": "prove",
  "sticky-key-repeated": "prove",
  "stickiness-idle": "prove",
  undecided: "prove",
});

/** Every code of the core, in the order of the documents; suites, populations and rollouts have codes of their own. */
export const CODES: readonly Code[] = [...DOCUMENT_CODES, ...ALIAS_CODES, ...PLAN_CODES, ...CLAIM_CODES];
