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
