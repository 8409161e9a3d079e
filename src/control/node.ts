import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault, tooLarge } from "./fault.ts";
import type { Received, Reply } from "./handler.ts";

interface NodeOptions {
  readonly limit: number;
  /** Milliseconds for a body. */
  readonly timeout: number;
  readonly loopbackOnly: boolean;
}

/** A listener of `node:http` that gives what it receives to `answer`. */
export function fromNode(
  answer: (request: Received) => Promise<Reply>,
  options: NodeOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void respond(answer, options, request, response);
  };
}

async function respond(
  answer: (request: Received) => Promise<Reply>,
  { limit, timeout, loopbackOnly }: NodeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "", url = "" } = request;
  const at = url.indexOf("?");
  const reply = await answer({
    method,
    path: at === -1 ? url : url.slice(0, at),
    query: at === -1 ? "" : url.slice(at + 1),
    headers: headersOf(request.rawHeaders),
    readBody: async () => {
      if (loopbackOnly && !isLoopback(request.socket.remoteAddress))
        throw new Fault("FSS.0403", "without authentication only loopback is served");
      if (!url.startsWith("/") || url.includes("#")) throw new Fault("FSS.0400", "the target of the request is no path");
      return readBody(request, limit, timeout);
    },
  });
  if (response.destroyed) return;
  // What is left of a body is not read, so the connection cannot be used again.
  const headers = request.complete ? reply.headers : { ...reply.headers, connection: "close" };
  const length = reply.body === undefined ? {} : { "content-length": String(Buffer.byteLength(reply.body)) };
  response.writeHead(reply.status, { ...headers, ...length }).end(reply.body);
}

/** All values of each header by its name in lower case, as they were sent. */
function headersOf(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [raw[index + 1] as string]);
    else values.push(raw[index + 1] as string);
  }
  return headers;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

const NO_BODY: Uint8Array = new Uint8Array();

async function readBody(request: IncomingMessage, limit: number, timeout: number): Promise<Uint8Array> {
  const { "content-length": given, "transfer-encoding": coding } = request.headers;
  // Without either there is no body (RFC 9112, 6.3), and nothing to wait for.
  if (given === undefined && coding === undefined) {
    request.resume();
    return NO_BODY;
  }
  if (Number(given ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (): void => {
      clearTimeout(timer);
      request.off("data", take).off("end", finish).off("close", lost).off("error", lost);
      request.pause();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Fault("FSS.0408", `the body did not come within ${timeout} ms`));
    }, timeout);
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limit) {
        end();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    };
    const finish = (): void => {
      end();
      resolve(Buffer.concat(chunks));
    };
    const lost = (): void => {
      end();
      reject(new Fault("FSS.0400", "the body broke off"));
    };
    request.on("data", take).on("end", finish).on("close", lost).on("error", lost);
  });
}
