import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AliasConfig,
  compile as closures,
  type Decision,
  explain,
  formatExplanation,
  type NodeRequest,
  shares,
} from "../../src/index.ts";
import { emitModule } from "../../src/route/emit.ts";
import { compile as jit } from "../../src/route/jit.ts";
import { configs, requests, type Scene, scenes } from "../support/arbitrary.ts";
import { backEnds, detours, refusal, type Run } from "../support/backends.ts";
import {
  answersFromMemory,
  closesArmsAbove,
  drawsAhead,
  losesTheDraw,
  missesTheLastRule,
  throwsWhereHeadersAreNot,
} from "../support/faults.ts";
import { everywhere, law } from "../support/law.ts";
import { decide, layout, type Verdict } from "../support/oracle.ts";

const verdict = ({ version, reason, at }: Decision): Verdict => ({ version, reason, at });

/** Every version that a config names. */
function named(config: AliasConfig): string[] {
  const { version, additional_version_weights, additional_version_strategy } = config;
  return [version, ...Object.keys(additional_version_weights ?? {}), ...Object.keys(additional_version_strategy ?? {})];
}

describe("agreement", () => {
  everywhere(
    "7.4-1: an alias decides what the document says",
    scenes,
    { catches: missesTheLastRule, runs: 600, on: [...backEnds, ...detours] },
    (compile, { config, request, draw, random }) => {
      const expected = decide(config, request, draw, () => random);
      expect(verdict(compile(config, { random: () => random })(request, draw))).toEqual(expected);
    },
  );

  test("generated requests meet about every other generated rule", () => {
    const withStrategies = fc
      .sample(scenes, { seed: 7, numRuns: 2000 })
      .filter(({ config }) => Object.keys(config.additional_version_strategy ?? {}).length > 0);
    const hits = withStrategies.filter(({ config, request }) => decide(config, request).reason === "rule").length / withStrategies.length;
    expect(hits).toBeGreaterThan(0.3);
    expect(hits).toBeLessThan(0.7);
  });

  const junk = fc.oneof(
    fc.anything(),
    fc.record({ headers: fc.anything(), url: fc.anything(), method: fc.anything(), attributes: fc.anything() }),
    requests,
  );

  everywhere(
    "7.3-6: a route answers everything with a version that its alias names",
    fc.record({ config: configs, request: junk, draw: fc.oneof(fc.anything(), fc.double()), random: fc.anything() }),
    { catches: throwsWhereHeadersAreNot, runs: 500 },
    (compile, { config, request, draw, random }) => {
      const decision = compile(config, { random: () => random as number })(request, draw);
      expect(named(config)).toContain(decision.version);
      expect(verdict(decision)).toEqual(decide(config, request, draw, () => random));
    },
  );

  everywhere("asked again, it answers the same", scenes, { catches: answersFromMemory }, (compile, { config, request, draw, random }) => {
    const run = compile(config, { random: () => random });
    const first = run(request, draw);
    expect(run(request, draw)).toEqual(first);
    expect(run(request, draw)).toEqual(first);
    expect(verdict(compile(config, { random: () => random })(request, draw))).toEqual(verdict(first));
  });

  everywhere(
    "the random source is asked once for a draw that it decides, and otherwise not",
    scenes,
    { catches: drawsAhead },
    (compile, { config, request, draw, random }) => {
      const counted = (run: (source: () => number) => unknown): number => {
        let calls = 0;
        run(() => (calls++, random));
        return calls;
      };
      const asked = counted((source) => decide(config, request, draw, source));
      expect(counted((source) => compile(config, { random: source })(request, draw))).toBe(asked);
    },
  );

  everywhere("the draw of an explanation, given again, leads to the same decision", scenes, { catches: losesTheDraw }, (compile, scene) => {
    const { decision, draw } = explained(scene);
    if (draw === undefined) return;
    const elsewhere = draw.value === 0.5 ? 0.25 : 0.5;
    expect(verdict(compile(scene.config, { random: () => elsewhere })(scene.request, draw.value))).toEqual(verdict(decision));
  });

  everywhere("an explanation names the decision", scenes, { catches: closesArmsAbove, runs: 400 }, (compile, scene) => {
    const { config, request, draw, random } = scene;
    expect(verdict(compile(config, { random: () => random })(request, draw))).toEqual(verdict(explained(scene).decision));
  });

  law("an explanation shows why", scenes, (scene) => {
    const explanation = explained(scene);
    const { decision, steps, arms, draw } = explanation;
    for (const { tried, holds, combine, rules } of steps) {
      if (!tried) continue;
      const each = rules.map((rule) => rule.holds);
      expect(holds).toBe(combine === "and" ? each.every(Boolean) : each.some(Boolean));
      for (const rule of rules) expect(rule.holds).toBe(rule.actual !== undefined && rule.expected.includes(rule.actual));
    }
    expect(steps.filter(({ tried, holds }) => tried && holds).map(({ at }) => at)).toEqual(decision.reason === "rule" ? [decision.at] : []);
    expect(steps.length).toBe(Object.keys(scene.config.additional_version_strategy ?? {}).length);
    const slot = draw?.slot;
    expect(decision.reason === "split").toBe(slot !== undefined);
    if (slot !== undefined)
      expect(arms.find(({ from, until }) => from <= slot && slot < until)).toMatchObject({ version: decision.version, at: decision.at });
    expect(formatExplanation(explanation)).toContain(decision.version);
    expect(formatExplanation(explanation)).not.toMatch(/[\0\u2028]/);
  });

  law("shares are the slots of such requests, counted", scenes, ({ config, request }) => {
    const counted = shares(config, request as NodeRequest);
    const { draw } = explain(config, request as NodeRequest, undefined, { random: () => 0 });
    const [low, high] = [0, 1 - 2 ** -53].map((random) => decide(config, request, undefined, () => random));
    if (draw?.from.kind !== "random") expect(high).toEqual(low);
    const owned: readonly (readonly [string, number])[] = draw?.from.kind === "random" ? layout(config) : [[low!.version, 10_000]];
    for (const [version, slots] of Object.entries(counted)) {
      expect(slots).toBe(owned.filter(([each]) => each === version).reduce((sum, [, each]) => sum + each, 0));
    }
    expect(Object.values(counted).reduce((sum, each) => sum + each, 0)).toBe(10_000);
    expect(Object.keys(counted)).toEqual(expect.arrayContaining(named(config)));
  });

  test("an emitted module is a module: it imports from its text alone", async () => {
    for (const { config, request, draw = 0.5 } of fc.sample(scenes, { seed: 11, numRuns: 20 })) {
      const text = emitModule(config);
      const emitted = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as {
        readonly route: Run;
        readonly default: Run;
        readonly decisions: readonly Decision[];
      };
      const route = closures(config);
      const decision = emitted.route(request, draw);
      expect(decision).toEqual(route(request as NodeRequest, draw));
      expect(emitted.default).toBe(emitted.route);
      expect(emitted.decisions[decision.index]).toBe(decision);
      expect(Object.isFrozen(decision) && Object.isFrozen(emitted.decisions)).toBe(true);
      expect(emitted.decisions).toEqual(route.decisions);
    }
  });

  test.skipIf(refusal !== undefined)(`the jit generates code${refusal === undefined ? "" : `: ${refusal}`}`, () => {
    const config = {
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "needle" }] } },
    };
    expect(String(jit(config))).toContain("needle");
    expect(String(closures(config))).not.toContain("needle");
  });

  law("a decision is one frozen object for each outcome", scenes, ({ config, request, draw, random }) => {
    for (const route of [closures(config, { random: () => random }), jit(config, { random: () => random })]) {
      const decision = route(request as NodeRequest, draw);
      expect(Object.isFrozen(decision)).toBe(true);
      expect(route.decisions[decision.index]).toBe(decision);
      expect(route.decisions.map(({ index }) => index)).toEqual(route.decisions.map((_, index) => index));
      expect(Object.isFrozen(route.decisions)).toBe(true);
    }
  });

  law("a decision has the same number on every back end", scenes, ({ config, request, draw, random }) => {
    const decisions = backEnds.map((backEnd) => backEnd.compile(config, { random: () => random })(request, draw));
    for (const decision of decisions) expect(decision).toEqual(decisions[0]);
  });
});

function explained({ config, request, draw, random }: Scene): ReturnType<typeof explain> {
  return explain(config, request as NodeRequest, draw, { random: () => random });
}
