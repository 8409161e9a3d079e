import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly count: "simulate";
    readonly share: "simulate";
    readonly "share-sum": "simulate";
    readonly trait: "simulate";
    readonly canary: "simulate";
    readonly step: "simulate";
    readonly duration: "simulate";
    readonly "header-route": "simulate";
  }
}

/** The codes of reading a population or a rollout. */
export const SIMULATION_CODES: readonly CodesOf<"simulate">[] = codesIn<"simulate">({
  count: "simulate",
  share: "simulate",
  "share-sum": "simulate",
  trait: "simulate",
  canary: "simulate",
  step: "simulate",
  duration: "simulate",
  "header-route": "simulate",
});
