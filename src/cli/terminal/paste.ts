import { explain, type Plan, toRequest, type Witness } from "../../index.ts";
import { printable } from "./style.ts";

/**
 * The command that explains a request to an alias, to paste into a POSIX shell; undefined where no options of `explain` can
 * say the request: an attribute with `=` in its name, or no method or target where a rule looks at it.
 */
export function explainLine(file: string, plan: Plan, witness: Witness, draw?: number): string | undefined {
  if (Object.keys(witness.attributes ?? {}).some((name) => name.includes("="))) return undefined;
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

/** One word of a shell, in single quotes where it needs them; what could steer a terminal in the `$'…'` of bash and zsh. */
function shellQuoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (printable(word) === word && !word.includes("\n")) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const text = word.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
  return `$'${printable(text).replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, code: string) => `\\u${code.padStart(4, "0")}`)}'`;
}
