/** A JSON Pointer (RFC 6901) into the config: `/additional_version_weights/v2`; the empty text is the whole. */
export type Pointer = string;

/** The pointer to a child: `~` and `/` in the key are escaped. */
export function pointer(parent: Pointer, ...keys: readonly (string | number)[]): Pointer {
  return keys.reduce<string>((path, key) => `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`, parent);
}

/** An error refuses the config; a warning lets it through. */
export type Severity = "error" | "warning";

/** The name of a complaint; `docs/diagnostics.md` has a heading for each. */
export type Code =
  | "syntax"
  | "duplicate-key"
  | "over-budget"
  | "unreadable"
  | "wrong-type"
  | "unknown-key"
  | "missing-key"
  | "own-key"
  | "alias-name"
  | "alias-name-length"
  | "description-length"
  | "version-name"
  | "additional-version-name"
  | "additional-version-latest"
  | "additional-versions"
  | "weights-and-strategy"
  | "weight"
  | "weight-sum"
  | "weight-full"
  | "primary-weight"
  | "primary-strategy"
  | "combine-type"
  | "rules-empty"
  | "rule-type"
  | "rule-op"
  | "param"
  | "value-empty"
  | "list-empty"
  | "list-item-trimmed"
  | "list-item-dropped"
  | "cookie-value"
  | "header-value"
  | "order-repeat"
  | "sticky-keys"
  | "sticky-seed"
  | "on-missing"
  | "plan"
  | "value-impossible"
  | "list-item-repeated"
  | "rule-never"
  | "rule-idle"
  | "strategy-never"
  | "strategy-shadowed"
  | "strategies-overlap"
  | "primary-unreached"
  | "version-unreached"
  | "sticky-key-repeated"
  | "stickiness-idle"
  | "undecided"
  | "case-expect"
  | "case-draw"
  | "case-version"
  | "count"
  | "share"
  | "share-sum"
  | "trait"
  | "canary"
  | "step"
  | "duration"
  | "header-route";

/**
 * The service's error code for every complaint: FSS.0400 invalid parameter, FSS.1014
 * alias name, FSS.1015 version name, FSS.1019 description, FSS.1091 additional version, FSS.1092 weight, FSS.1093 primary
 * and additional the same.
 */
const SERVICE_CODES: Readonly<Record<Code, string>> = {
  syntax: "FSS.0400",
  "duplicate-key": "FSS.0400",
  "over-budget": "FSS.0400",
  unreadable: "FSS.0400",
  "wrong-type": "FSS.0400",
  "unknown-key": "FSS.0400",
  "missing-key": "FSS.0400",
  "own-key": "FSS.0400",
  "alias-name": "FSS.1014",
  "alias-name-length": "FSS.1014",
  "description-length": "FSS.1019",
  "version-name": "FSS.1015",
  "additional-version-name": "FSS.1091",
  "additional-version-latest": "FSS.1091",
  "additional-versions": "FSS.1091",
  "weights-and-strategy": "FSS.0400",
  weight: "FSS.1092",
  "weight-sum": "FSS.1092",
  "weight-full": "FSS.1092",
  "primary-weight": "FSS.1093",
  "primary-strategy": "FSS.1093",
  "combine-type": "FSS.0400",
  "rules-empty": "FSS.0400",
  "rule-type": "FSS.0400",
  "rule-op": "FSS.0400",
  param: "FSS.0400",
  "value-empty": "FSS.0400",
  "list-empty": "FSS.0400",
  "list-item-trimmed": "FSS.0400",
  "list-item-dropped": "FSS.0400",
  "cookie-value": "FSS.0400",
  "header-value": "FSS.0400",
  "order-repeat": "FSS.0400",
  "sticky-keys": "FSS.0400",
  "sticky-seed": "FSS.0400",
  "on-missing": "FSS.0400",
  plan: "FSS.0400",
  "value-impossible": "FSS.0400",
  "list-item-repeated": "FSS.0400",
  "rule-never": "FSS.0400",
  "rule-idle": "FSS.0400",
  "strategy-never": "FSS.0400",
  "strategy-shadowed": "FSS.0400",
  "strategies-overlap": "FSS.0400",
  "primary-unreached": "FSS.0400",
  "version-unreached": "FSS.0400",
  "sticky-key-repeated": "FSS.0400",
  "stickiness-idle": "FSS.0400",
  undecided: "FSS.0400",
  "case-expect": "FSS.0400",
  "case-draw": "FSS.0400",
  "case-version": "FSS.0400",
  count: "FSS.0400",
  share: "FSS.0400",
  "share-sum": "FSS.0400",
  trait: "FSS.0400",
  canary: "FSS.0400",
  step: "FSS.0400",
  duration: "FSS.0400",
  "header-route": "FSS.0400",
};

/** Every code, in the order of the documents. */
export const CODES: readonly Code[] = Object.keys(SERVICE_CODES) as Code[];

/** Where in a text: both count from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One complaint, as data. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** What the complaint is about. */
  readonly at: Pointer;
  /** Lower case, the user's text in backticks, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly help?: string;
  /** Where the config came as text. */
  readonly position?: Position;
}

/** The user's text as messages show it: in backticks, on one line, invisible characters escaped, cut after 60 characters. */
export function shown(text: string | number): string {
  const characters = Array.from(String(text).slice(0, 122));
  const visible = characters
    .slice(0, 60)
    .join("")
    .replace(/(?! )[\p{C}\p{Z}]/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);
  return `\`${visible}${characters.length > 60 ? "…" : ""}\``;
}

/** The result of reading: a value and warnings, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The first `limit` complaints; where there are more, one last complaint says so, and refuses the config. */
export function atMost(diagnostics: readonly Diagnostic[], limit: number): readonly Diagnostic[] {
  if (diagnostics.length <= limit) return diagnostics;
  return [
    ...diagnostics.slice(0, limit),
    {
      code: "over-budget",
      severity: "error",
      at: "",
      message: `more than ${limit} diagnostics, the rest are left out`,
      help: "correct these first, or raise the budget `diagnostics`",
    },
  ];
}

/** A complaint in one line, and its help in a second one. */
export function format(diagnostic: Diagnostic): string {
  const { code, severity, at, message, help, position } = diagnostic;
  const place = position ? `${position.line}:${position.column} ` : "";
  const line = `${place}${severity}[${code}]${at === "" ? "" : ` ${at}`}: ${message}`;
  return help === undefined ? line : `${line}\n  help: ${help}`;
}

/** Thrown by `compile` and `plan` for a config that cannot be used; carries every complaint. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(format).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/**
 * The reply that the FunctionGraph service would give: the code of the first error, and the text of all of them.
 * Undefined where nothing is wrong.
 */
export function toServiceError(
  diagnostics: readonly Diagnostic[],
): { readonly error_code: string; readonly error_msg: string } | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return undefined;
  return {
    error_code: SERVICE_CODES[first.code],
    error_msg: errors.map(({ at, message }) => (at === "" ? message : `${at}: ${message}`)).join("; "),
  };
}
