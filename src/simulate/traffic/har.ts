import { shown } from "../../document/index.ts";
import { requestOf } from "../../request/index.ts";
import { timeOf } from "./format/clock.ts";
import { hostOf, isMethod } from "./format/request-line.ts";
import { isRecord, readRecord } from "./record.ts";
import type { Entry, Skip } from "./visit.ts";

const DATA: Skip = { skipped: "a `data:` URL" };
const BLOB: Skip = { skipped: "a `blob:` URL" };
const EXTENSION: Skip = { skipped: "a URL of a browser extension" };
const LOCAL: Skip = { skipped: "a URL that no server answers" };
const CACHED: Skip = { skipped: "answered from the cache" };
const UNANSWERED: Skip = { skipped: "blocked or given up before an answer" };

/**
 * Reads one entry of a HAR file (HTTP Archive 1.2): its request. The host is that of `:authority`, of the Host field or else of the URL;
 * `cookies` count where no Cookie field is there, as some browsers leave it out. What never reached a server is skipped.
 */
export function readHarEntry(line: string): Entry {
  const entry = readRecord(line);
  if (typeof entry === "string") return { fault: "not a whole entry" };
  const { request, response, startedDateTime, _fromCache: cached } = entry;
  if (!isRecord(request)) return { fault: "no `request` in the entry" };
  const { url, method, headers, cookies } = request;
  if (typeof url !== "string" || typeof method !== "string") return { fault: "no request with `method` and `url` in the entry" };

  const scheme = /^([A-Za-z][A-Za-z0-9+.-]{0,63}):/.exec(url)?.[1]?.toLowerCase();
  const socket = scheme === "ws" || scheme === "wss";
  if (scheme === "data") return DATA;
  if (scheme === "blob") return BLOB;
  if (scheme?.endsWith("-extension") === true) return EXTENSION;
  if (scheme !== "http" && scheme !== "https" && !socket) {
    return scheme === undefined ? { fault: `\`request.url\` is not a URL: ${shown(url)}` } : LOCAL;
  }
  if (cached !== undefined && cached !== null && cached !== false) return CACHED;
  // The handshake of a WebSocket is a GET, and browsers leave out its method and status.
  const status = isRecord(response) ? response["status"] : undefined;
  if (status === 0 && !socket) return UNANSWERED;
  const verb = method === "" && socket ? "GET" : method;
  if (!isMethod(verb)) return { fault: `\`request.method\` is not a method: ${shown(method)}` };

  const read = requestOf({ headers: headers ?? [], url, method: verb, host: hostOf(url) });
  if ("fault" in read) return read;
  const withCookies =
    read.headers["cookie"] === undefined && cookies !== undefined ? requestOf({ headers: read.headers, url, method: verb, cookies }) : read;
  if ("fault" in withCookies) return withCookies;
  const time = typeof startedDateTime === "string" ? timeOf(startedDateTime, "iso") : Number.NaN;
  return {
    request: withCookies,
    user: undefined,
    session: undefined,
    draw: undefined,
    served: undefined,
    time: Number.isNaN(time) ? undefined : time,
  };
}
