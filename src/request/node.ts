import { quote } from "../document/index.ts";
import type { NodeRequest, Reader } from "./request.ts";
import { cookiesOf, headersOf, joined, ownAttribute, ownAuthority, property, stringOf } from "./value.ts";

/**
 * Reads an `IncomingMessage`, and any object with `headers` as node gives them: lower-case names, strings or lists of them.
 * Only own properties count, and nothing of a value that is not a string is called.
 */
export const nodeReader: Reader<NodeRequest> = {
  open: headersOf,
  openText: "request.headers",
  header: (name) => ({
    get: (carrier) => stringOf(property(carrier, name)),
    owns: (carrier) => Object.hasOwn(carrier, name),
    text: () => `carrier[${quote(name)}]`,
    list: ", ",
    ownsText: () => `Object.hasOwn(carrier, ${quote(name)})`,
  }),
  cookies: {
    get: cookiesOf,
    owns: (carrier) => Object.hasOwn(carrier, "cookie"),
    text: () => "carrier.cookie",
    list: "; ",
    ownsText: () => 'Object.hasOwn(carrier, "cookie")',
  },
  url: { get: (_, request) => stringOf(request.url), text: () => "request.url", list: ", " },
  method: { get: (_, request) => stringOf(request.method), text: () => "request.method", list: ", " },
  authority: { get: ownAuthority, text: () => "ownAuthority(carrier)" },
  attribute: (name) => ({ get: (_, request) => ownAttribute(request, name), text: () => `ownAttribute(request, ${quote(name)})` }),
  parts: { joined, ownAuthority, ownAttribute },
};
