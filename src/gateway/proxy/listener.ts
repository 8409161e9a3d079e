import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Address, Limits, Timeouts } from "./config.ts";
import { type Fault, rawResponse } from "./fault.ts";

/** Who answers what a listener hears. */
export interface Handlers {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** For WebSockets only. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Told of what is no request, and has been refused. */
  readonly onRefused?: (fault: Fault, error: Error) => void;
}

/** A server that listens. */
export interface Listener {
  /** With the port that was given where port 0 was asked for. */
  readonly address: Address;
  /** Takes no more connections and waits for those that are under way, so many seconds at most; then breaks them off. */
  readonly close: (seconds: number) => Promise<void>;
}

/** The first bytes of a connection of HTTP/2 (RFC 9113, 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0");

/** Listens for HTTP/1.1, and for HTTP/2 of clients that know without asking that it is there (`h2c`), on one port. */
export async function listen(
  address: Address,
  { limits, timeouts }: { readonly limits: Limits; readonly timeouts: Timeouts },
  { handle, upgrade, onRefused }: Handlers,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const web = createServer(
    {
      maxHeaderSize: limits.head,
      headersTimeout: timeouts.head * 1_000,
      requestTimeout: Math.max(timeouts.request, timeouts.head) * 1_000,
      keepAliveTimeout: timeouts.keepAlive * 1_000,
      connectionsCheckingInterval: 1_000,
      noDelay: true,
    },
    handle,
  );
  web.maxConnections = limits.connections;
  const http2 = createHttp2Server({ settings: { maxConcurrentStreams: 100, maxHeaderListSize: limits.head } }, (request, response) =>
    handle(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  http2.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.setTimeout(timeouts.keepAlive * 1_000, () => session.close());
  });
  http2.on("sessionError", (error) => onRefused?.(BAD_REQUEST, error));

  // A server gets its connections from itself, so that it keeps its timeouts; only those of HTTP/2 are taken from it.
  const [serve] = web.listeners("connection") as ((socket: Socket) => void)[];
  web.removeAllListeners("connection");
  web.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.setTimeout(timeouts.head * 1_000, () => socket.destroy());
    socket.on("error", ignore);
    socket.once("readable", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.off("error", ignore);
      const bytes: Buffer | null = socket.read();
      if (bytes === null) return void socket.destroy();
      socket.unshift(bytes);
      if (bytes.subarray(0, PREFACE.length).equals(PREFACE)) http2.emit("connection", socket);
      else serve?.call(web, socket);
    });
  });

  web.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() === "websocket") return upgrade(request, socket, head);
    // A server may ignore an upgrade (RFC 9110, 7.8), as one to `h2c` that Java's client asks for; node's cannot, so the request is read again.
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    serve?.call(web, socket);
  });

  web.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const fault = faultOf(error);
    onRefused?.(fault, error);
    if (!socket.writable || socket.bytesWritten > 0) return void socket.destroy();
    socket.end(rawResponse(fault));
  });

  web.listen(address.port, address.host);
  await once(web, "listening");
  const bound = web.address();
  return {
    address: { host: address.host, port: typeof bound === "object" && bound !== null ? bound.port : address.port },
    close: async (seconds) => {
      const closed = once(web, "close");
      web.close();
      web.closeIdleConnections();
      for (const session of sessions) session.close();
      const force = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, seconds * 1_000);
      await closed;
      clearTimeout(force);
    },
  };
}

function ignore(): void {}

const BAD_REQUEST: Fault = { status: 400, code: "bad_request", message: "this is no request of HTTP" };

/** What is wrong with what a client sent, by the error of node's parser. */
function faultOf({ code }: NodeJS.ErrnoException): Fault {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, code: "headers_too_large", message: "the headers are larger than this gateway takes" };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, code: "request_timeout", message: "the request did not come in time" };
    default:
      return BAD_REQUEST;
  }
}

/** The head of a request as it came, but for the upgrade. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = [rawHeaders[index], rawHeaders[index + 1]];
    const lower = name.toLowerCase();
    if (lower === "upgrade" || lower === "http2-settings") continue;
    if (lower !== "connection") lines.push(`${name}: ${value}`);
    else {
      const left = value.split(",").filter((token) => !/^\s*(?:upgrade|http2-settings)\s*$/i.test(token));
      if (left.length > 0) lines.push(`${name}: ${left.join(",")}`);
    }
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}
