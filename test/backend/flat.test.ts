import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, type NodeRequest, nodeReader, plan, type Plan, type Reader } from "../../src/index.ts";
import { Program, type Runtime } from "../../src/backend/index.ts";
import { configs, requests } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

const host: Runtime<NodeRequest> = { reader: nodeReader, random: Math.random, onError: () => {} };

/** The n-th of many aliases of one kind. */
const alias = (n: number): AliasConfig => ({
  name: `fn-${n}`,
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "x-canary", op: "=", value: `value-${n}` }] } },
});

const meets = (n: number): NodeRequest => ({ headers: { "x-canary": `value-${n}` } });

describe("plans that come and go", () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e"), config: fc.option(configs) }), {
    minLength: 1,
    maxLength: 30,
  });

  law(
    "decide as each alias does alone",
    fc.record({ steps, request: requests, draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) }),
    ({ steps: taken, request, draw }, meet) => {
      const program = new Program(host);
      const alone = new Map<string, { readonly place: number; readonly meaning: Plan }>();
      for (const { key, config } of taken) {
        const before = alone.get(key);
        if (config === null) alone.delete(key);
        else alone.set(key, { place: program.add(plan(config)), meaning: plan(config) });
        if (before === undefined) continue;
        program.remove(before.place);
        meet(config === null ? "removed" : "replaced");
      }
      for (const { place, meaning } of alone.values()) {
        expect(program.plan(place)).toEqual(meaning);
        expect(program.outcomes(place)).toEqual(meaning.outcomes);
        const decision = program.decide(place, request as NodeRequest, draw);
        expect(decision).toEqual(compile(meaning)(request as NodeRequest, draw));
        expect(program.decision(place, decision.index)).toBe(decision);
        expect(program.decision(place, meaning.outcomes.length)).toBeUndefined();
        expect(program.decisions(place)[decision.index]).toBe(decision);
        expect(program.decisions(place)).toEqual(meaning.outcomes);
        expect(program.outcomes(place)).toBe(program.decisions(place));
      }
    },
    200,
    { removed: 50, replaced: 100 },
  );

  test("share their decisions where they answer alike", () => {
    const program = new Program(host);
    const [one, two] = [1, 2].map((n) => program.add(plan(alias(n)))) as [number, number];
    expect(program.decide(one, meets(1), undefined)).toBe(program.decide(two, meets(2), undefined));
  });
});

describe("a program", () => {
  test("keeps no more than a few times what is in it while aliases come and go, and each keeps its place", () => {
    const program = new Program(host);
    const places = Array.from({ length: 500 }, (_, n) => program.add(plan(alias(n))));
    const { used } = program.size;
    for (let turn = 1; turn <= 40; turn++) {
      for (let n = turn % 7; n < 500; n += 7) {
        program.remove(places[n] as number);
        places[n] = program.add(plan(alias(n + 500 * turn)));
        const id = n + 500 * turn;
        expect(program.decide(places[n] as number, meets(id), undefined).version).toBe("v3");
      }
      expect(program.size.used).toBeLessThan(used * 1.5);
    }
    for (const [n, place] of places.entries()) {
      const { name } = program.plan(place);
      const id = Number(name?.slice(3));
      expect(id % 500).toBe(n);
      expect(program.decide(place, meets(id), undefined).version).toBe("v3");
      expect(program.decide(place, meets(id + 1), 0.99).version).toBe("v1");
    }
  });

  test("gives back what aliases that are gone had", () => {
    const program = new Program(host);
    const kept = program.add(plan(alias(0)));
    const { shared } = program.size;
    const places = Array.from({ length: 2_000 }, (_, n) => program.add(plan(alias(n + 1))));
    const { length } = program.size;
    expect(program.size.shared).toBe(shared + 2_000);
    for (const place of places) program.remove(place);
    for (let turn = 0; turn < 100; turn++) program.remove(program.add(plan(alias(1))));
    expect(program.size.shared).toBe(shared);
    expect(program.size.length).toBeLessThan(length / 4);
    expect(program.decide(kept, meets(0), undefined).version).toBe("v3");
  });

  test("is not moved under a decision that removes and adds aliases in its middle", () => {
    const program: Program<NodeRequest> = new Program<NodeRequest>({
      ...host,
      reader: {
        ...(nodeReader as Reader<NodeRequest>),
        header: (name) => ({
          ...nodeReader.header(name),
          get: (carrier, request) => {
            if (name === "x-first") change();
            return nodeReader.header(name).get(carrier, request);
          },
        }),
      },
    });
    const others = Array.from({ length: 1_000 }, (_, n) => program.add(plan(alias(n))));
    const place = program.add(
      plan({
        version: "v1",
        additional_version_strategy: {
          v2: {
            combine_type: "and",
            rules: [
              { rule_type: "Header", param: "x-first", op: "=", value: "1" },
              { rule_type: "Header", param: "x-second", op: "=", value: "2" },
            ],
          },
        },
      }),
    );
    const change = (): void => {
      for (const other of others.splice(0)) program.remove(other);
      program.remove(place);
      for (let n = 0; n < 100; n++) program.add(plan(alias(n)));
    };
    expect(program.decide(place, { headers: { "x-first": "1", "x-second": "2" } }, undefined).version).toBe("v2");
  });
});
