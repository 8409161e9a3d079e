import { describe, expect, test } from "vitest";
import {
  type AliasConfig,
  type Checked,
  type CompileOptions,
  ConfigError,
  type Diagnostic,
  type NodeRequest,
  parse,
  parseText,
  type Severity,
  shares,
  toServiceError,
} from "../../src/index.ts";
import { backEnds, detours, refusal } from "../support/backends.ts";
import { type Case, corpus } from "../support/corpus.ts";
import { decide } from "../support/oracle.ts";

const everywhere = [...backEnds, ...detours];

for (const { title, cases } of corpus) {
  describe(title, () => {
    for (const each of cases) test(`${each.id}: ${each.name}`, () => check(each));
  });
}

test("every case expects something, and nothing that is not looked at", () => {
  const looked = ["version", "reason", "at", "split", "errors", "warnings", "service"];
  for (const { id, expect: expected } of corpus.flatMap(({ cases }) => cases)) {
    const keys = Object.keys(expected);
    expect(
      keys.filter((key) => !looked.includes(key)),
      id,
    ).toEqual([]);
    expect(expected.version !== undefined || expected.split !== undefined || expected.errors !== undefined, id).toBe(true);
    if (keys.includes("reason") || keys.includes("at")) expect(keys, id).toContain("version");
    if (expected.errors !== undefined) expect(expected.errors.length, id).toBeGreaterThan(0);
  }
});

test.skipIf(refusal !== undefined)(`every case runs on the emitted module too${refusal === undefined ? "" : `: ${refusal}`}`, () => {
  expect(backEnds.map(({ name }) => name)).toContain("standalone module");
});

function check(each: Case): void {
  const { expect: expected } = each;
  const options = { ...each.options, random: randomOf(each) } as CompileOptions;
  const checked = each.text === undefined ? parse(each.alias, options) : parseText(each.text, options);

  expect(told(checked, "error")).toEqual((expected.errors ?? []).toSorted());
  if (expected.errors !== undefined && each.text === undefined) {
    for (const { name, compile: run } of everywhere) expect(() => run(each.alias as AliasConfig, options), name).toThrow(ConfigError);
  }
  if (expected.service !== undefined) expect(toServiceError(checked.diagnostics)?.error_code).toBe(expected.service);
  if (expected.warnings !== undefined) expect(told(checked, "warning")).toEqual(expected.warnings.toSorted());
  if (!checked.ok) return;

  const config = each.text === undefined ? (each.alias as AliasConfig) : (JSON.parse(each.text) as AliasConfig);
  const { version, reason, at } = expected;
  if (version !== undefined) {
    const decision = { version, ...(reason !== undefined && { reason }), ...(at !== undefined && { at }) };
    expect(decide(config, each.request, each.draw, options.random), "oracle").toMatchObject(decision);
    for (const { name, compile: run } of everywhere) expect(run(config, options)(each.request, each.draw), name).toMatchObject(decision);
  }
  if (expected.split !== undefined) {
    expect(owned(shares(config, each.request as NodeRequest, options))).toEqual(slotsOf(expected.split));
    expect(
      counted((random) => () => decide(config, each.request, undefined, random)),
      "oracle",
    ).toEqual(slotsOf(expected.split));
    for (const { name, compile: run } of everywhere) {
      const route = (random: () => number) => {
        const compiled = run(config, { ...options, random });
        return () => compiled(each.request);
      };
      expect(counted(route), name).toEqual(slotsOf(expected.split));
    }
  }
}

function randomOf({ random }: Case): () => unknown {
  return () => {
    if (random === undefined) throw new Error("this case says nothing about the random source");
    return random;
  };
}

function lineOf({ code, at, position }: Diagnostic): string {
  return `${code} ${at}${position ? ` ${position.line}:${position.column}` : ""}`;
}

function told({ diagnostics }: Checked<unknown>, wanted: Severity): string[] {
  return diagnostics
    .filter(({ severity }) => severity === wanted)
    .map(lineOf)
    .toSorted();
}

/** How many slots each version has, by asking for every one. */
function counted(routeOf: (random: () => number) => () => { readonly version: string }): Record<string, number> {
  let slot = 0;
  const route = routeOf(() => (slot + 0.5) / 10_000);
  const counts: Record<string, number> = {};
  for (; slot < 10_000; slot++) {
    const { version } = route();
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

/** A split in slots. */
function slotsOf(split: Readonly<Record<string, number>>): Record<string, number> {
  return owned(Object.fromEntries(Object.entries(split).map(([version, percent]) => [version, Math.round(percent * 100)])));
}

function owned(slots: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(slots).filter(([, owns]) => owns > 0));
}
