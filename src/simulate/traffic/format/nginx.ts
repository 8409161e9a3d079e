import type { Layout, Role, Variable } from "./layout.ts";
import { IGNORED } from "./layout.ts";
import { layoutOf, type PatternFault, type PatternResult, type Piece } from "./pattern.ts";

/** What the variables of nginx are. Those that are not here are read and ignored. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["remote_addr", { kind: "address" }],
  ["realip_remote_addr", IGNORED],
  ["remote_user", { kind: "attribute", name: "remote_user" }],
  ["request", { kind: "request" }],
  ["request_method", { kind: "method" }],
  ["request_uri", { kind: "target" }],
  ["uri", { kind: "path" }],
  ["document_uri", { kind: "path" }],
  ["args", { kind: "query" }],
  ["query_string", { kind: "query" }],
  ["host", { kind: "host" }],
  ["http_host", { kind: "host" }],
  ["server_name", { kind: "vhost" }],
  ["status", { kind: "status" }],
  ["time_local", { kind: "time", clock: "clf" }],
  ["time_iso8601", { kind: "time", clock: "iso" }],
  ["msec", { kind: "time", clock: "seconds" }],
  ["body_bytes_sent", { kind: "number" }],
  ["bytes_sent", { kind: "number" }],
  ["request_length", { kind: "number" }],
  ["request_time", { kind: "number" }],
]);

/** What a variable of nginx is; header names have `_` for `-`. */
export function nginxRole(name: string): Role {
  const known = ROLES.get(name);
  if (known !== undefined) return known;
  if (name.startsWith("http_")) return { kind: "header", name: name.slice(5).toLowerCase().replaceAll("_", "-") };
  if (name.startsWith("cookie_")) return { kind: "cookie", name: name.slice(7) };
  if (name.startsWith("arg_")) return { kind: "parameter", name: name.slice(4) };
  return IGNORED;
}

/** Whether a name is one of nginx's that say something of the request. */
export function isNginxVariable(name: string): boolean {
  return ROLES.has(name) || name.startsWith("http_") || name.startsWith("cookie_");
}

/**
 * Reads the syntax of nginx's `log_format`: the format alone, or the whole directive with its name, `escape=…` and quoted parts.
 * https://nginx.org/en/docs/http/ngx_http_log_module.html
 */
export function readNginxPattern(pattern: string): PatternResult {
  const { text, offsets, escape, fault } = withoutDirective(pattern);
  if (fault !== undefined) return { ok: false, faults: [fault] };
  const pieces: Piece[] = [];
  const faults: PatternFault[] = [];
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf("$", at);
    if (dollar !== at) pieces.push({ token: text.slice(at, dollar === -1 ? text.length : dollar), offset: offsets(at) });
    if (dollar === -1) break;
    const match = /^\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/.exec(text.slice(dollar, dollar + 256));
    if (match === null) {
      faults.push({ offset: offsets(dollar), message: "no name stands behind `$`", help: "write a variable, such as `$request`" });
      at = dollar + 1;
      continue;
    }
    pieces.push({ token: variable(match[1] ?? match[2] ?? ""), offset: offsets(dollar) });
    at = dollar + match[0].length;
  }
  if (faults.length > 0) return { ok: false, faults };
  return layoutOf(pieces, escape, "`$request`, or `$request_method` and `$request_uri`");
}

function variable(name: string): Variable {
  const role = nginxRole(name);
  return name.startsWith("upstream_") ? { name: `$${name}`, role, list: true } : { name: `$${name}`, role };
}

interface Directive {
  readonly text: string;
  /** Where a character of the text stands in what was written. */
  readonly offsets: (at: number) => number;
  readonly escape: Layout["escape"];
  readonly fault?: PatternFault;
}

/** `log_format main escape=json '…' '…';` */
function withoutDirective(written: string): Directive {
  const head = /^\s*log_format\s+[^\s'"]+\s+/.exec(written);
  if (head === null) return { text: written, offsets: (at) => at, escape: "backslash" };
  let at = head[0].length;
  let escape: Layout["escape"] = "backslash";
  const option = /^escape=(default|json|none)\s+/.exec(written.slice(at));
  if (option !== null) {
    at += option[0].length;
    escape = option[1] === "none" ? "none" : "backslash";
  }
  let text = "";
  const places: number[] = [];
  const failed = (offset: number, message: string): Directive => ({
    text,
    offsets: (index) => index,
    escape,
    fault: { offset, message, help: "write the format in quotes, as in `nginx.conf`, or the format alone without `log_format` and quotes" },
  });
  while (at < written.length) {
    const quote = written[at];
    if (/\s/.test(quote ?? "")) {
      at++;
      continue;
    }
    if (quote === ";") break;
    if (quote !== "'" && quote !== '"') return failed(at, "a part of the format is not in quotes");
    const start = at;
    for (at++; at < written.length && written[at] !== quote; at++) {
      if (written[at] === "\\" && at + 1 < written.length) at++;
      text += written[at];
      places.push(at);
    }
    if (at >= written.length) return failed(start, "a quote is not closed");
    at++;
  }
  return { text, offsets: (index) => places[index] ?? written.length, escape };
}
