import { isIP } from "node:net";
import { bounded, each, fail, isList, list, optional, record, shown } from "../../document/index.ts";
import { Affinity, type AffinityOptions, LEAST_KEY } from "../affinity.ts";
import { boolean, filled, type Input, oneOf, readHeader, readToken, TOKEN, type TokenConfig, whole } from "./reading.ts";

/** How visitors keep a version. */
export interface AffinityConfig extends Omit<AffinityOptions, "keys"> {
  /** The first signs. */
  readonly keys: readonly TokenConfig[];
}

/** Whose requests may ask for a version. What is there must all hold. */
export interface TrustConfig {
  /** Addresses of clients, or networks of them: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`. */
  readonly addresses: readonly string[] | undefined;
  readonly token: TokenConfig | undefined;
  /** The request header that has the token, in lower case. The upstream does not get it. */
  readonly tokenHeader: string;
}

/** How testers ask for a version. */
export interface OverrideConfig {
  readonly header: string | undefined;
  readonly dictionary: string | undefined;
  readonly query: string | undefined;
  readonly cookie: string | undefined;
  readonly trusted: TrustConfig;
}

/** Keys that sign: the one in use, and those before it. */
const MOST_KEYS = 16;
const MOST_NETWORKS = 1_000;
/** 400 days, longer than which browsers keep no cookie (RFC 6265bis, section 5.5), in seconds. */
const LONGEST_AGE = 34_560_000;
/** As long as a secret must be. It stands for those that are in files while the config is read. */
const SOME_KEY = "-".repeat(LEAST_KEY);

/** Reads `affinity`. */
export function readAffinity(input: Input): AffinityConfig | undefined {
  const fields = record(input, [
    "keys",
    "key_files",
    "cookie",
    "max_age",
    "same_site",
    "secure",
    "path",
    "domain",
    "gone",
    "weightless",
    "rule",
  ]);
  if (fields === undefined) return undefined;
  const texts = optional(fields.keys, listOf(filled, "keys", MOST_KEYS));
  const files = optional(fields.key_files, listOf(filled, "key files", MOST_KEYS));
  const options = defined({
    cookie: optional(fields.cookie, bounded),
    maxAge: optional(fields.max_age, whole(1, LONGEST_AGE)),
    sameSite: optional(fields.same_site, oneOf(["Strict", "Lax", "None"], "value of SameSite")),
    secure: optional(fields.secure, boolean),
    path: optional(fields.path, bounded),
    domain: optional(fields.domain, bounded),
    gone: optional(fields.gone, oneOf(["draw", "primary"], "outcome")),
    weightless: optional(fields.weightless, oneOf(["draw", "keep"], "outcome")),
    rule: optional(fields.rule, oneOf(["rule", "keep"], "outcome")),
  });
  if ((texts === undefined) === (files === undefined)) {
    const message = texts === undefined ? "the cookie has no key" : "`keys` and `key_files` are both there";
    return fail(input, "affinity", message, "write `key_files: [./affinity-key]`, a secret of at least 32 bytes in each file");
  }
  const complaint = complaintOf(() => new Affinity({ ...options, keys: [SOME_KEY, ...(texts ?? [])] }));
  if (complaint !== undefined) return fail(input, "affinity", complaint, "docs/serve.md describes the cookie");
  return { ...options, keys: texts?.map((text) => ({ text })) ?? files?.map((file) => ({ file })) ?? [] };
}

/** What is wrong with options, as what takes them says. */
function complaintOf(take: () => unknown): string | undefined {
  try {
    take();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Reads `override`. */
export function readOverride(input: Input): OverrideConfig | undefined {
  const fields = record(input, ["header", "dictionary", "query", "cookie", "trusted"]);
  if (fields === undefined) return undefined;
  const [header, dictionary] = [optional(fields.header, readHeader), optional(fields.dictionary, readHeader)];
  const [query, cookie] = [optional(fields.query, filled), optional(fields.cookie, readCookie)];
  const trusted = readTrust(fields.trusted);
  if ([fields.header, fields.dictionary, fields.query, fields.cookie].every(({ value }) => value === undefined || value === null))
    return fail(input, "override", "there is no place where a request could ask", "write `header`, `dictionary`, `query` or `cookie`");
  return trusted && { header, dictionary, query, cookie, trusted };
}

function readTrust(input: Input): TrustConfig | undefined {
  const fields = record(input, ["addresses", "token", "token_file", "token_header"]);
  if (fields === undefined) return undefined;
  const addresses = optional(fields.addresses, listOf(readNetwork, "addresses", MOST_NETWORKS));
  const token = readToken(fields.token, fields.token_file);
  const named = optional(fields.token_header, readHeader);
  if (named !== undefined && token === undefined)
    return fail(fields.token_header, "override", "`token_header` does nothing without a token", "write `token_file`, or leave it out");
  if (addresses === undefined && token === undefined)
    return fail(input, "override", "it is not said who may ask for a version", "write `addresses`, `token_file` or both");
  return { addresses, token, tokenHeader: named ?? "x-canary-token" };
}

function readNetwork(input: Input): string | undefined {
  const text = bounded(input);
  if (text === undefined) return undefined;
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  if (family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))) return text;
  return fail(input, "override", `${shown(text)} is no address or network`, "write `192.0.2.7`, `10.0.0.0/8` or `2001:db8::/32`");
}

function readCookie(input: Input): string | undefined {
  const name = bounded(input);
  if (name === undefined || TOKEN.test(name)) return name;
  return fail(input, "override", `${shown(name)} is no name of a cookie`, "write a name such as `version`");
}

/** A list that is not empty. */
function listOf<T>(read: (input: Input) => T | undefined, what: string, limit: number): (input: Input) => readonly T[] | undefined {
  return (input) => {
    const inputs = list(input, { limit, what });
    if (inputs === undefined || !isList(input)) return undefined;
    if (inputs.length === 0) return fail(input, "wrong-type", "the list is empty", "write at least one, or leave the key out");
    const found = each(inputs, read);
    return found.length === inputs.length ? found : undefined;
  };
}

/** The properties that have a value. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
