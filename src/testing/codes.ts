import { codesIn, type CodesOf } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly "case-expect": "testing";
    readonly "case-draw": "testing";
    readonly "case-version": "testing";
    readonly "case-at": "testing";
    readonly "case-id": "testing";
    readonly "case-pending": "testing";
    readonly "case-row": "testing";
    readonly law: "testing";
  }
}

/** The codes of reading a suite. */
export const SUITE_CODES: readonly CodesOf<"testing">[] = codesIn<"testing">({
  "case-expect": "testing",
  "case-draw": "testing",
  "case-version": "testing",
  "case-at": "testing",
  "case-id": "testing",
  "case-pending": "testing",
  "case-row": "testing",
  law: "testing",
});
