import { explain, type Plan, toRequest, type Witness } from "../../index.ts";
import { visible } from "../../alias/surface.ts";

/**
 * The command that explains a request, quoted for a POSIX shell. Undefined if options of `explain` cannot express the request: an
 * attribute with `=` in its name, or a missing method or target that a rule looks at.
 */
export function explainLine(file: string, plan: Plan, witness: Witness, draw?: number): string | undefined {
  if (Object.keys(witness.attributes ?? {}).some((name) => name.includes("="))) return undefined;
  // A command substitution drops line ends at the end of its output.
  if (optionsOf(witness).some((words) => words.endsWith(String.raw`\0012')"`))) return undefined;
  if (seenBy(plan, witness) !== seenBy(plan, { method: "GET", path: "/", ...witness })) return undefined;
  const given = draw === undefined ? [] : option("draw", String(draw));
  return ["canary-router explain", shellQuoted(file), ...optionsOf(witness), ...given].join(" ");
}

/** A request as options of `explain`, for people. The parts that are not named may have any value that no rule asks for. */
export function requestWords(witness: Witness): string {
  const words = optionsOf(witness);
  return words.length === 0 ? "any other request" : words.join(" ");
}

function optionsOf({ headers, cookies, query = {}, attributes, method, path }: Witness): readonly string[] {
  const plain = Object.keys(query).every((name) => name !== "" && !name.includes("="));
  const target = plain ? path : `${path ?? "/"}?${new URLSearchParams(query)}`;
  return [
    ...options("header", headers),
    ...options("cookie", cookies),
    ...(plain ? options("query", query) : []),
    ...options("attribute", attributes),
    ...option("method", method),
    ...option("path", target),
  ];
}

/** A text that tells which strategies and rules hold for a request. */
function seenBy(plan: Plan, witness: Witness): string {
  const { steps } = explain(plan, toRequest(witness), 0);
  return JSON.stringify(steps.map(({ holds, rules }) => [holds, rules.map((rule) => rule.holds)]));
}

function options(name: string, values: { readonly [key: string]: string } = {}): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => option(name, `${key}=${value}`));
}

/** An option with its value. `=` is needed before a value that begins with a dash. */
function option(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.startsWith("-") ? [shellQuoted(`--${name}=${value}`)] : [`--${name} ${shellQuoted(value)}`];
}

/** Quotes a word for a POSIX shell. Characters that could control a terminal become octal escapes of `printf`. */
function shellQuoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (visible(word) === word) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const text = visible(word.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\0047`), octal);
  return `"$(printf '%b' '${text}')"`;
}

/** The UTF-8 bytes of a character as octal escapes for `printf '%b'`. */
function octal(codePoint: number): string {
  const bytes = new TextEncoder().encode(String.fromCodePoint(codePoint));
  return Array.from(bytes, (byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
}
