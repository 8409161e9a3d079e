import { bounded, fail, type Input as DocumentInput, number, optional, shown, words } from "../../document/index.ts";

/** A part of the config of a gateway. */
export type Input = DocumentInput<undefined>;

/** A secret as it is written, or the file that has it. */
export type TokenConfig = { readonly text: string } | { readonly file: string };

/** A day, in seconds. */
const DAY = 86_400;

/** A name of a header or a cookie (RFC 9110, section 5.6.2). */
export const TOKEN: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that a gateway must set or drop itself. */
const RESERVED = /^(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect|keep-alive|x-forwarded-.*)$/;

/** A text with something in it. */
export function filled(input: Input): string | undefined {
  const text = bounded(input);
  if (text === undefined || text.trim() !== "") return text;
  return fail(input, "wrong-type", "the text is empty", "write one, or leave the key out");
}

/** True or false. */
export function boolean(input: Input): boolean | undefined {
  if (typeof input.value === "boolean") return input.value;
  return fail(input, "wrong-type", `expected true or false, found ${shown(String(input.value))}`);
}

/** A whole number within bounds. */
export function whole(least: number, most: number): (input: Input) => number | undefined {
  return (input) => quantity(input, least, most, true);
}

/** Seconds. */
export function seconds(input: Input): number | undefined {
  return quantity(input, 0.001, DAY, false);
}

/** A number within bounds. */
export function quantity(input: Input, least: number, most: number, isWhole: boolean): number | undefined {
  const found = number(input);
  if (found === undefined) return undefined;
  if (found >= least && found <= most && (!isWhole || Number.isInteger(found))) return found;
  return fail(input, "quantity", `${shown(found)} is out of range`, `write a ${isWhole ? "whole " : ""}number from ${least} to ${most}`);
}

/** One of some words, as they are. */
export function oneOf<const Word extends string>(known: readonly Word[], what: string): (input: Input) => Word | undefined {
  return (input) => {
    const text = bounded(input);
    const found = known.find((word) => word === text);
    if (found !== undefined || text === undefined) return found;
    return fail(input, "wrong-type", `${shown(text)} is no ${what}`, `write ${words(known, "or")}`);
  };
}

/** The name of a header that a gateway may set or drop, in lower case. */
export function readHeader(input: Input): string | undefined {
  const name = bounded(input);
  if (name === undefined) return undefined;
  if (TOKEN.test(name) && !RESERVED.test(name.toLowerCase())) return name.toLowerCase();
  return fail(input, "upstream", `${shown(name)} is no header that a gateway can set`, "write a name such as `X-CFF-Func-Version`");
}

/** A secret that is written, or in a file. */
export function readToken(token: Input, file: Input): TokenConfig | undefined {
  const text = optional(token, filled);
  const path = optional(file, filled);
  if (text !== undefined && path !== undefined)
    return fail(file, "admin-token", "`token` and `token_file` are both there", "leave one of them out");
  return text !== undefined ? { text } : path !== undefined ? { file: path } : undefined;
}

/** The URL of each server, where several stand with commas between them: `etcd://one:2379,two:2379/canary/`. Undefined where one is none. */
export function urlsOf(text: string): readonly URL[] | undefined {
  const [, begin = "", servers = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?)([^/?#]*)(.*)$/is.exec(text) ?? [];
  const urls = servers.split(",").map((server) => `${begin}${server}${rest}`);
  return urls.every((url) => URL.canParse(url) && new URL(url).host !== "") ? urls.map((url) => new URL(url)) : undefined;
}
