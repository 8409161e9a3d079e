import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly "function-name": "control";
    readonly "trigger-type": "control";
    readonly "project-id": "control";
    readonly "access-key": "control";
    readonly "secret-key": "control";
    readonly "token-hash": "control";
    readonly "no-credentials": "control";
  }
}

/** The codes of reading credentials, and bodies that are no alias. */
export const CONTROL_CODES: readonly CodesOf<"control">[] = codesIn<"control">({
  "function-name": "control",
  "trigger-type": "control",
  "project-id": "control",
  "access-key": "control",
  "secret-key": "control",
  "token-hash": "control",
  "no-credentials": "control",
});
