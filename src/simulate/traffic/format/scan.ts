import type { NodeRequest } from "../../../request/index.ts";
import { shown } from "../../../document/index.ts";
import type { Entry, Fault, Skip } from "../visit.ts";
import { endpointAddress, isAddress, isAuthority } from "./address.ts";
import { dateReader, type ReadTime, timeReader } from "./clock.ts";
import { type Bounds, cutter } from "./cut.ts";
import { isDigit } from "./digit.ts";
import { agentReader, type Escape, isEscapedIn, unescaped } from "./escape.ts";
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
export function layoutReader(layout: Layout, served?: string): (line: string) => Entry {
  const wanted = (variable: Variable): boolean => variable.role.kind !== "ignored" || variable.name === served;
  const variables = layout.tokens.filter((token) => typeof token !== "string");
  const cut = cutter(layout, wanted);
  const build = builder(variables.filter(wanted), layout.escape, served);
  const bounds = new Int32Array(2 * variables.length);
  return (line) => cut(line, bounds) ?? build(line, bounds);
}

/**
 * Makes the function that says whether the rest of a line, from the end of the field with this name up to `to`, is as the layout says. Undefined where
 * something in it belongs to the request.
 */
export function restChecker(layout: Layout, name: string): ((text: string, at: number, to: number) => boolean) | undefined {
  const tokens = layout.tokens.slice(layout.tokens.findIndex((token) => typeof token !== "string" && token.name === name) + 1);
  const variables = tokens.filter((token) => typeof token !== "string");
  if (!variables.every(({ role }) => role.kind === "number" || role.kind === "ignored")) return undefined;
  if (variables.length === 0) {
    const end = tokens.join("");
    return (text, at, to) => {
      for (let index = 0; index < end.length; index++, at++) if (text.charCodeAt(at) !== end.charCodeAt(index)) return false;
      return at === to || (layout.tail === "more" && text.charCodeAt(at) === SPACE);
    };
  }
  const isNumber = ({ role }: Variable): boolean => role.kind === "number";
  const cut = cutter({ ...layout, tokens }, isNumber);
  const numbers = 2 * variables.filter(isNumber).length;
  const bounds = new Int32Array(numbers);
  return (text, at, to) => {
    const line = text.slice(at, to);
    if (cut(line, bounds) !== undefined) return false;
    for (let index = 0; index < numbers; index += 2)
      if (!isNumeric(line, bounds[index] as number, bounds[index + 1] as number)) return false;
    return true;
  };
}

/** Makes the function that builds a visit from the fields of a line, which stand where the bounds say. */
function builder(variables: readonly Variable[], escape: Escape, served: string | undefined): (line: string, bounds: Bounds) => Entry {
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
  const readDate = dateReader();
  const readAgent = agentReader(escape);
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

  /** The host that was checked last: few logs have many. */
  let lastHost: string | undefined;
  const isHost = (host: string): boolean => {
    if (host === lastHost) return true;
    if (!isAuthority(host)) return false;
    lastHost = host;
    return true;
  };

  const startOf = (bounds: Bounds, at: number): number => bounds[2 * at] as number;
  const endOf = (bounds: Bounds, at: number): number => bounds[2 * at + 1] as number;
  const raw = (line: string, bounds: Bounds, at: number): string => line.slice(startOf(bounds, at), endOf(bounds, at));
  const isNone = (line: string, bounds: Bounds, at: number): boolean => isMissingIn(line, startOf(bounds, at), endOf(bounds, at));
  const text = (line: string, bounds: Bounds, at: number, how: Escape): string | undefined =>
    at === -1 || isNone(line, bounds, at) ? undefined : unescaped(raw(line, bounds, at), how);
  const wrong = (line: string, bounds: Bounds, at: number, what: string): Fault => ({
    fault: `${nameOf(at)} is not ${what}: ${shown(raw(line, bounds, at))}`,
    fields: at,
  });

  return (line, bounds) => {
    const how = isEscapedIn(line, escape) ? escape : "none";
    let address: string | undefined;
    let name: string | undefined;
    if (addressAt !== -1) {
      const from = startOf(bounds, addressAt);
      const to = endOf(bounds, addressAt);
      address = addressIn(line, from, to, addressRole);
      if (address === undefined) {
        const other = line.slice(from, to);
        if (addressRole.kind === "client" && isAuthority(other)) name = other;
        else if (!isNoAddress(other, addressRole))
          return wrong(line, bounds, addressAt, addressRole.kind === "endpoint" ? "an address and a port" : "an address");
      }
    }

    let time: number | undefined;
    if (timeAt !== -1 && !isNone(line, bounds, timeAt)) {
      time = readTime(line, startOf(bounds, timeAt), endOf(bounds, timeAt));
      if (Number.isNaN(time)) return wrong(line, bounds, timeAt, "a time");
    } else if (dateAt !== -1 && clockAt !== -1) {
      time = readDate(raw(line, bounds, dateAt), raw(line, bounds, clockAt));
      if (Number.isNaN(time)) return wrong(line, bounds, dateAt, "a date with the time behind it");
    }

    let status: string | undefined;
    if (statusAt !== -1) {
      const code = raw(line, bounds, statusAt);
      if (code.length === 3 && isStatusAt(code, 0)) status = code;
      else if (!NO_STATUS.has(code)) return wrong(line, bounds, statusAt, "a status from 100 to 599");
    }
    for (let index = 0; index < numbers.length; index++) {
      const at = numbers[index] as number;
      if (!isNumeric(line, startOf(bounds, at), endOf(bounds, at))) return wrong(line, bounds, at, "a number");
    }

    // What a server refused need not be a request: it logs what came.
    const refused = status === undefined || status.charCodeAt(0) === 52 || status === "505";
    let method: string | undefined;
    let url: string | undefined;
    if (requestAt !== -1) {
      const from = startOf(bounds, requestAt);
      const to = endOf(bounds, requestAt);
      if (isMissingIn(line, from, to) || (line.charCodeAt(from) === DASH && line.charCodeAt(from + 1) === SPACE)) return NO_REQUEST;
      const space = within(line.indexOf(" ", from), to);
      const last = space === -1 ? -1 : within(line.indexOf(" ", space + 1), to);
      // HTTP/0.9 has no protocol.
      if (space !== -1 && (last === -1 || isProtocolIn(line, last + 1, to)) && isMethodIn(line, from, space)) {
        method = line.slice(from, space);
        url = unescaped(line.slice(space + 1, last === -1 ? to : last), how);
      }
      if (method === undefined || url === undefined || !isTarget(url, method))
        return refused ? REFUSED : wrong(line, bounds, requestAt, "a method, a target and a protocol");
    }
    if (methodAt !== -1) {
      method = text(line, bounds, methodAt, how);
      if (method === undefined) return NO_REQUEST;
      if (!isMethod(method)) return refused ? REFUSED : wrong(line, bounds, methodAt, "a method");
    }
    if (targetAt !== -1) {
      url = text(line, bounds, targetAt, how);
      if (url === undefined) return NO_REQUEST;
      if (!isTarget(url, method)) return refused ? REFUSED : wrong(line, bounds, targetAt, "a path or a URL");
    } else if (pathAt !== -1 && requestAt === -1) {
      url = text(line, bounds, pathAt, how);
      if (url === undefined) return NO_REQUEST;
      if (!url.startsWith("/") && url !== "*") return refused ? REFUSED : wrong(line, bounds, pathAt, "a path");
      const query = text(line, bounds, queryAt, how);
      if (query !== undefined && query !== "?") url += query.startsWith("?") ? query : `?${query}`;
    }
    for (let index = 0; index < parameters.length; index++) {
      const parameter = parameters[index] as Named;
      const value = text(line, bounds, parameter.at, how);
      if (value !== undefined) url = `${url ?? "/"}${url?.includes("?") === true ? "&" : "?"}${parameter.name}=${value}`;
    }

    const carried = empty();
    let host = text(line, bounds, hostAt, how);
    if (host !== undefined && host !== "_") {
      if (!isHost(host)) return refused ? REFUSED : wrong(line, bounds, hostAt, "a host");
      if (isVhost) host = withoutDefaultPort(host);
    } else host = url !== undefined && url.charCodeAt(0) !== SLASH ? hostOf(url) : undefined;
    if (host !== undefined) carried["host"] = host;
    const referrer = text(line, bounds, referrerAt, how);
    if (referrer !== undefined) carried["referer"] = referrer;
    const agent = agentAt === -1 || isNone(line, bounds, agentAt) ? undefined : readAgent(raw(line, bounds, agentAt), how);
    if (agent !== undefined) carried["user-agent"] = agent;
    for (let index = 0; index < otherHeaders.length; index++) {
      const header = otherHeaders[index] as Named;
      const value = text(line, bounds, header.at, how);
      if (value !== undefined) carried[header.name] = value;
    }
    for (let index = 0; index < cookies.length; index++) {
      const cookie = cookies[index] as Named;
      const value = text(line, bounds, cookie.at, how);
      const before = carried["cookie"];
      if (value !== undefined) carried["cookie"] = `${before === undefined ? "" : `${before}; `}${cookie.name}=${value}`;
    }
    const forwarded = text(line, bounds, forwardedAt, how);
    if (forwarded !== undefined) {
      carried["x-forwarded-for"] = forwarded;
      if (addressAt === -1) address = lastForwarded(forwarded);
    }

    const signedIn = text(line, bounds, userAt, how);
    const known: { [name: string]: string } = empty();
    if (address !== undefined) known["remote_addr"] = address;
    if (name !== undefined) known["remote_host"] = name;
    if (status !== undefined) known["status"] = status;
    if (signedIn !== undefined) known["remote_user"] = signedIn;
    for (let index = 0; index < attributes.length; index++) {
      const attribute = attributes[index] as Named;
      const value = text(line, bounds, attribute.at, how);
      if (value !== undefined) known[attribute.name] = value;
    }
    const request: NodeRequest = { headers: carried, url, method, attributes: known };
    const user = signedIn ?? userText(address ?? name, agent);
    return { request, user, session: undefined, draw: undefined, served: text(line, bounds, servedAt, how), time };
  };
}

function addressIn(line: string, from: number, to: number, { kind }: Role): string | undefined {
  return kind === "endpoint" ? endpointAddress(line, from, to) : isAddress(line, from, to) ? line.slice(from, to) : undefined;
}

/** The place, where it is before the end; otherwise -1, as `indexOf` says of what is not there. */
function within(place: number, end: number): number {
  return place < end ? place : -1;
}

/** What stands in place of an address: `-` where it is optional, and what nginx writes for a client on a socket of the same machine. */
function isNoAddress(text: string, role: Role): boolean {
  const optional = role.kind === "endpoint" || (role.kind === "address" && role.optional === true);
  return (optional && text === MISSING) || text === "unix:";
}

/** Whether a value is missing: it is empty, or `-`. */
export function isMissing(value: string): boolean {
  return isMissingIn(value, 0, value.length);
}

function isMissingIn(line: string, from: number, to: number): boolean {
  return to === from || (to === from + 1 && line.charCodeAt(from) === DASH);
}

/** Reads times of one clock. */
function instantReader(role: Role | undefined): ReadTime {
  return timeReader(role?.kind === "time" ? role.clock : "iso");
}

/** What servers write where there is no status. */
const NO_STATUS: ReadonlySet<string> = new Set([MISSING, "0", "000", "-1"]);

/** Whether a status from 100 to 599 begins there. */
function isStatusAt(text: string, at: number): boolean {
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
function isNumeric(line: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const unit = line.charCodeAt(at);
    if (!((unit >= 44 && unit <= 58 && unit !== SLASH) || unit === SPACE)) return false;
  }
  return to > from;
}
