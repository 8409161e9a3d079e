import { type Credentials, tokenHash } from "./credentials.ts";
import { Fault } from "./fault.ts";
import { readAuthorization, readSdkDate, SIGNATURE_WINDOW, type SignedRequest, verifySignature } from "./signature.ts";

/** Who sends a request, and the projects that are open to them. */
export interface Client {
  readonly who: string;
  readonly projects: ReadonlySet<string>;
}

/** Says who sends a request. Throws a fault where that is nobody known. */
export type Authenticate = (request: SignedRequest, now: Date) => Client;

/** Signatures of changes that are remembered, so that none is taken twice: as many as 550 a second make in the 30 minutes of the window. */
const MOST_SIGNATURES = 1_000_000;

/**
 * Authenticates by the signature of an access key, or by a token. `credentials` is asked for each request, so that they may be replaced
 * while the service runs.
 */
export function authenticator(credentials: () => Credentials): Authenticate {
  const replays = new ReplayMemory();
  const index = indexed(credentials);
  return (request, now) => {
    const authorization = single(request, "authorization");
    const token = single(request, "x-auth-token");
    if (authorization !== undefined && token !== undefined) throw refused("both a signature and a token were sent");
    if (authorization !== undefined) return bySignature(request, authorization, index().keys, replays, now);
    if (token === undefined) throw refused("neither a signature nor `X-Auth-Token` was sent");
    const hash = tokenHash(token);
    const projects = index().tokens.get(hash);
    if (projects === undefined) throw refused("the token is not known");
    return { who: `token ${hash.slice(0, 8)}`, projects };
  };
}

interface Index {
  readonly keys: ReadonlyMap<string, { readonly secret: string; readonly projects: ReadonlySet<string> }>;
  readonly tokens: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The credentials by access key and by hash, made again where they are others. */
function indexed(credentials: () => Credentials): () => Index {
  let from: Credentials | undefined;
  let index: Index = { keys: new Map(), tokens: new Map() };
  return () => {
    const current = credentials();
    if (current === from) return index;
    const keys = new Map<string, { readonly secret: string; readonly projects: Set<string> }>();
    const tokens = new Map<string, Set<string>>();
    for (const { id, keys: pairs, tokens: hashes } of current.projects) {
      for (const { access, secret } of pairs) {
        const known = keys.get(access) ?? { secret, projects: new Set() };
        known.projects.add(id);
        keys.set(access, known);
      }
      for (const hash of hashes) tokens.set(hash, (tokens.get(hash) ?? new Set()).add(id));
    }
    from = current;
    return (index = { keys, tokens });
  };
}

/** Compared with where the access key is not known, so that the answer takes as long. */
const NO_KEY = { secret: "", projects: new Set<string>() };

function bySignature(request: SignedRequest, text: string, keys: Index["keys"], replays: ReplayMemory, now: Date): Client {
  const authorization = readAuthorization(text);
  if (authorization === undefined) throw refused("the authorization is none that this service takes: `SDK-HMAC-SHA256` is");
  const known = keys.get(authorization.access);
  const fault = verifySignature(request, authorization, (known ?? NO_KEY).secret, now);
  if (known === undefined) throw refused("the access key is not known");
  if (fault !== undefined) throw refused(fault);
  // Two reads within one second have one signature, because `X-Sdk-Date` counts seconds; to read twice does no harm.
  if (request.method !== "GET") {
    const date = readSdkDate(request.headers.get("x-sdk-date")?.[0] ?? "") ?? now;
    replays.take(authorization.signature, date.getTime() + SIGNATURE_WINDOW, now.getTime());
  }
  return { who: authorization.access, projects: known.projects };
}

/** The signatures that have been used, each until its date is out of the window. */
class ReplayMemory {
  /** When each may be forgotten, in the order in which they came. */
  readonly #until = new Map<string, number>();

  take(signature: string, until: number, now: number): void {
    for (const [known, time] of this.#until) {
      if (time >= now) break;
      this.#until.delete(known);
    }
    if (this.#until.has(signature)) throw refused("this request was sent before: sign it again");
    if (this.#until.size >= MOST_SIGNATURES) throw new Fault("FSS.0429", "too many changes within half an hour");
    this.#until.set(signature, until);
  }
}

/** The only value of a header. */
function single({ headers }: SignedRequest, name: string): string | undefined {
  const values = headers.get(name);
  if (values !== undefined && values.length > 1) throw refused(`the header \`${name}\` is there twice`);
  return values?.[0];
}

function refused(message: string): Fault {
  return new Fault("FSS.0401", message);
}
