import { atMost, type Checked, type Code, readText } from "../document/index.ts";
import { BUDGETS } from "./budgets.ts";
import type { Alias } from "./config.ts";
import { type ParseOptions, parseWritten } from "./parse.ts";

/** Reads an alias from a JSON text (RFC 8259). Never throws. Every diagnostic has a position; where the text is not JSON, there is one only. */
export function parseText(json: string, options: ParseOptions = {}): Checked<Alias> {
  const budgets = { ...BUDGETS, ...options.budgets };
  const text = readText(json, budgets);
  if (!text.ok) return text;
  const { value, duplicates, locate, written } = text.value;
  const checked = parseWritten(value, options, written);
  const diagnostics = atMost([...duplicates, ...checked.diagnostics], budgets.diagnostics).map((diagnostic) => ({
    ...diagnostic,
    position: diagnostic.position ?? locate(diagnostic.at, ABOUT_KEYS.has(diagnostic.code) ? "key" : "value"),
  }));
  return checked.ok && duplicates.length === 0 ? { ok: true, value: checked.value, diagnostics } : { ok: false, diagnostics };
}

/** The complaints that are about a key rather than about its value. */
const ABOUT_KEYS: ReadonlySet<Code> = new Set<Code>([
  "unknown-key",
  "own-key",
  "additional-version-name",
  "additional-version-latest",
  "additional-versions",
  "primary-weight",
  "primary-strategy",
]);
