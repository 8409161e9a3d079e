import { asBytes, hexOf } from "../bytes.ts";

/** A regular expression of RE2 that means exactly this text. */
export function re2Literal(text: string): string {
  return text.replaceAll(/[^0-9A-Za-z_-]/g, (unit) => (unit < "\x80" ? `\\x${hexOf(unit)}` : unit));
}

/**
 * A whole Cookie line in which the first cookie of a name has a value. RE2 cannot look ahead, so that a pair of another name is
 * spelled out: it parts from the name at some letter, or has no `=`.
 */
export function re2Cookie(name: string, value: string): string {
  const others = [...name].map((letter, index) => {
    const blanks = index === 0 ? " \\t" : "";
    return `${re2Literal(name.slice(0, index))}(?:[^;=${blanks}${classOf(letter)}][^;]*|[ \\t]*=[^;]*)`;
  });
  const longer = `${re2Literal(name)}(?:[^;= \\t][^;]*|[ \\t]+[^;= \\t][^;]*)`;
  const pair = `(?:[^;=]*|[ \\t]*(?:${[...others, longer].join("|")}))`;
  return `(?:${pair};)*[ \\t]*${re2Literal(name)}[ \\t]*=[ \\t]*${re2Literal(value)}[ \\t]*(?:;.*)?`;
}

function classOf(letter: string): string {
  return /[0-9A-Za-z_]/.test(letter) ? letter : `\\x${hexOf(letter)}`;
}

/** The cookie of an expression that `re2Cookie` wrote; undefined for another one. */
export function cookieOfRe2(expression: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = /\[ \\t\]\*([^ ]+?)\[ \\t\]\*=\[ \\t\]\*([^ ]*)\[ \\t\]\*\(\?:;\.\*\)\?$/.exec(expression) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const cookie = { name: unescaped(name), value: unescaped(value) };
  return re2Cookie(cookie.name, cookie.value) === expression ? cookie : undefined;
}

function unescaped(literal: string): string {
  return literal.replaceAll(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The text of an expression that `re2Encoded` wrote; undefined for another one. */
export function textOfRe2(expression: string): string | undefined {
  const escapes = expression.match(/%(?:\[[A-F][a-f]\]|[0-9]){2}/g) ?? [];
  const bytes = escapes.map((escape) => Number.parseInt(escape.replaceAll(/[%[\]a-f]/g, ""), 16));
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  return re2Encoded(text) === expression ? text : undefined;
}

/** A text as a query may write it, each byte as it is or escaped. */
export function re2Encoded(text: string): string {
  return Array.from(asBytes(text), (unit) => {
    const [high = "", low = ""] = hexOf(unit);
    const either = (digit: string): string => (/[A-F]/.test(digit) ? `[${digit}${digit.toLowerCase()}]` : digit);
    const escape = `%${either(high)}${either(low)}`;
    if (unit === " ") return `(?:\\+|${escape})`;
    return /[0-9A-Za-z._~-]/.test(unit)
      ? `(?:${re2Literal(unit)}|${escape})`
      : unit < "\x80" && !/[&#+%]/.test(unit)
        ? `(?:\\x${hexOf(unit)}|${escape})`
        : escape;
  }).join("");
}
