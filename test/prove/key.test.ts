import { expect, test } from "vitest";
import { type AliasConfig, parse } from "../../src/index.ts";
import { keyDraw, runsOf, slotOf, type Sticky, toPlan } from "../../src/plan/index.ts";
import { keysInSlots, versionOfKey } from "../../src/prove/key.ts";

const planWith = (hash: string) => {
  const read = parse({
    version: "v1",
    additional_version_weights: { v2: 10 },
    stickiness: { keys: [{ rule_type: "Header", param: "id" }], seed: "s", hash, on_missing: "random" },
  } as AliasConfig);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  const plan = toPlan(read.value);
  if (plan.split.kind === "fixed" || plan.split.sticky === undefined) throw new Error("not sticky");
  return { plan, sticky: plan.split.sticky };
};

const first = (sticky: Sticky, prefix: string, from: number, until: number): readonly string[] => {
  const found: string[] = [];
  for (const key of keysInSlots(sticky, prefix, from, until)) if (found.push(key) === 5) break;
  return found;
};

test.each(["murmur3", "murmur2", "xxh32", "sha256"])("keys are found by %s that draw into given slots, behind a prefix", (hash) => {
  const { plan, sticky } = planWith(hash);
  const drawOf = keyDraw(sticky);
  for (const [prefix, from, until] of [
    ["", 0, 10],
    ["user-", 9_990, 10_000],
  ] as const) {
    const keys = first(sticky, prefix, from, until);
    expect(keys).toHaveLength(5);
    for (const key of keys) {
      const slot = slotOf(drawOf(prefix + key));
      expect(slot >= from && slot < until, `${prefix}${key} in ${slot}`).toBe(true);
      expect(versionOfKey(plan, sticky)(prefix + key)).toBe(runsOf(plan).find((run) => slot < run.until)?.version);
    }
  }
});
