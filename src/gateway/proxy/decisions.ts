import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Decision } from "../../backend/index.ts";
import type { NodeRequest } from "../../request/index.ts";
import { bodyOf, type Fault } from "./fault.ts";
import { pathOf } from "./forwarding.ts";

/** Where a gateway asks: `/decide/checkout`, perhaps with the path of the request behind it, as Envoy's `path_prefix` gives it. */
const ASKED = /^\/decide\/([^/?]+)(\/[^?]*)?(\?.*)?$/;

/** What it says of the request, where its own question is another one; the first that is there counts. */
const URLS = ["x-original-uri", "x-forwarded-uri"] as const;
const METHODS = ["x-original-method", "x-forwarded-method"] as const;
const HOSTS = ["x-original-host", "x-forwarded-host"] as const;

/** What the decision service needs of its host. */
export interface DecisionOptions {
  readonly decide: (alias: string, request: NodeRequest) => Decision | undefined;
  /** The header of the answer that has the version. */
  readonly header: () => string;
}

/**
 * Answers other gateways with the version of a request in a header: nginx (`auth_request`), Caddy and Traefik (`forward_auth`), Envoy
 * (`ext_authz` over HTTP). The answer is always 200 where there is a decision; it lets a request through, and forbids nothing. The request is
 * the one that asks, with what `X-Original-*` or `X-Forwarded-*` say of the method, the host and the target.
 */
export function decisionHandler({ decide, header }: DecisionOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    request.resume();
    const { headers, url = "" } = request;
    const found = ASKED.exec(url);
    if (found === null)
      return refuse(response, { status: 404, code: "not_found", message: `ask for \`/decide/ALIAS\`, not for ${pathOf(url)}` });
    const alias = decoded(found[1] ?? "");
    if (alias === undefined)
      return refuse(response, { status: 400, code: "bad_request", message: "the name of the alias is not encoded well" });
    const host = first(headers, HOSTS);
    const decision = decide(alias, {
      headers: host === undefined ? headers : { ...headers, host },
      url: first(headers, URLS) ?? `${found[2] ?? "/"}${found[3] ?? ""}`,
      method: first(headers, METHODS) ?? request.method,
    } as NodeRequest);
    if (decision === undefined) return refuse(response, { status: 503, code: "no_alias", message: `the alias ${alias} is not there` });
    response.writeHead(200, {
      [header()]: decision.version,
      "x-canary-alias": encodeURIComponent(alias),
      "x-canary-reason": decision.reason,
      "content-length": "0",
      "cache-control": "no-store",
    });
    response.end();
  };
}

function first(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, fault: Fault): void {
  const { text, headers } = bodyOf(fault);
  response.writeHead(fault.status, headers).end(text);
}
