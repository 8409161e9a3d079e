import { isDigit } from "./digit.ts";

/** The methods that servers and proxies write in lower case too. */
const KNOWN: ReadonlySet<string> = new Set(["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"]);

/** Whether a text is a method: a token of HTTP (RFC 9110, section 9.1) in capitals, or a known one in any case. */
export function isMethod(text: string): boolean {
  return isMethodIn(text, 0, text.length) || KNOWN.has(text.toLowerCase());
}

/** Capitals, then capitals, digits, `-` and `_`; at most 32 of them. */
export function isMethodIn(text: string, from: number, to: number): boolean {
  if (to <= from || to - from > 32) return false;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 65 && unit <= 90) continue;
    if (at === from || !((unit >= 48 && unit <= 57) || unit === 45 || unit === 95)) return false;
  }
  return true;
}

/** Whether a text is what stands between method and protocol (RFC 9112, section 3.2), without blanks or controls. */
export function isTarget(text: string, method: string | undefined): boolean {
  if (text.charCodeAt(0) === SLASH) return ORIGIN_FORM.test(text);
  return VISIBLE.test(text) && (text === "*" || ABSOLUTE.test(text) || (method === "CONNECT" && AUTHORITY.test(text)));
}

const ORIGIN_FORM = /^\/[!-~\u0080-\uFFFF]*$/;
const VISIBLE = /^[!-~\u0080-\uFFFF]+$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]{0,31}:\/\/[^/?#]/;
const AUTHORITY = /^[^/?#]+:\d+$/;

/** Whether the characters from `from` up to `to` are a protocol: `HTTP/1.1`, `HTTP/2`. */
export function isProtocolIn(text: string, from: number, to: number): boolean {
  for (let at = 0; at < 5; at++) if (text.charCodeAt(from + at) !== HTTP.charCodeAt(at)) return false;
  if (!isDigit(text.charCodeAt(from + 5))) return false;
  return to === from + 6 || (to === from + 8 && text.charCodeAt(from + 6) === 46 && isDigit(text.charCodeAt(from + 7)));
}

const HTTP = "HTTP/";

/**
 * The host and port of a URL: what a client writes into the Host field, so without user and without the port that the scheme
 * implies. Undefined where the URL names no host.
 */
export function hostOf(url: string): string | undefined {
  const plain = authorityEnd(url);
  if (plain !== -1) {
    const secure = url.charCodeAt(4) === LOWER_S;
    return withoutDefaultPort(url.slice(secure ? 8 : 7, plain), secure ? "https" : "http");
  }
  const match = /^([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\/(?:[^/?#@]*@)?([^/?#@]+)/.exec(url);
  if (match === null) return undefined;
  const [, scheme = "", authority = ""] = match;
  return withoutDefaultPort(authority, scheme.toLowerCase());
}

/** Where the host and port of a URL end that begins with `http://` or `https://` and names no user; -1 for others. */
function authorityEnd(url: string): number {
  const begin = url.startsWith("http://") ? 7 : url.startsWith("https://") ? 8 : -1;
  if (begin === -1) return -1;
  let at = begin;
  for (; at < url.length; at++) {
    const unit = url.charCodeAt(at);
    if (unit === SLASH || unit === QUESTION || unit === HASH) break;
    if (unit === AT_SIGN) return -1;
  }
  return at > begin ? at : -1;
}

const HASH = 35;
const SLASH = 47;
const QUESTION = 63;
const AT_SIGN = 64;
const LOWER_S = 115;

/** Ports that clients leave out. A vhost column has no scheme, so there it is either. */
export function withoutDefaultPort(authority: string, scheme?: string): string {
  const secure = authority.endsWith(":443") && (scheme === undefined || scheme === "https" || scheme === "wss" || scheme === "h2");
  const plain = authority.endsWith(":80") && (scheme === undefined || scheme === "http" || scheme === "ws");
  return secure ? authority.slice(0, -4) : plain ? authority.slice(0, -3) : authority;
}
