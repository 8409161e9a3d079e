import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly "alias-key": "gateway";
    readonly "moves-too-many": "gateway";
    readonly "changes-too-many": "gateway";
    readonly "primary-unreachable": "gateway";
  }
}

/** The codes of an update that a table does not take. */
export const GATEWAY_CODES: readonly CodesOf<"gateway">[] = codesIn<"gateway">({
  "alias-key": "gateway",
  "moves-too-many": "gateway",
  "changes-too-many": "gateway",
  "primary-unreachable": "gateway",
});
