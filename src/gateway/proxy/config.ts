import type { Version } from "../../alias/index.ts";
import {
  bounded,
  type Checked,
  each,
  entries,
  fail,
  isObject,
  list,
  optional,
  readInput,
  record,
  shown,
  type Text,
  words,
} from "../../document/index.ts";
import {
  boolean,
  filled,
  type Input,
  oneOf,
  quantity,
  readHeader,
  readToken,
  seconds,
  type TokenConfig,
  urlsOf,
  whole,
} from "./reading.ts";
import { type AffinityConfig, type OverrideConfig, readAffinity, readOverride } from "./visitors.ts";

/** Where a server listens: `127.0.0.1:8080`, `[::1]:8080`, or a port alone, which is one of loopback. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The listener for operators. */
export interface AdminConfig extends Address {
  /** What must come as `Authorization: Bearer`; there where the address is not of loopback. */
  readonly token: TokenConfig | undefined;
}

/** Where the aliases come from. */
export interface SourceConfig {
  /** `store` is the embedded store of an alias API; one in etcd is followed as `etcd`. */
  readonly kind: "directory" | "http" | "etcd" | "redis" | "store";
  /** A path, or a URL. */
  readonly from: string;
  /** Whose aliases, where they are those of an alias API. */
  readonly project: string | undefined;
  readonly passwordFile: string | undefined;
  /** Seconds between two questions. */
  readonly interval: number | undefined;
}

/** Where requests of a host and a path go: to the upstream of the version that the alias decides, or always to one. */
export interface RouteConfig {
  /** In lower case, without a port; undefined stands for every host. */
  readonly host: string | undefined;
  /** Begins with `/`; it matches itself and everything below it. */
  readonly path: string;
  readonly to:
    | { readonly kind: "alias"; readonly alias: string; readonly upstreams: ReadonlyMap<Version, string> }
    | { readonly kind: "fixed"; readonly upstream: string };
}

/** In seconds. */
export interface Timeouts {
  /** For the head of a request, from its first byte. */
  readonly head: number;
  /** For a whole request. */
  readonly request: number;
  /** To connect to an upstream and to get the head of its response. */
  readonly response: number;
  /** Without a byte in either direction, of a response that has begun and of a WebSocket. */
  readonly idle: number;
  /** For the next request of a connection. */
  readonly keepAlive: number;
  /** For requests that are under way when the gateway is told to end. */
  readonly shutdown: number;
}

/** In bytes; connections are counted. */
export interface Limits {
  readonly head: number;
  readonly body: number;
  readonly connections: number;
}

/** What may change at once: the options of the table. */
export interface GuardConfig {
  readonly maxChanged: number | undefined;
  readonly maxMoved: number | undefined;
  readonly keepPrimary: boolean;
}

/** The config of a gateway, once it is read. */
export interface GatewayConfig {
  readonly listen: Address;
  readonly admin: AdminConfig | undefined;
  /** The listener of the decision service, which other gateways ask. */
  readonly decisions: Address | undefined;
  readonly aliases: SourceConfig;
  readonly snapshot: string | undefined;
  readonly guard: GuardConfig;
  readonly routes: readonly RouteConfig[];
  /** The request header, in lower case, that tells an upstream its version. */
  readonly header: string;
  readonly affinity: AffinityConfig | undefined;
  readonly override: OverrideConfig | undefined;
  /** Whether `X-Forwarded-*` of the client are kept, because a proxy that is trusted stands before the gateway. */
  readonly trustForwarded: boolean;
  /** How often a request that can be sent again without harm is sent again. */
  readonly retries: number;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly log: { readonly level: LogLevel; readonly requests: boolean };
}

/** As pino has them. */
export type LogLevel = (typeof LEVELS)[number];

const KEYS = [
  "listen",
  "admin",
  "decisions",
  "aliases",
  "snapshot",
  "guard",
  "routes",
  "header",
  "affinity",
  "override",
  "trust_forwarded",
  "retries",
  "timeouts",
  "limits",
  "log",
] as const;

const LEVELS = ["fatal", "error", "warn", "info", "debug", "silent"] as const;

/** Routes of one gateway. */
const MOST_ROUTES = 10_000;

/** Versions of one route. */
const MOST_UPSTREAMS = 1_000;

/** Reads the config of a gateway, or says everything that is wrong with it. */
export function parseGateway(value: unknown, written?: Text["written"]): Checked<GatewayConfig> {
  return readInput(value, readGateway, { state: undefined, written });
}

function readGateway(input: Input): GatewayConfig | undefined {
  const fields = record(input, KEYS);
  if (fields === undefined) return undefined;
  const listen = readAddress(fields.listen);
  const admin = optional(fields.admin, readAdmin);
  const decisions = optional(fields.decisions, readAddress);
  const aliases = readSource(fields.aliases);
  const snapshot = optional(fields.snapshot, filled);
  const guard = optional(fields.guard, readGuard) ?? { maxChanged: undefined, maxMoved: undefined, keepPrimary: false };
  const routes = readRoutes(fields.routes);
  const header = optional(fields.header, readHeader) ?? "x-cff-func-version";
  const affinity = optional(fields.affinity, readAffinity);
  const override = optional(fields.override, readOverride);
  const trustForwarded = optional(fields.trust_forwarded, boolean) ?? false;
  const retries = optional(fields.retries, whole(0, 5)) ?? 1;
  const timeouts = optional(fields.timeouts, readTimeouts) ?? TIMEOUTS;
  const limits = optional(fields.limits, readLimits) ?? LIMITS;
  const log = optional(fields.log, readLog) ?? { level: "info", requests: true };
  checkPorts([fields.listen, listen], [fields.admin, admin], [fields.decisions, decisions]);
  if (listen === undefined || aliases === undefined || routes === undefined) return undefined;
  const choice = { header, affinity, override, trustForwarded };
  return { listen, admin, decisions, aliases, snapshot, guard, routes, ...choice, retries, timeouts, limits, log };
}

/** `host:port`, or a port alone. */
function readAddress(input: Input): Address | undefined {
  const text = typeof input.value === "number" ? String(input.value) : bounded(input);
  if (text === undefined) return undefined;
  const found = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:[\]/]+):)?(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found === null || port > 65_535)
    return fail(input, "address", `${shown(text)} is no address`, "write a host and a port: `127.0.0.1:8080`, `[::1]:8080`");
  return { host: (found[1] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readAdmin(input: Input): AdminConfig | undefined {
  if (!isObject(input)) return guarded(input, readAddress(input), undefined);
  const fields = record(input, ["listen", "token", "token_file"]);
  if (fields === undefined) return undefined;
  return guarded(fields.listen, readAddress(fields.listen), readToken(fields.token, fields.token_file));
}

function guarded(input: Input, address: Address | undefined, token: TokenConfig | undefined): AdminConfig | undefined {
  if (address === undefined) return undefined;
  if (token === undefined && !isLoopback(address.host)) {
    const message = `${shown(address.host)} can be reached from other machines, and there is no token`;
    return fail(input, "admin-token", message, "write `admin: { listen: …, token_file: … }`, or listen on `127.0.0.1`");
  }
  return { ...address, token };
}

function checkPorts(...listeners: readonly (readonly [Input, Address | undefined])[]): void {
  const seen = new Set<string>();
  for (const [input, address] of listeners) {
    if (address === undefined || address.port === 0) continue;
    const name = `${address.host}:${address.port}`;
    if (seen.has(name)) fail(input, "address", `${shown(name)} is the address of another listener`, "give each a port of its own");
    seen.add(name);
  }
}

const SCHEMES: Readonly<Record<string, SourceConfig["kind"]>> = {
  "http:": "http",
  "https:": "http",
  "etcd:": "etcd",
  "etcds:": "etcd",
  "redis:": "redis",
  "rediss:": "redis",
};

/** A text, or an object with more beside it. */
function readSource(input: Input): SourceConfig | undefined {
  if (!isObject(input)) return sourceFrom(input, undefined, undefined);
  const fields = record(input, ["from", "store", "project", "password_file", "interval"]);
  if (fields === undefined) return undefined;
  const passwordFile = optional(fields.password_file, filled);
  const interval = optional(fields.interval, seconds);
  const isThere = ({ value }: Input): boolean => value !== undefined && value !== null;
  if (!isThere(fields.store)) {
    if (isThere(fields.project))
      return fail(fields.project, "alias-source", "`project` does nothing without a store", "write `store`, or leave it out");
    return sourceFrom(fields.from, passwordFile, interval);
  }
  if (isThere(fields.from)) return fail(fields.from, "alias-source", "`from` and `store` are both there", "leave one of them out");
  const project = readProject(fields.project);
  return project === undefined ? undefined : storeFrom(fields.store, project, passwordFile, interval);
}

function sourceFrom(input: Input, passwordFile: string | undefined, interval: number | undefined): SourceConfig | undefined {
  const from = filled(input);
  if (from === undefined) return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(from)?.[1]?.toLowerCase();
  const kind = scheme === undefined ? "directory" : Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  const known = words(["./aliases", "https://…", "etcd://127.0.0.1:2379/canary/", "redis://127.0.0.1:6379"], "or");
  if (kind === undefined || (kind !== "directory" && urlsOf(from) === undefined))
    return fail(input, "alias-source", `${shown(from)} is no source of aliases`, `write ${known}`);
  if (kind === "directory" && passwordFile !== undefined)
    return fail(input, "alias-source", "a directory has no password", "leave `password_file` out");
  return { kind, from, project: undefined, passwordFile, interval };
}

/** What the alias API keeps: a file, or etcd, where each alias stands under a key of its own. */
function storeFrom(
  input: Input,
  project: string,
  passwordFile: string | undefined,
  interval: number | undefined,
): SourceConfig | undefined {
  const store = filled(input);
  if (store === undefined) return undefined;
  if (/^etcds?:\/\//.test(store)) {
    const [, servers, prefix = ""] = /^(etcds?:\/\/[^/]+)\/?(.*)$/.exec(store) ?? [];
    const from = `${servers}/${prefix === "" ? "canary" : prefix.replace(/\/$/, "")}/aliases/${encodeURIComponent(project)}/`;
    if (servers !== undefined && urlsOf(from) !== undefined) return { kind: "etcd", from, project, passwordFile, interval };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(store))
    return fail(input, "alias-source", `${shown(store)} is no store`, "write the path of a file, or `etcd://127.0.0.1:2379/canary/`");
  const beside = passwordFile !== undefined ? "password_file" : interval !== undefined ? "interval" : undefined;
  if (beside !== undefined)
    return fail(input, "alias-source", `\`${beside}\` does nothing beside a store in a file`, `leave \`${beside}\` out`);
  return { kind: "store", from: store, project, passwordFile, interval };
}

function readProject(input: Input): string | undefined {
  const project = filled(input);
  if (project === undefined || /^[A-Za-z0-9_-]+$/.test(project)) return project;
  return fail(input, "alias-source", `${shown(project)} is no project`, "write its id, as the credentials of the alias API have it");
}

function readGuard(input: Input): GuardConfig | undefined {
  const fields = record(input, ["max_changed", "max_moved", "keep_primary"]);
  if (fields === undefined) return undefined;
  return {
    maxChanged: optional(fields.max_changed, whole(1, 1_000_000)),
    maxMoved: optional(fields.max_moved, (moved) => quantity(moved, 0, 100, false)),
    keepPrimary: optional(fields.keep_primary, boolean) ?? false,
  };
}

function readRoutes(input: Input): readonly RouteConfig[] | undefined {
  const inputs = list(input, { limit: MOST_ROUTES, what: "routes" });
  if (inputs === undefined) return undefined;
  if (inputs.length === 0) return fail(input, "route-match", "there is no route", "write at least one, such as `- { alias: checkout, … }`");
  const seen = new Map<string, number>();
  return each(inputs, (route) => {
    const read = readRoute(route);
    if (read === undefined) return undefined;
    const name = `${read.host ?? "*"}${read.path}`;
    const other = seen.get(name);
    if (other !== undefined) return fail(route, "route-repeat", `the host and the path are those of route ${other}`, "keep one of them");
    seen.set(name, Number(route.key));
    return read;
  });
}

function readRoute(input: Input): RouteConfig | undefined {
  const fields = record(input, ["host", "path", "alias", "upstreams", "upstream"]);
  if (fields === undefined) return undefined;
  const host = optional(fields.host, readHost);
  const path = optional(fields.path, readPath) ?? "/";
  const alias = optional(fields.alias, filled);
  const upstream = optional(fields.upstream, readUpstream);
  const upstreams = optional(fields.upstreams, readUpstreams);
  const isFixed = fields.upstream.value !== undefined && fields.upstream.value !== null;
  if (isFixed) {
    const beside = [fields.alias, fields.upstreams].find(({ value }) => value !== undefined && value !== null);
    if (beside !== undefined)
      return fail(beside, "upstream", `${shown(String(beside.key))} does nothing beside \`upstream\``, "leave one of them out");
    return upstream === undefined ? undefined : { host, path, to: { kind: "fixed", upstream } };
  }
  const missing = (["alias", "upstreams"] as const).find((key) => fields[key].value === undefined || fields[key].value === null);
  if (missing !== undefined)
    return fail(input, "missing-key", `the key \`${missing}\` is missing`, "a route has `alias` and `upstreams`, or `upstream` alone");
  return alias === undefined || upstreams === undefined ? undefined : { host, path, to: { kind: "alias", alias, upstreams } };
}

function readHost(input: Input): string | undefined {
  const host = bounded(input)?.toLowerCase();
  if (host === undefined) return undefined;
  if (/^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$|^\[[0-9a-f:.]+\]$/.test(host)) return host;
  const help = host.includes(":") ? "leave the port out: a route has the host alone" : "write one name, such as `shop.example`";
  return fail(input, "route-match", `${shown(host)} is no host`, help);
}

function readPath(input: Input): string | undefined {
  const path = bounded(input);
  if (path === undefined) return undefined;
  if (/^\/[!-"$->@-~]*$/.test(path)) return path.length > 1 ? path.replace(/\/+$/, "") : path;
  return fail(input, "route-match", `${shown(path)} is no path`, "begin with `/`; a query and other characters than ASCII are not matched");
}

function readUpstreams(input: Input): ReadonlyMap<Version, string> | undefined {
  const inputs = entries(input, { limit: MOST_UPSTREAMS, what: "upstreams" });
  if (inputs === undefined) return undefined;
  if (inputs.length === 0)
    return fail(input, "upstream", "there is no upstream", "write one for each version: `v1: http://127.0.0.1:9001`");
  const read = inputs.flatMap((each) => {
    const url = readUpstream(each);
    return url === undefined ? [] : [[String(each.key), url] as const];
  });
  return new Map(read);
}

/** The URL of an upstream, which may have a path that is put before that of the request. */
function readUpstream(input: Input): string | undefined {
  const text = filled(input);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    return fail(input, "upstream-target", `${shown(text)} is no URL of HTTP`, "write `http://127.0.0.1:9001`");
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    const message = `${shown(url.host)} has a query, a fragment or a password beside it`;
    return fail(input, "upstream-target", message, "write the scheme, the host and the port");
  }
  return url.href.replace(/\/$/, "");
}

/** Where nothing is said; the first two are those of node. */
const TIMEOUTS: Timeouts = { head: 60, request: 300, response: 60, idle: 300, keepAlive: 75, shutdown: 30 };

function readTimeouts(input: Input): Timeouts | undefined {
  const fields = record(input, ["head", "request", "response", "idle", "keep_alive", "shutdown"]);
  if (fields === undefined) return undefined;
  return {
    head: optional(fields.head, seconds) ?? TIMEOUTS.head,
    request: optional(fields.request, seconds) ?? TIMEOUTS.request,
    response: optional(fields.response, seconds) ?? TIMEOUTS.response,
    idle: optional(fields.idle, seconds) ?? TIMEOUTS.idle,
    keepAlive: optional(fields.keep_alive, seconds) ?? TIMEOUTS.keepAlive,
    shutdown: optional(fields.shutdown, seconds) ?? TIMEOUTS.shutdown,
  };
}

/** Where nothing is said: 16 KiB as node has it, 10 MiB, and 10,000 connections. */
const LIMITS: Limits = { head: 16_384, body: 10_485_760, connections: 10_000 };

function readLimits(input: Input): Limits | undefined {
  const fields = record(input, ["head", "body", "connections"]);
  if (fields === undefined) return undefined;
  return {
    head: optional(fields.head, whole(1_024, 1_048_576)) ?? LIMITS.head,
    body: optional(fields.body, whole(0, Number.MAX_SAFE_INTEGER)) ?? LIMITS.body,
    connections: optional(fields.connections, whole(1, 1_000_000)) ?? LIMITS.connections,
  };
}

function readLog(input: Input): GatewayConfig["log"] | undefined {
  const fields = record(input, ["level", "requests"]);
  if (fields === undefined) return undefined;
  const level = optional(fields.level, oneOf(LEVELS, "level of a log")) ?? "info";
  return { level, requests: optional(fields.requests, boolean) ?? true };
}
