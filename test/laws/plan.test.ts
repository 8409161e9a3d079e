import { describe, expect } from "vitest";
import { compile, type NodeRequest, type Plan, plan } from "../../src/index.ts";
import { configs, scenes } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

describe("plans", () => {
  law("are plain data: JSON and structured cloning keep them", configs, (config) => {
    const meaning = plan(config);
    expect(structuredClone(meaning)).toEqual(meaning);
    expect(JSON.parse(JSON.stringify(meaning))).toEqual(meaning);
  });

  law("name every version of the alias once, the primary first", configs, (config) => {
    const { versions, outcomes, error } = plan(config);
    const {
      version,
      additional_version_strategy: strategies,
      additional_version_weights: weights,
      additional_version_order: order,
    } = config;
    const named = new Set([version, ...Object.keys(strategies ?? {}), ...Object.keys(weights ?? {}), ...(order ?? [])]);
    expect(versions[0]).toBe(version);
    expect([...versions].toSorted()).toEqual([...named].toSorted());
    for (const [place, outcome] of outcomes.entries()) {
      expect(outcome.index).toBe(place);
      expect(versions).toContain(outcome.version);
    }
    expect(outcomes[error]).toMatchObject({ version, reason: "error", at: "" });
  });

  law("point from every outcome to the part of the config that it is about", configs, (config) => {
    for (const { at, reason } of plan(config).outcomes) {
      if (at === "") expect(reason).toBe("error");
      else expect(resolve(config, at)).toBeDefined();
    }
  });

  law("point from every match and sticky key to the rule", configs, (config) => {
    const { rules, split } = plan(config);
    for (const { at } of rules.flatMap(({ test }) => test.matches)) expect(resolve(config, at)).toHaveProperty("param");
    if (split.kind === "arms") for (const { at } of split.sticky?.keys ?? []) expect(resolve(config, at)).toHaveProperty("param");
  });

  law("compile again to themselves", scenes, ({ config, request, draw, random }) => {
    const meaning = plan(config);
    expect(plan(meaning)).toBe(meaning);
    const route = compile(meaning, { random: () => random });
    expect(route.plan).toBe(meaning);
    expect(route(request as NodeRequest, draw)).toEqual(compile(config, { random: () => random })(request as NodeRequest, draw));
  });

  law("with a part missing are refused and never run", configs, (config) => {
    const meaning = plan(config);
    for (const part of ["versions", "outcomes", "rules", "split", "error"] satisfies (keyof Plan)[]) {
      const { [part]: _, ...rest } = meaning;
      expect(() => compile(rest as Plan)).toThrow(`error[missing-key] /${part}: `);
    }
  });
});

/** The part of a value that a JSON Pointer points to. */
function resolve(value: unknown, at: string): unknown {
  return at
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((part, key) => (part as { readonly [key: string]: unknown })[key], value);
}
