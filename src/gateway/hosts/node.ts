/**
 * Aliases in a server of node: `node:http`, `node:https`, `node:http2` with its compatible interface, and proxies on top of them.
 */
import type { ServerResponse } from "node:http";
import onHeaders from "on-headers";
import type { NodeRequest } from "../../request/index.ts";
import { type Answer, type CanaryOptions, Host, mergeVary, type Served } from "../host.ts";

export type { CanaryOptions, Served } from "../host.ts";
export type { AffinityOptions } from "../affinity.ts";
export type { OverrideOptions } from "../override.ts";

/** What is read of a request: `IncomingMessage` is one, and so is `Http2ServerRequest`. */
export interface NodeHostRequest {
  readonly headers: NodeRequest["headers"];
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  /** The whole target, where a router has shortened `url`. */
  readonly originalUrl?: string | undefined;
}

/** What is written of a response: `ServerResponse` is one, and so is `Http2ServerResponse`. */
export interface NodeHostResponse {
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string | string[]): unknown;
}

/**
 * Makes the function that decides a request of node: it sets the upstream header on the request, and `Vary` and `Set-Cookie` on the
 * response when its head is written, behind those that a proxy has copied from its upstream. Undefined where no alias decides.
 * @throws TypeError for an option that cannot be used
 */
export function canary<Q extends NodeHostRequest>(
  options: CanaryOptions<Q, NodeRequest>,
): (request: Q, response: NodeHostResponse) => Served | undefined {
  const host = new Host(options);
  return (request, response) => {
    const answer = host.answer(request, (attributes) => viewOf(request, attributes));
    if (host.header !== undefined) setUpstream(request, host.header, answer.served);
    if (answer.vary.length > 0 || answer.cookie !== undefined)
      onHeaders(response as unknown as ServerResponse, () => writeHead(response, answer));
    return answer.served;
  };
}

function viewOf(request: NodeHostRequest, attributes: NodeRequest["attributes"]): NodeRequest {
  const { headers, url, method, originalUrl = url } = request;
  return { headers, url: originalUrl, method, attributes };
}

/** A client cannot choose what the upstream is told: its own header goes where nothing was decided. */
function setUpstream({ headers }: NodeHostRequest, name: string, served: Served | undefined): void {
  const fields = headers as { [name: string]: string };
  if (served === undefined) delete fields[name];
  else fields[name] = served.version;
}

function writeHead(response: NodeHostResponse, { vary, cookie }: Answer): void {
  const merged = mergeVary(textOf(response.getHeader("vary")), vary);
  if (merged !== undefined) response.setHeader("vary", merged);
  if (cookie === undefined) return;
  const before = response.getHeader("set-cookie");
  response.setHeader("set-cookie", [
    ...(Array.isArray(before) ? (before as string[]) : before === undefined ? [] : [String(before)]),
    cookie,
  ]);
}

function textOf(value: number | string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value?.toString();
}
