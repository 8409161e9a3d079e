import { quote } from "../document/index.ts";
import type { Access, NodeRequest, Reader } from "./request.ts";
import { cookiesOf, joined, nodeHeaders, ownAttribute, ownAuthority, ownField, ownHost, property, stringOf } from "./value.ts";

/**
 * Reads an `IncomingMessage`, and any object with `headers` as node gives them: lower-case names, strings or lists of them.
 * Only own properties count, and nothing of a value that is not a string is called. Headers with a
 * function `get` are those of a `Request`: they are answered with the reason `error`, and `onError` is told. Of the `stream` event of
 * `node:http2`, which has the request line among the headers, `toRequest({ headers })` makes a request.
 */
export const nodeReader: Reader<NodeRequest> = {
  open: nodeHeaders,
  openText: "nodeHeaders(request)",
  header: nodeHeader,
  cookies: {
    get: cookiesOf,
    owns: (carrier) => Object.hasOwn(carrier, "cookie"),
    text: () => "carrier.cookie",
    list: "; ",
    ownsText: () => ownsText("cookie"),
  },
  url: { get: (_, request) => stringOf(request.url), text: () => "request.url", list: ", " },
  method: { get: (_, request) => stringOf(request.method), text: () => "request.method", list: ", " },
  authority: { get: ownAuthority, text: () => "ownAuthority(carrier)" },
  attribute: (name) => ({ get: (_, request) => ownAttribute(request, name), text: () => `ownAttribute(request, ${quote(name)})` }),
  parts: { joined, nodeHeaders, ownAuthority, ownAttribute, ownField, ownHost },
};

function nodeHeader(name: string): Access<NodeRequest> {
  // An accessor of every object where it is not the object's own, which may throw (`--disable-proto=throw`).
  if (name === "__proto__") return { get: (carrier) => ownField(carrier, name), text: () => `ownField(carrier, ${quote(name)})` };
  if (name === "host") return { get: ownHost, text: () => "ownHost(carrier)" };
  return {
    get: (carrier) => stringOf(property(carrier, name)),
    owns: (carrier) => Object.hasOwn(carrier, name),
    text: () => `carrier[${quote(name)}]`,
    list: ", ",
    ownsText: () => ownsText(name),
  };
}

/**
 * Whether a value that was read is the carrier's own, as an expression. Of an ordinary object whose prototype has no such name it is:
 * V8 folds the question into the code until `Object.prototype` changes, which takes 2 to 5 ns where `Object.hasOwn` takes 11 to 16.
 * A proxy that answers for names which it does not own is taken at its word.
 */
function ownsText(name: string): string {
  const text = quote(name);
  return `(Object.getPrototypeOf(carrier) === Object.prototype && !(${text} in Object.prototype) || Object.hasOwn(carrier, ${text}))`;
}
