import type { Field } from "../request/index.ts";
import { utf8 } from "../plan/index.ts";
import { isOnWire } from "./wire.ts";

/** The UTF-8 bytes of a text, a unit each. */
export function asBytes(text: string): string {
  return utf8(text)
    .map((byte) => String.fromCharCode(byte))
    .join("");
}

/** The bytes of a value of a field as a request carries it, a unit each: the parameters of a query are UTF-8, all else is bytes already. */
function bytesOf(field: Field, value: string): string {
  return field.kind === "query" ? asBytes(value) : value;
}

/** The values of a match that a request on the wire can have, as bytes. */
export function bytesIn(field: Field, values: readonly string[]): readonly string[] {
  return values.filter((value) => isOnWire(field, value)).map((value) => bytesOf(field, value));
}

/** The bytes in upper-case hexadecimal. */
export function hexOf(bytes: string): string {
  return Array.from(bytes, (unit) => unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")).join("");
}

/**
 * A regular expression of PCRE that means exactly these bytes: the only way by which names and values enter one. Each byte that is no
 * letter, digit or `_` is written as `\xHH`.
 */
export function pcreLiteral(bytes: string): string {
  return bytes.replaceAll(/[^0-9A-Za-z_]/g, (unit) => `\\x${hexOf(unit)}`);
}

/** A regular expression of PCRE for a text as queries may write it, each byte as it is or escaped (`application/x-www-form-urlencoded`). An `=` ends a name. */
export function pcreEncoded(bytes: string, isName = false): string {
  return Array.from(bytes, (unit) => {
    const [high = "", low = ""] = hexOf(unit);
    const escape = `%${eitherCase(high)}${eitherCase(low)}`;
    switch (unit) {
      case " ":
        return `(?:\\x20|\\x2B|${escape})`;
      case "+":
      case "&":
      case "#":
        return escape;
      case "=":
        return isName ? escape : `(?:=|${escape})`;
      case "%":
        return `(?:%(?![0-9A-Fa-f]{2})|${escape})`;
      default:
        return `(?:${pcreLiteral(unit)}|${escape})`;
    }
  }).join("");
}

function eitherCase(digit: string): string {
  return /[A-F]/.test(digit) ? `[${digit}${digit.toLowerCase()}]` : digit;
}

/** The first cookie of a name in a Cookie line: its value is the first group, which may have a name: `?<name>`. */
export function pcreCookie(name: string, group = ""): string {
  return `^(?:.*?;)??[\\x09\\x20]*${pcreLiteral(name)}[\\x09\\x20]*=[\\x09\\x20]*(${group}[^\\x3B]*?)[\\x09\\x20]*(?:\\x3B|$)`;
}

/** The first parameter of a name in a request target; its value as it is written, where it has one, is the first group. */
export function pcreTargetParameter(name: string, group = ""): string {
  return `^[^?#]*\\?(?:[^#]*?&)??${pcreEncoded(asBytes(name), true)}(?:=(${group}[^&#]*))?(?:[&#]|$)`;
}

/** The first parameter of a name in a query, which may be empty; its value as it is written, where it has one, is the first group. */
export function pcreParameter(name: string): string {
  return `^(?:.*?&)??${pcreEncoded(asBytes(name), true)}(?:=([^&]*))?(?:&|$)`;
}
