import { quote } from "../quote.ts";
import type { NodeRequest, Reader } from "../request.ts";
import { headersOf, ownAttribute, ownAuthority, ownCookies, property, stringOf } from "./value.ts";

/**
 * Reads an `IncomingMessage`, and any object with `headers` as node gives them: lower-case names, strings or lists of them.
 * Only own properties count, and nothing of a value that is not a string is called.
 */
export const nodeReader: Reader<NodeRequest> = {
  open: headersOf,
  openText: "headersOf(request)",
  header: (name) => ({
    get: (carrier) => stringOf(property(carrier, name)),
    owns: (carrier) => Object.hasOwn(carrier, name),
    text: () => `stringOf(carrier[${quote(name)}])`,
    ownsText: () => `Object.hasOwn(carrier, ${quote(name)})`,
  }),
  cookies: { get: ownCookies, text: () => "ownCookies(carrier)" },
  url: { get: (_, request) => stringOf(request.url), text: () => "stringOf(request.url)" },
  method: { get: (_, request) => stringOf(request.method), text: () => "stringOf(request.method)" },
  authority: { get: ownAuthority, text: () => "ownAuthority(carrier)" },
  attribute: (name) => ({ get: (_, request) => ownAttribute(request, name), text: () => `ownAttribute(request, ${quote(name)})` }),
  parts: { headersOf, stringOf, ownCookies, ownAuthority, ownAttribute },
};
