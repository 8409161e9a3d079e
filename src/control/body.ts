import { BUDGETS, parseWritten, type Profile, toServiceError } from "../alias/index.ts";
import { type Diagnostic, type Input, type Pointer, readInput, readText, type Text } from "../document/index.ts";
import { Fault, isServiceCode } from "./fault.ts";
import type { AliasBody } from "./record.ts";

/**
 * The value of a body of JSON.
 * @throws Fault FSS.0406 where it is not JSON, FSS.0413 where it is too long, FSS.0400 where keys repeat
 */
function readBody(body: string): Text {
  const text = readText(body);
  if (!text.ok) {
    const [first] = text.diagnostics;
    const code = first?.code === "syntax" ? "FSS.0406" : first?.code === "over-budget" && first.at === "" ? "FSS.0413" : "FSS.0400";
    throw new Fault(code, messageOf(first), { diagnostics: text.diagnostics });
  }
  const { duplicates } = text.value;
  if (duplicates.length > 0) throw new Fault("FSS.0400", messageOf(duplicates[0]), { diagnostics: duplicates });
  return text.value;
}

function messageOf(diagnostic: Diagnostic | undefined): string {
  if (diagnostic === undefined) return "the body cannot be read";
  const { at, message, position } = diagnostic;
  const place = position === undefined ? "" : `line ${position.line}, column ${position.column}: `;
  return `${place}${at === "" ? "" : `${at}: `}${message}`;
}

/** Reads a body with a reader of its parts; everything wrong with it is one FSS.0400, unless `codeAt` has another code for its place. */
export function readParts<T>(
  body: string,
  read: (input: Input) => T | undefined,
  codeAt: Readonly<Record<Pointer, "FSS.1002" | "FSS.1004" | "FSS.1014" | "FSS.1015" | "FSS.1019">> = {},
): T {
  const { value, written } = readBody(body);
  const checked = readInput(value, read, { state: undefined, written });
  if (checked.ok) return checked.value;
  const first = checked.diagnostics.find(({ severity }) => severity === "error");
  const code = (Object.hasOwn(codeAt, first?.at ?? "") && codeAt[first?.at ?? ""]) || "FSS.0400";
  throw new Fault(code, messageOf(first), { diagnostics: checked.diagnostics });
}

/** The keys of a body that are kept, in the order of the documents. */
const KEPT = [
  "version",
  "description",
  "additional_version_weights",
  "additional_version_strategy",
  "additional_version_order",
  "stickiness",
] as const satisfies readonly (keyof AliasBody)[];

/** An alias as a client sent it. */
export interface SentAlias {
  readonly name: string | undefined;
  readonly body: AliasBody;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads the body of a create or an update. Maps that are `null` or empty are left out, as the service answers them.
 * @throws Fault with the code of the first thing that is wrong, and everything that is
 */
export function readAlias(body: string, profile: Profile, name?: string): SentAlias {
  const { value, written } = readBody(body);
  // Of an update the name stands in the path; it is the seed of stickiness.
  const named = name !== undefined && isPlain(value) && (value["name"] ?? undefined) === undefined ? { ...value, name } : value;
  const checked = parseWritten(named, { profile, budgets: BUDGETS }, written);
  if (!checked.ok) {
    const error = toServiceError(checked.diagnostics);
    const first = checked.diagnostics.find(({ severity }) => severity === "error");
    throw new Fault(error !== undefined && isServiceCode(error.error_code) ? error.error_code : "FSS.0400", messageOf(first), {
      diagnostics: checked.diagnostics,
    });
  }
  const given = value as Readonly<Record<string, unknown>>;
  const kept = KEPT.flatMap((key) => (isSet(given[key]) ? [[key, given[key]] as const] : []));
  return { name: checked.value.name, body: Object.fromEntries(kept) as unknown as AliasBody, warnings: checked.diagnostics };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
