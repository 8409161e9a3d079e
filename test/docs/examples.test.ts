import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { type AliasConfig, type Code, compile, type NodeRequest, parse, parseText } from "../../src/index.ts";
import { logTraffic, visitsOf } from "../../src/simulate/index.ts";
import { decide } from "../support/oracle.ts";

const folder = "docs/examples";

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** Runs a program with node and returns what it prints; fails where it fails or complains. */
async function program(args: readonly string[], colour: { readonly FORCE_COLOR?: "1" } = {}): Promise<string> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: { ...env, ...colour } });
  expect(stderr).toBe("");
  return stdout;
}

describe("aliases", () => {
  test.each([
    ["pinned.json", { name: "prod", version: "v1" }],
    ["canary.json", { name: "prod", version: "v1", additional_version_weights: { v2: 50 } }],
    [
      "header.json",
      {
        version: "v1",
        additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "version", op: "=", value: "v1" }] } },
      },
    ],
    [
      "response.json",
      {
        version: "latest",
        last_modified: expect.any(String),
        alias_urn: expect.stringMatching(/^urn:fss:.+:!dev$/),
        additional_version_weights: { v2: 10 },
      },
    ],
  ])("%s is sound, for the service too, and says what it is for", (name, config) => {
    expect(JSON.parse(read(name))).toMatchObject(config);
    for (const profile of ["functiongraph", "extended"] as const) {
      expect(parseText(read(name), { profile })).toMatchObject({ ok: true, diagnostics: [] });
    }
  });

  test("storefront.yaml has every kind of rule, and both ways to combine them", () => {
    const checked = parse(parseYaml(read("storefront.yaml")));
    expect(checked).toMatchObject({ ok: true, diagnostics: [] });
    if (!checked.ok) return;
    const { strategies, weights, order, stickiness } = checked.value;
    const rules = strategies.flatMap((strategy) => strategy.rules);
    expect(new Set(rules.map(({ type }) => type))).toEqual(new Set(["Header", "Cookie", "Query", "Attribute"]));
    expect(new Set(rules.map(({ op }) => op))).toEqual(new Set(["=", "in"]));
    expect(rules.map(({ param }) => param)).toContain(":path");
    expect(new Set(strategies.filter((strategy) => strategy.rules.length > 1).map(({ combine }) => combine))).toEqual(
      new Set(["and", "or"]),
    );
    expect(weights).toHaveLength(2);
    expect(order).toHaveLength(5);
    expect(stickiness?.keys).toHaveLength(2);
  });

  test("faulty.json has many kinds of faults, each with its place", () => {
    const { ok, diagnostics } = parseText(read("faulty.json"));
    expect(ok).toBe(false);
    expect(diagnostics.every(({ position }) => position !== undefined)).toBe(true);
    const codes = new Set(diagnostics.map(({ code }) => code));
    const expected: readonly Code[] = [
      "alias-name",
      "unknown-key",
      "primary-weight",
      "wrong-type",
      "duplicate-key",
      "combine-type",
      "param",
      "rule-op",
      "rule-type",
      "rules-empty",
      "list-item-trimmed",
      "list-item-dropped",
      "on-missing",
    ];
    expect(codes).toEqual(new Set(expected));
  });
});

describe("traffic.ndjson", () => {
  const text = read("traffic.ndjson");
  const requests = async (): Promise<readonly NodeRequest[]> => {
    const found: NodeRequest[] = [];
    for await (const { visits, malformed } of visitsOf(logTraffic(Readable.from([text]), { form: "ndjson" }))) {
      expect(malformed).toEqual([]);
      found.push(...visits.map(({ request }) => request));
    }
    return found;
  };

  test("is what its generator writes", async () => {
    const { traffic } = (await import(pathToFileURL(join(folder, "traffic.mjs")).href)) as { readonly traffic: () => string };
    expect(traffic() === text).toBe(true);
  });

  test("has at least 2,000 requests, and no line is malformed", async () => {
    expect((await requests()).length).toBeGreaterThanOrEqual(2_000);
  });

  test("meets every decision of storefront.yaml but the errors, as the oracle has them", async () => {
    const config = parseYaml(read("storefront.yaml")) as AliasConfig;
    const route = compile(config);
    const counts = route.decisions.map(() => 0);
    for (const request of await requests()) {
      const { index, ...verdict } = route(request);
      expect(verdict).toEqual(decide(config, request));
      counts[index] = (counts[index] ?? 0) + 1;
    }
    for (const { reason, index } of route.decisions) {
      if (reason === "error") expect(counts[index]).toBe(0);
      else expect(counts[index]).toBeGreaterThanOrEqual(20);
    }
  });

  test("each rule of storefront.yaml decides for some request on its own", async () => {
    const all = await requests();
    const { additional_version_strategy: strategies = {}, ...rest } = parseYaml(read("storefront.yaml")) as AliasConfig;
    for (const [version, { rules, combine_type }] of Object.entries(strategies ?? {})) {
      for (const rule of rules) {
        const others = rules.filter((other) => other !== rule);
        if (others.length === 0) continue;
        const whole = compile({ ...rest, additional_version_strategy: { [version]: { combine_type, rules } } });
        const without = compile({ ...rest, additional_version_strategy: { [version]: { combine_type, rules: others } } });
        const turned = all.some((request) => whole(request).reason !== without(request).reason);
        expect(turned, `${version}: ${rule.rule_type} ${rule.param}`).toBe(true);
      }
    }
  });
});

describe("programs", () => {
  test("start.mjs shows the commands at work, in 80 columns, with and without colour", { timeout: 300_000 }, async () => {
    const plain = await program([join(folder, "start.mjs")]);
    for (const command of ["check pinned.json", "explain storefront.yaml", "route storefront.yaml"]) {
      expect(plain).toContain(`$ canary-router ${command}`);
    }
    expect(plain).toContain("storefront.yaml: ok, ");
    expect(plain).toContain("\nv43  (rule at /additional_version_strategy/v43)\n");
    expect(plain).toContain("\nv41  (split at /additional_version_weights/v41)\n");
    expect(plain).toMatch(/^all +543 +1,760 +97 +0 +2,400 +100\.00 % +100\.00 %$/m);
    expect(plain).toMatch(
      /^before {2}v1 \d+, v2 \d+, failed 0\nwhile {3}failed 0\nafter {3}v1 \d+, v2 \d+, failed 0\nusers of v2 who lost it: 0$/m,
    );
    expect(plain.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const coloured = await program([join(folder, "start.mjs")], { FORCE_COLOR: "1" });
    expect(coloured).toContain("\x1b[");
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  test("gateway.mjs loses no request while its alias is replaced", async () => {
    const lines = (await program([join(folder, "gateway.mjs")])).trimEnd().split("\n");
    expect(lines[0]).toBe("revision 2 is refused: the weight `500` is over 100");
    const counts = lines
      .slice(1)
      .map((line) => /^revision \d: (\d+) answers, (\d+) of v1 and (\d+) of v2$/.exec(line)?.slice(1).map(Number));
    expect(counts).toHaveLength(5);
    const [before, fifth, refused, half, after] = counts as [number, number, number][];
    expect(counts.reduce((sum, count) => sum + (count?.[0] ?? 0), 0)).toBe(1_000);
    expect(before?.[2]).toBe(0);
    expect(fifth?.[1]).toBeGreaterThan(fifth?.[2] ?? 0);
    expect(refused).toEqual([0, 0, 0]);
    expect(half?.[1]).toBeGreaterThan(0);
    expect(half?.[2]).toBeGreaterThan(0);
    expect(after?.[1]).toBe(0);
    for (const count of [before, fifth, half, after]) expect(count?.[0]).toBeGreaterThan(0);
  });

  test("raw-headers.mjs reads a header in any case", async () => {
    expect(await program([join(folder, "raw-headers.mjs")])).toBe(`{}: v1, default at /version
{"VERSION":"v1"}: v2, rule at /additional_version_strategy/v2
{"version":"v2"}: v1, default at /version
`);
  });

  test("warehouse.mjs counts in DuckDB what the library counts", async () => {
    const lines = (await program([join(folder, "warehouse.mjs")])).trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines.filter((line) => !line.includes("(as the library counts)"))).toEqual([]);
  });

  test("alias-api.mjs has the SDK create an alias", async () => {
    expect(await program([join(folder, "alias-api.mjs")])).toBe('live v1 {"v2":20} urn:fss:local:0a1b2c3d:function:default:shop:!live\n');
  });

  test("fetch.mjs sends a request to the origin of its version", async () => {
    const script = `
      globalThis.fetch = async (request) => Response.json([request.method, request.url, request.headers.get("cookie"), await request.text()], { status: 201 });
      const { default: handler } = await import(${JSON.stringify(pathToFileURL(join(folder, "fetch.mjs")).href)});
      for (const cookie of ["beta=on", "sid=1", ""]) {
        const request = new Request("https://shop.example/cart?item=1", { method: "POST", body: "1", headers: cookie ? { cookie } : {} });
        const answer = await handler.fetch(request);
        console.log(answer.status, answer.headers.get("x-served-by"), await answer.text());
      }`;
    expect(await program(["--input-type=module", "--eval", script]))
      .toBe(`201 v2; rule ["POST","https://v2.shop.example/cart?item=1","beta=on","1"]
201 v1; split ["POST","https://v1.shop.example/cart?item=1","sid=1","1"]
201 v1; default ["POST","https://v1.shop.example/cart?item=1",null,"1"]
`);
  });
});
