import { createServer } from "node:http";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";
import { freePort, isInstalled, startDaemon, until } from "../support/daemon.ts";
import { namedUpstream } from "../support/gateway.ts";

const { folder, file } = scratch();
const cleanups: (() => Promise<unknown> | void)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const route = (upstreams: Readonly<Record<string, string>>): object => ({ alias: "shop", upstreams });

type Line = Readonly<Record<string, unknown>>;

describe("serve", () => {
  test("runs until it is told to end, reads its file again, and keeps the config before one that has errors", async () => {
    const [v1, v2, plain] = await Promise.all([namedUpstream("v1"), namedUpstream("v2"), namedUpstream("plain")]);
    cleanups.push(v1.close, v2.close, plain.close);
    file("run/aliases/shop.yaml", "version: v1\nadditional_version_weights: { v2: 50 }\n");
    const config = { listen: "127.0.0.1:0", admin: "127.0.0.1:0", aliases: "./aliases", routes: [route({ v1: v1.url, v2: v2.url })] };
    const path = file("run/gateway.json", config);
    const interruption = new AbortController();
    let stdout = "";
    const lines = (): readonly Line[] =>
      stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    const done = command(["serve", path], { interrupted: interruption.signal, onOutput: (output) => (stdout = output.stdout) });
    const event = async (name: string): Promise<Line> => {
      await until(() => lines().some((line) => line["event"] === name));
      return lines().find((line) => line["event"] === name) ?? {};
    };
    const { listen, admin } = (await event("listening")) as { readonly listen: { port: number }; readonly admin: { port: number } };
    const url = `http://127.0.0.1:${listen.port}/`;
    await until(async () => (await fetch(`http://127.0.0.1:${admin.port}/readyz`)).ok);
    const answers = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(url)).text()));
    expect(new Set(answers)).toEqual(new Set(["v1", "v2"]));
    file("run/gateway.json", { ...config, routs: [] });
    await event("config_rejected");
    expect((await fetch(url)).status).toBe(200);
    file("run/gateway.json", { ...config, routes: [...config.routes, { path: "/plain", upstream: plain.url }] });
    await event("config_accepted");
    expect(await (await fetch(`${url}plain`)).text()).toBe("plain");
    expect(await event("request")).toMatchObject({ alias: "shop", reason: "split", status: 200 });
    interruption.abort();
    const { code, stderr } = await done;
    expect(code).toBe(0);
    expect(stderr).toContain("unknown key `routs`");
    expect(lines().at(-1)).toMatchObject({ event: "ended" });
    await expect(fetch(url)).rejects.toThrow();
  });

  test("says at once everything that is wrong with its config, and does not run", async () => {
    const path = file("bad.yaml", "listen: nowhere\naliases: ./aliases\nroutes:\n  - { alias: shop }\n");
    const { code, stdout, stderr } = await command(["serve", path]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("bad.yaml:1:1 error[address] /listen: `nowhere` is no address");
    expect(stderr).toContain("error[missing-key] /routes/0: the key `upstreams` is missing");
  });

  test("an address that is taken is refused in words", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { readonly port: number };
    file("taken/shop.yaml", "version: v1\n");
    const path = file("taken.json", { listen: `127.0.0.1:${port}`, aliases: "./taken", routes: [route({ v1: "http://127.0.0.1:1" })] });
    const { code, stderr } = await command(["serve", path]);
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`address already in use 127.0.0.1:${port}`);
  });

  test("--dry-run says what it would serve, and what it could not", async () => {
    file("dry/aliases/shop.yaml", "version: v1\nadditional_version_weights: { v2: 5 }\n");
    file("dry/aliases/broken.yaml", "version: [\n");
    const well = file("dry/well.json", { listen: 8080, aliases: "./well", routes: [route({ v1: "http://127.0.0.1:1" })] });
    file("dry/well/shop.yaml", "version: v1\n");
    expect(await command(["serve", well, "--dry-run"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: 1 route, 1 alias of revision \d+\n$/),
    });
    const routes = [route({ v1: "http://127.0.0.1:1" }), { path: "/a", alias: "nothing", upstreams: { v1: "http://127.0.0.1:1" } }];
    const bad = file("dry/bad.json", { listen: 8080, aliases: "./aliases", routes });
    const { code, stdout } = await command(["serve", bad, "--dry-run"]);
    expect(code).toBe(1);
    expect(stdout).toContain("`broken`: 2:1 error[syntax]");
    expect(stdout).toContain("`shop`: error[upstream]: a route of this gateway has no upstream for version `v2`");
    expect(stdout).toContain("`nothing`: a route names it, and the source does not have it");
  });

  test("the built program ends on SIGTERM with 0, once what is under way has been answered", async () => {
    const slow = createServer((_, response) => void setTimeout(() => response.end("slow"), 400)).listen(0, "127.0.0.1");
    await once(slow, "listening");
    cleanups.push(() => void slow.close());
    const upstream = `http://127.0.0.1:${(slow.address() as { readonly port: number }).port}`;
    const port = await freePort();
    const path = file("built.json", { listen: `127.0.0.1:${port}`, aliases: folder, routes: [{ upstream }] });
    const child = spawn(process.execPath, ["dist/bin/main.js", "serve", path], { stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    const ended = once(child, "exit");
    await until(() => stdout.includes('"listening"'));
    const answer = fetch(`http://127.0.0.1:${port}/`);
    await sleep(100);
    child.kill("SIGTERM");
    expect(await (await answer).text()).toBe("slow");
    expect(await ended).toEqual([0, null]);
    expect(stdout).toContain('"ended"');
  });
});

describe("watch", () => {
  /** A gateway whose counters the test sets; each look is a step. */
  async function counting(steps: readonly (readonly [v1: number, v2: number, share?: number])[], sticky = 0): Promise<string> {
    let look = 0;
    const server = createServer((_, response) => {
      const [v1, v2, share = 0.1] = steps[Math.min(look++, steps.length - 1)] ?? [0, 0];
      response.end(`# HELP canary_router_decisions_total Decisions
# TYPE canary_router_decisions_total counter
canary_router_decisions_total{alias="shop",version="v1",reason="split"} ${v1}
canary_router_decisions_total{alias="shop",version="v2",reason="split"} ${v2}
canary_router_decisions_total{alias="shop",version="v2",reason="rule"} 1e6
canary_router_split_ratio{alias="shop",version="v1"} ${1 - share}
canary_router_split_ratio{alias="shop",version="v2"} ${share}
canary_router_split_sticky{alias="shop"} ${sticky}
canary_router_decisions_total{alias="a \\"quoted\\\\ one\\n",version="v1",reason="default"} 5
`);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => void server.close());
    return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}/metrics`;
  }
  const watch = (url: string, ...args: readonly string[]) => command(["watch", url, "--interval", "0.01", ...args]);

  test("a split that fits ends with 0, and one that does not is an alarm", async () => {
    const fits = await watch(
      await counting([
        [0, 0],
        [900, 100],
        [1_810, 190],
      ]),
      "--count",
      "3",
    );
    expect(fits.code).toBe(0);
    expect(fits.stdout).toMatch(/^shop: v1 90\.50 % for 90\.00 %, v2 9\.50 % for 10\.00 % of 2,000 draws; p = \d/m);
    expect(fits.stdout).toContain("not judged, nothing is drawn");
    const wrong = await watch(
      await counting([
        [0, 0],
        [700, 300],
      ]),
    );
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain("shop: ALARM, v1 70.00 % for 90.00 %");
    const impossible = await watch(
      await counting([
        [0, 0, 0],
        [9, 1, 0],
      ]),
    );
    expect([impossible.code, impossible.stdout]).toEqual([1, expect.stringContaining("1 draw of a version that has no weight")]);
  });

  test("weights that change begin the test anew", async () => {
    const changed = await watch(
      await counting([
        [0, 0],
        [500, 500, 0.5],
        [1_000, 1_000, 0.5],
      ]),
      "--count",
      "3",
      "--format",
      "json",
    );
    const last = JSON.parse(changed.stdout.trimEnd().split("\n").at(-1) ?? "") as { readonly aliases: readonly object[] };
    expect([changed.code, last.aliases]).toEqual([
      0,
      expect.arrayContaining([expect.objectContaining({ alias: "shop", draws: 1_000, changes: 1 })]),
    ]);
  });

  test("what cannot be judged is refused, with the reason", async () => {
    const cases: readonly (readonly [url: string, said: string, ...args: readonly string[]])[] = [
      [await counting([[1, 1]], 1), "`shop`: sticky: its requests are no draws"],
      [await counting([[1, 1]]), "no metric has the alias `other`", "--alias", "other"],
      [`http://127.0.0.1:${await freePort()}/metrics`, "ECONNREFUSED"],
      ["metrics", "`metrics` is no URL"],
    ];
    for (const [url, said, ...args] of cases) {
      const { code, stderr } = await watch(url, ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });

  test.skipIf(!isInstalled("prometheus"))("a real Prometheus server is asked like a gateway", async () => {
    const target = new URL(await counting(Array.from({ length: 60 }, (_, step) => [700 * step, 300 * step] as const)));
    const port = await freePort();
    const config = file(
      "prometheus.yml",
      `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: gateway\n    static_configs: [{ targets: ["${target.host}"] }]\n`,
    );
    const url = `http://127.0.0.1:${port}`;
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/tsdb`, `--web.listen-address=127.0.0.1:${port}`];
    const daemon = await startDaemon("prometheus", args, async () => (await fetch(`${url}/-/ready`)).ok);
    cleanups.push(() => daemon.kill("SIGKILL"));
    await until(async () =>
      JSON.stringify(await (await fetch(`${url}/api/v1/query?query=canary_router_split_ratio`)).json()).includes("shop"),
    );
    const { code, stdout } = await command(["watch", url, "--interval", "0.3"]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("shop: ALARM")]);
  });
});
