import { shown } from "../../../document/index.ts";
import { isNothing, requestOf, textIn } from "../../../request/index.ts";
import { isRecord, type JSONRecord } from "../record.ts";
import type { Entry, Fault } from "../visit.ts";
import { instantOf } from "./instant.ts";
import { type FieldMap, type MapOptions, mapReader } from "./map.ts";
import { isNginxVariable, nginxRole } from "./nginx.ts";
import { pathReader } from "./path.ts";
import { isMethod } from "./request-line.ts";

/** A format of records, each an object of JSON. */
export interface JSONFormat {
  readonly name: string;
  readonly description: string;
  /** Whether a record has the keys by which the format is known. */
  readonly fits: (record: JSONRecord) => boolean;
  /** Makes the function that reads its records. `served` is the path of the version that answered. */
  readonly reader: (served?: string) => (record: JSONRecord) => Entry;
}

interface Preset {
  readonly name: string;
  readonly description: string;
  readonly fits: (record: JSONRecord) => boolean;
  readonly map: FieldMap;
  /** Headers that have no path of their own. */
  readonly more?: NonNullable<MapOptions["more"]>;
  /** Whether an object of the query has its values as they stood in it, and not decoded. */
  readonly rawQuery?: boolean;
  /** Why a record holds no request, where it is of the format and holds none. */
  readonly skips?: (record: JSONRecord) => string | undefined;
}

const NO_REQUEST = "a connection without an HTTP request";

/** A preset as a format. A record without the keys of the format is malformed, whatever else it has. */
function preset({ name, description, fits, map, skips, ...options }: Preset): JSONFormat {
  return {
    name,
    description,
    fits,
    reader: (served) => {
      const read = mapReader(map, { ...options, served });
      return (record) => {
        const skipped = skips?.(record);
        if (skipped !== undefined) return { skipped };
        return fits(record) ? read(record) : noKeys(record);
      };
    },
  };
}

function noKeys(record: JSONRecord): Fault {
  const keys = Object.keys(record).slice(0, 5).map(shown).join(", ");
  return { fault: keys === "" ? "no key of a request: the record is empty" : `no key of a request: it has ${keys}` };
}

function has(record: unknown, ...keys: readonly string[]): boolean {
  return isRecord(record) && keys.some((key) => Object.hasOwn(record, key));
}

function isMissing(value: unknown): boolean {
  return isNothing(value) || value === "" || value === "-";
}

const own = (record: JSONRecord, key: string): unknown => (Object.hasOwn(record, key) ? record[key] : undefined);

/** The keys of a request in this library's own form, and of who made it. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  "headers",
  "method",
  "url",
  "path",
  "query",
  "cookies",
  "attributes",
  "host",
  "authority",
  "draw",
  "user",
  "session",
]);

/**
 * Whether a record is a request in the library's own form. Logs of anything have keys such as `host`, `query` and `user`: these count
 * only where all keys are of this form. A `method` or a `path` counts where it looks like one, and the others always.
 */
function isOwn(record: JSONRecord): boolean {
  const inner = own(record, "request");
  if (isRecord(inner)) return isOwn(inner);
  if (has(record, "headers", "url", "cookies", "draw") || isRecord(own(record, "attributes"))) return true;
  const [method, path] = [own(record, "method"), own(record, "path")];
  if ((typeof method === "string" && isMethod(method)) || (typeof path === "string" && path.startsWith("/"))) return true;
  const keys = Object.keys(record);
  return keys.length > 0 && keys.every((key) => OWN_KEYS.has(key));
}

/** This library's own form: that of suites and witnesses, with who made the request beside it. `request` may hold the parts, as in a suite. */
const OWN: JSONFormat = {
  name: "json",
  description:
    "this library's own: `headers`, `method`, `url`, `path`, `query`, `cookies`, `host`, `attributes`, `user`, `session`, `draw`, `time`",
  fits: isOwn,
  reader: (served) => {
    const version = served === undefined ? () => undefined : pathReader(served);
    return (record) => {
      if (!isOwn(record)) return noKeys(record);
      const inner = own(record, "request");
      const request = requestOf(isRecord(inner) ? inner : record);
      if ("fault" in request) return request;
      const user = own(record, "user");
      const session = own(record, "session");
      if (!isNothing(user) && textIn(user) === undefined) return { fault: "`user` is not text" };
      if (!isNothing(session) && textIn(session) === undefined) return { fault: "`session` is not text" };
      const time = instantOf(own(record, "time"));
      return {
        request,
        user: textIn(user),
        session: textIn(session),
        draw: (own(record, "draw") ?? undefined) as number | undefined,
        served: textIn(version(record)),
        time: Number.isNaN(time) ? undefined : time,
      };
    };
  },
};

const NGINX_REQUEST = ["request", "request_uri", "request_method", "uri"];

/** Formats of JSON records, the more particular first. */
export const JSON_FORMATS: readonly JSONFormat[] = [
  preset({
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    name: "lambda-v2",
    description: "events of AWS Lambda from an HTTP API or a function URL, payload 2.0",
    fits: (record) => has(record, "rawPath") || has(pathReader("requestContext")(record), "http"),
    map: {
      ":method": "requestContext.http.method",
      ":path": ["rawPath", "requestContext.http.path"],
      ":authority": "requestContext.domainName",
      query: "rawQueryString",
      headers: "headers",
      cookies: "cookies",
      remote_addr: "requestContext.http.sourceIp",
      time: "requestContext.timeEpoch",
    },
  }),
  preset({
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    name: "alb-event",
    description: "events of AWS Lambda from an Application Load Balancer",
    fits: (record) => has(pathReader("requestContext")(record), "elb"),
    map: {
      ":method": "httpMethod",
      ":path": "path",
      query: ["multiValueQueryStringParameters", "queryStringParameters"],
      headers: ["multiValueHeaders", "headers"],
    },
    rawQuery: true,
  }),
  preset({
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    name: "lambda",
    description: "events of AWS Lambda from a REST API, payload 1.0",
    fits: (record) => has(record, "httpMethod") && has(record, "multiValueHeaders", "multiValueQueryStringParameters", "resource"),
    map: {
      ":method": "httpMethod",
      ":path": "path",
      ":authority": "requestContext.domainName",
      query: ["multiValueQueryStringParameters", "queryStringParameters"],
      headers: ["multiValueHeaders", "headers"],
      remote_addr: "requestContext.identity.sourceIp",
      time: "requestContext.requestTimeEpoch",
    },
  }),
  preset({
    // https://support.huaweicloud.com/intl/en-us/devg-functiongraph/functiongraph_02_0102.html
    name: "apig",
    description: "events of FunctionGraph from an APIG trigger",
    fits: (record) => has(record, "httpMethod"),
    map: {
      ":method": "httpMethod",
      ":path": "path",
      query: "queryStringParameters",
      headers: "headers",
      remote_addr: ["requestContext.sourceIp", "requestContext.identity.sourceIp"],
    },
  }),
  preset({
    // https://caddyserver.com/docs/logging
    name: "caddy",
    description: "Caddy's access log",
    fits: (record) => has(own(record, "request"), "uri", "remote_ip", "remote_addr"),
    map: {
      ":method": "request.method",
      ":path": "request.uri",
      ":authority": "request.host",
      headers: "request.headers",
      remote_addr: ["request.client_ip", "request.remote_ip", "request.remote_addr"],
      "attribute remote_user": "user_id",
      status: "status",
      time: "ts",
    },
    skips: (record) =>
      typeof own(record, "logger") === "string" && !has(record, "request") ? "a message of the server about itself" : undefined,
  }),
  preset({
    // https://doc.traefik.io/traefik/observability/access-logs/
    name: "traefik",
    description: "Traefik's access log as JSON",
    fits: (record) => has(record, "RequestMethod", "RequestPath", "RequestHost", "RequestAddr"),
    map: {
      ":method": "RequestMethod",
      ":path": "RequestPath",
      ":authority": ["RequestAddr", "RequestHost"],
      remote_addr: ["ClientHost", "ClientAddr"],
      "attribute remote_user": "ClientUsername",
      status: ["DownstreamStatus", "OriginStatus"],
      time: ["StartUTC", "StartLocal", "time"],
    },
    more: (record) =>
      Object.entries(record).flatMap(([key, value]) => (key.startsWith("request_") ? [[key.slice(8), value] as const] : [])),
    skips: (record) =>
      has(record, "level") && has(record, "msg") && !has(record, "RequestMethod") ? "a message of the server about itself" : undefined,
  }),
  preset({
    // https://istio.io/latest/docs/tasks/observability/logs/access-log/
    name: "envoy-json",
    description: "Envoy's and Istio's access log as JSON",
    fits: (record) =>
      has(record, "method", "path", "authority") && has(record, "response_code", "response_flags", "upstream_cluster", "start_time"),
    map: {
      ":method": "method",
      ":path": "path",
      ":authority": "authority",
      "header user-agent": "user_agent",
      "header x-forwarded-for": "x_forwarded_for",
      "header x-request-id": "request_id",
      remote_addr: "downstream_remote_address",
      status: "response_code",
      time: "start_time",
    },
    skips: (record) =>
      isMissing(own(record, "method")) && isMissing(own(record, "path")) && has(record, "response_code", "start_time")
        ? NO_REQUEST
        : undefined,
  }),
  preset({
    // https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/
    name: "cloudflare",
    description: "Cloudflare Logpush, `http_requests`",
    fits: (record) => has(record, "ClientRequestMethod", "ClientRequestURI", "ClientRequestPath", "ClientRequestHost"),
    map: {
      ":method": "ClientRequestMethod",
      ":path": ["ClientRequestURI", "ClientRequestPath"],
      ":authority": "ClientRequestHost",
      "header user-agent": "ClientRequestUserAgent",
      "header referer": "ClientRequestReferer",
      headers: "RequestHeaders",
      cookies: "Cookies",
      remote_addr: "ClientIP",
      "attribute country": "ClientCountry",
      status: "EdgeResponseStatus",
      time: "EdgeStartTimestamp",
    },
  }),
  preset({
    // https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#HttpRequest
    name: "gcp",
    description: "Google Cloud's load balancer and Cloud Run: `httpRequest`",
    fits: (record) => has(own(record, "httpRequest"), "requestUrl", "requestMethod"),
    map: {
      ":method": "httpRequest.requestMethod",
      ":path": "httpRequest.requestUrl",
      "header user-agent": "httpRequest.userAgent",
      "header referer": "httpRequest.referer",
      remote_addr: "httpRequest.remoteIp",
      status: "httpRequest.status",
      time: "timestamp",
    },
  }),
  preset({
    // Keys are the names of nginx's variables, as most people name them.
    name: "nginx-json",
    description: "nginx with a `log_format` of JSON whose keys are the names of its variables",
    fits: (record) =>
      NGINX_REQUEST.some((key) => typeof own(record, key) === "string") && Object.keys(record).filter(isNginxVariable).length > 1,
    map: {
      ":method": "request_method",
      ":path": ["request_uri", "uri", "document_uri"],
      ":authority": ["http_host", "host"],
      query: ["args", "query_string"],
      request: "request",
      remote_addr: "remote_addr",
      "attribute remote_user": "remote_user",
      status: "status",
      time: ["time_iso8601", "time_local", "msec"],
    },
    more: (record) =>
      Object.entries(record).flatMap(([key, value]) => {
        const role = nginxRole(key);
        if (isMissing(value)) return [];
        if (role.kind === "cookie") return [["cookie", `${role.name}=${String(value)}`] as const];
        return role.kind === "header" ? [[role.name, value] as const] : [];
      }),
    skips: (record) => (isRefused(own(record, "status")) && !hasRequestLine(record) ? NO_REQUEST : undefined),
  }),
  OWN,
];

function isRefused(status: unknown): boolean {
  return /^(?:4\d\d|0+)$/.test(String(status));
}

/** Whether nginx could read a request: of one that it could not, it logs what came. */
function hasRequestLine(record: JSONRecord): boolean {
  const line = own(record, "request");
  if (typeof line === "string" && !isMissing(line)) return /^[A-Z][A-Z0-9_-]* \S+(?: HTTP\/\d(?:\.\d)?)?$/.test(line);
  return !isMissing(own(record, "request_uri")) || !isMissing(own(record, "uri"));
}
