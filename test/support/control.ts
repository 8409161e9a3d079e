import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { faultsOfResponse } from "./openapi.ts";
import {
  type ControlOptions,
  createHandler,
  type Credentials,
  type KeyPair,
  memoryStore,
  services,
  type Store,
  tokenHash,
} from "../../src/control/index.ts";

export const PROJECT = "0123456789abcdef";
export const REGION = "cn-test-1";
export const KEY: KeyPair = { access: "AKTEST0123456789ABCD", secret: "sk-of-the-tests-0123456789abcdefghijklmn" };
export const TOKEN = "token-of-the-tests";
export const URN: string = `urn:fss:${REGION}:${PROJECT}:function:default:shop`;

/** A key and a token of one project, and another project with a key of its own. */
const CREDENTIALS: Credentials = {
  projects: [
    { id: PROJECT, keys: [KEY], tokens: [tokenHash(TOKEN)] },
    { id: "other", keys: [{ access: "AKOTHER", secret: "another-secret" }], tokens: [tokenHash("another-token")] },
  ],
};

/** A service that listens on loopback. */
export interface Listening {
  readonly url: string;
  readonly store: Store;
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

/** Serves a store, by default an empty one in memory. */
export async function listen(options: Partial<ControlOptions> = {}, store: Store = memoryStore()): Promise<Listening> {
  const complaints: string[] = [];
  const handler = createHandler(store, { credentials: CREDENTIALS, region: REGION, ...options });
  const server = createServer((request, response) => {
    const end = response.end.bind(response) as (body?: string) => typeof response;
    response.end = ((body?: string) => {
      complaints.push(...faultsOfResponse(request.method ?? "", request.url ?? "", response.statusCode, body));
      return end(body);
    }) as typeof response.end;
    handler.listener(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    server,
    stop: async () => {
      if (complaints.length > 0) throw new Error(`responses that the document of OpenAPI does not describe:\n${complaints.join("\n")}`);
      server.closeAllConnections();
      server.close();
      await store.close();
    },
  };
}

/** Makes the function `shop` with these versions. */
export async function prepare(store: Store, versions: readonly string[] = ["v1", "v2", "v3"], urn: string = URN): Promise<void> {
  const terms = { profile: "extended", region: REGION, now: new Date(), who: "tests" } as const;
  await services(store)(urn.split(":")[3] ?? PROJECT, terms).prepareFunction(urn, versions);
}

/** A response, with its body read as JSON. */
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly value: unknown;
}

/** Sends a request with the token of the tests. */
export async function send(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { "x-auth-token": TOKEN, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, value: text === "" ? undefined : JSON.parse(text) };
}
