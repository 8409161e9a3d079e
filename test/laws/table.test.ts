import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { AliasTable } from "../../src/gateway/table.ts";
import { compile, plan } from "../../src/index.ts";
import { compile as jit } from "../../src/route/jit.ts";
import { configs } from "../support/arbitrary.ts";

const BROKEN = { version: "v1", additional_version_weights: { v2: 500 } };

/** Tiers: how many aliases are compiled, and by what. With one, each of four aliases drops another. */
const tiers = [
  { name: "every alias compiled by closures", options: {} },
  { name: "one alias compiled at a time", options: { hot: 1 } },
  { name: "two aliases compiled at a time, by generated code", options: { hot: 2, compile: jit } },
] as const;

test.each(tiers)("a table decides and counts as a map of routes would, whatever is applied: $name", ({ options }) => {
  const keys = fc.constantFrom("a", "b", "c", "__proto__");
  const config = fc.oneof({ weight: 5, arbitrary: configs }, { weight: 1, arbitrary: fc.constant(BROKEN) });
  const updates = fc.array(
    fc.record({
      whole: fc.boolean(),
      configs: fc.uniqueArray(fc.tuple(keys, fc.option(config, { freq: 4 })), { selector: ([key]) => key, maxLength: 4 }),
      back: fc.nat(4),
    }),
    { minLength: 1, maxLength: 6 },
  );
  let taken = 0;
  fc.assert(
    fc.property(updates, (list) => {
      const table = new AliasTable({ random: () => 0.5, ...options });
      const model = new Map<string, { config: AliasConfig; counts: Map<string, number> }>();
      let revision = 0;
      for (const { whole, configs: given, back } of list) {
        const stale = back === 0 && revision > 0;
        const next = stale ? revision : revision + 1;
        const entries = Object.fromEntries(whole ? given.filter(([, each]) => each !== null) : given);
        // `Object.fromEntries` defines `__proto__` as a property of its own.
        const applied = table.apply(whole ? { revision: next, aliases: entries as never } : { revision: next, changes: entries as never });
        expect(applied.stale).toBe(stale);
        if (!stale) {
          revision = next;
          if (whole) for (const key of model.keys()) if (!Object.hasOwn(entries, key)) model.delete(key);
          for (const [key, each] of Object.entries(entries)) {
            if (each === null) model.delete(key);
            else if (each !== BROKEN) {
              model.set(key, { config: each as AliasConfig, counts: model.get(key)?.counts ?? new Map() });
              taken++;
            }
          }
        }
        for (const key of ["a", "b", "c", "__proto__"]) {
          const entry = model.get(key);
          const request = { headers: { "x-a": "1" }, url: "/1?a=2" };
          const wanted = entry && compile(entry.config, { random: () => 0.5 })(request);
          expect(table.route(key, request)).toEqual(wanted);
          expect(table.plan(key)).toEqual(entry && plan(entry.config));
          if (entry === undefined || wanted === undefined) continue;
          const name = JSON.stringify([wanted.version, wanted.reason]);
          entry.counts.set(name, (entry.counts.get(name) ?? 0) + 1);
        }
      }
      const counted = [...table.counts()].filter(({ count }) => count > 0);
      const wanted = [...model].flatMap(([alias, { counts }]) =>
        [...counts].map(([name, count]) => {
          const [version, reason] = JSON.parse(name) as [string, string];
          return { alias, version, reason, count };
        }),
      );
      const sorted = (rows: readonly object[]): readonly string[] => rows.map((row) => JSON.stringify(row)).toSorted();
      expect(sorted(counted)).toEqual(sorted(wanted));
    }),
    { numRuns: 200 },
  );
  expect(taken).toBeGreaterThan(500);
});
