import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { compile, format } from "../../src/index.ts";
import { ROLLOUT_CODES } from "../../src/rollout/codes.ts";
import { shown } from "../../src/document/show.ts";
import { affinityShare, bounces, forecast, type ForecastOptions } from "../../src/simulate/forecast.ts";
import { parseRollout, rollout } from "../../src/rollout/rollout.ts";
import { law } from "../support/law.ts";

const stickiness = { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" };
const alias = { name: "shop", version: "v1", stickiness };

function complaints(value: unknown): readonly string[] {
  return parseRollout(value).diagnostics.map((diagnostic) => format(diagnostic).split("\n")[0] ?? "");
}

test("what is set between two pauses is one stage, pauses add up, and the canary is promoted", () => {
  const { stages } = rollout({
    alias,
    canary: "v2",
    steps: [
      { setHeaderRoute: { name: "staff", match: [{ headerName: "X-Staff", headerValue: { exact: "yes" } }] } },
      { setWeight: 5 },
      { pause: { duration: "1h30m" } },
      { pause: { duration: 10 } },
      { setHeaderRoute: { name: "staff" } },
      { setWeights: { v2: 20, v3: 10 } },
      { pause: {} },
      { setStrategy: { v3: { rules: [{ rule_type: "Header", param: "a", op: "=", value: "b" }] } } },
      { setWeight: 90 },
    ],
  });
  expect(stages.map(({ name, at, seconds }) => [name, at, seconds])).toEqual([
    ["before", "", undefined],
    ["step 1", "/steps/0", 5410],
    ["step 2", "/steps/4", undefined],
    ["step 3", "/steps/7", 0],
    ["promoted", "", undefined],
  ]);
  const versionsOf = (headers: Readonly<Record<string, string>>, draw: number) =>
    stages.map(({ plan }) => compile(plan)({ headers }, draw).version);
  expect(versionsOf({ "x-staff": "yes" }, 0.89)).toEqual(["v1", "v2", "v1", "v2", "v2"]);
  expect(versionsOf({ a: "b" }, 0.01)).toEqual(["v1", "v2", "v2", "v3", "v2"]);
  expect(versionsOf({}, 0.99)).toEqual(["v1", "v1", "v3", "v3", "v2"]);
  expect(stages.at(-1)?.alias).toEqual({ ...alias, version: "v2" });
});

test("everything wrong is told at once, of the step that it is in", () => {
  expect(
    complaints({
      alias,
      canary: "v2",
      steps: [
        { setWeight: 120 },
        { pause: { duration: "1w" } },
        { setWeight: "5" },
        { setWeigth: 5 },
        { setWeight: 5, pause: {} },
        { setWeights: { v2: 70, v3: 40 } },
        { pause: {} },
        { setStrategy: { v2: { rules: [] } } },
        { pause: {} },
        { setHeaderRoute: { name: "x", match: [{ headerName: "a", headerValue: { regex: ".*" } }] } },
      ],
      promote: "no",
    }),
  ).toEqual([
    "error[wrong-type] /promote: expected true or false, found `no`",
    "error[duration] /steps/1/pause/duration: `1w` is no duration",
    "error[weight] /steps/0/setWeight: the weight `120` is over 100",
    "error[wrong-type] /steps/2/setWeight: expected a number, found the string `5`",
    "error[unknown-key] /steps/3/setWeigth: unknown key `setWeigth`",
    "error[step] /steps/4: the step does more than one thing: `setWeight` and `pause`",
    "error[weight-sum] /steps/5/setWeights: the weights add up to `110`, more than 100",
    "error[rules-empty] /steps/7/setStrategy/v2/rules: a strategy without rules",
    "error[header-route] /steps/9/setHeaderRoute: `v2` has a strategy already",
  ]);
});

const rolledBy = (...steps: readonly unknown[]): object => ({ alias, canary: "v2", steps });
const routedBy = (headerValue: unknown): object => ({ setHeaderRoute: { name: "staff", match: [{ headerName: "X-Staff", headerValue }] } });
const strategy = { setStrategy: { v2: { rules: [{ rule_type: "Header", param: "a", op: "=", value: "b" }] } } };
const STEPS =
  "write `setWeight`, `setWeights`, `setStrategy`, `setHeaderRoute`, `pause`, `setMirrorRoute`, `setCanaryScale`, `analysis`, `experiment`, `plugin` or `replicaProgressThreshold`";
const DURATIONS = "write seconds, or such as `30s`, `10m`, `1h30m`, `2d`";

const argoKind = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" };

/** A rollout of which one thing is said, and nothing else. */
const rows: readonly (readonly [value: unknown, message: string, help: string])[] = [
  [
    { alias, canary: "v1", steps: [{ setWeight: 5 }] },
    "canary /canary: `v1` is the version that the alias has",
    "name the version to be rolled out",
  ],
  [rolledBy(), "step /steps: the rollout has no step", "write steps, such as `setWeight: 5`"],
  [rolledBy({}), "step /steps/0: the step does nothing", STEPS],
  [
    rolledBy({ setWeight: 5, setWeights: { v2: 5 }, pause: {} }),
    "step /steps/0: the step does more than one thing: `setWeight`, `setWeights` and `pause`",
    "make each a step of its own",
  ],
  ...[-1, NaN, "", "1h 30m", "1,5h", "-5s", "1.5.2h", "h", "soon", "9".repeat(400)].map(
    (duration) =>
      [rolledBy({ pause: { duration } }), `duration /steps/0/pause/duration: ${shown(duration)} is no duration`, DURATIONS] as const,
  ),
  [
    rolledBy(routedBy({ prefix: "y" })),
    "header-route /steps/0/setHeaderRoute/match/0/headerValue/prefix: an alias cannot compare by `prefix`",
    "write the whole value, as `exact`",
  ],
  [
    rolledBy(routedBy({ exact: "yes", regex: ".*" })),
    "header-route /steps/0/setHeaderRoute/match/0/headerValue/regex: an alias cannot compare by `regex`",
    "write the whole value, as `exact`",
  ],
  [
    rolledBy({ setHeaderRoute: { name: "staff", match: [] } }),
    "header-route /steps/0/setHeaderRoute/match: the route has no match",
    "write one, or remove the route: leave `match` out",
  ],
  [
    rolledBy(strategy, routedBy({ exact: "yes" })),
    "header-route /steps/1/setHeaderRoute: `v2` has a strategy already",
    "add the header's rule to it with `setStrategy`",
  ],
  [
    rolledBy(routedBy({ exact: "yes" }), strategy),
    "header-route /steps/1/setStrategy: `v2` has a header route already",
    "remove the route first, by a `setHeaderRoute` with its `name` alone, or leave the strategy out",
  ],
  [{ ...argoKind, kind: "Rolout" }, "rollout-kind : there is no rollout, but `Rolout`", "did you mean `Rollout`?"],
];

describe("a rollout is refused", () => {
  test.each(rows)("%j", (value, message, help) => {
    const checked = parseRollout(value);
    expect(checked.diagnostics.map(({ code, at, message: told, help: offered }) => [`${code} ${at}: ${told}`, offered])).toEqual([
      [message, help],
    ]);
    expect(checked.ok).toBe(false);
  });

  test("with every code that rollouts have", () => {
    const told = new Set(rows.map(([, message]) => message.split(" ")[0]));
    // Strategies without shares are told of in rollout-documents.test.ts.
    const codes = ROLLOUT_CODES.filter((code) => code !== "rollout-strategy");
    expect(codes.filter((code) => !told.has(code))).toEqual([]);
  });
});

const refused = (): never => {
  throw new Error("not read");
};
const route = { setHeaderRoute: { name: "a", match: [{ headerName: "x", headerValue: { exact: "y" } }] } };

test.each<[string, unknown]>([
  ["a step whose getter throws", { steps: [Object.defineProperty({}, "setStrategy", { get: refused, enumerable: true })] }],
  ["a strategy that cannot be looked into", { steps: [route, { setStrategy: new Proxy({}, { getOwnPropertyDescriptor: refused }) }] }],
  ["weights that cannot be listed", { steps: [{ setWeights: new Proxy({}, { ownKeys: refused }) }] }],
  ["steps that are no list any more", { steps: new Proxy([], { get: refused }) }],
])("%s is told, and does not throw", (_, parts) => {
  const checked = parseRollout({ alias: { version: "v1" }, canary: "v2", ...(parts as object) });
  expect(checked.ok).toBe(false);
  expect(checked.diagnostics.map(({ code }) => code)).toContain("unreadable");
});

test("a route without a match is told once, and a duration of another kind with the help of durations", () => {
  const empty = { setHeaderRoute: { name: "a", match: [] } };
  const strategy = { setStrategy: { v2: { rules: [{ rule_type: "Header", param: "x", op: "=", value: "y" }] } } };
  const steps = [empty, strategy, { pause: { duration: true } }];
  const { diagnostics } = parseRollout({ alias: { version: "v1" }, canary: "v2", steps });
  expect(diagnostics.map(({ at, message }) => `${at}: ${message}`)).toEqual([
    "/steps/0/setHeaderRoute/match: the route has no match",
    "/steps/2/pause/duration: this is no duration",
  ]);
});

test("a strategy for the canary may follow a header route that was removed, and one for another version any", () => {
  const rules = strategy.setStrategy.v2;
  expect(complaints(rolledBy(routedBy({ exact: "yes" }), { setHeaderRoute: { name: "staff" } }, strategy))).toEqual([]);
  expect(complaints(rolledBy(routedBy({ exact: "yes" }), { setStrategy: { v3: rules } }))).toEqual([]);
});

test.each([
  [
    { alias: { ...alias, name: "a".repeat(64) }, canary: "v 2", steps: [{ setWeight: 5 }] },
    ["warning[alias-name-length] /alias/name: ", "error[version-name] /canary: `v 2` is no version name"],
  ],
  [rolledBy({ setWeight: 0.001 }), ["error[weight] /steps/0/setWeight: "]],
  [rolledBy(routedBy({ exact: "" })), ["error[value-empty] /steps/0/setHeaderRoute: "]],
  [rolledBy(...Array.from({ length: 1_001 }, () => ({ pause: {} }))), ["error[over-budget] /steps: more than 1000 steps"]],
])("what would be wrong with an alias too keeps its code: %#", (value, told) => {
  const lines = complaints(value);
  expect(lines).toEqual(told.map((line) => expect.stringContaining(line) as string));
});

test.each([
  [{ alias: { version: "v 1" }, canary: "v2", steps: [{ setWeight: 5 }] }, "error[version-name] /alias/version: `v 1` is no version name"],
  [{ alias, canary: "", steps: [{ setWeight: 5 }] }, "error[version-name] /canary: `` is no version name"],
  [null, "error[wrong-type]: expected an object, found null"],
])("%j is refused", (value, complaint) => {
  expect(complaints(value)).toEqual([complaint]);
});

test("the example is sound, and moves no more than it must", () => {
  const { stages, canary, kind } = rollout(parseYaml(readFileSync("docs/examples/rollout.yaml", "utf8")));
  expect(stages.map((stage) => [stage.name, stage.seconds])).toEqual([
    ["before", undefined],
    ["step 1", undefined],
    ["step 2", 3_600],
    ["step 3", 21_600],
    ["step 4", 86_400],
    ["step 5", 86_400],
    ["promoted", undefined],
  ]);
  const seen = forecast({ kind, canary, stages });
  expect(seen).toMatchObject({ sticky: true, moved: 10_000, minimum: 10_000, direct: 10_000, bounced: 0, seconds: undefined });
});

describe("the forecast of a rollout", () => {
  const rolled = (steps: readonly unknown[], more: object = {}) =>
    forecast(rollout({ alias, canary: "v2", steps, ...more }), { requestsPerSecond: 10 });

  test("who goes back and forth is counted, slot by slot", () => {
    const seen = rolled([{ setWeight: 10 }, { pause: {} }, { setWeight: 0 }, { pause: {} }, { setWeight: 20 }], { promote: false });
    expect(seen.transitions).toMatchObject([
      { from: "before", to: "step 1", moved: 1000, minimum: 1000, joined: 1000, left: 0, returned: 0 },
      { from: "step 1", to: "step 2", moved: 1000, joined: 0, left: 1000, returned: 1000 },
      { from: "step 2", to: "step 3", moved: 2000, joined: 2000, returned: 1000, matrix: [{ from: "v1", to: "v2", slots: 2000 }] },
    ]);
    expect(seen).toMatchObject({ moved: 4000, minimum: 4000, direct: 2000, bounced: 1000 });
  });

  test("opposite changes move more than they must, and a version that takes an earlier rank", () => {
    const crossed = rolled([{ setWeights: { v2: 60, v3: 5 } }, { pause: {} }, { setWeights: { v2: 5, v3: 60 } }], { promote: false });
    expect(crossed.transitions[1]).toMatchObject({ moved: 9000, minimum: 5500 });
    const late = forecast(
      rollout({ alias: { ...alias, additional_version_weights: { v3: 10 } }, canary: "v2", steps: [{ setWeight: 5 }], promote: false }),
    );
    expect(late.transitions[0]).toMatchObject({ moved: 2000, minimum: 500 });
  });

  test("a cookie of the canary alone ratchets, one of each version does not", () => {
    expect(affinityShare(0.1, 20)).toBeCloseTo(0.878, 3);
    expect(affinityShare(0.1, 22)).toBeCloseTo(0.902, 3);
    const plan = rollout({
      alias,
      canary: "v2",
      steps: [{ setWeight: 10 }, { pause: { duration: "10h" } }, { setWeight: 20 }, { pause: { duration: "5h" } }],
    });
    const { stages } = forecast(plan, { requestsPerUserHour: 2 });
    expect(stages[1]?.affinity?.canaryCookie).toBeCloseTo(affinityShare(0.1, 20), 12);
    expect(stages[2]?.affinity?.canaryCookie).toBeCloseTo(1 - 0.9 ** 20 * 0.8 ** 10, 12);
    expect(stages[2]?.affinity).toMatchObject({ requests: 10, bothCookies: 0.1 });
  });

  test("how long a difference takes to be seen, and whether the stage is that long", () => {
    const seen = rolled([{ setWeight: 1 }, { pause: { duration: "1h" } }, { setWeight: 50 }, { pause: { duration: "1h" } }]);
    const [, small, half, promoted] = seen.stages;
    expect(small?.detection?.within).toBe(false);
    expect(half?.detection?.within).toBe(true);
    expect(Math.abs((half?.detection?.requests ?? 0) / 2 - (half?.detection?.canary ?? 0))).toBeLessThanOrEqual(1);
    expect(promoted?.detection).toBeUndefined();
    expect(half?.requests).toBe(36_000);
    expect(seen.seconds).toBe(7_200);
  });

  test("the requests of one user are not independent: a design effect, where users keep a version", () => {
    const steps = [{ setWeight: 10 }, { pause: { duration: "1h" } }];
    const seen = (options: ForecastOptions, sticky = true) => {
      const stickiness = { keys: [{ rule_type: "Header", param: "X-User-Id" }], on_missing: "primary" } as const;
      const alias = { name: "shop", version: "v1", ...(sticky && { stickiness }) };
      return forecast(rollout({ alias, canary: "v2", steps }), options);
    };
    const alone = seen({}).stages[1]?.detection;
    // Σ m² / Σ m = 21 and ρ = 0.05: 1 + 20 · 0.05 = 2.
    const several = seen({ requestsPerUser: 21, correlation: 0.05 }).stages[1]?.detection;
    expect([alone?.designEffect, several?.designEffect]).toEqual([1, 2]);
    expect(several?.canary).toBeGreaterThanOrEqual(2 * (alone?.canary ?? 0) - 2);
    expect(several?.canary).toBeLessThanOrEqual(2 * (alone?.canary ?? 0));
    expect(seen({ requestsPerUser: 21, correlation: 0.05 }, false).stages[1]?.detection).toMatchObject({ designEffect: 1 });
    expect(seen({ requestsPerUser: 21 }).assumptions).toEqual({
      errorRate: 0.01,
      difference: 0.01,
      alpha: 0.05,
      power: 0.8,
      correlation: 0.01,
      requestsPerUser: 21,
    });
  });

  test("assumptions out of range are refused, all at once", () => {
    const options = { errorRate: 0, difference: -1, alpha: 1, power: 0, correlation: 1.1, requestsPerUser: Number.NaN };
    const plan = rollout({ alias: { version: "v1" }, canary: "v2", steps: [{ setWeight: 5 }] });
    for (const [option, value] of Object.entries(options)) expect(() => forecast(plan, options), option).toThrow(`not \`${value}\``);
    expect(() => forecast(plan, options)).toThrow(RangeError);
    expect(() => forecast(plan, { errorRate: 0.6, difference: 0.4 })).toThrow("`difference`");
  });

  test("without a sticky draw it is shares that move, not users", () => {
    const random = rollout({ alias: { version: "v1" }, canary: "v2", steps: [{ setWeight: 5 }] });
    expect(forecast(random).sticky).toBe(false);
  });

  const weights = fc.integer({ min: 0, max: 100 });
  law(
    "growth of one canary moves the minimum, and nobody back",
    fc.array(weights, { minLength: 1, maxLength: 6 }),
    (list) => {
      const steps = list.toSorted((a, b) => a - b).flatMap((weight) => [{ setWeight: weight }, { pause: {} }]);
      const { moved, minimum, direct, bounced } = forecast(rollout({ alias, canary: "v2", steps }));
      expect([moved, minimum, direct, bounced]).toEqual([10_000, 10_000, 10_000, 0]);
    },
    30,
  );

  const pair = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
  law(
    "what moves is at least the minimum, and bounces are what returns",
    fc.array(pair, { minLength: 1, maxLength: 5 }),
    (list) => {
      const steps = list.flatMap(([v2, v3]) => [{ setWeights: { v2, v3 } }, { pause: {} }]);
      const { transitions, bounced } = forecast(rollout({ alias, canary: "v2", steps }));
      for (const { moved, minimum, matrix, returned } of transitions) {
        expect(moved).toBeGreaterThanOrEqual(minimum);
        expect(matrix.reduce((sum, { slots }) => sum + slots, 0)).toBe(moved);
        expect(returned).toBeLessThanOrEqual(moved);
      }
      const returns = transitions.map(({ returned }) => returned);
      expect(bounced).toBeGreaterThanOrEqual(Math.max(...returns));
      expect(bounced).toBeLessThanOrEqual(returns.reduce((sum, each) => sum + each, 0));
    },
    30,
  );
});

test("a path bounces where a version is left and met again", () => {
  expect(
    [
      [1, 1],
      [1, 2],
      [1, 2, 2, 3],
    ].some(bounces),
  ).toBe(false);
  expect(
    [
      [1, 2, 1],
      [1, 2, 3, 1],
      [3, 3, 2, 3],
    ].every(bounces),
  ).toBe(true);
});
