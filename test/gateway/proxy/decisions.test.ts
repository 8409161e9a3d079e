import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratch } from "../../support/command.ts";
import { type Daemon, freePort, isInstalled, startDaemon, until } from "../../support/daemon.ts";
import { namedUpstream, type Running, runGateway, writeAliases } from "../../support/gateway.ts";
import { snippetsOf } from "../../support/snippets.ts";

const { folder } = scratch();
let gateway: Running;
let decisions: string;
const upstreams: Record<string, string> = {};
const cleanups: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  mkdirSync(join(folder, "aliases"));
  const rule = (rule_type: string, param: string, value: string) => ({ rules: [{ rule_type, param, op: "=", value }] });
  writeAliases(join(folder, "aliases"), {
    checkout: {
      version: "v1",
      additional_version_strategy: {
        v2: {
          combine_type: "or",
          rules: [
            ...rule("Cookie", "beta", "on").rules,
            ...rule("Query", "preview", "1").rules,
            ...rule("Header", ":method", "PUT").rules,
            ...rule("Header", ":path", "/new").rules,
            ...rule("Header", "Host", "beta.example").rules,
          ],
        },
      },
    },
  });
  for (const name of ["v1", "v2"]) {
    const { url, close } = await namedUpstream(name);
    upstreams[name] = url;
    cleanups.push(close);
  }
  gateway = await runGateway(folder, { aliases: "./aliases", decisions: "127.0.0.1:0", routes: [{ alias: "checkout", upstreams }] });
  cleanups.push(() => gateway.gateway.close());
  await until(() => gateway.table.get("checkout") !== undefined);
  decisions = `127.0.0.1:${gateway.gateway.addresses.decisions?.port}`;
});
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

async function version(path: string, headers: Readonly<Record<string, string>> = {}): Promise<string | null> {
  return (await fetch(`http://${decisions}${path}`, { headers })).headers.get("x-cff-func-version");
}

describe("the decision service", () => {
  test("decides the request that asks, or the one that its headers describe", async () => {
    expect(await version("/decide/checkout")).toBe("v1");
    expect(await version("/decide/checkout", { cookie: "beta=on" })).toBe("v2");
    // As Envoy asks: the path stands behind the prefix.
    expect(await version("/decide/checkout/new")).toBe("v2");
    expect(await version("/decide/checkout/a?preview=1")).toBe("v2");
    expect(await version("/decide/checkout", { "x-original-uri": "/new?a" })).toBe("v2");
    expect(await version("/decide/checkout", { "x-forwarded-uri": "/a?preview=1" })).toBe("v2");
    expect(await version("/decide/checkout", { "x-forwarded-method": "PUT" })).toBe("v2");
    expect(await version("/decide/checkout", { "x-forwarded-host": "beta.example" })).toBe("v2");
    expect(await version("/decide/checkout", { "x-cff-func-version": "v2" })).toBe("v1");
  });

  test("says in its other headers why, and refuses what names no alias", async () => {
    const answer = await fetch(`http://${decisions}/decide/checkout`, { headers: { cookie: "beta=on" } });
    expect([answer.status, answer.headers.get("x-canary-reason"), answer.headers.get("x-canary-alias")]).toEqual([200, "rule", "checkout"]);
    const status = async (path: string): Promise<number> => (await fetch(`http://${decisions}${path}`)).status;
    expect(await Promise.all(["/decide/nothing", "/decide/", "/", "/decide/%ff"].map(status))).toEqual([503, 404, 404, 400]);
  });
});

/** The snippet of docs/serve.md in a language, with the addresses of this test. */
function snippet(language: string, port: number): string {
  const found = snippetsOf(readFileSync("docs/serve.md", "utf8")).find((each) => each.language === language);
  const own = (url = ""): string => url.replace("http://", "");
  return (found?.text ?? "")
    .replaceAll("127.0.0.1:8081", decisions)
    .replaceAll("127.0.0.1:9001", own(upstreams["v1"]))
    .replaceAll("127.0.0.1:9002", own(upstreams["v2"]))
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace(/^:80 /, `http://127.0.0.1:${port} `);
}

async function routes(port: number): Promise<void> {
  const text = async (path: string, init?: RequestInit): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`, init)).text();
  expect(await text("/a")).toBe("v1");
  expect(await text("/a", { headers: { cookie: "beta=on" } })).toBe("v2");
  expect(await text("/a?preview=1")).toBe("v2");
  expect(await text("/new")).toBe("v2");
  expect(await text("/a", { method: "PUT", body: "x".repeat(1_000) })).toBe("v2");
  expect(await text("/a", { method: "POST", body: "x".repeat(1_000) })).toBe("v1");
  // A client cannot choose by saying what only the service says.
  expect(await text("/a", { headers: { "x-cff-func-version": "v2" } })).toBe("v1");
}

async function started(program: string, args: readonly string[], port: number): Promise<void> {
  const daemon: Daemon = await startDaemon(program, args, async () => (await fetch(`http://127.0.0.1:${port}/a`)).ok, {
    ...process.env,
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  });
  cleanups.push(() => daemon.kill("SIGKILL"));
}

test.skipIf(!isInstalled("nginx", "-v"))("nginx routes by it, as the document says", async () => {
  const port = await freePort();
  const config = join(folder, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, name)};`).join(" ");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${join(folder, "nginx.pid")}; error_log ${join(folder, "nginx.log")};
    events { worker_connections 64; }
    http { access_log off; ${paths}
    ${snippet("nginx", port)}
    }`,
  );
  await started("nginx", ["-e", join(folder, "nginx.log"), "-c", config], port);
  await routes(port);
});

test.skipIf(!isInstalled("caddy", "version"))("Caddy routes by it, as the document says", async () => {
  const port = await freePort();
  const config = join(folder, "Caddyfile");
  writeFileSync(config, `{\n  admin off\n  auto_https off\n}\n${snippet("caddyfile", port)}\n`);
  await started("caddy", ["run", "--config", config, "--adapter", "caddyfile"], port);
  await routes(port);
});
