import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, equivalent, parse } from "../../src/index.ts";
import { detect, exportAlias, importAlias, SOURCES } from "../../src/convert/index.ts";

const ingress = (annotations: Record<string, unknown>, prefix = "nginx.ingress.kubernetes.io/"): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: {
    name: "shop-canary",
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [prefix + key, value])),
  },
  spec: {
    rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "shop-v2", port: { number: 80 } } } }] } }],
  },
});

const virtualService = (http: readonly object[]): object => ({
  apiVersion: "networking.istio.io/v1beta1",
  kind: "VirtualService",
  metadata: { name: "reviews" },
  spec: { hosts: ["reviews"], http },
});
const to = (subset: string, weight?: number): object => ({
  destination: { host: "reviews", subset },
  ...(weight !== undefined && { weight }),
});

describe("what is read", () => {
  test.each<readonly [string, unknown, string, object]>([
    [
      "AWS",
      { Name: "live", FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights: { 2: 0.29 } } },
      "aws",
      { name: "live", version: "1", additional_version_weights: { 2: 29 } },
    ],
    [
      "AWS with an exponent",
      { FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights: { 2: 1e-4 } } },
      "aws",
      { version: "1", additional_version_weights: { 2: 0.01 } },
    ],
    [
      "CloudFormation",
      {
        Resources: {
          Live: {
            Type: "AWS::Lambda::Alias",
            Properties: {
              FunctionName: "f",
              FunctionVersion: "1",
              Name: "live",
              RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: "2", FunctionWeight: 0.05 }] },
            },
          },
        },
      },
      "aws",
      { name: "live", version: "1", additional_version_weights: { 2: 5 } },
    ],
    [
      "APISIX, as its documents have it",
      {
        uri: "/index.html",
        upstream: { name: "upstream_A", type: "roundrobin", nodes: { "127.0.0.1:1980": 1 } },
        plugins: {
          "traffic-split": {
            rules: [
              {
                match: [
                  {
                    vars: [
                      ["http_x_api_id", "in", ["1", "2"]],
                      ["cookie_beta", "==", "on"],
                    ],
                  },
                ],
                weighted_upstreams: [{ upstream: { name: "upstream_B", type: "roundrobin", nodes: {} } }],
              },
              { weighted_upstreams: [{ upstream_id: "upstream_B", weight: 1 }, { weight: 3 }] },
            ],
          },
        },
      },
      "apisix",
      {
        version: "upstream_A",
        additional_version_weights: { upstream_B: 25 },
        additional_version_strategy: {
          upstream_B: {
            combine_type: "and",
            rules: [
              { rule_type: "Header", param: "x-api-id", op: "in", value: "1,2" },
              { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
            ],
          },
        },
      },
    ],
    [
      "Alibaba",
      {
        aliasName: "prod",
        versionId: "1",
        additionalVersionWeight: { 2: 0 },
        resolvePolicy: "Content",
        routePolicy: {
          condition: "OR",
          policyItems: [
            { type: "Header", key: "x", value: "1", operator: "=" },
            { type: "Param", key: "q", value: "2", operator: "=" },
          ],
        },
      },
      "alibaba",
      {
        name: "prod",
        version: "1",
        additional_version_strategy: {
          2: {
            combine_type: "or",
            rules: [
              { rule_type: "Header", param: "x", op: "=", value: "1" },
              { rule_type: "Query", param: "q", op: "=", value: "2" },
            ],
          },
        },
      },
    ],
    [
      "Tencent",
      {
        FunctionVersion: "1",
        RoutingConfig: { AddtionVersionMatchs: [{ Version: "2", Key: "invoke.headers.User", Method: "exact", Expression: "a" }] },
      },
      "tencent",
      { version: "1", additional_version_strategy: { 2: { rules: [{ rule_type: "Header", param: "User", op: "=", value: "a" }] } } },
    ],
    [
      "ingress-nginx by weight",
      ingress({ canary: "true", "canary-weight": "20" }),
      "ingress-nginx",
      { version: "primary", additional_version_weights: { "shop-v2": 20 } },
    ],
    [
      "ingress-nginx by weight of 200",
      ingress({ canary: "true", "canary-weight": "20", "canary-weight-total": "200" }),
      "ingress-nginx",
      { version: "primary", additional_version_weights: { "shop-v2": 10 } },
    ],
    [
      "ingress-nginx by a header with a value",
      ingress({ canary: "true", "canary-by-header": "Region", "canary-by-header-value": "cd" }),
      "ingress-nginx",
      {
        version: "primary",
        additional_version_strategy: { "shop-v2": { rules: [{ rule_type: "Header", param: "Region", op: "=", value: "cd" }] } },
      },
    ],
    [
      "ingress-nginx by a header alone",
      ingress({ canary: "true", "canary-by-header": "X-Canary", "canary-weight": "5" }),
      "ingress-nginx",
      {
        version: "primary",
        additional_version_strategy: {
          primary: { rules: [{ rule_type: "Header", param: "X-Canary", op: "=", value: "never" }] },
          "shop-v2": { rules: [{ rule_type: "Header", param: "X-Canary", op: "=", value: "always" }] },
        },
        additional_version_weights: { "shop-v2": 5 },
        additional_version_order: ["primary", "shop-v2"],
      },
    ],
    [
      "ingress-nginx by a whole pattern",
      ingress({ canary: "true", "canary-by-header": "Region", "canary-by-header-pattern": "^(cd|sz)$" }),
      "ingress-nginx",
      {
        version: "primary",
        additional_version_strategy: { "shop-v2": { rules: [{ rule_type: "Header", param: "Region", op: "in", value: "cd,sz" }] } },
      },
    ],
    [
      "Istio",
      virtualService([
        { match: [{ headers: { "end-user": { exact: "jason" } } }], route: [to("v2")] },
        { route: [to("v1", 75), to("v3", 25)] },
      ]),
      "istio",
      {
        name: "reviews",
        version: "v1",
        additional_version_weights: { v3: 25 },
        additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "end-user", op: "=", value: "jason" }] } },
      },
    ],
    [
      "Gateway API, of which a more specific rule comes first",
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "shop" },
        spec: {
          rules: [
            { matches: [{ headers: [{ name: "A", value: "1" }] }], backendRefs: [{ name: "v2", port: 80 }] },
            {
              matches: [
                {
                  headers: [
                    { name: "a", value: "1" },
                    { name: "b", value: "1" },
                  ],
                },
              ],
              backendRefs: [{ name: "v3", port: 80 }],
            },
            {
              backendRefs: [
                { name: "v1", weight: 9 },
                { name: "v2", weight: 1 },
              ],
            },
          ],
        },
      },
      "gateway-api",
      {
        name: "shop",
        version: "v1",
        additional_version_weights: { v2: 10 },
        additional_version_order: ["v3", "v2"],
        additional_version_strategy: {
          v2: { rules: [{ rule_type: "Header", param: "a", op: "=", value: "1" }] },
          v3: {
            combine_type: "and",
            rules: [
              { rule_type: "Header", param: "a", op: "=", value: "1" },
              { rule_type: "Header", param: "b", op: "=", value: "1" },
            ],
          },
        },
      },
    ],
  ])("%s", (_, value, from, config) => {
    expect(detect(value)).toBe(from);
    const imported = importAlias(value);
    expect(imported.report.refused).toEqual([]);
    expect(imported.config).toEqual(config);
    expect(parse(imported.config as AliasConfig)).toMatchObject({ ok: true });
  });
});

describe("what is refused, with its place", () => {
  test.each<readonly [string, unknown, string, RegExp]>([
    [
      "a pattern that is found anywhere",
      ingress({ canary: "true", "canary-by-header": "Region", "canary-by-header-pattern": "cd|sz" }),
      "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-by-header-pattern",
      /anywhere/,
    ],
    [
      "an annotation that does not exist",
      ingress({ canary: "true", "canary-by-cookie": "beta", "canary-by-cookie-value": "on" }),
      "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-by-cookie-value",
      /no annotation/,
    ],
    [
      "a weight of Higress beside a header",
      ingress({ canary: "true", "canary-by-header": "a", "canary-by-header-value": "b", "canary-weight": 5 }, "higress.io/"),
      "/metadata/annotations/higress.io~1canary-weight",
      /ignores the weight/,
    ],
    [
      "a key that is not known",
      { FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeight: { 2: 0.1 } } },
      "/RoutingConfig/AdditionalVersionWeight",
      /not understood/,
    ],
    [
      "`in` of Alibaba",
      {
        versionId: "1",
        additionalVersionWeight: { 2: 0 },
        resolvePolicy: "Content",
        routePolicy: { condition: "AND", policyItems: [{ type: "Header", key: "x", value: "1,2", operator: "in" }] },
      },
      "/routePolicy/policyItems/0/operator",
      /inclusion/,
    ],
    [
      "a range of Tencent",
      {
        FunctionVersion: "1",
        RoutingConfig: { AddtionVersionMatchs: [{ Version: "2", Key: "invoke.headers.User", Method: "range", Expression: "(1,2)" }] },
      },
      "/RoutingConfig/AddtionVersionMatchs/0/Method",
      /ranges/,
    ],
    [
      "a prefix of Istio",
      virtualService([{ match: [{ uri: { prefix: "/v2" } }], route: [to("v2")] }, { route: [to("v1")] }]),
      "/spec/http/0/match/0/uri",
      /prefix/,
    ],
    [
      "a header of Istio in capitals",
      virtualService([{ match: [{ headers: { Cookie: { exact: "a=b" } } }], route: [to("v2")] }, { route: [to("v1")] }]),
      "/spec/http/0/match/0/headers/Cookie",
      /lower case/,
    ],
    [
      "routes that leave requests",
      virtualService([{ match: [{ headers: { a: { exact: "1" } } }], route: [to("v2")] }]),
      "",
      /no route takes every request/,
    ],
    ["a fault of Istio", virtualService([{ fault: { abort: {} }, route: [to("v1")] }]), "/spec/http/0/fault", /not understood/],
  ])("%s", (_, value, at, why) => {
    const { config, report } = importAlias(value);
    expect(config).toBeUndefined();
    expect(report.refused.find((each) => each.at === at)?.why).toMatch(why);
  });

  test("a document that is said to be of a format, and has nothing of it", () => {
    for (const from of SOURCES.map(({ name }) => name)) {
      const { config, report } = importAlias({ kind: "Pod", apiVersion: "v1" }, { from });
      expect([from, config, report.refused.length > 0]).toEqual([from, undefined, true]);
    }
  });

  test("documents of two formats are not guessed between, and several of one are refused", () => {
    const service = virtualService([{ route: [to("v1")] }]);
    const canary = ingress({ canary: "true", "canary-weight": "20" });
    expect(() => importAlias([service, canary])).toThrow(
      "there are documents of `ingress-nginx` and of `istio`: say which to read with `from`",
    );
    expect(importAlias([service, canary], { from: "istio" }).config).toEqual({ name: "reviews", version: "v1" });
    expect(importAlias({ kind: "List", apiVersion: "v1", items: [service, service] }).report.refused.map(({ at }) => at)).toEqual([
      "/items/1",
    ]);
  });

  test("a document of no format names those that are known", () => {
    expect(() => importAlias({ kind: "Pod" })).toThrow(/no format that is known: ingress-nginx, /);
    expect(() => importAlias({}, { from: "istoi" })).toThrow("there is no format `istoi`: did you mean `istio`?");
  });
});

describe("what is lossy, and what the controller does", () => {
  test("a total below 100 is ignored", () => {
    const { config, report } = importAlias(ingress({ canary: "true", "canary-weight": "5", "canary-weight-total": "10" }));
    expect(config?.additional_version_weights).toEqual({ "shop-v2": 5 });
    expect(report.lossy.map(({ why }) => why)).toEqual(["a total below 100, which the controller ignores: it is read as 100"]);
  });

  test("thirds are rounded, and told", () => {
    const { config, report } = importAlias(virtualService([{ route: [to("v1", 1), to("v2", 1), to("v3", 1)] }]));
    expect(config?.additional_version_weights).toEqual({ v2: 33.33, v3: 33.33 });
    expect(report.lossy).toHaveLength(2);
  });

  test("a header `always` with a cookie `never`", () => {
    const { report } = importAlias(ingress({ canary: "true", "canary-by-header": "X-Canary", "canary-by-cookie": "beta" }));
    expect(report.lossy.map(({ example }) => example)).toEqual([
      {
        request: {
          method: "GET",
          target: "/",
          headers: [
            ["X-Canary", "always"],
            ["cookie", "beta=never"],
          ],
        },
        alias: "primary",
        other: "shop-v2",
      },
    ]);
  });

  test("a route behind the one that takes everything is dead, and told", () => {
    const { report, config } = importAlias(
      virtualService([{ route: [to("v1")] }, { match: [{ headers: { a: { exact: "1" } } }], route: [to("v2")] }]),
    );
    expect(config).toEqual({ name: "reviews", version: "v1" });
    expect(report.notes).toContainEqual({
      at: "/spec/http/1",
      construct: "route",
      why: "no request comes to it: an earlier route takes every one",
    });
    expect(report.lossless.map(({ at }) => at)).not.toContain("/spec/http/1");
  });
});

const main = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "shop" },
  spec: { defaultBackend: { service: { name: "1", port: { number: 80 } } } },
};

const rule = fc
  .tuple(
    fc.constantFrom("Header", "Query", "Cookie", ":path", ":method"),
    fc.constantFrom("a", "b"),
    fc.subarray(["x1", "x2", "x3"], { minLength: 1 }),
  )
  .map(([kind, param, values]) => {
    const field = kind.startsWith(":") ? { rule_type: "Header", param: kind } : { rule_type: kind, param };
    const written = values.map((value) => (kind === ":path" ? `/${value}` : kind === ":method" ? value.toUpperCase() : value));
    return { ...field, op: written.length > 1 ? "in" : "=", value: written.join(",") };
  });

const aliases: fc.Arbitrary<AliasConfig> = fc
  .record({
    strategies: fc.array(fc.record({ combine_type: fc.constantFrom("and", "or"), rules: fc.array(rule, { minLength: 1, maxLength: 3 }) }), {
      maxLength: 3,
    }),
    weights: fc.subarray([10, 20, 0.5]),
  })
  .map(({ strategies, weights }) => ({
    name: "shop",
    version: "1",
    additional_version_strategy: Object.fromEntries(strategies.map((strategy, index) => [String(index + 2), strategy])),
    additional_version_weights: Object.fromEntries(weights.map((weight, index) => [String(index + 2), weight])),
  }));

describe("an export that is read again means the same", () => {
  test.each(["istio", "gateway-api", "apisix", "aws", "cloudformation", "alibaba", "tencent", "ingress-nginx"])("%s", (format) => {
    let written = 0;
    fc.assert(
      fc.property(aliases, (config) => {
        const { text } = exportAlias(config, { to: format });
        if (text === undefined) return;
        const documents: unknown[] = text.split("---\n").map((each) => JSON.parse(each) as unknown);
        // A canary alone does not name its primary.
        if (format === "ingress-nginx") documents.unshift(main);
        const from = format === "cloudformation" ? "aws" : format;
        const imported = importAlias(documents.length === 1 ? documents[0] : documents, { from });
        // A parameter is an expression of what a query may write for it, which is not read again.
        if (imported.config === undefined) return;
        written++;
        const { additional_version_weights: before, ...rules } = config;
        const { additional_version_weights: after, additional_version_order: order, ...others } = imported.config;
        // Drawn at random, the order of slots means nothing.
        expect(after ?? {}).toEqual(before);
        expect(equivalent(rules, { ...others, ...(order !== undefined && { additional_version_order: order }) })).toEqual({
          kind: "equivalent",
        });
      }),
      { seed: 1_000_003, numRuns: 400 },
    );
    expect(written).toBeGreaterThan(10);
  });
});
