import { quote } from "../document/index.ts";
import type { Access, NodeRequest, Reader } from "./request.ts";
import { cookiesOf, headersOf, joined, ownAttribute, ownAuthority, ownField, property, stringOf } from "./value.ts";

/**
 * Reads an `IncomingMessage`, and any object with `headers` as node gives them: lower-case names, strings or lists of them.
 * Only own properties count, and nothing of a value that is not a string is called.
 */
export const nodeReader: Reader<NodeRequest> = {
  open: headersOf,
  openText: "request.headers",
  header: nodeHeader,
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
  parts: { joined, ownAuthority, ownAttribute, ownField },
};

function nodeHeader(name: string): Access<NodeRequest> {
  // An accessor of every object where it is not the object's own, which may throw (`--disable-proto=throw`).
  if (name === "__proto__") return { get: (carrier) => ownField(carrier, name), text: () => `ownField(carrier, ${quote(name)})` };
  return {
    get: (carrier) => stringOf(property(carrier, name)),
    owns: (carrier) => Object.hasOwn(carrier, name),
    text: () => `carrier[${quote(name)}]`,
    list: ", ",
    ownsText: () => `Object.hasOwn(carrier, ${quote(name)})`,
  };
}
