import { IGNORED, type Layout, type Role, type Variable } from "./layout.ts";

/** A format of access logs whose fields stand in fixed places. */
export interface AccessFormat {
  readonly name: string;
  readonly description: string;
  readonly layout: Layout;
}

/** The roles of names in the layouts below. A name that begins with `-` is read and ignored. */
const ROLES: Readonly<Record<string, Role>> = {
  address: { kind: "address" },
  addressOrNone: { kind: "address", optional: true },
  client: { kind: "client" },
  endpoint: { kind: "endpoint" },
  user: { kind: "attribute", name: "remote_user" },
  time: { kind: "time", clock: "clf" },
  iso: { kind: "time", clock: "iso" },
  haproxy: { kind: "time", clock: "haproxy" },
  request: { kind: "request" },
  method: { kind: "method" },
  target: { kind: "target" },
  status: { kind: "status" },
  number: { kind: "number" },
  referer: { kind: "header", name: "referer" },
  agent: { kind: "header", name: "user-agent" },
  requestId: { kind: "header", name: "x-request-id" },
  forwarded: { kind: "forwarded" },
  forwardedFor: { kind: "header", name: "x-forwarded-for" },
  host: { kind: "host" },
  vhost: { kind: "vhost" },
};

/**
 * A layout in short: names in braces are fields, `{name:role}`, and where the role is left out it has the name's. A `*` behind a name
 * marks a list. Whatever stands between them stands between them in the line.
 */
function layout(text: string, { escape = "backslash", tail = "none", separator }: Partial<Layout> = {}): Layout {
  const tokens = text.split(/(\{[^}]*\})/).flatMap((part): (string | Variable)[] => {
    if (part === "") return [];
    const match = /^\{(-?)(\w+)(\*?)(?::(\w+))?\}$/.exec(part);
    if (match === null) return [part];
    const [, ignored, name = "", list, role = name] = match;
    const variable: Variable = { name, role: ignored === "-" ? IGNORED : (ROLES[role] ?? IGNORED) };
    return [list === "*" ? { ...variable, list: true } : variable];
  });
  return { tokens, escape, tail, separator };
}

const COMMON = '{remote_addr:address} {-ident} {remote_user:user} [{time_local:time}] "{request}" {status} {bytes:number}';
const COMBINED = `${COMMON} "{referer}" "{user_agent:agent}"`;
const ENVOY_HEAD = '[{start_time:iso}] "{method} {path:target} {-protocol}" {response_code:status} {-response_flags}';
const ENVOY_TAIL =
  '{bytes_received:number} {bytes_sent:number} {duration:number} {upstream_service_time:number} "{x_forwarded_for:forwarded}" "{user_agent:agent}" "{request_id:requestId}" "{authority:host}" "{-upstream_host}"';

/**
 * The formats of access logs, the more particular first: of several that read a log, the first is its format. Where a format may go
 * on, servers add fields at its end.
 */
export const ACCESS_FORMATS: readonly AccessFormat[] = [
  {
    // https://github.com/kubernetes/ingress-nginx/blob/main/docs/user-guide/nginx-configuration/log-format.md
    name: "ingress-nginx",
    description: "the ingress controller of Kubernetes with nginx, `upstreaminfo`",
    layout: layout(
      `${COMBINED} {request_length:number} {request_time:number} [{-proxy_upstream_name}] [{-proxy_alternative_upstream_name}] {-upstream_addr*} {-upstream_response_length*} {-upstream_response_time*} {-upstream_status*} {-req_id}`,
      { separator: " " },
    ),
  },
  {
    // The `log_format main` of the configuration that nginx's packages and images bring.
    name: "nginx-main",
    description: "nginx as its packages set it up: combined, with `X-Forwarded-For` at the end",
    layout: layout(`${COMBINED} "{x_forwarded_for:forwardedFor}"`),
  },
  { name: "combined", description: "Apache and nginx, combined", layout: layout(COMBINED, { tail: "more" }) },
  {
    name: "vhost_combined",
    description: "Apache on Debian: the virtual host and its port, then combined",
    layout: layout(`{host:vhost} ${COMBINED}`, { tail: "more" }),
  },
  { name: "common", description: "the Common Log Format of Apache, nginx and many others", layout: layout(COMMON, { tail: "more" }) },
  {
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    name: "alb",
    description: "AWS Application Load Balancer",
    layout: layout(
      '{-type} {time:iso} {-elb} {client:endpoint} {-target} {request_processing_time:number} {target_processing_time:number} {response_processing_time:number} {status} {-target_status} {received_bytes:number} {sent_bytes:number} "{request}" "{user_agent:agent}" {-ssl_cipher} {-ssl_protocol} {-target_group} "{-trace_id}"',
      { tail: "more" },
    ),
  },
  {
    // https://istio.io/latest/docs/tasks/observability/logs/access-log/
    name: "istio",
    description: "Istio's proxies, as text",
    layout: layout(
      `${ENVOY_HEAD} {-response_code_details} {-termination_details} "{-transport_failure}" ${ENVOY_TAIL} {-upstream_cluster} {-upstream_local} {-downstream_local} {downstream_remote:endpoint} {-server_name} {-route_name}`,
      { escape: "none", separator: " " },
    ),
  },
  {
    // https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
    name: "envoy",
    description: "Envoy's default, as text",
    layout: layout(`${ENVOY_HEAD} ${ENVOY_TAIL}`, { escape: "none" }),
  },
  {
    // https://docs.haproxy.org/3.0/configuration.html#8.2.3
    name: "haproxy",
    description: "HAProxy with `option httplog`",
    layout: layout(
      '{client:endpoint} [{accept_date:haproxy}] {-frontend} {-backend}/{-server} {-timers} {status} {-bytes} {-request_cookie} {-response_cookie} {-termination} {-connections} {-queues} {-captures}"{request}"',
    ),
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    name: "s3",
    description: "Amazon S3 server access log",
    layout: layout(
      '{-bucket_owner} {-bucket} [{time}] {remote_ip:addressOrNone} {requester:user} {-request_id} {-operation} {-key} "{request}" {status} {-error_code} {bytes_sent:number} {object_size:number} {total_time:number} {turn_around_time:number} "{referer}" "{user_agent:agent}" {-version_id} {-host_id} {-signature} {-cipher} {-authentication} {host} {-tls}',
      { tail: "more" },
    ),
  },
];
