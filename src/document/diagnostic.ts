import { visible } from "./show.ts";

/** A JSON Pointer (RFC 6901) into the config: `/additional_version_weights/v2`; the empty text is the whole. */
export type Pointer = string;

/** The pointer to a child: `~` and `/` in the key are escaped. */
export function pointer(parent: Pointer, ...keys: readonly (string | number)[]): Pointer {
  return keys.reduce<string>((path, key) => `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`, parent);
}

/** The keys that a pointer leads through, from the outside in, as they are written in the config. */
export function keysOf(at: Pointer): readonly string[] {
  return at
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** An error refuses the config; a warning lets it through. */
export type Severity = "error" | "warning";

/**
 * The codes of complaints. Each part adds its own by declaration merging, so that a complaint can only have a code that some part
 * has registered; `docs/diagnostics.md` has a heading for each.
 */
export interface Codes {
  readonly syntax: "document";
  readonly "duplicate-key": "document";
  readonly "over-budget": "document";
  readonly unreadable: "document";
  readonly "wrong-type": "document";
  readonly "unknown-key": "document";
  readonly "missing-key": "document";
}

/** The name of a kind of diagnostic, such as `weight-sum`. */
export type Code = keyof Codes;

/** The codes of one part. */
export type CodesOf<Part extends Codes[Code]> = { [code in Code]: Codes[code] extends Part ? code : never }[Code];

/** A list of codes that cannot miss one: the keys of a record that the type has checked. */
export function codesIn<Part extends Codes[Code]>(codes: Readonly<Record<CodesOf<Part>, Part>>): readonly CodesOf<Part>[] {
  return Object.keys(codes) as CodesOf<Part>[];
}

/** The codes of reading a document of any kind. */
export const DOCUMENT_CODES: readonly CodesOf<"document">[] = codesIn<"document">({
  syntax: "document",
  "duplicate-key": "document",
  "over-budget": "document",
  unreadable: "document",
  "wrong-type": "document",
  "unknown-key": "document",
  "missing-key": "document",
});

/** Where in a text: both count from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a config, or that is likely to be wrong, as data. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** The place in the config. */
  readonly at: Pointer;
  /** Lower case, the user's text in backticks, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly help?: string;
  /** The place in the text, if the config was a text. */
  readonly position?: Position;
}

/** The result of reading: a value and warnings, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The first `limit` diagnostics. If there are more, a last one says so, and refuses the config. */
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

/** A diagnostic as text: the place, severity, code and message in one line, and the help in a second line. */
export function format(diagnostic: Diagnostic): string {
  const { code, severity, at, message, help, position } = diagnostic;
  const place = position ? `${position.line}:${position.column} ` : "";
  const line = `${place}${severity}[${code}]${at === "" ? "" : ` ${visible(at)}`}: ${message}`;
  return help === undefined ? line : `${line}\n  help: ${help}`;
}

/** Thrown by `compile` and `plan` for a config that cannot be used. `diagnostics` has everything that is wrong; the message is all of them as text. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(format).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/**
 * The value that was read.
 * @throws ConfigError with everything that is wrong with it
 */
export function sound<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new ConfigError(checked.diagnostics);
  return checked.value;
}
