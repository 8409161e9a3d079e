import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly canary: "rollout";
    readonly step: "rollout";
    readonly duration: "rollout";
    readonly "header-route": "rollout";
    readonly "rollout-kind": "rollout";
    readonly "rollout-strategy": "rollout";
  }
}

/** The codes of reading a rollout. */
export const ROLLOUT_CODES: readonly CodesOf<"rollout">[] = codesIn<"rollout">({
  canary: "rollout",
  step: "rollout",
  duration: "rollout",
  "header-route": "rollout",
  "rollout-kind": "rollout",
  "rollout-strategy": "rollout",
});
