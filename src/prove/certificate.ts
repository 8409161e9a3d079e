import { fieldName } from "../request/index.ts";
import type { AliasConfig, Version } from "../alias/index.ts";
import { type Outcome, type Plan, planOf, runsOf, type Test } from "../plan/index.ts";
import { alphabetOf } from "./alphabet.ts";
import { type Analysis, analysisOf, type Strategy } from "./analysis.ts";
import { EFFORT, type ProofOptions } from "./equivalent.ts";
import { withoutIdleItems, withoutIdleRules } from "./idle.ts";
import { ABSENT, hasLetter, type Literal, OTHER, otherLetters, unionByField } from "./letters.ts";
import { type Case, constrain, type Effort, everything, narrow, type Region, search } from "./region.ts";

/**
 * Claims with their proofs, as plain data. `docs/examples/check-certificate.mjs` checks it without this library: it reads the aliases
 * itself, and follows the cases of each proof.
 */
export interface Certificate {
  /** The alias of the claims, or the two that are equivalent. */
  readonly aliases: readonly AliasConfig[];
  readonly claims: readonly CertifiedClaim[];
}

/** What is proved of an alias. */
export type CertifiedClaim =
  /** The strategy for the version decides no request. */
  | { readonly claim: "decides-nothing"; readonly version: Version; readonly cases: readonly ProofCase[] }
  /**
   * The strategy for the version could have these of its rules and values only: no request that comes to it holds for these rules and
   * not for all (`more`), or the reverse (`less`).
   */
  | {
      readonly claim: "same-rules";
      readonly version: Version;
      readonly rules: readonly { readonly rule: number; readonly values: readonly string[] }[];
      readonly more: readonly ProofCase[];
      readonly less: readonly ProofCase[];
    }
  /** The version has no strategy, no slots, and is not what requests without a sticky key get. */
  | { readonly claim: "no-share"; readonly version: Version }
  /**
   * The two aliases give every request the same version for every draw. Strategies are numbered in their order; the number behind the
   * last stands for the split. Cells without cases are left out.
   */
  | {
      readonly claim: "equivalent";
      readonly cells: readonly { readonly before: number; readonly after: number; readonly cases: readonly ProofCase[] }[];
    };

/**
 * A case of a proof that no request satisfies some clauses. The field has one of the values, or (`notIn`) any other, where null stands
 * for absent: `cases` prove it for these requests, and the next case is about all others. Where no case is left, the clauses contradict
 * each other: of one of them, no literal can be true.
 */
export type ProofCase = { readonly field: string; readonly cases: readonly ProofCase[] } & (
  | { readonly in: readonly (string | null)[] }
  | { readonly notIn: readonly (string | null)[] }
);

/**
 * Proofs of what `analyze` claims of strategies that decide nothing, of rules and items that change nothing, and of versions without a
 * share. There are none of other claims, nor of what the effort is not enough for.
 * @throws ConfigError with everything that is wrong with the config
 */
export function certify(config: AliasConfig, options: ProofOptions = {}): Certificate {
  const plan = planOf(config, options);
  const effort = { left: options.effort ?? EFFORT };
  const analysis = analysisOf(plan, effort);
  const claims = analysis.strategies.flatMap((strategy): readonly CertifiedClaim[] => {
    switch (strategy.state) {
      case "shadowed":
      case "impossible":
        return decidesNothing(strategy, effort);
      case "reached":
        return sameRules(analysis, strategy, effort);
      case "unknown":
        return [];
    }
  });
  return { aliases: [config], claims: [...claims, ...withoutShare(plan, config)] };
}

/**
 * A proof that two configs route alike; undefined where they do not, where the effort is not enough, or where it takes more than their
 * rules: two splits count as alike where they have the same slots, keys, seed and hash.
 * @throws ConfigError with everything that is wrong with a config
 */
export function certifyEquivalent(before: AliasConfig, after: AliasConfig, options: ProofOptions = {}): Certificate | undefined {
  const [one, other] = [planOf(before, options), planOf(after, options)];
  const effort = { left: options.effort ?? EFFORT };
  const cells: Extract<CertifiedClaim, { readonly claim: "equivalent" }>["cells"][number][] = [];
  for (const [i, version, here] of partsOf(one, everything(alphabetOf([one, other]))))
    for (const [j, next, both] of partsOf(other, here)) {
      if (version === next && (version !== undefined || isOneSplit(one, other))) continue;
      const cases = refuted(both, effort);
      if (cases === undefined) return undefined;
      if (cases.length > 0) cells.push({ before: i, after: j, cases });
    }
  return { aliases: [before, after], claims: [{ claim: "equivalent", cells }] };
}

/** The requests of a region by the number of what decides them, with their version where it is certain. */
function* partsOf(plan: Plan, within: Region): Generator<readonly [index: number, version: Version | undefined, region: Region]> {
  let rest: Region | undefined = within;
  for (const [index, { test, outcome }] of plan.rules.entries()) {
    const region = narrow(rest, test, true);
    if (region !== undefined) yield [index, (plan.outcomes[outcome] as Outcome).version, region];
    rest = narrow(rest, test, false);
    if (rest === undefined) return;
  }
  const versions = versionsOfSplit(plan);
  yield [plan.rules.length, versions.size === 1 ? [...versions][0] : undefined, rest];
}

/** The versions that the split may give, with that of requests without a sticky key. */
function versionsOfSplit(plan: Plan): ReadonlySet<Version> {
  const { split, outcomes } = plan;
  const versions = new Set(runsOf(plan).map(({ version }) => version));
  if (split.kind === "arms" && typeof split.sticky?.missing === "number") versions.add((outcomes[split.sticky.missing] as Outcome).version);
  return versions;
}

function isOneSplit(one: Plan, other: Plan): boolean {
  return JSON.stringify(splitOf(one)) === JSON.stringify(splitOf(other));
}

/** What makes two splits draw alike. */
function splitOf(plan: Plan): unknown {
  const { split, outcomes } = plan;
  if (split.kind === "fixed" || split.sticky === undefined) return [runsOf(plan)];
  const { keys, seed, hash, missing } = split.sticky;
  const without = missing === "random" ? [] : [(outcomes[missing] as Outcome).version];
  return [runsOf(plan), keys.map(({ field }) => fieldName(field)), seed, hash, without];
}

function decidesNothing({ rule, outcome, coming }: Strategy, effort: Effort): readonly CertifiedClaim[] {
  const cases = refuted(coming && narrow(coming, rule.test, true), effort);
  return cases === undefined ? [] : [{ claim: "decides-nothing", version: outcome.version, cases }];
}

/** That a strategy does as well without what changes nothing; nothing where all of it does. */
function sameRules(analysis: Analysis, strategy: Strategy, effort: Effort): readonly CertifiedClaim[] {
  const { rule, outcome, coming } = strategy;
  const { test } = rule;
  const kept = withoutIdleItems(analysis, strategy, withoutIdleRules(analysis, strategy), () => {});
  const rules = kept.flatMap((literal, index) => {
    const values = literal === undefined ? [] : test.matches[index]?.values.filter((value) => lettersOf(literal).has(value));
    return literal === undefined ? [] : [{ rule: index, values: values ?? [] }];
  });
  const isWhole =
    rules.length === test.matches.length && rules.every(({ rule: index, values }) => values.length === possible(analysis, test, index));
  if (isWhole) return [];
  const literals = kept.filter((literal) => literal !== undefined);
  const more = refuted(holding(coming && narrow(coming, test, false), test.kind, literals, true), effort);
  const less = refuted(holding(coming && narrow(coming, test, true), test.kind, literals, false), effort);
  return more === undefined || less === undefined ? [] : [{ claim: "same-rules", version: outcome.version, rules, more, less }];
}

/** How many values of a match a request can have. */
function possible({ all }: Analysis, { matches }: Test, index: number): number {
  const match = matches[index];
  if (match === undefined) return 0;
  const letters = lettersOf(all.alphabet.literal(match));
  return match.values.filter((value) => letters.has(value)).length;
}

/** The requests of a region for which a test of these literals holds, or does not. */
function holding(region: Region | undefined, kind: Test["kind"], literals: readonly Literal[], holds: boolean): Region | undefined {
  const wanted = holds ? literals : literals.map(otherLetters);
  return region && constrain(region, (kind === "all") === holds ? wanted.map((literal) => [literal]) : [unionByField(wanted)]);
}

/** The cases that prove a region to be empty; undefined where it is not, or not within the effort. */
function refuted(region: Region | undefined, effort: Effort): readonly ProofCase[] | undefined {
  if (region === undefined) return [];
  const found = search(region, effort);
  return found.kind === "empty" ? found.cases.map(written) : undefined;
}

function written({ literal, cases }: Case): ProofCase {
  const rest = { field: fieldName(literal.range.field), cases: cases.map(written) };
  return hasLetter(literal.bits, OTHER)
    ? { ...rest, notIn: [...lettersOf(otherLetters(literal))] }
    : { ...rest, in: [...lettersOf(literal)] };
}

/** The values of the letters of a literal; null for absent. */
function lettersOf({ range, bits }: Literal): ReadonlySet<string | null> {
  const values = range.letters.flatMap((letter, index) => (hasLetter(bits, index + 2) ? letter : []));
  return new Set([...(hasLetter(bits, ABSENT) ? [null] : []), ...values]);
}

/** Versions that are declared, and that nothing gives to any request. */
function withoutShare(plan: Plan, { version, additional_version_weights: weights }: AliasConfig): readonly CertifiedClaim[] {
  const given = new Set([...plan.rules.map(({ outcome }) => (plan.outcomes[outcome] as Outcome).version), ...versionsOfSplit(plan)]);
  return [version, ...Object.keys(weights ?? {})].filter((each) => !given.has(each)).map((each) => ({ claim: "no-share", version: each }));
}
