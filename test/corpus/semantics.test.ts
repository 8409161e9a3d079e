import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, ConfigError, type NodeRequest, parse, parseText } from "../../src/index.ts";
import { backEnds, detours, refusal } from "../support/backends.ts";
import { corpus } from "../support/corpus.ts";

const folder = new URL("../", import.meta.url);
const document = readFileSync(new URL("../docs/semantics.md", folder), "utf8");

/** `3.4-1..3` is three cases. */
function expand(reference: string): string[] {
  const [, section, first, last] = /^(\d+\.\d+)-(\d+)(?:\.\.(\d+))?$/.exec(reference)!;
  const count = Number(last ?? first) - Number(first) + 1;
  expect(count, reference).toBeGreaterThan(0);
  return Array.from({ length: count }, (_, index) => `${section}-${Number(first) + index}`);
}

const REFERENCES = /\[(\d+\.\d+-\d+(?:\.\.\d+)?(?:, \d+\.\d+-\d+(?:\.\.\d+)?)*)\]/g;

/** The numbers of tests that carry one in their title. */
const titled = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/["`](\d+\.\d+-\d+): /g)].map(([, id]) => id!));

describe("docs/semantics.md", () => {
  const cases = [...corpus.flatMap(({ cases: each }) => each.map(({ id }) => id)), ...titled];

  test("numbers every case once, without gaps", () => {
    expect(cases.length).toBe(new Set(cases).size);
    for (const section of new Set(cases.map((id) => id.split("-")[0]))) {
      const numbers = cases.filter((id) => id.startsWith(`${section}-`)).map((id) => Number(id.split("-")[1]));
      expect(
        numbers.toSorted((one, other) => one - other),
        section,
      ).toEqual(numbers.map((_, index) => index + 1));
    }
  });

  test("names only cases that there are, and every one of them", () => {
    const named = [...document.matchAll(REFERENCES)].flatMap(([, list]) => list!.split(", ").flatMap(expand));
    expect(named.filter((id) => !cases.includes(id))).toEqual([]);
    expect(cases.filter((id) => !named.includes(id))).toEqual([]);
  });

  test("has cases behind every sentence and in every row of a table", () => {
    const [, ...sections] = document.split(/^## /m);
    for (const section of sections) {
      const lines = section
        .split("\n")
        .slice(1)
        .filter((line) => !line.startsWith("#"));
      const rows = lines.filter((line) => line.startsWith("|")).filter((line) => !/^\|[-| ]+\|$/.test(line) && !/ cases +\|$/.test(line));
      for (const row of rows) expect(row).toMatch(/\[[^\]]+\] +\|$/);
      const prose = lines
        .filter((line) => !line.startsWith("|"))
        .join("\n")
        .split(/\n{2,}/)
        .map((paragraph) => paragraph.replaceAll("\n", " ").trim());
      for (const paragraph of prose) {
        const tail = paragraph.split(REFERENCES).filter((_, index) => index % 2 === 0);
        // Behind the last reference a colon may lead over to a table.
        expect(tail.pop()!.trim()).toMatch(/^$|^[A-Z][^.]*:$/);
        for (const sentence of tail) {
          const plain = sentence
            .trim()
            .replaceAll(/`[^`]+`/g, "x")
            .replaceAll(/\d\.\d/g, "0");
          expect(plain).toMatch(/^[A-Za-z][^.?!]*[.:]$/);
        }
      }
    }
  });

  test("has the sections of its cases", () => {
    const headings = [...document.matchAll(/^### (\d+\.\d+) /gm)].map(([, section]) => section);
    expect(new Set(headings)).toEqual(new Set(cases.map((id) => id.split("-")[0])));
    for (const { title, cases: each } of corpus) for (const { id } of each) expect(title.split(" ")[0]).toBe(id.split("-")[0]);
  });
});

const rule = (value: string): object => ({ rule_type: "Header", param: "x-user", op: "in", value });
const strategyOf = (...rules: readonly object[]): unknown => ({
  version: "v1",
  additional_version_strategy: { v2: { combine_type: "or", rules } },
});
const split: AliasConfig = { version: "v1", additional_version_weights: { v2: 50 } };
const nothing: NodeRequest = { headers: {} };

/** What is as large as the bound is read, and what is larger by one is refused. */
function bounds(bound: number, ofSize: (size: number) => unknown, read: (value: never) => ReturnType<typeof parse> = parse): void {
  const complaints = (size: number): string[] => read(ofSize(size) as never).diagnostics.map(({ code }) => code);
  expect(complaints(bound)).not.toContain("over-budget");
  expect(complaints(bound + 1)).toContain("over-budget");
}

const many = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => of(index));
const misspelt = (count: number): object => ({ version: "v1", ...Object.fromEntries(many(count, (index) => [`key${index}`, 1])) });
const boom = (): never => {
  throw new Error("boom");
};

describe("what JSON cannot state", () => {
  test("1.1-4: what the service sets is carried", () => {
    const carried = { last_modified: "2019-10-31 11:37:58", alias_urn: "urn:fss:x" };
    expect(parse({ version: "v1", ...carried })).toMatchObject({ ok: true, value: { carried } });
  });

  test("1.12-1: each property is read once", () => {
    const reads: string[] = [];
    const watched = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (from, key): unknown => {
          if (!Array.isArray(from) || key !== "length") reads.push(String(key));
          const value: unknown = Reflect.get(from, key);
          return typeof value === "object" && value !== null ? watched(value) : value;
        },
      });
    expect(parse(watched({ version: "v1", additional_version_weights: { v2: 50 } })).ok).toBe(true);
    expect(reads.toSorted()).toEqual(["additional_version_weights", "v2", "version"]);
  });

  test("1.12-2: a config that changes once it is compiled changes nothing", () => {
    const weights: { [version: string]: number } = { v2: 100 };
    const route = compile({ version: "v1", additional_version_weights: weights });
    delete weights["v2"];
    weights["v3"] = 100;
    expect(route(nothing, 0).version).toBe("v2");
  });

  test("1.12-3: reading a frozen config leaves it as it is", () => {
    const config = Object.freeze({ version: "v1", additional_version_weights: Object.freeze({ v2: 50 }) });
    const before = JSON.stringify(config);
    expect(compile(config)(nothing, 0).version).toBe("v2");
    expect(JSON.stringify(config)).toBe(before);
  });

  test("1.13-13: a text of 1,048,576 characters is read, and no longer one", () => {
    bounds(1_048_576, (size) => `{ "version": "v1" }`.padEnd(size), parseText);
  });

  test("1.13-14: 64 additional versions are read, and not 65", () => {
    bounds(64, (size) => ({ version: "v", additional_version_weights: Object.fromEntries(many(size, (index) => [`v${index}`, 1])) }));
  });

  test("1.13-15: 10,000 rules are read, and not 10,001", () => {
    bounds(10_000, (size) => strategyOf(...many(size, () => rule("1"))));
  });

  test("1.13-16: 100,000 items are read, and not 100,001", () => {
    bounds(100_000, (size) => strategyOf(rule(many(size, String).join(","))));
  });

  test("1.13-17: a value of 4,096 characters is read, and no longer one", () => {
    bounds(4_096, (size) => strategyOf(rule("v".repeat(size))));
  });

  test("1.13-18: 100 complaints are told, and then that there are more", () => {
    bounds(100, misspelt);
    expect(parse(misspelt(1000)).diagnostics.length).toBe(101);
  });

  test("2.1-4: `parse` never throws", () => {
    for (const value of [undefined, null, 1n, Symbol("x"), () => {}, new Date(0), new Map(), Object.create({ version: "v1" })])
      expect(parse(value).ok).toBe(false);
  });

  test("2.1-5: `compile` throws one error with every complaint", () => {
    const config = { version: "", nmae: "a", additional_version_weights: { v2: -1 } };
    try {
      compile(config as AliasConfig);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).diagnostics).toEqual(parse(config).diagnostics);
      expect((error as ConfigError).diagnostics.map(({ code }) => code).toSorted()).toEqual(["unknown-key", "version-name", "weight"]);
    }
  });

  test.each([...backEnds, ...detours])("3.4-49: so are they where a Header rule asks for the field, $name", ({ compile: run }) => {
    const rules = [{ rule_type: "Header", param: "Cookie", op: "=", value: "a=2; id=1" }];
    const routed = run({ version: "v1", additional_version_strategy: { v2: { rules } } });
    expect(routed({ headers: { cookie: ["a=2", "id=1"] } }).version).toBe("v2");
    expect(routed({ headers: { cookie: ["id=1", "a=2"] } }).version).toBe("v1");
  });

  test.each(backEnds)("3.8-18: nothing of a value that is no string is called, $name", ({ compile: run }) => {
    const value = { toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom, toJSON: boom };
    const config = strategyOf(rule("1"), { rule_type: "Cookie", param: "a", op: "=", value: "1" }) as AliasConfig;
    expect(run(config)({ headers: { "x-user": value, cookie: [value] } })).toMatchObject({ version: "v1", reason: "default" });
  });

  test.each(backEnds)("3.9-8: what a proxy makes up without owning it may count, $name", ({ name, compile: run }) => {
    const headers = new Proxy({}, { get: (_, key) => (key === "x-a" ? "1" : undefined) });
    const route = run({
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "1" }] } },
    });
    const generated = refusal === undefined && (name === "jit" || name === "standalone module");
    expect(route({ headers }).version).toBe(generated ? "v2" : "v1");
  });

  test.each(backEnds)("3.9-7: what someone puts on Object.prototype does not count, $name", ({ compile: run }) => {
    const routed = run(strategyOf(rule("1")) as AliasConfig);
    const prototype = Object.prototype as { [name: string]: unknown };
    try {
      prototype["x-user"] = "1";
      expect(routed(nothing)).toMatchObject({ version: "v1", reason: "default" });
    } finally {
      delete prototype["x-user"];
    }
  });

  test.each(backEnds)("6.1-15: NaN is no draw, and undefined is none given, $name", ({ compile: run }) => {
    expect(run(split)(nothing, Number.NaN)).toMatchObject({ version: "v1", reason: "error", at: "" });
    expect(run(split, { random: () => 0 })(nothing, undefined)).toMatchObject({ version: "v2", reason: "split" });
  });

  test.each(backEnds)("6.4-7: the random source is asked once, $name", ({ compile: run }) => {
    let calls = 0;
    expect(run(split, { random: () => (calls++, 0.4) })(nothing).version).toBe("v2");
    expect(calls).toBe(1);
  });

  test.each(backEnds)("6.4-8: it is `Math.random` where no other is given, $name", ({ compile: run }) => {
    const counts = { v1: 0, v2: 0 };
    const routed = run(split);
    for (let i = 0; i < 2000; i++) counts[routed(nothing).version as "v1" | "v2"]++;
    // Fair coins stray further than this once in 10^9.
    expect(Math.abs(counts.v2 - 1000)).toBeLessThan(6.2 * Math.sqrt(500));
  });

  test("7.1-1: a decision is a frozen object, and the same one each time", () => {
    const route = compile(split);
    const decision = route(nothing, 0);
    expect(Object.isFrozen(decision)).toBe(true);
    expect(route({ headers: { other: "1" } }, 0.4)).toBe(decision);
    expect(route(nothing, 0.5)).not.toBe(decision);
  });

  test("7.1-2: `index` is the place among the decisions", () => {
    const { decisions } = compile(split);
    expect(decisions.map(({ index }) => index)).toEqual(decisions.map((_, index) => index));
    expect(new Set(decisions.map(({ version, reason, at }) => `${version} ${reason} ${at}`)).size).toBe(decisions.length);
  });

  test.each(backEnds)("7.2-20: a getter that throws where it is needed is an error, $name", ({ compile: run }) => {
    const headers = Object.defineProperty({}, "x-user", {
      get: boom,
    });
    expect(run(strategyOf(rule("1")) as AliasConfig)({ headers })).toMatchObject({ version: "v1", reason: "error", at: "" });
    expect(run({ version: "v1" })({ headers })).toMatchObject({ version: "v1", reason: "default" });
  });
});
