import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, explain } from "../../src/index.ts";
import { exportAlias, type WireRequest } from "../../src/convert/index.ts";
import { judgeTarget, type Start } from "../support/differential.ts";
import { userRequests } from "../support/wire.ts";

// The matchers that gRPC has for Envoy's routes, with Envoy's own protocol buffers and RE2, decide as an Envoy would: an independent
// model. gRPC has no matchers for query parameters, and no weighted clusters by a header; these few lines are here.

interface Route {
  readonly match: { readonly query_parameters: readonly Parameter[] };
  readonly route: {
    readonly cluster_specifier: string;
    readonly cluster: string;
    readonly weighted_clusters: {
      readonly header_name: string;
      readonly clusters: readonly { readonly name: string; readonly weight: { readonly value: number } }[];
    };
  };
}
interface Parameter {
  readonly name: string;
  readonly string_match: {
    readonly match_pattern: "exact" | "safe_regex";
    readonly exact: string;
    readonly safe_regex: { readonly regex: string };
  };
}
interface Matcher {
  readonly apply: (value: string) => boolean;
}
interface RouteConfiguration {
  readonly virtual_hosts: readonly { readonly routes: readonly Route[] }[];
}

const require = createRequire(import.meta.url);
const XDS = dirname(require.resolve("@grpc/grpc-js-xds/package.json"));
const load = (name: string): unknown => require(join(XDS, "build/src", name));
const { decodeSingleResource, RDS_TYPE_URL } = load("resources.js") as {
  readonly decodeSingleResource: (type: string, bytes: Uint8Array) => RouteConfiguration;
  readonly RDS_TYPE_URL: string;
};
const { getPredicateForMatcher, getPredicateForStringMatcher } = load("route.js") as {
  readonly getPredicateForMatcher: (match: object) => { readonly apply: (path: string, metadata: object) => boolean };
  readonly getPredicateForStringMatcher: (match: object) => Matcher;
};
const { RouteConfigurationResourceType } = load("xds-resource-type/route-config-resource-type.js") as {
  readonly RouteConfigurationResourceType: {
    readonly get: () => { readonly validateResource: (message: object) => { readonly valid: boolean } };
  };
};
const { loadProtosWithOptionsSync } = createRequire(join(XDS, "package.json"))("@grpc/proto-loader/build/src/util") as {
  readonly loadProtosWithOptionsSync: (files: readonly string[], options: object) => { readonly lookupType: (name: string) => MessageType };
};
interface MessageType {
  readonly fromObject: (value: object) => object;
  readonly toObject: (message: object) => object;
  readonly encode: (message: object) => { readonly finish: () => Uint8Array };
}
const type = loadProtosWithOptionsSync(["envoy/config/route/v3/route.proto"], {
  keepCase: true,
  includeDirs: ["envoy-api", "xds", "googleapis", "protoc-gen-validate"].map((name) => join(XDS, "deps", name)),
}).lookupType("envoy.config.route.v3.RouteConfiguration");

/** A configuration as Envoy's protocol buffers read it. A weight is a message there, which JSON writes as a number. */
function decode(text: string): RouteConfiguration {
  const written = JSON.parse(text, (key, value: unknown) => (key === "weight" ? { value } : value)) as object;
  const message = type.fromObject(written);
  // What is not known is dropped.
  expect(type.toObject(message)).toEqual(written);
  const decoded = decodeSingleResource(RDS_TYPE_URL, type.encode(message).finish());
  expect(RouteConfigurationResourceType.get().validateResource(decoded)).toMatchObject({ valid: true });
  return decoded;
}

/** Bytes as text, or as units that no text has where they are no UTF-8. */
function textOf(bytes: string): string {
  const buffer = Buffer.from(bytes, "latin1");
  const text = buffer.toString("utf8");
  return Buffer.from(text, "utf8").equals(buffer)
    ? text
    : [...bytes].map((unit) => String.fromCharCode(0xe000 + unit.charCodeAt(0))).join("");
}

function engineOf(text: string): (request: WireRequest) => string {
  const routes = (decode(text).virtual_hosts[0]?.routes ?? []).map((route) => ({
    ...route,
    matches: getPredicateForMatcher(route.match),
    parameters: route.match.query_parameters.map(({ name, string_match: match }) => ({
      name,
      matches: getPredicateForStringMatcher(match),
    })),
  }));
  return ({ method, target, headers }) => {
    const [, host, rest = ""] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)(.*)$/s.exec(target) ?? [];
    const [whole = ""] = (host === undefined ? target : rest.startsWith("/") ? rest : `/${rest}`).split("#");
    const [path = "", ...search] = whole.split("?");
    const pairs = search
      .join("?")
      .split("&")
      .map((pair) => pair.split(/=(.*)/s));
    const values = (name: string): readonly string[] => {
      if (name === ":method") return [method];
      const wanted = name === ":authority" ? "host" : name;
      const lines = headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value.replace(/^[ \t]+|[ \t]+$/g, ""));
      const found = lines.length === 0 ? [] : [textOf(lines.join(","))];
      return name === ":authority" ? [host ?? found[0] ?? "h"] : found;
    };
    const chosen = routes.find(
      ({ matches, parameters }) =>
        matches.apply(textOf(path) === "" ? "/" : textOf(path), { get: values }) &&
        parameters.every(({ name, matches: value }) => {
          const pair = pairs.find(([each]) => each === name);
          return pair !== undefined && value.apply(pair[1] ?? "");
        }),
    );
    if (chosen === undefined) return "(404)";
    const { cluster_specifier: kind, cluster, weighted_clusters: weighted } = chosen.route;
    if (kind === "cluster") return cluster;
    const [slot] = weighted.header_name === "" ? [] : values(weighted.header_name);
    let drawn = slot === undefined ? Math.floor(Math.random() * 10_000) : Number(slot) % 10_000;
    return weighted.clusters.find(({ weight }) => (drawn -= weight.value) < 0)?.name ?? "";
  };
}

describe("Envoy, as gRPC's matchers model it", () => {
  const start: Start = async (text) => {
    const answer = engineOf(text);
    return Promise.resolve({ ask: async (requests) => Promise.resolve(requests.map(answer)), stop: async () => Promise.resolve() });
  };
  judgeTarget("envoy", start, { aliases: 40, requests: 400 });

  const sticky: AliasConfig = {
    name: "shop",
    version: "v1",
    additional_version_weights: { v2: 12.34, v3: 20, v4: 0.01 },
    stickiness: { keys: [{ rule_type: "Header", param: "x-b" }], on_missing: "primary" },
  };

  test("a slot from a trusted hop makes the split that of the library", () => {
    const { text, report } = exportAlias(sticky, { to: "envoy" });
    expect(report.refused).toEqual([]);
    expect(report.lossy.map(({ construct, example: { other } }) => [construct, other])).toEqual(
      expect.arrayContaining([["hash murmur3", "drawn at random"]]),
    );
    const answer = engineOf(text ?? "");
    const seen = new Set<string>();
    for (let slot = 0; slot < 10_000; slot += 1) {
      const version = answer({ method: "GET", target: "/", headers: [["x-canary-slot", String(slot)]] });
      expect(version).toBe(
        explain({ version: "v1", additional_version_weights: sticky.additional_version_weights }, { headers: {} }, (slot + 0.5) / 10_000)
          .decision.version,
      );
      seen.add(version);
    }
    expect([...seen].toSorted()).toEqual(["v1", "v2", "v3", "v4"]);
    const [some] = fc.sample(userRequests, { seed: 1, numRuns: 1 });
    expect(["v1", "v2", "v3", "v4"]).toContain(answer(some as WireRequest));
  });

  test("what it cannot say is refused", () => {
    const rule = (rule_type: string, param: string): AliasConfig => ({
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type, param, op: "=", value: "1" }] } },
    });
    const refused = (config: AliasConfig): readonly string[] => exportAlias(config, { to: "envoy" }).report.refused.map(({ why }) => why);
    expect(refused(rule("Attribute", "tenant"))).toHaveLength(1);
    expect(refused(rule("Query", "a b"))).toEqual(["Envoy does not decode the names of parameters"]);
    expect(refused(rule("Query", "a"))).toEqual([]);
  });
});
