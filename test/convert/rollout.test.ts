import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { detectRollout, importRollout } from "../../src/convert/index.ts";
import { rollout } from "../../src/rollout/index.ts";
import { readYaml } from "../../src/yaml/index.ts";

const argo = (canary: object, more: object = {}): object => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Rollout",
  metadata: { name: "shop", ...more },
  spec: { strategy: { canary: { trafficRouting: { nginx: {} }, ...canary } } },
});
const flagger = (analysis: object): object => ({
  apiVersion: "flagger.app/v1beta1",
  kind: "Canary",
  metadata: { name: "podinfo" },
  spec: { targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "podinfo" }, service: { port: 9898 }, analysis },
});

describe("Argo Rollouts", () => {
  test("the alias is read of the VirtualService beside it", () => {
    const documents = readYaml(readFileSync("docs/examples/argo-rollout.yaml", "utf8"), 1e6, { depth: 32, several: true });
    const value = documents.ok ? documents.value.value : undefined;
    expect(detectRollout(value)).toBe("argo");
    const { config, report } = importRollout(value);
    expect(config?.alias).toEqual({ name: "reviews", version: "v1", additional_version_weights: { v2: 0 } });
    expect(config?.canary).toBe("v2");
    expect(config?.steps.slice(2)).toEqual([
      { setWeight: 5 },
      { pause: { duration: 3600 } },
      { setWeight: 50 },
      { pause: { duration: 1800 } },
    ]);
    expect(report.refused).toEqual([]);
    expect(report.lossless.at(-1)).toEqual({ at: "/0/spec/strategy/canary/steps/4", construct: "step 3" });
    expect(report.notes?.map(({ at, why }) => [at, why])).toEqual([
      ["/1/spec/hosts", "it chooses no version, and is left out"],
      ["/0/spec/strategy/canary/analysis", "runs the analysis `success-rate` beside all steps"],
    ]);
  });

  test("versions are services, or `stable` and `canary`; a weight counts up to `maxTrafficWeight`", () => {
    const services = importRollout(argo({ stableService: "shop-a", canaryService: "shop-b", steps: [{ setWeight: 20 }] }));
    expect(services.config).toEqual({ alias: { name: "shop", version: "shop-a" }, canary: "shop-b", steps: [{ setWeight: 20 }] });
    const plain = importRollout([
      argo({ trafficRouting: { nginx: {}, maxTrafficWeight: 1000 }, steps: [{ setWeight: 5 }] }),
      { kind: "Service" },
    ]);
    expect(plain.config).toEqual({ alias: { name: "shop", version: "stable" }, canary: "canary", steps: [{ setWeight: 0.5 }] });
    expect(plain.report.notes?.[0]).toMatchObject({ at: "/1", construct: "Service" });
  });

  test("a name that is none of an alias is left out", () => {
    expect(importRollout(argo({ steps: [{ setWeight: 20 }] }, { name: "shop.v1" })).config?.alias).toEqual({ version: "stable" });
  });

  test.each<readonly [string, object, string, RegExp]>([
    [
      "a route by a pattern",
      { steps: [{ setHeaderRoute: { name: "a", match: [{ headerName: "x", headerValue: { regex: "a.*" } }] } }, { setWeight: 5 }] },
      "/spec/strategy/canary/steps/0/setHeaderRoute/match/0/headerValue/regex",
      /cannot compare by `regex`/,
    ],
    ["a step that is not known", { steps: [{ setWieght: 5 }] }, "/spec/strategy/canary/steps/0/setWieght", /unknown key `setWieght`/],
    ["a weight that is none", { steps: [{ setWeight: 120 }] }, "/spec/strategy/canary/steps/0/setWeight", /120/],
    ["no steps", {}, "/spec/strategy/canary/steps", /no step/],
  ])("%s is refused with its place", (_, canary, at, why) => {
    const { config, report } = importRollout(argo(canary));
    expect(config).toBeUndefined();
    expect(report.refused.map((each) => each.at)).toContain(at);
    expect(report.refused.find((each) => each.at === at)?.why).toMatch(why);
  });

  test("what is wrong with the document beside it is refused", () => {
    const service = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      spec: { http: [{ match: [{ headers: "x" }], route: [{ destination: { host: "a" } }] }] },
    };
    const { config, report } = importRollout([argo({ steps: [{ setWeight: 20 }] }), service]);
    expect(config).toBeUndefined();
    expect(report.refused.map(({ at }) => at)).toEqual(["/1/spec/http/0/match/0/headers"]);
  });
});

describe("Flagger", () => {
  test("each interval is a step, and the checks are noted", () => {
    const { from, config, report } = importRollout(
      flagger({ interval: "5s", threshold: 5, stepWeight: 20, maxWeight: 40, metrics: [{ name: "request-success-rate" }] }),
    );
    expect(from).toBe("flagger");
    expect(config).toEqual({
      alias: { name: "podinfo", version: "podinfo-primary" },
      canary: "podinfo-canary",
      steps: [{ setWeight: 20 }, { pause: { duration: 10 } }, { setWeight: 40 }, { pause: { duration: 10 } }],
    });
    expect(report.notes?.map(({ construct, why }) => [construct, why])).toEqual([
      ["analysis", "checks `request-success-rate` at every interval, and goes back after 5 that fail"],
      ["duration", "Flagger checks every 10 seconds at most"],
    ]);
    expect(rollout(config).stages.map(({ name }) => name)).toEqual(["before", "step 1", "step 2", "promoted"]);
  });

  test("a match by a header and a cookie is a strategy", () => {
    const { config } = importRollout(
      flagger({
        interval: "1m",
        iterations: 10,
        match: [{ headers: { "x-canary": { exact: "insider" } } }, { headers: { cookie: { regex: "^(.*?;)?(canary=always)(;.*)?$" } } }],
      }),
    );
    expect(config?.steps).toEqual([
      {
        setStrategy: {
          "podinfo-canary": {
            combine_type: "or",
            rules: [
              { rule_type: "Header", param: "x-canary", op: "=", value: "insider" },
              { rule_type: "Cookie", param: "canary", op: "=", value: "always" },
            ],
          },
        },
      },
      { pause: { duration: 600 } },
    ]);
  });
});

test("documents of which none is a rollout", () => {
  expect(detectRollout({ kind: "Rollout", apiVersion: "apps/v1" })).toBeUndefined();
  expect(() => importRollout({ kind: "Rollout", apiVersion: "apps/v1" })).toThrow("no document is a rollout that is known: argo, flagger");
});
