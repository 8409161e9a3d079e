import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A request as it stands on the wire. */
export interface SignedRequest {
  readonly method: string;
  /** The path as it was sent, with its escapes. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** All values of each header, by its name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
}

/** A pair of keys: the access key says who signs, and the secret signs. */
export interface KeyPair {
  readonly access: string;
  readonly secret: string;
}

/** What an `Authorization` of this kind says. */
export interface Authorization {
  readonly access: string;
  readonly signed: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

const ALGORITHM = "SDK-HMAC-SHA256";
const AUTHORIZATION =
  /^SDK-HMAC-SHA256 Access=([^\s,=]+), ?SignedHeaders=([a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*), ?Signature=([0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** How far the date of a request may be from the clock of the server, in milliseconds. */
export const SIGNATURE_WINDOW: number = 15 * 60 * 1000;

/** Reads an `Authorization`; undefined where it is no signature of this kind. Names of headers are sorted, each there once. */
export function readAuthorization(text: string): Authorization | undefined {
  const found = AUTHORIZATION.exec(text);
  if (found === null) return undefined;
  const [, access = "", names = "", signature = ""] = found;
  const signed = names.split(";");
  const isSorted = signed.every((name, index) => index === 0 || (signed[index - 1] as string) < name);
  return isSorted ? { access, signed, signature } : undefined;
}

/** The time of an `X-Sdk-Date`, such as `20261125T194629Z`; undefined where it is none. */
export function readSdkDate(text: string): Date | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second] = found;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) || sdkDate(date) !== text ? undefined : date;
}

/** A time as `X-Sdk-Date` has it. */
function sdkDate(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/**
 * Why a signature does not hold for a request and a secret; undefined where it does. The path may be signed as it was sent, as the SDK of
 * Node does, or decoded first, as those of Python and .NET do.
 */
export function verifySignature(
  request: SignedRequest,
  { signed, signature }: Authorization,
  secret: string,
  now: Date,
): string | undefined {
  for (const name of ["host", "x-sdk-date"]) if (!signed.includes(name)) return `the header \`${name}\` is not signed`;
  for (const name of [...signed, "x-sdk-date", "x-sdk-content-sha256", "x-security-token"]) {
    const values = request.headers.get(name);
    if (values === undefined) {
      if (signed.includes(name)) return `the signed header \`${name}\` is not there`;
    } else if (values.length > 1) return `the header \`${name}\` is there twice`;
    else if (!signed.includes(name)) return `the header \`${name}\` is not signed`;
  }
  const written = valueOf(request, "x-sdk-date");
  const date = readSdkDate(written);
  if (date === undefined) return "`X-Sdk-Date` is no date such as `20261125T194629Z`";
  if (Math.abs(date.getTime() - now.getTime()) > SIGNATURE_WINDOW)
    return "`X-Sdk-Date` is more than 15 minutes from the clock of the server";
  const digest = createHash("sha256").update(request.body).digest("hex");
  const claimed = request.headers.get("x-sdk-content-sha256")?.[0];
  if (claimed !== undefined && claimed !== digest) return "the body is not the one that was signed";
  const expected = Buffer.from(signature, "hex");
  let holds = false;
  for (const path of pathsOf(request.path)) {
    const made = sign(canonicalRequest(request, path, signed, digest), written, secret);
    holds = timingSafeEqual(made, expected) || holds;
  }
  return holds ? undefined : "the signature is not that of the request";
}

/** The headers that sign a request: those given, `x-sdk-date` and `authorization`. `host` is among those given. */
export function signatureHeaders(
  request: Omit<SignedRequest, "headers"> & { readonly headers: Readonly<Record<string, string>> },
  { access, secret }: KeyPair,
  now: Date,
): Readonly<Record<string, string>> {
  const date = sdkDate(now);
  const headers: Readonly<Record<string, string>> = { ...request.headers, "x-sdk-date": date };
  const signed = Object.keys(headers).toSorted();
  const known = new Map(Object.entries(headers).map(([name, value]) => [name, [value]] as const));
  const digest = createHash("sha256").update(request.body).digest("hex");
  const canonical = canonicalRequest({ ...request, headers: known }, encodePath(request.path), signed, digest);
  const signature = sign(canonical, date, secret).toString("hex");
  return { ...headers, authorization: `${ALGORITHM} Access=${access}, SignedHeaders=${signed.join(";")}, Signature=${signature}` };
}

function sign(canonical: string, date: string, secret: string): Buffer {
  const hash = createHash("sha256").update(canonical).digest("hex");
  return createHmac("sha256", secret).update(`${ALGORITHM}\n${date}\n${hash}`).digest();
}

function canonicalRequest(request: SignedRequest, path: string, signed: readonly string[], digest: string): string {
  const headers = signed.map((name) => `${name}:${valueOf(request, name)}\n`).join("");
  return [request.method, path, canonicalQuery(request.query), headers, signed.join(";"), digest].join("\n");
}

function valueOf({ headers }: Pick<SignedRequest, "headers">, name: string): string {
  return headers.get(name)?.[0]?.trim() ?? "";
}

/** The path as it may have been signed, in one form or in two. */
function pathsOf(path: string): ReadonlySet<string> {
  const decoded = path.split("/").map(decode);
  return new Set([encodePath(path), ...(decoded.includes(undefined) ? [] : [encodePath(decoded.join("/"))])]);
}

function encodePath(path: string): string {
  const encoded = path.split("/").map(encode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

/** The parameters decoded, sorted by name and value, and encoded again. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encode(decode(name) ?? name), encode(decode(value) ?? value)] as const;
    });
  return pairs
    .toSorted(([one, value], [other, second]) => compare(one, other) || compare(value, second))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Every byte of UTF-8 but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
