import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { NodeRequest } from "../../request/index.ts";
import { addTo } from "../host.ts";
import type { Choose } from "./chooser.ts";
import { bodyOf, type Fault } from "./fault.ts";
import { lastForwarded, pathOf } from "./forwarding.ts";

/** Where a gateway asks: `/decide/checkout`, perhaps with the path of the request behind it, as Envoy's `path_prefix` gives it. */
const ASKED = /^\/decide\/([^/?]+)(\/[^?]*)?(\?.*)?$/;

/** What it says of the request, where its own question is another one; the first that is there counts. */
const URLS = ["x-original-uri", "x-forwarded-uri"] as const;
const METHODS = ["x-original-method", "x-forwarded-method"] as const;
const HOSTS = ["x-original-host", "x-forwarded-host"] as const;

/** What the decision service needs of its host. */
export interface DecisionOptions {
  readonly choose: Choose;
  /** The header of the answer that has the version. */
  readonly header: () => string;
}

/**
 * Answers other gateways with the version of a request in a header: nginx (`auth_request`), Caddy and Traefik (`forward_auth`), Envoy
 * (`ext_authz` over HTTP). The answer is always 200 where there is a decision; it lets a request through, and forbids nothing. The request is
 * the one that asks, with what `X-Original-*` or `X-Forwarded-*` say of the method, the host and the target.
 */
export function decisionHandler({ choose, header }: DecisionOptions): (request: IncomingMessage, response: ServerResponse) => void {
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
    const answer = choose(
      alias,
      {
        headers: host === undefined ? headers : { ...headers, host },
        url: first(headers, URLS) ?? `${found[2] ?? "/"}${found[3] ?? ""}`,
        method: first(headers, METHODS) ?? request.method,
      } as NodeRequest,
      lastForwarded(headers),
    );
    const { served } = answer;
    if (served === undefined) return refuse(response, { status: 503, code: "no_alias", message: `the alias ${alias} is not there` });
    const added = {};
    addTo(added, answer);
    response.writeHead(200, {
      ...added,
      [header()]: served.version,
      "x-canary-alias": encodeURIComponent(alias),
      "x-canary-reason": served.by === "alias" ? served.decision.reason : served.by,
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
