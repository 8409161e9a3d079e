import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Profile } from "../alias/index.ts";
import { shown, visible } from "../document/index.ts";
import { type Authenticate, authenticator, type Client } from "./authenticate.ts";
import type { Terms } from "./change.ts";
import type { Credentials } from "./credentials.ts";
import { Fault, tooLarge } from "./fault.ts";
import { readTarget } from "./path.ts";
import { limiter } from "./rate.ts";
import { type Answer, OWN_PARAMETERS } from "./routes.ts";
import { type Services, services } from "./service.ts";
import type { SignedRequest } from "./signature.ts";
import type { Store } from "./store.ts";
import { isRegion } from "./urn.ts";
import { fromNode } from "./node.ts";

/** How the service is to be served. */
export interface ControlOptions {
  /**
   * Who may do what: a function is asked for each request, so that credentials may be replaced while the service runs. `insecure` lets
   * everybody do everything; the listener then serves connections of loopback only.
   */
  readonly credentials: Credentials | (() => Credentials) | "insecure";
  /** `functiongraph`, the default, takes what the cloud takes; `extended` takes all that this library knows. */
  readonly profile?: Profile;
  /** The region in the URNs of functions that are created without a URN; the default is `local`. */
  readonly region?: string;
  /** Lets clients send `If-Match` and `?dry_run=true`. Otherwise both are refused, for nobody would keep what they ask. */
  readonly preconditions?: boolean;
  /** The largest share of the split that one change of an alias may move, in percent. */
  readonly maxMoved?: number;
  /** Requests of one project in a second; a burst may have twice as many. The default is 1,000. */
  readonly rate?: number;
  /** The longest body, in bytes; the default is 1 MiB. */
  readonly bodyLimit?: number;
  /** How long the listener waits for a body, in milliseconds; the default is 10,000. */
  readonly bodyTimeout?: number;
  /** Told of each request when it has been answered. Neither a secret nor a body is in it. What it throws is ignored. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** The clock, for tests. */
  readonly now?: () => Date;
}

/** A request that has been answered, for a log. */
export interface RequestEntry {
  readonly requestId: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Where it was refused. */
  readonly code: string | undefined;
  readonly who: string | undefined;
  readonly milliseconds: number;
  /** What went wrong inside, where the status is 500 or 503. */
  readonly error: unknown;
}

/** The alias API over a store. */
export interface ControlHandler {
  /** Answers a WHATWG request. Its URL has been normalized when it was made, so paths such as `/a/../b` are not seen as they were sent. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Answers requests of `node:http`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A response before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What an adapter gives: everything but the body, and how to get that, which throws a fault where it is too long or too slow. */
export interface Received extends Omit<SignedRequest, "body"> {
  readonly readBody: () => Promise<Uint8Array>;
}

/** The longest body where the options name none. */
export const BODY_LIMIT: number = 1_048_576;

/**
 * The alias API over a store, as FunctionGraph's own clients speak it. `docs/alias-api.md` says what it takes and answers.
 * @throws TypeError where no credentials are given, or the region is none
 */
export function createHandler(store: Store, options: ControlOptions): ControlHandler {
  const answer = responder(store, options);
  const limit = options.bodyLimit ?? BODY_LIMIT;
  return {
    fetch: async (request) => {
      const { method, headers } = request;
      const url = new URL(request.url);
      const values = new Map([...headers].map(([name, value]) => [name, [value]] as const));
      if (!values.has("host")) values.set("host", [url.host]);
      const {
        status,
        headers: sent,
        body,
      } = await answer({
        method,
        path: url.pathname,
        query: url.search.slice(1),
        headers: values,
        readBody: async () => readUpTo(request.body, limit),
      });
      return new Response(body ?? null, { status, headers: sent });
    },
    listener: fromNode(answer, {
      limit,
      timeout: options.bodyTimeout ?? 10_000,
      loopbackOnly: options.credentials === "insecure",
    }),
  };
}

async function readUpTo(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.length;
      if (length > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Fault ? error : new Fault("FSS.0400", "the body broke off");
  }
  return Buffer.concat(chunks);
}

/** Answers whatever an adapter has received; never throws. */
function responder(store: Store, options: ControlOptions): (request: Received) => Promise<Reply> {
  const { credentials, now = () => new Date(), onRequest } = options;
  if (options.region !== undefined && !isRegion(options.region)) throw new TypeError(`\`${options.region}\` is no region`);
  if (credentials === undefined) throw new TypeError('createHandler needs `credentials`, or "insecure"');
  const authenticate = authenticateBy(credentials);
  const take = limiter(options.rate ?? 1_000);
  const serve = services(store);
  return async (request) => {
    const started = now();
    const requestId = randomUUID().replaceAll("-", "");
    const seen: { client?: Client } = {};
    let reply: Reply;
    let code: string | undefined;
    let cause: unknown;
    try {
      reply = replyOf(await handle(request, { authenticate, take, serve, started, options, seen }), options.preconditions === true);
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault("FSS.0500", "internal error");
      cause = error === fault ? fault.cause : error;
      code = fault.code;
      reply = refusal(fault);
    }
    const { method, path } = request;
    const milliseconds = now().getTime() - started.getTime();
    try {
      onRequest?.({ requestId, method, path, status: reply.status, code, who: seen.client?.who, milliseconds, error: cause });
    } catch {
      // A log that fails is no reason to leave the client without its answer.
    }
    return { ...reply, headers: { ...reply.headers, "x-request-id": requestId, "cache-control": "no-store" } };
  };
}

function authenticateBy(credentials: ControlOptions["credentials"]): Authenticate | undefined {
  if (credentials === "insecure") return undefined;
  return authenticator(typeof credentials === "function" ? credentials : () => credentials);
}

interface Context {
  /** Undefined where everybody may do everything. */
  readonly authenticate: Authenticate | undefined;
  readonly take: (project: string, now: Date) => void;
  readonly serve: Services;
  readonly started: Date;
  readonly options: ControlOptions;
  /** Filled in as soon as it is known, for the log. */
  readonly seen: { client?: Client };
}

async function handle(request: Received, { authenticate, take, serve, started, options, seen }: Context): Promise<Answer> {
  const { headers } = request;
  if (authenticate !== undefined && !headers.has("authorization") && !headers.has("x-auth-token")) {
    throw new Fault("FSS.0401", "neither a signature nor `X-Auth-Token` was sent");
  }
  const body = await request.readBody();
  const client = authenticate?.({ ...request, body }, started);
  seen.client = client ?? { who: "anonymous", projects: new Set() };
  const target = readTarget(request.method, request.path, request.query);
  const { project, route } = target;
  if (client !== undefined && !client.projects.has(project))
    throw new Fault("FSS.0403", `the project ${shown(project)} is not open to you`);
  const named = headers.get("x-project-id");
  if (named?.some((id) => id !== project) === true) throw new Fault("FSS.0403", "`X-Project-Id` is of another project than the path");
  take(project, started);
  const ifMatch = headers.get("if-match")?.join(", ");
  if (options.preconditions !== true) {
    const own = [...target.query.keys()].find((name) => OWN_PARAMETERS.has(name));
    if (own !== undefined) throw new Fault("FSS.1001", `this service does not take \`${own}\`: its preconditions are off`);
    if (ifMatch !== undefined) throw new Fault("FSS.0400", "this service does not take `If-Match`: its preconditions are off");
  } else if (ifMatch !== undefined && route.matches !== true) throw new Fault("FSS.0400", "this route does not take `If-Match`");
  const terms: Terms = {
    profile: options.profile ?? "functiongraph",
    region: options.region ?? "local",
    now: started,
    who: seen.client.who,
    maxMoved: options.maxMoved,
  };
  const text = textOf(route.hasBody, body, headers);
  return route.run({ service: serve(project, terms), path: target.path, query: target.query, body: text, ifMatch });
}

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/** The text of a body of JSON in UTF-8. A route that takes none refuses one, because what it says would be dropped. */
function textOf(hasBody: boolean, body: Uint8Array, headers: Received["headers"]): string {
  if (!hasBody) {
    // Clients of the SDK send the media type along with GET and DELETE, and no body.
    if (body.length > 0) throw new Fault("FSS.0400", "this route takes no body");
    return "";
  }
  const types = headers.get("content-type");
  if (types !== undefined && !(types.length === 1 && JSON_TYPE.test(types[0] ?? ""))) {
    throw new Fault("FSS.0406", `the media type is \`application/json\` in UTF-8, not ${shown(types.join(", "))}`);
  }
  if ((headers.get("content-encoding") ?? []).some((coding) => coding.toLowerCase() !== "identity")) {
    throw new Fault("FSS.0406", "the body is encoded: send it as it is");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Fault("FSS.0406", "the body is not UTF-8");
  }
}

/** The tag is only sent where `If-Match` is taken, so that a client sees by it that it may ask for that. */
function replyOf({ status, value, tag }: Answer, preconditions: boolean): Reply {
  const headers = { ...(preconditions && tag !== undefined && { etag: tag() }) };
  if (value === undefined) return { status, headers, body: undefined };
  return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** The reply to what is refused: code and message, and everything that is wrong under a key that the cloud does not have. */
function refusal({ code, status, message, diagnostics, headers }: Fault): Reply {
  const body = { error_code: code, error_msg: visible(message), ...(diagnostics.length > 0 && { diagnostics }) };
  return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}
