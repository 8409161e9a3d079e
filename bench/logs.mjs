// What reading a log costs: lines that one second of processor time reads, for every format of text and every preset of JSON records.
//
//     npm run build && node bench/logs.mjs [--only combined,alb] [--dist DIR] [--against DIR] [--rounds N] [--lines N] [--json FILE]
//
// Each format is read in a process of its own, as a command reads one log. `--against` names the `dist` of another build. Where it reads the format
// (0.1.0 read combined, common and JSON), it takes turns with this one. The floor is what cutting bytes into lines takes, without reading them.
// Processor time is measured, that of the threads which collect garbage and compile included: what others do on the machine does not count.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { distURL, machine, quantile } from "./harness.mjs";

const { values } = parseArgs({
  options: {
    dist: { type: "string" },
    against: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "9" },
    lines: { type: "string", default: "40000" },
    json: { type: "string" },
    one: { type: "string" },
  },
});

const GOAL = 300_000;
const rounds = Number(values.rounds);
const lineCount = Number(values.lines);

/** Numbers from 0 up to `below`, the same in every run. */
let state = 1;
function random(below) {
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
  return (state >>> 0) % below;
}

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/VERSION Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/VERSION Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/VERSION",
  "Mozilla/5.0 (compatible; ExampleBot/VERSION; +https://bot.example/)",
];
const AGENTS = Array.from({ length: 40 }, (_, at) => BROWSERS[at % 4].replace("VERSION", `${100 + at}.0.0.0`));
const METHODS = ["GET", "GET", "GET", "GET", "GET", "GET", "POST", "PUT"];
const START = Date.UTC(2026, 10, 24, 12);

/** One request as the servers below log it. The clock goes on by 5 ms from line to line, and few lines have the address of the line before. */
function requestAt(at) {
  const time = new Date(START + at * 5);
  const iso = time.toISOString();
  const path = `/p/${random(100_000)}`;
  const query = `page=${random(7)}&sort=price`;
  return {
    iso,
    seconds: time.getTime() / 1000,
    milliseconds: time.getTime(),
    date: iso.slice(0, 10),
    clock: iso.slice(11, 19),
    clf: `24/Nov/2026:${iso.slice(11, 19)} +0000`,
    haproxy: `24/Nov/2026:${iso.slice(11, 23)}`,
    address: `${random(90) + 100}.${random(250)}.${random(250)}.${random(250)}`,
    port: 1024 + random(60_000),
    user: random(3) === 0 ? `user-${random(20_000)}` : "-",
    method: METHODS[random(8)],
    path,
    query,
    target: `${path}?${query}`,
    status: [200, 200, 200, 304, 404, 500][random(6)],
    bytes: random(90_000),
    duration: random(900),
    referrer: random(2) === 0 ? "-" : `https://shop.example/p/${random(1000)}`,
    agent: AGENTS[random(40)],
    id: `${random(1_000_000_000).toString(16)}-${at}`,
  };
}

const common = (r) => `${r.address} - ${r.user} [${r.clf}] "${r.method} ${r.target} HTTP/1.1" ${r.status} ${r.bytes}`;
const combined = (r) => `${common(r)} "${r.referrer}" "${r.agent}"`;
const envoyTail = (r) => `0 ${r.bytes} ${r.duration} ${r.duration} "${r.address}" "${r.agent}" "${r.id}" "shop.example" "10.0.0.7:8080"`;
const json = (record) => (r) => JSON.stringify(record(r));

/** How each format writes a request. What `head` names stands before the lines, and `form` is the option of 0.1.0, where it read the format. */
const FORMATS = {
  common: { write: common, form: "access-log" },
  combined: { write: combined, form: "access-log" },
  "nginx-main": { write: (r) => `${combined(r)} "198.51.100.${r.bytes % 250}, 203.0.113.9"`, form: "access-log" },
  vhost_combined: { write: (r) => `shop.example:443 ${combined(r)}` },
  "ingress-nginx": {
    write: (r) =>
      `${combined(r)} 430 0.${r.duration} [shop-web-80] [] 10.0.0.7:8080, 10.0.0.8:8080 0, ${r.bytes} 0.001, 0.${r.duration} 502, ${r.status} ${r.id}`,
    form: "access-log",
  },
  alb: {
    write: (r) =>
      `h2 ${r.iso.slice(0, -1)}641Z app/edge/50dc6c495c0c9188 ${r.address}:${r.port} 10.0.0.66:9000 0.000 0.${r.duration} 0.000 ${r.status} ${r.status} 5 ${r.bytes} "${r.method} https://shop.example:443${r.target} HTTP/2.0" "${r.agent}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/t/73e2d6bc24d8a067 "Root=1-58337281-${r.id}" "shop.example" "session-reused" 1 ${r.iso} "forward" "-" "-" "10.0.0.66:9000" "${r.status}" "-" "-"`,
  },
  cloudfront: {
    head: "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type\n",
    write: (r) =>
      `${r.date}\t${r.clock}\tFRA2\t${r.bytes}\t${r.address}\t${r.method}\td1.example.net\t${r.path}\t${r.status}\t${r.referrer}\t${encodeURI(r.agent)}\t${r.query}\tbeta=on;%20user=${r.user}\tHit`,
  },
  w3c: {
    head: "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n",
    write: (r) =>
      `${r.date} ${r.clock} 10.0.0.1 ${r.method} ${r.path} ${r.query} 443 ${r.user} ${r.address} ${r.agent.replaceAll(" ", "+")} ${r.referrer} ${r.status} 0 0 ${r.duration}`,
  },
  envoy: { write: (r) => `[${r.iso}] "${r.method} ${r.target} HTTP/2" ${r.status} - ${envoyTail(r)}` },
  istio: {
    write: (r) =>
      `[${r.iso}] "${r.method} ${r.target} HTTP/1.1" ${r.status} - via_upstream - "-" ${envoyTail(r)} outbound|80|v1|shop 10.0.0.9:41000 10.0.0.9:8080 ${r.address}:${r.port} outbound_.80_.v1_.shop default`,
  },
  haproxy: {
    write: (r) =>
      `${r.address}:${r.port} [${r.haproxy}] http-in static/srv1 10/0/30/69/${r.duration} ${r.status} ${r.bytes} - - ---- 1/1/1/1/0 0/0 {shop.example} {} "${r.method} ${r.target} HTTP/1.1"`,
  },
  s3: {
    write: (r) =>
      `79a59df900b949e5 bucket1 [${r.clf}] ${r.address} 79a59df900b949e5 3E57427F3EXAMPLE REST.GET.OBJECT cart "${r.method} ${r.target} HTTP/1.1" ${r.status} - ${r.bytes} ${r.bytes} 7 6 "${r.referrer}" "${r.agent}" - s9lzHYrFp76ZVxRc= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader bucket1.s3.example TLSV1.2 - -`,
  },
  json: {
    form: "ndjson",
    write: json((r) => ({
      method: r.method,
      url: r.target,
      headers: { Host: "shop.example", "User-Agent": r.agent, "X-User-Id": r.user, Cookie: "beta=on; theme=dark" },
      attributes: { country: "DE" },
      user: r.user,
    })),
  },
  "nginx-json": {
    write: json((r) => ({
      time_local: r.clf,
      remote_addr: r.address,
      remote_user: r.user,
      request: `${r.method} ${r.target} HTTP/1.1`,
      request_method: r.method,
      request_uri: r.target,
      status: String(r.status),
      http_host: "shop.example",
      http_user_agent: r.agent,
      http_cookie: "beta=on",
    })),
  },
  caddy: {
    write: json((r) => ({
      level: "info",
      ts: r.seconds,
      logger: "http.log.access",
      msg: "handled request",
      request: {
        remote_ip: r.address,
        client_ip: r.address,
        proto: "HTTP/2.0",
        method: r.method,
        host: "shop.example",
        uri: r.target,
        headers: { "X-Canary": ["always"], "User-Agent": [r.agent] },
      },
      user_id: r.user,
      status: r.status,
    })),
  },
  traefik: {
    write: json((r) => ({
      ClientHost: r.address,
      ClientUsername: r.user,
      DownstreamStatus: r.status,
      RequestAddr: "shop.example",
      RequestMethod: r.method,
      RequestPath: r.target,
      StartUTC: r.iso,
      "request_User-Agent": r.agent,
    })),
  },
  "envoy-json": {
    write: json((r) => ({
      start_time: r.iso,
      method: r.method,
      path: r.target,
      authority: "shop.example",
      protocol: "HTTP/2",
      response_code: r.status,
      user_agent: r.agent,
      x_forwarded_for: r.address,
      upstream_cluster: "outbound|80|v1|shop",
      request_id: r.id,
    })),
  },
  cloudflare: {
    write: json((r) => ({
      ClientIP: r.address,
      ClientCountry: "de",
      ClientRequestHost: "shop.example",
      ClientRequestMethod: r.method,
      ClientRequestURI: r.target,
      ClientRequestUserAgent: r.agent,
      EdgeResponseStatus: r.status,
      EdgeStartTimestamp: r.iso,
    })),
  },
  gcp: {
    write: json((r) => ({
      httpRequest: {
        requestMethod: r.method,
        requestUrl: `https://shop.example${r.target}`,
        status: r.status,
        userAgent: r.agent,
        remoteIp: r.address,
      },
      timestamp: r.iso,
    })),
  },
  apig: {
    write: json((r) => ({
      body: "",
      requestContext: { apiId: "a", requestId: r.id, stage: "RELEASE", sourceIp: r.address },
      queryStringParameters: { page: "1", sort: "price" },
      httpMethod: r.method,
      pathParameters: {},
      headers: { host: "shop.example", "user-agent": r.agent },
      path: r.path,
      isBase64Encoded: true,
    })),
  },
  lambda: {
    write: json((r) => ({
      resource: "/{proxy+}",
      path: r.path,
      httpMethod: r.method,
      headers: { Host: "shop.example", "User-Agent": r.agent },
      multiValueHeaders: { Host: ["shop.example"], "User-Agent": [r.agent], "X-Canary": ["always"] },
      multiValueQueryStringParameters: { page: ["1"] },
      requestContext: { identity: { sourceIp: r.address }, requestTimeEpoch: r.milliseconds },
      body: null,
    })),
  },
  "lambda-v2": {
    write: json((r) => ({
      version: "2.0",
      rawPath: r.path,
      rawQueryString: r.query,
      cookies: ["beta=on", "a=b"],
      headers: { host: "shop.example", "user-agent": r.agent },
      requestContext: {
        domainName: "shop.example",
        http: { method: r.method, path: r.path, sourceIp: r.address },
        timeEpoch: r.milliseconds,
      },
    })),
  },
  "alb-event": {
    write: json((r) => ({
      requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/t/1" } },
      httpMethod: r.method,
      path: r.path,
      queryStringParameters: { page: "1" },
      headers: { host: "shop.example", "user-agent": r.agent },
      body: "",
      isBase64Encoded: false,
    })),
  },
};

if (values.one !== undefined) {
  console.log(JSON.stringify(await measure(values.one)));
  process.exit();
}

const { formats } = await import(`${distURL(values.dist)}simulate/index.js`);
const left = formats.filter(({ name, kind }) => kind !== "document" && FORMATS[name] === undefined);
if (left.length > 0) throw new Error(`no lines are made of ${left.map(({ name }) => name).join(", ")}`);
const names = values.only === undefined ? Object.keys(FORMATS) : values.only.split(",");
const unknown = names.filter((name) => FORMATS[name] === undefined);
if (unknown.length > 0) throw new Error(`no such format: ${unknown.join(", ")}`);

const found = { machine: machine(), lines: lineCount, rounds, formats: {} };
console.log(found.machine);
console.log(`\nlines read in a second of processor time: the median of ${rounds} rounds, and the middle half (goal for text: 300,000)`);
const columns = [16, 36, 12, 18];
const row = (cells) =>
  console.log(
    cells
      .map((cell, at) => cell.padEnd(columns[at]))
      .join(" ")
      .trimEnd(),
  );
row(["format", "lines a second", "of cutting", values.against === undefined ? "" : "of the other build"]);
for (const name of names) {
  const given = ["--one", name, "--rounds", values.rounds, "--lines", values.lines];
  for (const option of ["dist", "against"]) if (values[option] !== undefined) given.push(`--${option}`, values[option]);
  const { read, floor, other } = JSON.parse(
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...given], { encoding: "utf8" }),
  );
  found.formats[name] = { read, floor, other };
  const rate = (at) => Math.round(1e6 / quantile(read, at)).toLocaleString("en-US");
  const ratio = (others) => quantile(others.map((taken, round) => taken / read[round])).toFixed(2);
  const rates = `${rate(0.5)} (${rate(0.75)} to ${rate(0.25)})`;
  const goal = FORMATS[name].write(requestAt(0)).startsWith("{") ? "" : 1e6 / quantile(read) >= GOAL ? "" : " *";
  row([name, `${rates}${goal}`, ratio(floor), other === undefined ? "" : ratio(other)]);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, undefined, 2)}\n`);

/** Microseconds of processor time a line, round by round: this build, the floor, and the other build where it reads the format. */
async function measure(name) {
  const { write, head = "", form } = FORMATS[name];
  const text = head + Array.from({ length: lineCount }, (_, at) => `${write(requestAt(at))}\n`).join("");
  const bytes = new TextEncoder().encode(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) => bytes.subarray(at * 65_536, (at + 1) * 65_536));
  async function* streamed() {
    yield* chunks;
  }
  const contender = async (dist) => {
    const { formats, logTraffic } = await import(`${dist}simulate/index.js`);
    const { pieceReader } = await import(`${dist}simulate/traffic/traffic.js`);
    const options = formats === undefined ? { form } : { format: name };
    if (formats === undefined && form === undefined) return undefined;
    return async () => {
      const { source, pieces } = logTraffic(streamed(), options);
      const read = pieceReader(source, "bench");
      let visits = 0;
      for await (const piece of pieces) visits += read(piece).visits.length;
      if (visits !== lineCount) throw new Error(`${visits} of ${lineCount} lines of ${name} were read`);
    };
  };
  const { blocksOf } = await import(`${distURL(values.dist)}simulate/traffic/lines.js`);
  let length = 0;
  const runs = {
    read: await contender(distURL(values.dist)),
    floor: async () => {
      for await (const block of blocksOf(streamed()))
        for (let from = 0; from < block.length;) {
          const end = block.indexOf("\n", from);
          length += block.slice(from, end).length;
          from = end + 1;
        }
    },
  };
  const other = values.against === undefined ? undefined : await contender(distURL(values.against));
  if (other !== undefined) runs.other = other;
  const order = Object.keys(runs);
  const taken = Object.fromEntries(order.map((run) => [run, []]));
  const WARM_UP = 3;
  for (let round = -WARM_UP; round < rounds; round++)
    for (let turn = 0; turn < order.length; turn++) {
      const run = order[(turn + round + WARM_UP) % order.length];
      const before = process.cpuUsage();
      await runs[run]();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) taken[run].push((user + system) / lineCount);
    }
  if (length === 0) throw new Error("nothing was cut");
  return taken;
}
