import type { NodeRequest } from "../../../request/index.ts";
import { shown } from "../../../document/index.ts";
import type { Entry, Fault, ReadLine, Skip } from "../visit.ts";
import { endpointAddress, isAddress, isAuthority } from "./address.ts";
import { clfReader, timeOf } from "./clock.ts";
import { cutter, type Values } from "./cut.ts";
import { isDigit } from "./digit.ts";
import { type Escape, unescaped } from "./escape.ts";
import type { Layout, Role, Variable } from "./layout.ts";
import { hostOf, isMethod, isMethodIn, isProtocolIn, isTarget, withoutDefaultPort } from "./request-line.ts";

/** What logs write where a value is missing. */
const MISSING = "-";

const SPACE = 32;
const DASH = 45;
const SLASH = 47;

/** What proxies write for a connection that brought no request: TLS to a port for plain text, a port scan, a client that left. */
const NO_REQUEST: Skip = { skipped: "a connection without an HTTP request" };
const REFUSED: Skip = { skipped: "refused by the server as no HTTP request" };

/** Whether a variable can be told from one that stands right before it. */
export function beginsWithSlash({ role }: Variable): boolean {
  return role.kind === "target" || role.kind === "path";
}

/**
 * Makes the function that reads lines of a layout: each is cut into fields, and each field is checked to be what it is. `served` is the
 * name of the variable that holds the version that answered.
 */
export function layoutReader(layout: Layout, served?: string): ReadLine {
  const wanted = (variable: Variable): boolean => variable.role.kind !== "ignored" || variable.name === served;
  const variables = layout.tokens.filter((token) => typeof token !== "string");
  const cut = cutter(layout, wanted);
  const build = builder(variables.filter(wanted), layout.escape, served);
  return (line) => {
    const values = cut(line);
    return isCut(values) ? build(values) : values;
  };
}

function isCut(values: Values | Fault): values is Values {
  return Array.isArray(values);
}

/** Makes the function that builds a visit from the values of these variables. */
function builder(variables: readonly Variable[], escape: Escape, served: string | undefined): (values: Values) => Entry {
  // The place of a field that the format does not have is -1.
  const whereIs = (wanted: (variable: Variable) => boolean): number => variables.findIndex(wanted);
  const indexOf = (...kinds: readonly Role["kind"][]): number => whereIs(({ role }) => kinds.includes(role.kind));
  const nameOf = (at: number): string => shown(variables[at]?.name ?? "");
  const addressAt = indexOf("address", "endpoint", "client");
  const addressRole = variables[addressAt]?.role ?? { kind: "address" };
  const userAt = whereIs(({ role }) => role.kind === "attribute" && role.name === "remote_user");
  const requestAt = indexOf("request");
  const methodAt = indexOf("method");
  const targetAt = indexOf("target");
  const pathAt = indexOf("path");
  const queryAt = indexOf("query");
  const statusAt = indexOf("status");
  const timeAt = indexOf("time");
  const readTime = instantReader(variables[timeAt]?.role);
  const dateAt = indexOf("date");
  const clockAt = indexOf("clock");
  const forwardedAt = indexOf("forwarded");
  const hostAt = indexOf("host") === -1 ? indexOf("vhost") : indexOf("host");
  const isVhost = variables[hostAt]?.role.kind === "vhost";
  const servedAt = whereIs(({ name }) => name === served);
  const numbers = variables.flatMap(({ role }, at) => (role.kind === "number" ? [at] : []));
  const headers = namedIn(variables, "header");
  const cookies = namedIn(variables, "cookie");
  const parameters = queryAt === -1 && targetAt === -1 && requestAt === -1 ? namedIn(variables, "parameter") : [];
  const attributes = namedIn(variables, "attribute").filter(({ at }) => at !== userAt);
  const agentAt = headers.find(({ name }) => name === "user-agent")?.at ?? -1;
  const referrerAt = headers.find(({ name }) => name === "referer")?.at ?? -1;
  const otherHeaders = headers.filter(({ at }) => at !== agentAt && at !== referrerAt);
  // Objects without a prototype are slow in V8, and needed for this name only.
  const inherits = ![...headers, ...attributes].some(({ name }) => name === "__proto__");
  const empty = (): { [name: string]: string } => (inherits ? {} : Object.create(null));

  const text = (values: Values, at: number): string | undefined => {
    if (at === -1) return undefined;
    const value = values[at] as string;
    return isMissing(value) ? undefined : unescaped(value, escape);
  };
  const wrong = (values: Values, at: number, what: string): Fault => ({
    fault: `${nameOf(at)} is not ${what}: ${shown(values[at] ?? "")}`,
    fields: at,
  });

  return (values) => {
    let address: string | undefined;
    let name: string | undefined;
    if (addressAt !== -1) {
      const from = values[addressAt] as string;
      address = addressIn(from, addressRole);
      if (address === undefined && addressRole.kind === "client" && isAuthority(from)) name = from;
      if (address === undefined && name === undefined && !isNoAddress(from, addressRole))
        return wrong(values, addressAt, addressRole.kind === "endpoint" ? "an address and a port" : "an address");
    }

    let time: number | undefined;
    if (timeAt !== -1 && !isMissing(values[timeAt] as string)) {
      time = readTime(values[timeAt] as string);
      if (Number.isNaN(time)) return wrong(values, timeAt, "a time");
    } else if (dateAt !== -1 && clockAt !== -1) {
      time = timeOf(`${values[dateAt]}T${values[clockAt]}Z`, "iso");
      if (Number.isNaN(time)) return wrong(values, dateAt, "a date with the time behind it");
    }

    let status: string | undefined;
    if (statusAt !== -1) {
      const code = values[statusAt] as string;
      if (code.length === 3 && isStatusAt(code, 0)) status = code;
      else if (!NO_STATUS.has(code)) return wrong(values, statusAt, "a status from 100 to 599");
    }
    for (let index = 0; index < numbers.length; index++) {
      const at = numbers[index] as number;
      if (!isNumeric(values[at] ?? "")) return wrong(values, at, "a number");
    }

    // What a server refused need not be a request: it logs what came.
    const refused = status === undefined || status.charCodeAt(0) === 52 || status === "505";
    let method: string | undefined;
    let url: string | undefined;
    if (requestAt !== -1) {
      const line = values[requestAt] as string;
      if (isMissing(line) || (line.charCodeAt(0) === DASH && line.charCodeAt(1) === SPACE)) return NO_REQUEST;
      const space = line.indexOf(" ");
      const last = space === -1 ? -1 : line.indexOf(" ", space + 1);
      // HTTP/0.9 has no protocol.
      if (space !== -1 && (last === -1 || isProtocolIn(line, last + 1, line.length))) {
        method = line.slice(0, space);
        url = unescaped(line.slice(space + 1, last === -1 ? line.length : last), escape);
      }
      if (method === undefined || url === undefined || !isMethodIn(method, 0, method.length) || !isTarget(url, method))
        return refused ? REFUSED : wrong(values, requestAt, "a method, a target and a protocol");
    }
    if (methodAt !== -1) {
      method = text(values, methodAt);
      if (method === undefined) return NO_REQUEST;
      if (!isMethod(method)) return refused ? REFUSED : wrong(values, methodAt, "a method");
    }
    if (targetAt !== -1) {
      url = text(values, targetAt);
      if (url === undefined) return NO_REQUEST;
      if (!isTarget(url, method)) return refused ? REFUSED : wrong(values, targetAt, "a path or a URL");
    } else if (pathAt !== -1 && requestAt === -1) {
      url = text(values, pathAt);
      if (url === undefined) return NO_REQUEST;
      if (!url.startsWith("/") && url !== "*") return refused ? REFUSED : wrong(values, pathAt, "a path");
      const query = text(values, queryAt);
      if (query !== undefined && query !== "?") url += query.startsWith("?") ? query : `?${query}`;
    }
    for (let index = 0; index < parameters.length; index++) {
      const parameter = parameters[index] as Named;
      const value = text(values, parameter.at);
      if (value !== undefined) url = `${url ?? "/"}${url?.includes("?") === true ? "&" : "?"}${parameter.name}=${value}`;
    }

    const carried = empty();
    let host = text(values, hostAt);
    if (host !== undefined && host !== "_") {
      if (!isAuthority(host)) return refused ? REFUSED : wrong(values, hostAt, "a host");
      if (isVhost) host = withoutDefaultPort(host);
    } else host = url !== undefined && url.charCodeAt(0) !== SLASH ? hostOf(url) : undefined;
    if (host !== undefined) carried["host"] = host;
    const referrer = text(values, referrerAt);
    if (referrer !== undefined) carried["referer"] = referrer;
    const agent = text(values, agentAt);
    if (agent !== undefined) carried["user-agent"] = agent;
    for (let index = 0; index < otherHeaders.length; index++) {
      const header = otherHeaders[index] as Named;
      const value = text(values, header.at);
      if (value !== undefined) carried[header.name] = value;
    }
    for (let index = 0; index < cookies.length; index++) {
      const cookie = cookies[index] as Named;
      const value = text(values, cookie.at);
      const before = carried["cookie"];
      if (value !== undefined) carried["cookie"] = `${before === undefined ? "" : `${before}; `}${cookie.name}=${value}`;
    }
    const forwarded = text(values, forwardedAt);
    if (forwarded !== undefined) {
      carried["x-forwarded-for"] = forwarded;
      if (addressAt === -1) address = lastForwarded(forwarded);
    }

    const signedIn = text(values, userAt);
    const known: { [name: string]: string } = empty();
    if (address !== undefined) known["remote_addr"] = address;
    if (name !== undefined) known["remote_host"] = name;
    if (status !== undefined) known["status"] = status;
    if (signedIn !== undefined) known["remote_user"] = signedIn;
    for (let index = 0; index < attributes.length; index++) {
      const attribute = attributes[index] as Named;
      const value = text(values, attribute.at);
      if (value !== undefined) known[attribute.name] = value;
    }
    const request: NodeRequest = { headers: carried, url, method, attributes: known };
    const user = signedIn ?? userText(address ?? name, agent);
    return { request, user, session: undefined, draw: undefined, served: text(values, servedAt), time };
  };
}

function addressIn(text: string, { kind }: Role): string | undefined {
  return kind === "endpoint" ? endpointAddress(text) : isAddress(text) ? text : undefined;
}

/** What stands in place of an address: `-` where it is optional, and what nginx writes for a client on a socket of the same machine. */
function isNoAddress(text: string, role: Role): boolean {
  const optional = role.kind === "endpoint" || (role.kind === "address" && role.optional === true);
  return (optional && text === MISSING) || text === "unix:";
}

/** Whether a value is missing: it is empty, or `-`. */
export function isMissing(value: string): boolean {
  return value.length < 2 && (value.length === 0 || value.charCodeAt(0) === DASH);
}

/** Reads times of one clock. */
function instantReader(role: Role | undefined): (text: string) => number {
  const clock = role?.kind === "time" ? role.clock : "iso";
  return clock === "clf" ? clfReader() : (text) => timeOf(text, clock);
}

/** What servers write where there is no status. */
const NO_STATUS: ReadonlySet<string> = new Set([MISSING, "0", "000", "-1"]);

/** Whether a status from 100 to 599 begins there. */
export function isStatusAt(text: string, at: number): boolean {
  const first = text.charCodeAt(at);
  return first > 48 && first < 54 && isDigit(text.charCodeAt(at + 1)) && isDigit(text.charCodeAt(at + 2));
}

/**
 * Who somebody is that has not signed in: by custom, the address with the user agent. Several people behind one address and with one
 * browser are then one.
 */
export function userText(address: string | undefined, agent: string | undefined): string | undefined {
  return address === undefined ? undefined : `${address} ${agent ?? ""}`;
}

/** The last address of `X-Forwarded-For`, perhaps with a port. */
export function lastForwarded(text: string): string | undefined {
  const last = text.slice(text.lastIndexOf(",") + 1).trim();
  return isAddress(last) ? last : endpointAddress(last);
}

/** A field that becomes one of several, by its name. */
interface Named {
  readonly name: string;
  readonly at: number;
}

function namedIn(variables: readonly Variable[], kind: "header" | "cookie" | "parameter" | "attribute"): readonly Named[] {
  return variables.flatMap(({ role }, at) => (role.kind === kind && "name" in role ? [{ name: role.name, at }] : []));
}

/** Digits, dots, signs, and what joins the numbers of several upstreams; or `-`. */
function isNumeric(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (!((unit >= 44 && unit <= 58 && unit !== SLASH) || unit === SPACE)) return false;
  }
  return text.length > 0;
}
