import * as fc from "fast-check";
import { describe, expect } from "vitest";
import type { AliasConfig, Version } from "../../src/index.ts";
import { requests, type Scene, scenes, VERSIONS } from "../support/arbitrary.ts";
import { forgetsTheOrder, ranksByCodeUnit, seedsWithThePrimary, stumblesOverConstructor, trustsTheOrderOfKeys } from "../support/faults.ts";
import { everywhere } from "../support/law.ts";

/** The same config with the keys of every object in another order. */
function turned<T>(value: T, by: number): T {
  if (Array.isArray(value)) return value.map((each: unknown) => turned(each, by)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, turned(each, by)] as const);
  const from = entries.length === 0 ? 0 : by % entries.length;
  return Object.fromEntries([...entries.slice(from), ...entries.slice(0, from)].toReversed()) as T;
}

/** The config with every version renamed. */
function renamed(config: AliasConfig, to: (version: Version) => Version): AliasConfig {
  const map = <T>(versions: { readonly [version: Version]: T }): { [version: Version]: T } =>
    Object.fromEntries(Object.entries(versions).map(([version, value]) => [to(version), value]));
  return {
    ...config,
    version: to(config.version),
    ...(config.additional_version_strategy && { additional_version_strategy: map(config.additional_version_strategy) }),
    ...(config.additional_version_weights && { additional_version_weights: map(config.additional_version_weights) }),
    ...(config.additional_version_order && { additional_version_order: config.additional_version_order.map(to) }),
  };
}

/** The names of `VERSIONS` in natural order, as a list and not as a rule: the expectation shares nothing with any code. */
const NATURAL: readonly Version[] = ["10", "constructor", "v1", "v2", "v09", "v9", "v10", 'x"/~`${0}*/'];

/** Names in the same order; what sorts them is the first letter. */
const plain = (version: Version): Version => `${"abcdefgh"[NATURAL.indexOf(version)]}1`;

describe("order", () => {
  everywhere(
    "the order of keys means nothing",
    fc.record({ scene: scenes, by: fc.nat(7) }),
    { catches: trustsTheOrderOfKeys },
    (compile, { scene: { config, request, draw, random }, by }) => {
      const options = { random: () => random };
      expect(compile(turned(config, by), options)(request, draw)).toMatchObject(answer(compile(config, options)(request, draw)));
    },
  );

  everywhere(
    "other names in the same natural order change the names in the answer and nothing else",
    scenes,
    { catches: stumblesOverConstructor },
    (compile, { config, request, draw, random }) => {
      expect([...VERSIONS].toSorted()).toEqual([...NATURAL].toSorted());
      const options = { random: () => random };
      const { version, reason } = compile(config, options)(request, draw);
      expect(compile(renamed(config, plain), options)(request, draw)).toMatchObject({ version: plain(version), reason });
    },
  );

  everywhere(
    "another name of the primary changes the primary's answers only",
    scenes.filter(({ config }) => !Object.hasOwn(config.additional_version_strategy ?? {}, config.version)),
    { catches: seedsWithThePrimary },
    (compile, { config, request, draw, random }) => {
      const options = { random: () => random };
      const { version, reason, at } = compile(config, options)(request, draw);
      const other = renamed(config, (each) => (each === config.version ? "primary" : each));
      expect(compile(other, options)(request, draw)).toMatchObject({
        version: version === config.version ? "primary" : version,
        reason,
        at,
      });
    },
  );

  everywhere(
    "to state the natural order of what is ranked changes nothing",
    scenes.map((scene): Scene => ({ ...scene, config: ofOneMap(scene.config) })),
    { catches: ranksByCodeUnit },
    (compile, { config, request, draw, random }) => {
      const options = { random: () => random };
      const [strategies, weights] = [config.additional_version_strategy ?? {}, config.additional_version_weights ?? {}];
      const stated = NATURAL.filter((version) => Object.hasOwn(strategies, version) || Object.hasOwn(weights, version));
      expect(compile({ ...config, additional_version_order: stated }, options)(request, draw)).toMatchObject(
        answer(compile(config, options)(request, draw)),
      );
    },
  );

  everywhere(
    "of two strategies that hold, the one listed first wins",
    fc.record({
      request: requests,
      pair: fc.shuffledSubarray(
        VERSIONS.filter((version) => version !== "v1"),
        { minLength: 2, maxLength: 2 },
      ),
    }),
    { catches: forgetsTheOrder },
    (compile, { request, pair }) => {
      const always = { rules: [{ rule_type: "Attribute", param: "always", op: "=", value: "1" }] };
      const config = {
        version: "v1",
        additional_version_order: pair,
        additional_version_strategy: Object.fromEntries(pair.toSorted().map((version) => [version, always])),
      };
      const { version } = compile(config)({ ...request, attributes: { always: "1" } });
      expect(version).toBe(pair[0]);
    },
  );
});

/** Without an order, and without strategies where there are weights: a strategy's version takes no rank in the split. */
function ofOneMap(config: AliasConfig): AliasConfig {
  return { ...config, additional_version_order: null, ...(config.additional_version_weights && { additional_version_strategy: null }) };
}

function answer({ version, reason, at }: { readonly version: string; readonly reason: string; readonly at: string }): object {
  return { version, reason, at };
}
