import { explain, type Plan, toRequest, type Witness } from "../../index.ts";
import { visible } from "../../alias/surface.ts";

/**
 * The command that explains a request to an alias, to paste into a POSIX shell; undefined where no options of `explain` can
 * say the request: an attribute with `=` in its name, or no method or target where a rule looks at it.
 */
export function explainLine(file: string, plan: Plan, witness: Witness, draw?: number): string | undefined {
  if (Object.keys(witness.attributes ?? {}).some((name) => name.includes("="))) return undefined;
  // A shell drops line ends at the end of what a command prints.
  if (optionsOf(witness).some((words) => words.endsWith(String.raw`\0012')"`))) return undefined;
  if (seenBy(plan, witness) !== seenBy(plan, { method: "GET", path: "/", ...witness })) return undefined;
  const given = draw === undefined ? [] : option("draw", String(draw));
  return ["canary-router explain", shellQuoted(file), ...optionsOf(witness), ...given].join(" ");
}

/** A request as options of `explain`, for people; what is left out may be anything that no rule asks for. */
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

/** Which strategies and rules hold for a request. */
function seenBy(plan: Plan, witness: Witness): string {
  const { steps } = explain(plan, toRequest(witness), 0);
  return JSON.stringify(steps.map(({ holds, rules }) => [holds, rules.map((rule) => rule.holds)]));
}

function options(name: string, values: { readonly [key: string]: string } = {}): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => option(name, `${key}=${value}`));
}

/** A value that begins with a dash would be taken for an option. */
function option(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.startsWith("-") ? [shellQuoted(`--${name}=${value}`)] : [`--${name} ${shellQuoted(value)}`];
}

/** One word of a POSIX shell: in single quotes where it needs them, and what could steer a terminal as octal escapes of `printf`. */
function shellQuoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (visible(word) === word) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const text = visible(word.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\0047`), octal);
  return `"$(printf '%b' '${text}')"`;
}

/** The bytes of a character in UTF-8, as `printf '%b'` reads them. */
function octal(codePoint: number): string {
  const bytes = new TextEncoder().encode(String.fromCodePoint(codePoint));
  return Array.from(bytes, (byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
}
