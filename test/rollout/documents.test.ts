import { describe, expect, test } from "vitest";
import { compile, format } from "../../src/index.ts";
import { parseRollout, rollout } from "../../src/simulate/index.ts";
import { readYaml } from "../../src/yaml/index.ts";

const stickiness = { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" };
const alias = { name: "shop", version: "v1", stickiness };
const options = { alias, canary: "v2" };

function argo(steps: unknown, canary: object = {}, spec: object = {}): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: "shop" },
    spec: {
      replicas: 5,
      strategy: { canary: { canaryService: "c", stableService: "s", trafficRouting: { istio: {} }, steps, ...canary } },
      ...spec,
    },
  };
}

function flagger(analysis: object, spec: object = {}): object {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: "shop" },
    spec: { targetRef: {}, service: {}, analysis, ...spec },
  };
}

/** The canary's weight in each stage, and how long it lasts. */
function course(value: unknown): readonly (readonly [weight: number | undefined, seconds: number | undefined])[] {
  return rollout(value, options)
    .stages.slice(1, -1)
    .map(({ alias: { additional_version_weights: weights }, seconds }) => [weights?.["v2"] ?? undefined, seconds]);
}

function marks(value: unknown): readonly string[] {
  return rollout(value, options).stages.flatMap(({ name, marks: all }) => all.map(({ kind, text }) => `${name}: ${kind}: ${text}`));
}

function complaints(value: unknown, given: Parameters<typeof parseRollout>[1] = options): readonly string[] {
  return parseRollout(value, given).diagnostics.map((diagnostic) => format(diagnostic).split("\n")[0] ?? "");
}

describe("a Rollout of Argo", () => {
  test("steps that take time end a stage, and what does not split is a mark of it", () => {
    const value = argo(
      [
        { setCanaryScale: { replicas: 1 } },
        { setWeight: 5 },
        { pause: { duration: "1.5h" } },
        { pause: { duration: 30 } },
        { setWeight: 10 },
        { analysis: { templates: [{ templateName: "success-rate" }] } },
        { setMirrorRoute: { name: "m", percentage: 35, match: [] } },
        { setWeight: 20 },
        { plugin: { name: "argoproj-labs/step", config: { any: 1 } } },
        { setMirrorRoute: { name: "m" } },
        { setCanaryScale: { matchTrafficWeight: true } },
        { setWeight: 40 },
        { pause: {} },
        { setWeight: 60 },
        { pause: { duration: "500ms" } },
      ],
      { analysis: { startingStep: 2, templates: [{ templateName: "latency" }] } },
    );
    expect(course(value)).toEqual([
      [5, 5430],
      [10, undefined],
      [20, undefined],
      [40, undefined],
      [60, 0.5],
    ]);
    expect(marks(value)).toEqual([
      "before: analysis: runs the analysis `latency` beside all steps from the one with the index 2",
      "before: setCanaryScale: scales the canary to 1 pods",
      "step 2: analysis: waits for the analysis `success-rate`",
      "step 2: setMirrorRoute: mirrors 35 % of the requests by `m`: nobody gets the answers of the canary",
      "step 3: plugin: waits for the plugin `argoproj-labs/step`",
      "step 3: setMirrorRoute: ends the mirror `m`",
      "step 3: setCanaryScale: scales the canary with its weight",
      "step 4: pause: waits until someone resumes it",
    ]);
    expect(rollout(value, options).stages.map(({ at }) => at)).toEqual([
      "",
      ...[1, 4, 7, 11, 13].map((step) => `/spec/strategy/canary/steps/${step}`),
      "",
    ]);
  });

  test("an experiment with a weight splits while it lasts, one without is a mark", () => {
    const templates = (weight?: number) => [
      { name: "baseline", specRef: "stable", weight },
      { name: "new", specRef: "canary", weight },
    ];
    const value = argo([
      { setWeight: 20 },
      { pause: { duration: 5 } },
      { experiment: { duration: "5m", templates: templates(10) } },
      { pause: { duration: 60 } },
      { experiment: { templates: templates() } },
      { setWeight: 50 },
      { experiment: { duration: "1h", templates: templates(5) } },
      { setWeight: 80 },
      { pause: { duration: 1 } },
    ]);
    expect(course(value)).toEqual([
      [20, 5],
      [30, 300],
      [20, undefined],
      [55, 3600],
      [80, 1],
    ]);
    expect(marks(value)).toEqual([
      "step 2: experiment: runs an experiment with `baseline` and `new`, which get 10 % more for the canary",
      "step 3: experiment: runs an experiment with `baseline` and `new`",
      "step 4: experiment: runs an experiment with `baseline` and `new`, which get 5 % more for the canary",
    ]);
  });

  test("weights are of the highest that the traffic routing has", () => {
    const routed = { trafficRouting: { nginx: {}, maxTrafficWeight: 1000 } };
    expect(course(argo([{ setWeight: 29 }, { pause: {} }], routed))).toEqual([[2.9, undefined]]);
    expect(complaints(argo([{ setWeight: 1001 }], routed))).toEqual([
      "error[weight] /spec/strategy/canary/steps/0/setWeight: the weight `100.1` is over 100",
    ]);
  });

  test("a step may have more than one key, where Argo takes it", () => {
    const route = { name: "r", match: [{ headerName: "trace", headerValue: { exact: "debug" } }] };
    const value = argo([{ pause: { duration: 15 }, setCanaryScale: { replicas: 1 }, setHeaderRoute: route }, { setWeight: 5 }]);
    const { stages } = rollout(value, options);
    expect(stages.map(({ name, seconds }) => [name, seconds])).toEqual([
      ["before", undefined],
      ["step 1", 15],
      ["step 2", 0],
      ["promoted", undefined],
    ]);
    expect(stages.map(({ plan }) => compile(plan)({ headers: { trace: "debug" } }, 0.99).version)).toEqual(["v1", "v2", "v2", "v2"]);
    expect(complaints(argo([{ setWeight: 5, pause: {} }]))).toEqual([
      "error[step] /spec/strategy/canary/steps/0: the step does more than one thing: `setWeight` and `pause`",
    ]);
  });

  test("a route by patterns is told and not simulated; a load balancer joins headers by and", () => {
    const match = [{ headerName: "agent", headerValue: { regex: "chrome(.*)" } }];
    const patterned = argo([{ setHeaderRoute: { name: "r", match } }, { setWeight: 5 }, { pause: {} }]);
    expect(complaints(patterned)).toEqual([
      "warning[header-route] /spec/strategy/canary/steps/0/setHeaderRoute/match/0/headerValue/regex: an alias cannot compare by `regex`",
    ]);
    expect(marks(patterned)[0]).toBe(
      "step 1: setHeaderRoute: routes by patterns as `r`, which is not simulated: the split decides such requests here",
    );
    const both = [
      { headerName: "a", headerValue: { exact: "1" } },
      { headerName: "b", headerValue: { exact: "2" } },
      { headerName: "b", headerValue: { exact: "3" } },
    ];
    const versions = (trafficRouting: object, headers: Readonly<Record<string, string>>) =>
      rollout(argo([{ setHeaderRoute: { name: "r", match: both } }, { pause: {} }], { trafficRouting }), options).stages.map(
        ({ plan }) => compile(plan)({ headers }, 0.5).version,
      )[1];
    expect(versions({ alb: {} }, { a: "1" })).toBe("v1");
    expect(versions({ alb: {} }, { a: "1", b: "3" })).toBe("v2");
    expect(versions({ istio: {} }, { a: "1" })).toBe("v2");
  });

  test.each<[string, object, string]>([
    [
      "blueGreen",
      { strategy: { blueGreen: { activeService: "a" } } },
      "error[rollout-strategy] /spec/strategy/blueGreen: a `blueGreen` strategy gives all requests to one version at a time: there are no shares",
    ],
    ["no steps", { strategy: { canary: {} } }, "error[step] /spec/strategy/canary/steps: the rollout has no step"],
    ["a misspelt key", { stratgy: {} }, "error[unknown-key] /spec/stratgy: unknown key `stratgy`"],
  ])("with %s is refused", (_, spec, complaint) => {
    const { strategy, ...rest } = { strategy: undefined, ...spec } as { readonly strategy?: object | undefined };
    const value = {
      ...argo([]),
      spec: strategy === undefined ? { strategy: { canary: { steps: [{ setWeight: 5 }] } }, ...rest } : { strategy },
    };
    expect(complaints(value)).toEqual([complaint]);
  });

  test.each(["1d", "2 h", "10", "1h30", "5.5.5s", -5, true])("the duration %j is of no experiment, and days of no pause", (duration) => {
    const experiment = { duration, templates: [{ name: "a", specRef: "canary" }] };
    expect(parseRollout(argo([{ experiment }]), options).diagnostics.map(({ code }) => code)).toEqual(["duration"]);
    expect(parseRollout(argo([{ setWeight: 1 }, { pause: { duration: "1d" } }]), options).diagnostics[0]?.help).toBe(
      "Go has no unit `d`: write hours, such as `48h`",
    );
  });

  test.each<[string | number, number]>([
    ["2µs", 2e-6],
    ["2μs", 2e-6],
    ["3us", 3e-6],
    ["7ns", 7e-9],
    ["1h30m", 5400],
    ["1h1.5s", 3601.5],
    [".5h", 1800],
    ["1.h", 3600],
    ["+2m", 120],
    ["90", 90],
    [0, 0],
  ])("the pause %j lasts %d s", (duration, seconds) => {
    expect(course(argo([{ setWeight: 5 }, { pause: { duration } }]))).toEqual([[5, seconds]]);
  });
});

describe("a Canary of Flagger", () => {
  test.each<[string, object, readonly number[]]>([
    ["a step", { maxWeight: 50, stepWeight: 10 }, [10, 20, 30, 40, 50]],
    ["a step that passes the highest", { maxWeight: 50, stepWeight: 30 }, [30, 60]],
    ["a step without a highest", { stepWeight: 40 }, [40, 80, 100]],
    ["steps", { stepWeights: [1, 2, 10, 80] }, [1, 2, 10, 80]],
    ["steps over all", { stepWeights: [50, 120] }, [50, 100]],
    ["steps of which the last is the highest, with one that is added", { stepWeight: 15, stepWeights: [5, 30] }, [15, 30]],
    ["steps that shrink", { stepWeights: [10, 5] }, [10]],
  ])("with %s has the weights of its controller", (_, analysis, weights) => {
    expect(course(flagger({ interval: "90s", ...analysis }))).toEqual(weights.map((weight) => [weight, 90]));
  });

  test("gates, mirrors and the way back are marks; an interval is at least ten seconds", () => {
    const webhooks = [
      { name: "load", url: "http://x", type: "rollout" },
      { name: "gate", url: "http://x", type: "confirm-promotion" },
    ];
    const metrics = [{ name: "success", thresholdRange: { min: 99 } }];
    const value = flagger({
      interval: "1s",
      threshold: 5,
      stepWeights: [10, 20],
      mirror: true,
      stepWeightPromotion: 50,
      webhooks,
      metrics,
      sessionAffinity: { cookieName: "c" },
    });
    expect(course(value)).toEqual([
      [10, 10],
      [20, undefined],
    ]);
    expect(marks(value)).toEqual([
      "before: analysis: checks `success` at every interval, and goes back after 5 that fail",
      "before: sessionAffinity: keeps users of the canary by a cookie: more of them are on it than its weight says",
      "before: mirror: mirrors requests for one interval before the first weight",
      "step 2: webhooks: waits until the webhook `gate` lets it go on",
      "step 2: stepWeightPromotion: after promotion the requests go back in steps of 50 %, to pods of the same version",
    ]);
    expect(complaints(value)).toEqual(["warning[duration] /spec/analysis/interval: Flagger checks every 10 seconds at most"]);
    expect(course(flagger({ stepWeight: 100 }))).toEqual([[100, 60]]);
  });

  test("an A/B test gives matching requests to the canary for all its iterations", () => {
    const match = [{ headers: { "x-canary": { exact: "on" } } }, { headers: { cookie: { regex: "^(.*?;)?(type=insider)(;.*)?$" } } }];
    const { stages } = rollout(flagger({ interval: "1m", iterations: 10, match }), options);
    expect(stages.map(({ seconds }) => seconds)).toEqual([undefined, 600, undefined]);
    const versions = (headers: Readonly<Record<string, string>>) => stages.map(({ plan }) => compile(plan)({ headers }, 0).version);
    expect(versions({ "x-canary": "on" })).toEqual(["v1", "v2", "v2"]);
    expect(versions({ cookie: "a=b; type=insider" })).toEqual(["v1", "v2", "v2"]);
    expect(versions({})).toEqual(["v1", "v1", "v2"]);
  });

  test.each<[string, object, object, string]>([
    [
      "iterations",
      { iterations: 5 },
      {},
      "error[rollout-strategy] /spec/analysis/iterations: this is a blue/green release, which gives all requests to one version at a time: there are no shares",
    ],
    [
      "the provider kubernetes",
      { stepWeight: 5 },
      { provider: "kubernetes" },
      "error[rollout-strategy] /spec/provider: this is a blue/green release, which gives all requests to one version at a time: there are no shares",
    ],
    [
      "skipAnalysis",
      { stepWeight: 5 },
      { skipAnalysis: true },
      "error[rollout-strategy] /spec/skipAnalysis: with `skipAnalysis` the canary is promoted at once: there are no shares",
    ],
    [
      "matches and weights",
      { stepWeight: 5, match: [{ headers: {} }] },
      {},
      "error[rollout-strategy] /spec/analysis/match: `match` beside weights: which requests are split then depends on the mesh",
    ],
    ["no step", { maxWeight: 50 }, {}, "error[step] /spec/analysis/stepWeight: the canary never gets a share"],
    [
      "steps that stand still",
      { stepWeights: [5, 5, 50] },
      {},
      "error[step] /spec/analysis/stepWeights/1: the weights stop at 5 %: the next step does not add to it",
    ],
    ["half a percent", { stepWeight: 0.5 }, {}, "error[weight] /spec/analysis/stepWeight: `0.5` is no weight of Flagger"],
    ["a misspelt key", { stepWeigth: 5, stepWeight: 5 }, {}, "error[unknown-key] /spec/analysis/stepWeigth: unknown key `stepWeigth`"],
    [
      "a pattern",
      { iterations: 2, match: [{ headers: { "user-agent": { regex: ".*Firefox.*" } } }] },
      {},
      "error[header-route] /spec/analysis/match/0/headers/user-agent: an alias cannot compare by patterns",
    ],
    ["a duration in days", { interval: "1d", stepWeight: 5 }, {}, "error[duration] /spec/analysis/interval: `1d` is no duration"],
  ])("with %s is refused", (_, analysis, spec, complaint) => {
    expect(complaints(flagger({ interval: "1m", ...analysis }, spec))).toEqual([complaint]);
  });
});

describe("the canary", () => {
  const value = argo([{ setWeight: 5 }]);
  test("is the only other version of the alias, or the one that is named", () => {
    expect(rollout(value, { alias: { ...alias, additional_version_weights: { v7: 0 } } }).canary).toBe("v7");
    expect(rollout(value, { alias: { ...alias, additional_version_order: ["v8"] } }).canary).toBe("v8");
    expect(rollout(value, { alias: { ...alias, additional_version_weights: { v7: 0, v8: 1 } }, canary: "v8" }).canary).toBe("v8");
  });

  test("is called canary with a warning, and asked for where it could be several", () => {
    expect(parseRollout(value, { alias })).toMatchObject({ ok: true, value: { canary: "canary" } });
    expect(complaints(value, { alias })).toEqual([
      "warning[canary]: the alias has no other version than `v1`: the canary is called `canary`",
    ]);
    expect(complaints(value, { alias: { version: "canary" } })).toEqual(["error[canary]: the alias has no other version than `canary`"]);
    expect(complaints(value, { alias: { ...alias, additional_version_weights: { v7: 0, v8: 1 } } })).toEqual([
      "error[canary]: the alias has `v7` and `v8` beside `v1`: which is the canary?",
    ]);
    expect(complaints(value, { alias, canary: "v1" })).toEqual(["error[canary]: `v1` is the version that the alias has"]);
    expect(complaints(value, {})).toEqual(["error[missing-key]: the alias that is rolled out is missing"]);
  });

  test("of steps of our own is named once", () => {
    const own = { alias, canary: "v3", steps: [{ setWeight: 5 }] };
    expect(complaints(own)).toEqual(["error[canary] /canary: `v3` is rolled out here, not `v2`"]);
    expect(rollout({ steps: [{ setWeight: 5 }] }, options).canary).toBe("v2");
  });
});

describe("one of several documents", () => {
  const other = { apiVersion: "v1", kind: "Service", metadata: { name: "shop" } };
  const named = (name: string) => ({ ...argo([{ setWeight: "5" }]), metadata: { name } });

  test("is read, with pointers into the whole", () => {
    expect(rollout([other, argo([{ setWeight: 5 }])], options).stages).toHaveLength(3);
    expect(rollout({ apiVersion: "v1", kind: "List", items: [other, argo([{ setWeight: 5 }])] }, options).stages).toHaveLength(3);
    expect(complaints([other, named("shop")])).toEqual([
      "error[wrong-type] /1/spec/strategy/canary/steps/0/setWeight: expected a number, found the string `5`",
    ]);
  });

  test("is the one with the name of the alias", () => {
    expect(complaints([named("a"), named("shop")])[0]).toContain("/1/spec");
    expect(complaints([named("a"), named("b")])).toEqual(["error[rollout-kind] /1: there are 2 rollouts"]);
  });

  test.each<[unknown, string]>([
    [[other, { apiVersion: "apps/v1", kind: "Deployment" }], "there is no rollout, but `Service` and `Deployment`"],
    [{ ...argo([]), apiVersion: "rollouts.kruise.io/v1beta1" }, "there is no rollout, but `rollouts.kruise.io/v1beta1 Rollout`"],
    [{ kind: "Canary" }, "there is no rollout, but `Canary without an apiVersion`"],
    [[], "there is no rollout"],
  ])("is missed: %j", (value, message) => {
    expect(complaints(value)).toEqual([`error[rollout-kind]: ${message}`]);
  });

  test("as YAML", () => {
    const text = ["---", "kind: Service", "apiVersion: v1", "---", ...YAML, "---", ""].join("\n");
    const read = readYaml(text, undefined, { several: true, depth: 50 });
    if (!read.ok) throw new Error(format(read.diagnostics[0] as (typeof read.diagnostics)[number]));
    expect(parseRollout(read.value.value, options).ok).toBe(true);
    expect(read.value.locate("/1/spec/strategy/canary/steps/0/setWeight").line).toBe(10);
    expect(readYaml(text).ok).toBe(false);
    expect(readYaml("a: 1\n---\nb: *x\n", undefined, { several: true }).ok).toBe(false);
    expect(readYaml("a: 1\n---\nb: 1\nb: 2\n", undefined, { several: true })).toMatchObject({ value: { duplicates: [{ at: "/1/b" }] } });
    expect(readYaml("[".repeat(60), undefined, { several: true, depth: 50 })).toMatchObject({ diagnostics: [{ code: "over-budget" }] });
  });
});

const YAML = [
  "apiVersion: argoproj.io/v1alpha1",
  "kind: Rollout",
  "spec:",
  "  strategy:",
  "    canary:",
  "      steps: [{ setWeight: 20 }, { pause: { duration: 1.5h } }]",
];
