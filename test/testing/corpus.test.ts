import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { parse } from "../../src/alias/parse.ts";
import { type CaseConfig, mutate, parseSuite, verify } from "../../src/testing/index.ts";
import { type Case, corpus } from "../support/corpus.ts";

/**
 * A case of the corpus as one of a suite; undefined where it says what a suite does not: that a config is refused, what the
 * random source returned, how a config is read, a request that no person would write, or a draw that is none.
 */
function caseOf({ id, name, alias, text, options, request, draw, random, expect: expected }: Case): CaseConfig | undefined {
  const { version, split, reason, at, ...rest } = expected;
  if (OTHERWISE.includes(id) || text !== undefined || options !== undefined || random !== undefined || Object.keys(rest).length > 0)
    return undefined;
  if (draw !== undefined && !(typeof draw === "number" && draw >= 0 && draw < 1)) return undefined;
  const written = { id, name, alias: alias as AliasConfig, request: request as object, expect: { version, split, reason, at } };
  const each = JSON.parse(JSON.stringify({ ...written, ...(draw !== undefined && { draw }) })) as CaseConfig;
  const plain = parseSuite({ cases: [each] }).ok && isLower(request);
  return plain ? each : undefined;
}

/** What a record means in another way than a host's own object: numbers as text, and pseudo-headers as the request line. */
const OTHERWISE = ["3.7-19", "3.8-2", "3.8-7", "3.8-9", "3.8-11", "3.8-14"];

/** A suite folds the names of headers, as node has done; and it has no request without headers. */
function isLower(request: unknown): boolean {
  const headers: unknown = (request as { readonly headers?: unknown } | null)?.headers;
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return false;
  return Object.keys(headers).every((name) => name === name.toLowerCase());
}

const suites = corpus.map(({ title, cases }) => ({ title, cases: cases.map(caseOf).filter((each) => each !== undefined) }));
const all = suites.flatMap(({ cases }) => cases);

describe("the project's own corpus runs through `verify`", () => {
  test.each(suites.filter(({ cases }) => cases.length > 0))("$title", (suite) => {
    expect(verify(undefined, suite).failures.map(({ case: { title }, message }) => `${title}: ${message}`)).toEqual([]);
  });

  test("most of what it says about requests", () => {
    const about = corpus
      .flatMap(({ cases }) => cases)
      .filter(({ expect: { version, split } }) => version !== undefined || split !== undefined);
    expect(all.length / about.length).toBeGreaterThan(0.6);
  });

  test("and a wrong expectation of any of them fails: of the four reasons, each case has one", () => {
    const passed = (["rule", "split", "default", "error"] as const).map(
      (reason) => verify(undefined, { cases: all.map((each) => ({ ...each, expect: { reason } })) }).passed,
    );
    expect(passed.reduce((sum, each) => sum + each, 0)).toBe(all.length);
  });
});

test("the corpus kills most mutants of its aliases", () => {
  const byAlias = new Map<string, CaseConfig[]>();
  for (const each of all) byAlias.set(JSON.stringify(each.alias), [...(byAlias.get(JSON.stringify(each.alias)) ?? []), each]);
  const counts: Record<string, number> = {};
  for (const [text, cases] of byAlias) {
    const alias = JSON.parse(text) as AliasConfig;
    if (!parse(alias).ok) continue;
    for (const { kind } of mutate(alias, { cases }).outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const { killed = 0, survived = 0, unknown = 0 } = counts;
  const score = killed / (killed + survived + unknown);
  console.info(`mutants of the corpus: ${JSON.stringify(counts)}, score ${score.toFixed(3)}`);
  expect(score).toBeGreaterThan(0.5);
});
