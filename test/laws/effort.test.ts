import * as fc from "fast-check";
import { expect } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { analyze } from "../../src/prove/analyze.ts";
import { equivalent } from "../../src/prove/equivalent.ts";
import { movement, type Shift } from "../../src/prove/movement.ts";
import { entangledConfigs, smallConfigs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

// A proof that runs out of effort knows less; it may never know something else.

const EFFORTS = [0, 1, 2, 5, 10, 20, 50];

/** Any two, and a config beside itself without something: without what decides nothing, and without its last strategy. */
const pairs: fc.Arbitrary<readonly [AliasConfig, AliasConfig]> = fc
  .tuple(entangledConfigs, entangledConfigs, fc.constantFrom("other", "idle", "last"))
  .map(([one, other, what]) => {
    if (what === "other") return [one, other];
    const claims = analyze(one).filter(({ code }) => code === "strategy-shadowed" || code === "rule-idle");
    const last = `/additional_version_strategy/${Object.keys(one.additional_version_strategy ?? {}).at(-1)}`;
    return [one, withoutWhat(one, what === "last" ? last : (claims.at(-1)?.at ?? last))];
  });

/** The config without the strategy or the rule at a place. */
function withoutWhat(config: AliasConfig, at: string): AliasConfig {
  const [, version = "", index] = /^\/additional_version_strategy\/([^/]*)(?:\/rules\/(\d+))?$/.exec(at) ?? [];
  const strategies = Object.entries(config.additional_version_strategy ?? {}).flatMap(([name, strategy]) => {
    if (name !== version) return [[name, strategy] as const];
    return index === undefined ? [] : [[name, { ...strategy, rules: strategy.rules.toSpliced(Number(index), 1) }] as const];
  });
  return { ...config, additional_version_strategy: Object.fromEntries(strategies) };
}

law(
  "with less effort `analyze` claims less, and says of which strategy",
  fc.oneof(smallConfigs, entangledConfigs),
  (config, meet) => {
    const name = ({ code, at }: { readonly code: string; readonly at: string }): string => `${code} ${at}`;
    const full = analyze(config);
    expect(full.filter(({ code }) => code === "undecided")).toEqual([]);
    for (const effort of EFFORTS) {
      const claims = analyze(config, { effort });
      const known = claims.filter(({ code }) => code !== "undecided");
      const undecided = claims.filter(({ code }) => code === "undecided").map(({ at }) => at);
      meet("undecided", undecided.length);
      expect(new Set(undecided).size).toBe(undecided.length);
      expect(full.map(name)).toEqual(expect.arrayContaining(known.map(name)));
      for (const { code, at, message } of known) {
        // What is not known of another strategy is not named.
        const namesFewer = (code === "strategy-shadowed" || code === "strategies-overlap") && undecided.includes(at);
        if (!namesFewer) expect(message).toBe(full.find((each) => each.code === code && each.at === at)?.message);
      }
      if (undecided.length === 0) expect(claims).toEqual(full);
      for (const { code, at } of full) {
        if (known.some((each) => each.code === code && each.at === at)) continue;
        meet(code);
        const strategy = /^\/additional_version_strategy\/[^/]*/.exec(at)?.[0];
        if (strategy === undefined) expect(undecided.length).toBeGreaterThan(0);
        else expect(undecided).toContain(strategy);
      }
    }
  },
  300,
  { "strategy-shadowed": 20, "rule-idle": 20, "list-item-idle": 20, "strategies-overlap": 20, "primary-unreached": 3 },
);

law(
  "with less effort `equivalent` says the same, or `unknown`",
  pairs,
  ([before, after], meet) => {
    const { kind } = equivalent(before, after);
    expect(kind).not.toBe("unknown");
    for (const effort of EFFORTS) {
      const less = equivalent(before, after, { effort });
      if (less.kind === "unknown") meet(kind);
      else expect(less.kind).toBe(kind);
    }
  },
  300,
  { equivalent: 20, different: 50 },
);

law(
  "with less effort `movement` knows of fewer shifts, and lists those that it does not know",
  pairs,
  ([before, after], meet) => {
    const name = ({ before: one, after: other, from, to }: Shift): string => JSON.stringify([one, other, from, to]);
    const full = movement(before, after);
    expect(full.undecided).toBe(false);
    expect(full.shifts.filter(({ witness }) => witness === undefined)).toEqual([]);
    if (full.unchanged) expect(full.shifts).toEqual([]);
    for (const effort of EFFORTS) {
      const less = movement(before, after, { effort });
      const known = less.shifts.filter(({ witness }) => witness !== undefined);
      expect(full.shifts.map(name)).toEqual(expect.arrayContaining(known.map(name)));
      expect(less.shifts.map(name)).toEqual(expect.arrayContaining(full.shifts.map(name)));
      if (less.unchanged) expect(full.unchanged).toBe(true);
      if (!less.undecided)
        expect({ shifts: less.shifts.map(name), unchanged: less.unchanged }).toEqual({
          shifts: full.shifts.map(name),
          unchanged: full.unchanged,
        });
      if (known.length < less.shifts.length) expect(less).toMatchObject({ undecided: true, unchanged: false });
      meet("unknown", less.shifts.length - known.length);
      if (full.unchanged && !less.unchanged) meet("unknown whether unchanged");
    }
  },
  300,
  { unknown: 50, "unknown whether unchanged": 20 },
);
