import { atMost, type Checked } from "../document/index.ts";
import { type Alias, BUDGETS, type ParseOptions, parseWritten } from "../alias/index.ts";
import { readYaml } from "./yaml.ts";

/**
 * Reads an alias from a text of YAML 1.2, as `parseText` reads one from JSON. Never throws. Every diagnostic has the position of
 * the key that it is about, for the value of a key may begin lines below it; where the text is not YAML, there is one only.
 */
export function parseYaml(text: string, options: ParseOptions = {}): Checked<Alias> {
  const budgets = { ...BUDGETS, ...options.budgets };
  const yaml = readYaml(text, budgets.text);
  if (!yaml.ok) return yaml;
  const { value, duplicates, locate, written } = yaml.value;
  const checked = parseWritten(value, options, written);
  const found = checked.diagnostics.map((diagnostic) => ({ ...diagnostic, position: locate(diagnostic.at, "key") }));
  const diagnostics = atMost([...duplicates, ...found], budgets.diagnostics);
  return checked.ok && duplicates.length === 0 ? { ok: true, value: checked.value, diagnostics } : { ok: false, diagnostics };
}
