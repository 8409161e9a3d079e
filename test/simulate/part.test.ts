import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import {
  logTraffic,
  mergeParts,
  PartError,
  type PartOptions,
  type PartText,
  population,
  populationTraffic,
  rollout,
  type Rollout,
  simulate,
  simulatePart,
  type Traffic,
  type Visit,
  visitTraffic,
} from "../../src/simulate/index.ts";
import { configs } from "../support/arbitrary.ts";

// The parts of a simulation make together what the whole makes, to the last bit.

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const line of lines) text += `${line}\n`;
  return text;
}

async function* linesOf(text: string): AsyncGenerator<string, void, undefined> {
  yield* text.replace(/\n$/, "").split("\n");
}

type Subject = AliasConfig | Rollout;

const partOf = async (subject: Subject, traffic: Traffic, part: number, of: number, options: Partial<PartOptions> = {}): Promise<string> =>
  textOf(simulatePart(subject, traffic, { part, of }, { seed: "s", ...options }));

const merge = async (texts: readonly string[], memory?: number): ReturnType<typeof mergeParts> =>
  mergeParts(
    texts.map((text, index): PartText => ({ name: `part${index}.json`, lines: linesOf(text) })),
    memory === undefined ? {} : { memory },
  );

const word = fc.constantFrom("1", "2", "a", "\ud800", "💖", "");
const visit: fc.Arbitrary<Visit> = fc.record(
  {
    request: fc.record({
      headers: fc.dictionary(fc.constantFrom("x-a", "x-b", "cookie"), fc.oneof(fc.constantFrom("1", "2", "a=1", "b=2; a=2"), word)),
    }),
    user: fc.option(fc.oneof(fc.nat(30).map(String), word), { nil: undefined }),
    session: fc.option(fc.nat(60).map(String), { nil: undefined }),
    draw: fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { nil: undefined, freq: 4 }),
    served: fc.option(fc.constantFrom("v1", "v2", "v9"), { nil: undefined }),
  },
  { requiredKeys: ["request"] },
);

describe("the parts of a simulation are the whole", () => {
  test("for random aliases and traffic, by segment too, and with little memory", { timeout: 120_000 }, async () => {
    let partsWithout = 0;
    await fc.assert(
      fc.asyncProperty(
        configs,
        fc.array(fc.array(visit, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(undefined, 100, 20_000),
        fc.boolean(),
        async (config, batches, of, memory, segmented) => {
          const segment = { kind: "header", name: "x-a" } as const;
          const options = { seed: "s", ...(segmented && { segment }) };
          const whole = await simulate(config, visitTraffic(batches), { ...options, ...(memory !== undefined && { memory }) });
          const texts: string[] = [];
          for (let part = of; part >= 1; part--) texts.push(await partOf(config, visitTraffic(batches), part, of, options));
          const merged = await merge(texts, memory);
          expect(merged.simulation).toEqual(whole);
          for (const text of texts) expect(() => JSON.parse(text) as unknown).not.toThrow();
          if (batches.length < of) partsWithout++;
        },
      ),
      { seed: 5, numRuns: 150 },
    );
    expect(partsWithout).toBeGreaterThan(5);
  });

  const alias: AliasConfig = {
    name: "shop",
    version: "v1",
    additional_version_weights: { v2: 20 },
    stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "random" },
  };
  const stages = rollout({ alias, canary: "v2", steps: [{ setWeight: 30 }, { setWeight: 60 }] });
  const log = Array.from({ length: 12_000 }, (_, index) => {
    const user = index % 7 === 0 ? {} : { "x-user": `${"u".repeat(60)}${(index * 7919) % 3_000}` };
    return index % 500 === 3 ? "no json" : JSON.stringify({ headers: user, served: index % 3 === 0 ? "v2" : "v1" });
  }).join("\n");
  const logged = (): Traffic => logTraffic(new Blob([log]).stream(), { user: { kind: "header", name: "x-user" }, served: "served" });

  test.each<[string, Subject]>([
    ["an alias", alias],
    ["a rollout", stages],
  ])("of a log, with malformed lines and what was served: %s", async (_, subject) => {
    const whole = await simulate(subject as Rollout, logged(), { seed: "s" });
    const texts = await Promise.all([3, 1, 2].map((part) => partOf(subject, logged(), part, 3)));
    expect((await merge(texts)).simulation).toEqual(whole);
    expect(texts.every((text) => text.split("\n").length > 3)).toBe(true);
    expect(whole.requests).toBe(11_976);
  });

  test("of a population", async () => {
    const people = population({ users: 30_000, requests: { mean: 3 }, identity: { rule_type: "Header", param: "x-user" } });
    const whole = await simulate(stages, populationTraffic(people), { seed: "s" });
    const texts = await Promise.all([1, 2].map((part) => partOf(stages, populationTraffic(people), part, 2)));
    expect((await merge(texts)).simulation).toEqual(whole);
  });
});

describe("parts that do not make a simulation", () => {
  const config: AliasConfig = { version: "v1", additional_version_weights: { v2: 20 } };
  const batches = Array.from({ length: 10 }, (_, index): Visit[] => [{ request: { headers: { "x-a": String(index) } } }]);
  const part = async (number: number, of = 3, subject = config, all = batches, options = {}): Promise<string> =>
    partOf(subject, visitTraffic(all), number, of, options);
  const all = async (): Promise<string[]> => Promise.all([part(1), part(2), part(3)]);
  const last = (texts: readonly string[], change: (text: string) => string): readonly string[] =>
    texts.map((text, index) => (index === 2 ? change(text) : text));

  test.each<[string, () => Promise<readonly string[]>, string]>([
    ["one is missing", async () => [await part(1), await part(3)], "1 part of 3 is missing: 2"],
    ["several are missing", async () => [await part(2, 40)], "39 parts of 40 are missing: 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"],
    ["one is there twice", async () => [...(await all()), await part(2)], "part1.json and part3.json are both part 2 of 3"],
    [
      "another seed",
      async () => [await part(1), await part(2), await part(3, 3, config, batches, { seed: "t" })],
      "part0.json and part2.json are of different simulations: the seed is `s` and `t`",
    ],
    [
      "another alias",
      async () => [await part(1), await part(2), await part(3, 3, { version: "v1", additional_version_weights: { v2: 21 } })],
      "part0.json and part2.json are of different simulations: the alias or rollout is not the same",
    ],
    [
      "another number of parts",
      async () => [await part(1), await part(2), await part(3, 4)],
      "part0.json and part2.json are of different simulations: the number of parts is `3` and `4`",
    ],
    [
      "another segment",
      async () => [await part(1), await part(2), await part(3, 3, config, batches, { segment: { kind: "path" } })],
      "the segment is `null` and",
    ],
    [
      "another traffic of the same length",
      async () => [await part(1), await part(2), await part(3, 3, config, batches.toReversed())],
      "part0.json and part2.json are of different simulations: they have not read the same traffic",
    ],
    [
      "a longer traffic",
      async () => [await part(1), await part(2), await part(3, 3, config, [...batches, ...batches])],
      "they have not read the same traffic",
    ],
    ["a broken end", async () => last(await all(), (text) => text.slice(0, -30)), "part2.json: breaks off"],
    ["a missing end", async () => last(await all(), (text) => text.split("\n").slice(0, -2).join("\n")), "part2.json: breaks off"],
    ["a changed count", async () => last(await all(), (text) => text.replace('"requests":1', '"requests":2')), "part2.json: is damaged"],
    ["a removed result", async () => last(await all(), (text) => text.replace(/\n\{"tallies".*?,\n/, "\n")), "part2.json: "],
    ["no part", async () => last(await all(), () => '{"version":"v1"}'), "part2.json: is no part of a simulation"],
    ["an empty file", async () => last(await all(), () => ""), "part2.json: is no part of a simulation"],
    ["none", async () => Promise.resolve([]), "there is no part"],
  ])("%s", async (_, texts, message) => {
    const failed = merge(await texts());
    await expect(failed).rejects.toThrow(PartError);
    await expect(failed).rejects.toThrow(message);
  });

  test("one that was interrupted", async () => {
    const stop = new AbortController();
    const interrupted = await partOf(config, visitTraffic(batches), 3, 3, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(merge([await part(1), await part(2), interrupted])).rejects.toThrow(
      "part2.json: was interrupted, so part 3 of 3 is not whole",
    );
  });

  test("a part that cannot be", async () => {
    for (const [number, of] of [
      [0, 3],
      [4, 3],
      [1.5, 3],
      [1, Infinity],
    ] as const)
      await expect(part(number, of)).rejects.toThrow(`there is no part ${number} of ${of}`);
  });
});
