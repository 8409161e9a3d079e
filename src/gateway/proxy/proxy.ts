import { Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Duplex } from "node:stream";
import { Transform } from "node:stream";
import httpProxy from "http-proxy-3";
import { addTo, type Answer, type Served } from "../host.ts";
import type { Choose } from "./chooser.ts";
import type { GatewayConfig, RouteConfig } from "./config.ts";
import { bodyOf, type Fault, rawResponse } from "./fault.ts";
import { clientOf, dropHopByHop, hasBody, hostOf, isRepeatable, normalize, pathOf, setForwarded, TOO_LARGE } from "./forwarding.ts";
import { type FindRoute, routeFinder } from "./routes.ts";

/** What became of a request, for a log and for counters. */
export interface Exchange {
  readonly method: string;
  readonly host: string;
  /** Without the query, which may have secrets. */
  readonly path: string;
  readonly client: string | undefined;
  alias: string | undefined;
  /** What was decided; undefined where no alias was asked, or it is not there. */
  served: Served | undefined;
  /** The URL of the upstream that was asked last. */
  upstream: string | undefined;
  /** Of the response; 499 where the client went away before there was one, 101 for a WebSocket. */
  status: number;
  attempts: number;
  /** Why the gateway answered itself, and not the upstream. */
  fault: string | undefined;
  /** What went wrong, as node says it. */
  error: Error | undefined;
  milliseconds: number;
}

/** What a proxy needs of its host. */
export interface ProxyOptions {
  /** What decides; of the answer, `served` is undefined where there is no such alias. */
  readonly choose: Choose;
  /** Told of each exchange once it is over. */
  readonly onExchange: (exchange: Exchange) => void;
  /** Told of each failure of an upstream, also where another attempt succeeds. */
  readonly onFailure?: (exchange: Exchange) => void;
}

/** A reverse proxy whose config can be replaced while requests flow. */
export interface Proxy {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Replaces the config. A request that has begun goes on with the one that it began with. */
  readonly configure: (config: GatewayConfig) => void;
  /** From now on connections are closed with their next response. */
  readonly drain: () => void;
  /** Requests and WebSockets that are under way. */
  readonly active: () => number;
  /** Closes the WebSockets, and the idle connections to upstreams. */
  readonly close: () => void;
}

/** Where a route leads, with its URLs read. */
interface Target {
  readonly route: RouteConfig;
  readonly host: string | undefined;
  readonly path: string;
  readonly upstreams: ReadonlyMap<string, URL>;
  readonly fixed: URL | undefined;
}

/** One state of the config. */
interface Setup {
  readonly config: GatewayConfig;
  readonly find: FindRoute<Target>;
}

/** A request that is under way. */
interface Pending extends Exchange {
  readonly started: number;
  readonly setup: Setup;
  readonly wantsClose: boolean;
  readonly isChunked: boolean;
  /** The request to the upstream. */
  asked: ClientRequest | undefined;
  /** What the response gets beside what the upstream says. */
  answer: Answer | undefined;
  timer: NodeJS.Timeout | undefined;
  isLate: boolean;
  isTooLarge: boolean;
}

/** Makes a proxy. Upstreams are asked over connections that are kept. */
export function createProxy(first: GatewayConfig, { choose, onExchange, onFailure }: ProxyOptions): Proxy {
  const agents = { "http:": new Agent({ keepAlive: true, maxFreeSockets: 256 }), "https:": new SecureAgent({ keepAlive: true }) };
  const proxy = httpProxy.createProxyServer({ toProxy: true });
  const pendings = new WeakMap<IncomingMessage, Pending>();
  const sockets = new Set<Duplex>();
  let setup = setupOf(first);
  let isDraining = false;
  let active = 0;

  // A pass of the library takes the coding from DELETE and OPTIONS, and says that they have no body; what they have would be the next request.
  proxy.before("web", "timeout", ((request: IncomingMessage): void => {
    if (pendings.get(request)?.isChunked !== true) return;
    delete request.headers["content-length"];
    request.headers["transfer-encoding"] = "chunked";
  }) as never);

  proxy.on("proxyReq", (asked, request) => {
    const pending = pendings.get(request);
    if (pending === undefined) return;
    pending.asked = asked;
    if (pending.isTooLarge) return void asked.destroy(new Error("the body is too large"));
    // Otherwise the head would wait for the first byte of the body.
    if (pending.isChunked) asked.flushHeaders();
    const limit = pending.setup.config.timeouts.response * 1_000;
    const late = (): void => {
      // While the client still sends its body, there can be no response yet.
      if (!request.complete) pending.timer = setTimeout(late, limit);
      else {
        pending.isLate = true;
        asked.destroy(new Error(`no response within ${limit / 1_000} s`));
      }
    };
    clearTimeout(pending.timer);
    pending.timer = setTimeout(late, limit);
  });

  proxy.on("proxyRes", (answer, request, response) => {
    const pending = pendings.get(request);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    dropHopByHop(answer.headers);
    if (pending.answer !== undefined) addTo(answer.headers, pending.answer);
    if (request.httpVersionMajor === 1) answer.headers.connection = isDraining || pending.wantsClose ? "close" : "keep-alive";
    // The head of a response whose body is not there yet does not wait for it; mostly the two go together.
    setImmediate(() => {
      if (!response.headersSent && !response.destroyed) response.flushHeaders();
    });
    // The library would leave the client waiting for the rest.
    answer.on("close", () => {
      if (!answer.complete) response.destroy(pending.error ?? new Error("the upstream broke the response off"));
    });
    answer.on("error", (error) => (pending.error ??= error));
  });

  function begin(request: IncomingMessage): Pending {
    const { url = "/", headers, socket } = request;
    return {
      method: request.method ?? "",
      host: hostOf(request),
      path: pathOf(url),
      client: socket.remoteAddress,
      alias: undefined,
      served: undefined,
      upstream: undefined,
      status: 0,
      attempts: 0,
      fault: undefined,
      error: undefined,
      milliseconds: 0,
      started: performance.now(),
      setup,
      wantsClose: headers.connection === "close" || request.httpVersion === "1.0",
      isChunked: headers["transfer-encoding"] !== undefined,
      asked: undefined,
      answer: undefined,
      timer: undefined,
      isLate: false,
      isTooLarge: false,
    };
  }

  /** Decides where a request goes; otherwise, why it goes nowhere. */
  function targetOf(request: IncomingMessage, pending: Pending): URL | Fault {
    const { config, find } = pending.setup;
    const { headers } = request;
    const target = find(pending.host, pending.path);
    if (target === undefined) return { status: 404, code: "no_route", message: "no route of this gateway has this host and path" };
    const client = clientOf(request, config.trustForwarded);
    setForwarded(request, config.trustForwarded);
    delete headers[config.header];
    if (target.fixed !== undefined) return target.fixed;
    const { to } = target.route;
    if (to.kind === "fixed") return { status: 500, code: "no_upstream", message: "the route has no upstream" };
    pending.alias = to.alias;
    pending.answer = choose(to.alias, request, client);
    const { served } = pending.answer;
    if (config.override?.trusted.token !== undefined) delete headers[config.override.trusted.tokenHeader];
    if (served === undefined) return { status: 503, code: "no_alias", message: `the alias ${to.alias} is not there yet` };
    pending.served = served;
    headers[config.header] = served.version;
    const upstream = target.upstreams.get(served.version);
    if (upstream !== undefined) return upstream;
    return { status: 503, code: "no_upstream", message: `this gateway has no upstream for version ${served.version} of ${to.alias}` };
  }

  function over(pending: Pending, status: number): void {
    clearTimeout(pending.timer);
    pending.status = status;
    pending.milliseconds = performance.now() - pending.started;
    active--;
    onExchange(pending);
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const { limits } = setup.config;
    const fault = normalize(request, limits.body);
    const pending = begin(request);
    active++;
    response.once("close", () => over(pending, response.headersSent ? response.statusCode : 499));
    response.on("error", (error: Error) => (pending.error ??= error));
    if (fault !== undefined) return answer(response, pending, fault);
    dropHopByHop(request.headers);
    const target = targetOf(request, pending);
    if (!(target instanceof URL)) return answer(response, pending, target);
    pendings.set(request, pending);
    const body = pending.isChunked ? limited(request, pending, limits.body) : undefined;
    send(request, response, pending, target, body);
  }

  function send(request: IncomingMessage, response: ServerResponse, pending: Pending, target: URL, body: Transform | undefined): void {
    const { timeouts, retries } = pending.setup.config;
    pending.attempts++;
    pending.upstream = target.origin;
    let failed = false;
    const options = {
      target,
      agent: target.protocol === "https:" ? agents["https:"] : agents["http:"],
      // Longer than the wait for the head, which has a timer of its own.
      proxyTimeout: Math.max(timeouts.idle, timeouts.response + 1) * 1_000,
      ...(body !== undefined && { buffer: body }),
    };
    proxy.web(request, response, options, (error: Error) => {
      if (failed) return;
      failed = true;
      clearTimeout(pending.timer);
      pending.error = error;
      if (response.destroyed || request.socket.destroyed) return;
      if (pending.isTooLarge) return answer(response, pending, TOO_LARGE);
      onFailure?.(pending);
      if (response.headersSent) return void response.destroy(error);
      if (pending.isLate) return answer(response, pending, faultOf(pending, 504, "upstream_timeout", "did not answer in time"));
      if (pending.attempts <= retries && isRepeatable(request)) return send(request, response, pending, target, undefined);
      return answer(response, pending, faultOf(pending, 502, "upstream_unreachable", "cannot be reached, or broke the connection off"));
    });
  }

  /** Answers in place of the upstream. What is left of the body of the request is not read. */
  function answer(response: ServerResponse, pending: Pending, fault: Fault): void {
    pending.fault = fault.code;
    if (response.headersSent || response.destroyed) return void response.destroy();
    const { text, headers } = bodyOf(fault);
    const closes = isDraining || pending.wantsClose || pending.isChunked || fault.status === 413 || fault.status === 400;
    response.writeHead(fault.status, { ...headers, ...(response.req.httpVersionMajor === 1 && closes && { connection: "close" }) });
    response.end(response.req.method === "HEAD" ? undefined : text);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = normalize(request, setup.config.limits.body);
    const pending = begin(request);
    active++;
    sockets.add(socket);
    socket.on("error", (error) => (pending.error ??= error));
    socket.once("close", () => {
      sockets.delete(socket);
      over(pending, pending.status === 0 ? 499 : pending.status);
    });
    const refuse = (why: Fault): void => {
      pending.fault = why.code;
      pending.status = why.status;
      socket.end(rawResponse(why));
    };
    if (fault !== undefined) return refuse(fault);
    if (isDraining) return refuse({ status: 503, code: "draining", message: "this gateway is ending" });
    if (hasBody(request))
      return refuse({ status: 400, code: "bad_request", message: "the request is not passed on: an upgrade with a body" });
    dropHopByHop(request.headers);
    Object.assign(request.headers, { connection: "Upgrade", upgrade: "websocket" });
    const target = targetOf(request, pending);
    if (!(target instanceof URL)) return refuse(target);
    pending.attempts = 1;
    pending.upstream = target.origin;
    // The agent is no part of it: the connection belongs to the WebSocket.
    proxy.ws(request, socket, head, { target, proxyTimeout: pending.setup.config.timeouts.response * 1_000 }, (error: Error) => {
      if (pending.status !== 0 || socket.destroyed) return;
      pending.error = error;
      onFailure?.(pending);
      refuse(faultOf(pending, 502, "upstream_unreachable", "cannot be reached, or broke the connection off"));
    });
    const { write } = socket;
    // The library tells of nothing that it answers: the first line that is written says it.
    socket.write = function (this: Duplex, ...args: Parameters<typeof write>) {
      if (pending.status === 0) pending.status = Number(/^HTTP\/1\.\d (\d{3})/.exec(String(args[0]))?.[1] ?? 0);
      socket.write = write;
      return write.apply(this, args);
    } as typeof write;
  }

  return {
    handle,
    upgrade,
    configure: (config) => (setup = setupOf(config)),
    drain: () => (isDraining = true),
    active: () => active,
    close: () => {
      for (const socket of sockets) socket.destroy();
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function setupOf(config: GatewayConfig): Setup {
  const targets = config.routes.map((route): Target => {
    const { host, path, to } = route;
    const upstreams =
      to.kind === "alias" ? new Map([...to.upstreams].map(([version, url]) => [version, new URL(url)])) : new Map<string, URL>();
    return { route, host, path, upstreams, fixed: to.kind === "fixed" ? new URL(to.upstream) : undefined };
  });
  return { config, find: routeFinder(targets) };
}

/** The body of a request as it comes, up to so many bytes: one more is a fault. */
function limited(request: IncomingMessage, pending: Pending, limit: number): Transform {
  let size = 0;
  const body = new Transform({
    transform: (chunk: Buffer, _, done) => {
      size += chunk.length;
      if (size <= limit) return done(null, chunk);
      pending.isTooLarge = true;
      done(new Error("the body is too large"));
    },
  });
  // The request to the upstream fails with it, and the answer says why.
  body.on("error", (error) => pending.asked?.destroy(error));
  return request.pipe(body);
}

function faultOf({ served }: Pending, status: number, code: string, what: string): Fault {
  const whose = served === undefined ? "the upstream" : `the upstream of version ${served.version} of ${served.alias}`;
  return { status, code, message: `${whose} ${what}` };
}
