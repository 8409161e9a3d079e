import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Fault } from "./fault.ts";

/** Headers of one connection, and not of the request or the response (RFC 9110, 7.6.1), beside those that `Connection` names. */
const HOP_BY_HOP: readonly string[] = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "http2-settings"];

/** What a proxy before this one may say of the client. */
const FORWARDED: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
];

/** Removes the headers of the connection. `transfer-encoding` stays, for node writes the body by it. */
export function dropHopByHop(headers: IncomingHttpHeaders): void {
  const named = headers.connection;
  if (named !== undefined && named !== "keep-alive" && named !== "close")
    for (const name of named.toLowerCase().split(",")) {
      const each = name.trim();
      // A client may not have what frames the body, or who it asks, removed.
      if (!FRAMING.has(each)) delete headers[each];
    }
  for (const name of HOP_BY_HOP) if (headers[name] !== undefined) delete headers[name];
}

const FRAMING: ReadonlySet<string> = new Set(["content-length", "transfer-encoding", "host", "close", "keep-alive", ""]);

/**
 * Says to the upstream who asked, and how: `X-Forwarded-For`, `-Host` and `-Proto`. What the client says of itself goes, unless a proxy that
 * is trusted stands before the gateway; then the address is added to the list.
 */
export function setForwarded(request: IncomingMessage, isTrusted: boolean): void {
  const { headers, socket } = request;
  if (!isTrusted) for (const name of FORWARDED) if (headers[name] !== undefined) delete headers[name];
  const before = headers["x-forwarded-for"];
  const address = socket.remoteAddress ?? "unknown";
  headers["x-forwarded-for"] = before === undefined ? address : `${String(before)}, ${address}`;
  headers["x-forwarded-host"] ??= authorityOf(request);
  headers["x-forwarded-proto"] ??= "http";
}

/** The address of who has sent a request; where a proxy that is trusted stands before this one, the one that it has added. */
export function clientOf({ headers, socket }: IncomingMessage, isTrusted: boolean): string | undefined {
  return isTrusted ? (lastForwarded(headers) ?? socket.remoteAddress) : socket.remoteAddress;
}

/** The last address of `X-Forwarded-For`: the only one that is not what the client says of itself. */
export function lastForwarded(headers: IncomingHttpHeaders): string | undefined {
  const last = String(headers["x-forwarded-for"] ?? "")
    .split(",")
    .at(-1)
    ?.trim();
  return last === "" ? undefined : last;
}

/** The only transfer coding that is understood; node's parser leaves it to the last one, and others could be read differently upstream. */
const CHUNKED = /^chunked$/i;

/**
 * Makes the target of a request one of origin form, and its host agree with it. Returns what is wrong with a request that two servers could
 * read differently; node's parser has refused a length beside a transfer coding, two lengths, and no Host, by then.
 */
export function normalize(request: IncomingMessage, bodyLimit: number): Fault | undefined {
  const { headers, url = "" } = request;
  if (request.httpVersionMajor === 1) {
    if (countOf(request.rawHeaders, "host") > 1) return refused("two Host headers");
    if (!url.startsWith("/") && !(url === "*" && request.method === "OPTIONS")) {
      const absolute = /^https?:\/\/([^/?#@\s]+)(\/[^#]*|\?[^#]*)?$/i.exec(url);
      if (absolute === null) return refused("the target is no path");
      // The host of the target counts, and not the header (RFC 9112, 3.2.2).
      headers.host = absolute[1];
      request.url = absolute[2]?.startsWith("/") === true ? absolute[2] : `/${absolute[2] ?? ""}`;
    }
  }
  // A body without a length would be written without a frame, for methods that mostly have none.
  else if (headers["content-length"] === undefined && !(request as unknown as Http2ServerRequest).stream.endAfterHeaders)
    headers["transfer-encoding"] = "chunked";
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && !CHUNKED.test(coding)) return { ...refused("a transfer coding that is not `chunked`"), status: 501 };
  const length = headers["content-length"];
  if (length !== undefined && Number(length) > bodyLimit) return TOO_LARGE;
  if (headers.expect !== undefined) {
    // Node has answered `100-continue` already, and refuses everything else.
    delete headers.expect;
  }
  return undefined;
}

/** The answer to a body over the limit. */
export const TOO_LARGE: Fault = { status: 413, code: "body_too_large", message: "the body is larger than this gateway takes" };

function refused(what: string): Fault {
  return { status: 400, code: "bad_request", message: `the request is not passed on: ${what}` };
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? "";
    if (raw.length === name.length && raw.toLowerCase() === name) count++;
  }
  return count;
}

/** Whether a request has a body: one of unknown length, or of one that is not 0. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** Methods of which a second request does no more than the first (RFC 9110, 9.2.2), and that have no body. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Whether a request can be sent again without harm: nothing of a body is gone, and the method does not change anything. */
export function isRepeatable(request: IncomingMessage): boolean {
  return REPEATABLE.has(request.method ?? "") && !hasBody(request);
}

function authorityOf({ headers }: Pick<IncomingMessage, "headers">): string {
  return headers.host ?? (headers as { readonly ":authority"?: string })[":authority"] ?? "";
}

/** The host of a request in lower case, without the port; empty if there is none. */
export function hostOf(request: Pick<IncomingMessage, "headers">): string {
  const authority = authorityOf(request);
  const end = authority.startsWith("[") ? authority.indexOf("]") + 1 : authority.lastIndexOf(":");
  const host = end > 0 ? authority.slice(0, end) : authority;
  return host.toLowerCase();
}

/** The path of a request target, as it is sent, without the query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
