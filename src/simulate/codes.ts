import { codesIn, type CodesOf } from "../document/index.ts";
import { ROLLOUT_CODES } from "../rollout/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly count: "simulate";
    readonly share: "simulate";
    readonly "share-sum": "simulate";
    readonly trait: "simulate";
    readonly "log-format": "traffic";
    readonly "log-pattern": "traffic";
    readonly "log-map": "traffic";
    readonly "log-served": "traffic";
    readonly "log-compression": "traffic";
  }
}

/** The codes of reading a population or a rollout. */
export const SIMULATION_CODES: readonly CodesOf<"simulate" | "rollout">[] = [
  ...codesIn<"simulate">({
    count: "simulate",
    share: "simulate",
    "share-sum": "simulate",
    trait: "simulate",
  }),
  ...ROLLOUT_CODES,
];

/** The codes of reading a log. */
export const TRAFFIC_CODES: readonly CodesOf<"traffic">[] = codesIn<"traffic">({
  "log-format": "traffic",
  "log-pattern": "traffic",
  "log-map": "traffic",
  "log-served": "traffic",
  "log-compression": "traffic",
});
