import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly plan: "plan";
  }
}

/** The codes of a plan from elsewhere. */
export const PLAN_CODES: readonly CodesOf<"plan">[] = codesIn<"plan">({
  plan: "plan",
});
