/**
 * What a decision costs in the gateway: the throughput and the latency of a route with an alias of three rules and a sticky split, beside a
 * route of the same gateway with a fixed upstream, in rounds that take turns; and the same with an alias that is replaced all the time.
 *
 *     npm run build && node bench/gateway.mjs [--short] [--seconds 10] [--rounds 5] [--connections 64]
 *
 * It needs wrk. Where nginx is installed, it is a proxy in the same rounds.
 */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);

const UPSTREAM = `
  const { createServer } = require("node:http");
  const name = process.argv[1];
  // A request that says another version is a decision that went to the wrong upstream.
  const server = createServer((request, response) => {
    const version = request.headers["x-cff-func-version"];
    response.statusCode = version === undefined || version === name ? 200 : 500;
    response.end(name);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

/** Users of many ids, so that each version is met; the rules see headers that are there and do not hold. */
const SCRIPT = `
  local n = 0
  request = function()
    n = n + 1
    return wrk.format("GET", PATH, { ["cookie"] = "sid=u-" .. n .. "; theme=dark", ["x-beta"] = "off", ["user-agent"] = "wrk" })
  end
  done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format('RESULT {"requests":%d,"seconds":%f,"p50":%d,"p99":%d,"p999":%d,"failed":%d}\\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
  end`;

const header = (param, value) => ({ rule_type: "Header", param, op: "=", value });
const alias = (weight) => ({
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: weight },
  additional_version_strategy: {
    v2: {
      combine_type: "or",
      rules: [header("x-beta", "on"), { rule_type: "Cookie", param: "theme", op: "=", value: "light" }, header(":path", "/new")],
    },
  },
  stickiness: { keys: [{ rule_type: "Cookie", param: "sid" }], on_missing: "random" },
});

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    seconds: { type: "string" },
    rounds: { type: "string" },
    connections: { type: "string", default: "64" },
  },
});
const seconds = Number(values.seconds ?? (values.short ? 2 : 10));
const rounds = Number(values.rounds ?? (values.short ? 2 : 7));
const connections = Number(values.connections);

if (spawnSync("wrk", ["--version"]).error !== undefined) {
  console.log("gateway: there is no wrk on the PATH, so nothing is measured");
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "canary-router-bench-"));
const children = [];
const started = (program, args, stdio = ["ignore", "pipe", "inherit"]) => {
  const child = spawn(program, args, { stdio });
  children.push(child);
  return child;
};
const firstLine = async (child) => String((await once(child.stdout, "data"))[0]).trim();
const text = (url) =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk)).on("end", () => resolve(body));
    }).on("error", reject);
  });

try {
  const [v1, v2] = await Promise.all(
    ["v1", "v2"].map(async (name) => `http://127.0.0.1:${await firstLine(started(process.execPath, ["--eval", UPSTREAM, name]))}`),
  );

  // The source gives the next revision each time that it is asked, once it is told to.
  let revision = 1;
  let changes = false;
  const source = createServer((_, response) => {
    if (changes) revision++;
    response.end(JSON.stringify({ revision, aliases: { shop: alias(10 + (revision % 2) * 40) } }));
  }).listen(0, "127.0.0.1");
  await once(source, "listening");

  const config = join(folder, "gateway.json");
  const [listen, admin] = [await freePort(), await freePort()];
  const gatewayConfig = {
    listen: `127.0.0.1:${listen}`,
    admin: `127.0.0.1:${admin}`,
    aliases: { from: `http://127.0.0.1:${source.address().port}/`, interval: 0.008 },
    routes: [
      { path: "/alias", alias: "shop", upstreams: { v1, v2 } },
      { path: "/fixed", upstream: v1 },
    ],
    log: { level: "warn", requests: false },
  };
  writeFileSync(config, JSON.stringify(gatewayConfig));
  const main = new URL("../dist/bin/main.js", import.meta.url).pathname;
  started(process.execPath, [main, "serve", config], ["ignore", "ignore", "inherit"]);
  const base = `http://127.0.0.1:${listen}`;
  for (let left = 200; (await text(`${base}/alias`).catch(() => "")) === "" && left > 0; left--)
    await new Promise((resolve) => setTimeout(resolve, 50));

  const targets = { fixed: `${base}/fixed`, alias: `${base}/alias` };
  const nginx = await nginxBefore(v1);
  if (nginx !== undefined) targets.nginx = nginx;
  const script = (path) => {
    const file = join(folder, `${path.replaceAll("/", "")}.lua`);
    writeFileSync(file, SCRIPT.replace("PATH", JSON.stringify(path)));
    return file;
  };
  const measure = async (url) => {
    const { pathname } = new URL(url);
    const { stdout } = await run("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", script(pathname), url]);
    const { requests, seconds: took, ...rest } = JSON.parse(/RESULT (.*)/.exec(stdout)[1]);
    if (requests === 0) throw new Error(`${url}: not one request was answered in ${seconds} s: this machine has too much else to do`);
    return { throughput: requests / took, requests, ...rest };
  };

  const results = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (const url of Object.values(targets)) await measure(url);
  for (let round = 0; round < rounds; round++) {
    const order = Object.entries(targets);
    if (round % 2 === 1) order.reverse();
    for (const [name, url] of order) results[name].push(await measure(url));
  }
  const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
  const of = (name, key) => median(results[name].map((result) => result[key]));
  const ratios = results.alias.map(({ throughput }, round) => throughput / results.fixed[round].throughput);
  console.log(`${connections} connections, ${rounds} rounds of ${seconds} s each in turn; medians`);
  for (const name of Object.keys(targets))
    console.log(
      `${name.padEnd(6)} ${Math.round(of(name, "throughput"))}/s, p50 ${of(name, "p50") / 1_000} ms, p99 ${of(name, "p99") / 1_000} ms, p99.9 ${of(name, "p999") / 1_000} ms, ${results[name].reduce((sum, { failed }) => sum + failed, 0)} failed`,
    );
  console.log(
    `alias to fixed: throughput ${median(ratios).toFixed(3)} (${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}), p99 ${(of("alias", "p99") / of("fixed", "p99")).toFixed(2)}`,
  );

  const before = revision;
  changes = true;
  const reloading = [];
  while (revision - before < (values.short ? 100 : 1_000)) reloading.push(await measure(targets.alias));
  changes = false;
  const served = Number(/^canary_router_source_revision (\d+)/m.exec(await text(`http://127.0.0.1:${admin}/metrics`))[1]);
  const failed = reloading.reduce((sum, each) => sum + each.failed, 0);
  const requests = reloading.reduce((sum, each) => sum + each.requests, 0);
  const worst = median(reloading.map(({ p999 }) => p999));
  console.log(
    `while the alias was replaced ${served - before} times: ${requests} requests, ${failed} failed, p99.9 ${worst / 1_000} ms, ${(worst / of("alias", "p999")).toFixed(2)} times that without`,
  );
  source.close();
  source.closeAllConnections();
  if (failed > 0) process.exitCode = 1;
} finally {
  for (const child of children) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

/** A port of loopback that nothing listens on. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** nginx as a proxy before an upstream, where it is installed. */
async function nginxBefore(upstream) {
  if (spawnSync("nginx", ["-v"]).error !== undefined) return undefined;
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, name)};`).join(" ");
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${join(folder, "nginx.pid")}; error_log ${join(folder, "nginx.log")};
    events { worker_connections 1024; }
    http {
      access_log off; ${paths} keepalive_requests 1000000;
      upstream v1 { server ${upstream.replace("http://", "")}; keepalive 64; }
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://v1; proxy_http_version 1.1; proxy_set_header Connection ""; } }
    }`,
  );
  started("nginx", ["-e", join(folder, "nginx.log"), "-c", file], "ignore");
  const url = `http://127.0.0.1:${port}/nginx`;
  for (let left = 100; (await text(url).catch(() => "")) === "" && left > 0; left--)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return url;
}
