import { type Code, codesIn, type CodesOf, type Diagnostic } from "../document/index.ts";

declare module "../document/diagnostic.ts" {
  interface Codes {
    readonly "own-key": "alias";
    readonly "alias-name": "alias";
    readonly "alias-name-length": "alias";
    readonly "description-length": "alias";
    readonly "version-name": "alias";
    readonly "additional-version-name": "alias";
    readonly "additional-version-latest": "alias";
    readonly "additional-versions": "alias";
    readonly "weights-and-strategy": "alias";
    readonly weight: "alias";
    readonly "weight-sum": "alias";
    readonly "weight-full": "alias";
    readonly "primary-weight": "alias";
    readonly "primary-strategy": "alias";
    readonly "combine-type": "alias";
    readonly "rules-empty": "alias";
    readonly "rule-type": "alias";
    readonly "rule-op": "alias";
    readonly param: "alias";
    readonly "value-empty": "alias";
    readonly "list-empty": "alias";
    readonly "list-item-trimmed": "alias";
    readonly "list-item-dropped": "alias";
    readonly "cookie-value": "alias";
    readonly "header-value": "alias";
    readonly "order-repeat": "alias";
    readonly "sticky-keys": "alias";
    readonly "sticky-seed": "alias";
    readonly "sticky-hash": "alias";
    readonly "on-missing": "alias";
  }
}

/** The codes of reading an alias. */
export const ALIAS_CODES: readonly CodesOf<"alias">[] = codesIn<"alias">({
  "own-key": "alias",
  "alias-name": "alias",
  "alias-name-length": "alias",
  "description-length": "alias",
  "version-name": "alias",
  "additional-version-name": "alias",
  "additional-version-latest": "alias",
  "additional-versions": "alias",
  "weights-and-strategy": "alias",
  weight: "alias",
  "weight-sum": "alias",
  "weight-full": "alias",
  "primary-weight": "alias",
  "primary-strategy": "alias",
  "combine-type": "alias",
  "rules-empty": "alias",
  "rule-type": "alias",
  "rule-op": "alias",
  param: "alias",
  "value-empty": "alias",
  "list-empty": "alias",
  "list-item-trimmed": "alias",
  "list-item-dropped": "alias",
  "cookie-value": "alias",
  "header-value": "alias",
  "order-repeat": "alias",
  "sticky-keys": "alias",
  "sticky-seed": "alias",
  "sticky-hash": "alias",
  "on-missing": "alias",
});

/** The service's code for an invalid parameter, which stands for every complaint that has no code of its own there. */
const INVALID_PARAMETER = "FSS.0400";

/**
 * The service's error codes for complaints that have one of their own (FunctionGraph API reference, error codes): FSS.1014 alias
 * name, FSS.1015 version name, FSS.1019 description, FSS.1091 additional version, FSS.1092 weight, FSS.1093 primary and additional
 * version the same.
 */
const SERVICE_CODES: ReadonlyMap<Code, string> = new Map<Code, string>([
  ["alias-name", "FSS.1014"],
  ["alias-name-length", "FSS.1014"],
  ["description-length", "FSS.1019"],
  ["version-name", "FSS.1015"],
  ["additional-version-name", "FSS.1091"],
  ["additional-version-latest", "FSS.1091"],
  ["additional-versions", "FSS.1091"],
  ["weight", "FSS.1092"],
  ["weight-sum", "FSS.1092"],
  ["weight-full", "FSS.1092"],
  ["primary-weight", "FSS.1093"],
  ["primary-strategy", "FSS.1093"],
]);

/**
 * The reply that the FunctionGraph service would give: the code of the first error, and the text of all of them.
 * Undefined if nothing is wrong.
 */
export function toServiceError(
  diagnostics: readonly Diagnostic[],
): { readonly error_code: string; readonly error_msg: string } | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return undefined;
  return {
    error_code: SERVICE_CODES.get(first.code) ?? INVALID_PARAMETER,
    error_msg: errors.map(({ at, message }) => (at === "" ? message : `${at}: ${message}`)).join("; "),
  };
}
