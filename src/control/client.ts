import type { AliasAnswer } from "./aliases.ts";
import type { AliasBody, Change } from "./record.ts";
import { type KeyPair, signatureHeaders } from "./signature.ts";

/** Where the API is, and who asks. */
export interface ClientOptions {
  /** `https://functiongraph.<region>.myhuaweicloud.com`, or the URL of `canary-router control`. */
  readonly endpoint: string;
  readonly project: string;
  /** A pair of keys, perhaps with the token of temporary ones; or a token of IAM. */
  readonly credentials: (KeyPair & { readonly securityToken?: string }) | { readonly token: string };
  /** Milliseconds for one answer; 30,000 where left out. */
  readonly timeout?: number;
}

/** An alias, and the tag that says how it was when it was read; the cloud gives none. */
export interface Tagged {
  readonly alias: AliasAnswer;
  readonly tag: string | undefined;
}

/** The alias API of the cloud, or of this library's own server. Calls throw an `ApiError` where it refuses. */
export interface AliasClient {
  readonly list: (urn: string) => Promise<readonly AliasAnswer[]>;
  /** Undefined where there is no such alias. */
  readonly show: (urn: string, name: string) => Promise<Tagged | undefined>;
  readonly create: (urn: string, name: string, body: AliasBody) => Promise<AliasAnswer>;
  /** Where a tag is given, only if the alias has it still. */
  readonly update: (urn: string, name: string, body: AliasBody, tag?: string) => Promise<AliasAnswer>;
  readonly remove: (urn: string, name: string) => Promise<void>;
  /** The changes of an alias, the newest first; the cloud has no such route. */
  readonly history: (urn: string, name: string) => Promise<readonly Change[]>;
}

/** What the API refused, or why it could not be asked. It never has a secret. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  /** Of the response; 0 where there was none. */
  readonly status: number;
  /** Such as `FSS.1053`; empty where there was none. */
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(message: string, status: number, code: string, requestId: string | undefined) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

interface Sent {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly tag?: string | undefined;
}

/** A client of the API, which signs as the SDK of the cloud does. */
export function aliasClient({ endpoint, project, credentials, timeout = 30_000 }: ClientOptions): AliasClient {
  const base = new URL(endpoint);
  const send = async ({ method, path, body, tag }: Sent): Promise<{ readonly value: unknown; readonly tag: string | undefined }> => {
    const url = new URL(`/v2/${encodeURIComponent(project)}/fgs/functions/${path}`, base);
    const text = body === undefined ? "" : JSON.stringify(body);
    const plain = { "content-type": "application/json", "x-project-id": project, ...(tag !== undefined && { "if-match": tag }) };
    const headers =
      "token" in credentials ? { ...plain, "x-auth-token": credentials.token } : signed(url, method, text, plain, credentials);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers,
        ...(text !== "" && { body: text }),
        redirect: "manual",
        signal: AbortSignal.timeout(timeout),
      });
    } catch (error) {
      const { cause, message } = error as Error & { readonly cause?: Error };
      throw new ApiError(`${base.origin}: ${cause?.message ?? message}`, 0, "", undefined);
    }
    return { value: await readAnswer(response), tag: response.headers.get("etag") ?? undefined };
  };
  const at = (urn: string, name: string): string => `${urn}/aliases/${encodeURIComponent(name)}`;
  return {
    list: async (urn) => (await send({ method: "GET", path: `${urn}/aliases` })).value as readonly AliasAnswer[],
    show: async (urn, name) => {
      try {
        const { value, tag } = await send({ method: "GET", path: at(urn, name) });
        return { alias: value as AliasAnswer, tag };
      } catch (error) {
        if (error instanceof ApiError && error.code === "FSS.1053") return undefined;
        throw error;
      }
    },
    create: async (urn, name, body) =>
      (await send({ method: "POST", path: `${urn}/aliases`, body: { name, ...body } })).value as AliasAnswer,
    update: async (urn, name, body, tag) => (await send({ method: "PUT", path: at(urn, name), body, tag })).value as AliasAnswer,
    remove: async (urn, name) => {
      await send({ method: "DELETE", path: at(urn, name) });
    },
    history: async (urn, name) => (await send({ method: "GET", path: `${at(urn, name)}/history` })).value as readonly Change[],
  };
}

function signed(
  url: URL,
  method: string,
  body: string,
  plain: Readonly<Record<string, string>>,
  { access, secret, securityToken }: KeyPair & { readonly securityToken?: string },
): Readonly<Record<string, string>> {
  // The date counts seconds: two changes that are alike within one would have one signature, and the second be taken for a replay.
  const nonce = { "x-client-request-id": crypto.randomUUID() };
  const headers = { ...plain, ...nonce, host: url.host, ...(securityToken !== undefined && { "x-security-token": securityToken }) };
  const request = { method, path: url.pathname, query: url.search.slice(1), body: new TextEncoder().encode(body), headers };
  // `fetch` sends the host of the URL itself.
  const { host: _, ...sent } = signatureHeaders(request, { access, secret }, new Date());
  return sent;
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  let value: unknown;
  try {
    value = text === "" ? undefined : JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (response.ok && (value !== undefined || response.status === 204)) return value;
  const { error_code: code = "", error_msg: message } = (value ?? {}) as { readonly error_code?: string; readonly error_msg?: string };
  const requestId = response.headers.get("x-request-id") ?? undefined;
  throw new ApiError(message ?? `the answer ${response.status} is none of this API`, response.status, code, requestId);
}
