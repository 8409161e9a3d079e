import { type Code, type Diagnostic, lowerAscii, type Pointer, pointer, shown } from "../document/index.ts";
import { fieldName, isPossible, nodeReader, toRequest } from "../request/index.ts";
import { type Alias, type AliasConfig, isAlias, itemsOf, parse, type Version, type Weight } from "../alias/index.ts";
import { type Compilable, isPlan, type Match, type Outcome, type Plan, planOf, type Rule } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { compile } from "../route/index.ts";
import { alphabetOf } from "./alphabet.ts";
import { EFFORT, type ProofOptions } from "./equivalent.ts";
import { eachApart, type Effort, everything, narrow, narrowMatches, type Region, search } from "./region.ts";
import { smallest, valuesOf, type Witness, witnessOf } from "./witness.ts";

/** A diagnostic that is proved: true of every request, or shown by one. */
export interface Claim extends Diagnostic {
  /** A request of which the message is true, run by the library before it was given; left out where no request could show it. */
  readonly witness?: Witness;
}

/**
 * What has no effect in a config, or depends on chance: rules that never match or change nothing, strategies that are never
 * reached or overlap, versions without traffic. Every claim is sound: it holds for every request, or carries one that shows it. Where a
 * proof would cost more than its effort, it says so.
 * @throws ConfigError with everything that is wrong with the config
 */
export function analyze(config: Compilable, options: ProofOptions = {}): readonly Claim[] {
  const plan = planOf(config, options);
  const alias = aliasOf(config, options);
  const route = compile(plan);
  const analysis: Analysis = {
    plan,
    decidedBy: (witness) => route(toRequest(witness), 0).at,
    all: everything(alphabetOf([plan])),
    effort: { left: options.effort ?? EFFORT },
    unsure: [],
  };
  const reached = strategiesOf(analysis);
  return [
    ...impossibleValues(plan),
    ...repeatedItems(config),
    ...reached.flatMap((strategy, index) => strategyClaims(analysis, strategy, reached.slice(0, index))),
    ...overlaps(analysis, reached, alias?.order),
    ...unreachedVersions(analysis, reached, alias?.weights ?? []),
    ...idleKeys(alias),
    ...analysis.unsure,
  ];
}

interface Analysis {
  readonly plan: Plan;
  /** What decides a request, for the lowest draw. */
  readonly decidedBy: (witness: Witness) => Pointer;
  readonly all: Region;
  readonly effort: Effort;
  /** What could not be decided within the effort. */
  readonly unsure: Claim[];
}

/** A strategy, the requests that come to it, and whether one of them can hold. */
interface Strategy {
  readonly rule: Rule;
  readonly outcome: Outcome;
  /** The requests that no earlier strategy holds for; undefined where there are none. */
  readonly coming: Region | undefined;
  readonly state: "reached" | "shadowed" | "impossible" | "unknown";
}

function claim(code: Code, at: Pointer, message: string, help: string, witness?: Witness): Claim {
  return { code, severity: "warning", at, message, help, ...(witness !== undefined && { witness }) };
}

/** The first three of some texts, and how many more there are. */
function firstOf(texts: readonly string[]): string {
  return texts.slice(0, 3).map(shown).join(", ") + (texts.length > 3 ? ` and ${texts.length - 3} more` : "");
}

/** Whether a region has a request, as far as the effort goes; what is not known is noted. */
function find({ effort, unsure }: Analysis, region: Region | undefined, at: Pointer, what: string): Int32Array | "empty" | "unknown" {
  if (region === undefined) return "empty";
  const found = search(region, effort);
  if (found.kind === "found") return found.left;
  if (found.kind === "unknown")
    unsure.push(claim("undecided", at, `it was not decided ${what}`, "raise `effort`, or make the strategies simpler"));
  return found.kind;
}

/** The smallest request found in a region of which something is true when it is run; undefined where two fields stood in one another's way. */
function witnessIn({ all }: Analysis, left: Int32Array, holds: (witness: Witness) => boolean): Witness | undefined {
  const witness = witnessOf(valuesOf(all.alphabet, left));
  return holds(witness) ? smallest(witness, holds) : undefined;
}

/** Whether a rule of the plan, or one of its matches, holds for a request. */
function holdsFor({ plan }: Analysis, rule: Rule, at: Pointer, witness: Witness): boolean {
  const { steps } = interpret({ ...plan, rules: [rule] }, nodeReader, toRequest(witness), undefined, () => 0);
  return steps.some((step) => (step.at === at ? step.holds : step.rules.some((match) => match.at === at && match.holds)));
}

function strategiesOf(analysis: Analysis): readonly Strategy[] {
  const { plan, all } = analysis;
  let coming: Region | undefined = all;
  return plan.rules.map((rule): Strategy => {
    const outcome = plan.outcomes[rule.outcome] as Outcome;
    const here = coming;
    const held = here && narrow(here, rule.test, true);
    const found = find(analysis, held, outcome.at, "whether a request can come to this strategy");
    const alone =
      found === "empty" ? find(analysis, narrow(all, rule.test, true), outcome.at, "whether this strategy can hold") : undefined;
    coming = here && narrow(here, rule.test, false);
    const state =
      found === "unknown" || alone === "unknown"
        ? "unknown"
        : found !== "empty"
          ? "reached"
          : alone === "empty"
            ? "impossible"
            : "shadowed";
    return { rule, outcome, coming: here, state };
  });
}

function strategyClaims(analysis: Analysis, strategy: Strategy, earlier: readonly Strategy[]): readonly Claim[] {
  switch (strategy.state) {
    case "reached":
      return idleRules(analysis, strategy);
    case "shadowed":
      return [shadowedClaim(analysis, strategy, earlier)];
    case "impossible":
      return conflicts(analysis, strategy);
    case "unknown":
      return [];
  }
}

/** Values that no request can have in the field; a rule without any other never matches. */
function impossibleValues({ rules }: Plan): readonly Claim[] {
  return rules.flatMap(({ test }) =>
    test.matches.flatMap(({ field, values, at }) => {
      const impossible = values.filter((value) => !isPossible(field, value));
      if (impossible.length === 0) return [];
      const whole = impossible.length === values.length;
      const message = `${fieldName(field)} can never be ${firstOf(impossible)}${whole ? ", so the rule never matches" : ""}`;
      return [claim("value-impossible", at, message, WHY_IMPOSSIBLE[field.kind])];
    }),
  );
}

const WHY_IMPOSSIBLE: Readonly<Record<Match["field"]["kind"], string>> = {
  cookie: "a cookie's value is not empty to a rule, has no `;`, and no blank at either end",
  query: "a decoded parameter has no lone surrogates",
  path: "a path ends before `?` and `#`; ask for a parameter with a Query rule",
  header: "remove it",
  attribute: "remove it",
  method: "remove it",
  authority: "remove it",
};

/** Items that a list has twice. They are seen in the config only: an alias and a plan have them once. */
function repeatedItems(config: Compilable): readonly Claim[] {
  if (isAlias(config) || isPlan(config)) return [];
  const { additional_version_strategy: strategies } = config as AliasConfig;
  return Object.entries(strategies ?? {}).flatMap(([version, { rules }]) =>
    rules.flatMap(({ op, value }, index) => {
      if (lowerAscii(op) !== "in") return [];
      const seen = new Set<string>();
      const repeated = [...new Set(itemsOf(value).filter((item) => seen.size === seen.add(item).size))];
      const at = pointer("/additional_version_strategy", version, "rules", index, "value");
      return repeated.length === 0
        ? []
        : [claim("list-item-repeated", at, `the list has ${firstOf(repeated)} more than once`, "keep each item once")];
    }),
  );
}

/** The rules of an `and` that cannot match together. */
function conflicts(analysis: Analysis, { rule, outcome }: Strategy): readonly Claim[] {
  const { matches } = rule.test;
  if (rule.test.kind === "any")
    return [claim("strategy-never", outcome.at, `no rule of the strategy for ${shown(outcome.version)} can match`, "see its rules")];
  const possible = matches.filter(({ field, values }) => values.some((value) => isPossible(field, value)));
  for (const [index, later] of possible.entries()) {
    const earlier = possible.slice(0, index).find((other) => disjoint(other, later));
    if (earlier === undefined) continue;
    const [one, other] = [earlier, later].map(
      ({ values }) => values.slice(0, 3).map(shown).join(" or ") + (values.length > 3 ? " or another" : ""),
    );
    const message = `never matches together with ${earlier.at}: ${fieldName(later.field)} cannot be ${one} and ${other} at once`;
    const left = find(analysis, narrowMatches(analysis.all, [[later, true]]), later.at, "whether the rule can match");
    const witness = typeof left === "string" ? undefined : witnessIn(analysis, left, (each) => holdsFor(analysis, rule, later.at, each));
    return [claim("rule-never", later.at, message, "use `or`, or one `in` with both values", witness)];
  }
  return [
    claim(
      "strategy-never",
      outcome.at,
      `the rules of the strategy for ${shown(outcome.version)} can never match together`,
      "drop what cannot match",
    ),
  ];
}

function disjoint(one: Match, other: Match): boolean {
  if (fieldName(one.field) !== fieldName(other.field)) return false;
  const values = new Set(other.values);
  return !one.values.some((value) => values.has(value) && isPossible(one.field, value));
}

/** A strategy whose every request is taken by earlier ones: by those that decide some request that it holds for. */
function shadowedClaim(analysis: Analysis, { rule, outcome }: Strategy, earlier: readonly Strategy[]): Claim {
  const { at, version } = outcome;
  const takers = earlier.flatMap((other) => {
    const taken = other.coming && narrow(other.coming, other.rule.test, true);
    const both = taken && narrow(taken, rule.test, true);
    return find(analysis, both, at, `whether ${other.outcome.at} takes its requests`) === "empty" ? [] : [other.outcome];
  });
  const left = find(analysis, narrow(analysis.all, rule.test, true), at, "which request shows that it is shadowed");
  const isTaken = (each: Witness): boolean =>
    takers.some((taker) => taker.at === analysis.decidedBy(each)) && holdsFor(analysis, rule, at, each);
  const witness = typeof left === "string" ? undefined : witnessIn(analysis, left, isTaken);
  const names = firstOf(takers.map((taker) => taker.version));
  const message = `the strategy for ${shown(version)} decides nothing: ${names} ${takers.length === 1 ? "takes" : "take"} every request that it holds for`;
  return claim("strategy-shadowed", at, message, "rank it earlier in `additional_version_order`, or drop it", witness);
}

/** Rules without which the strategy holds for the same of the requests that come to it. */
function idleRules(analysis: Analysis, { rule, outcome, coming }: Strategy): readonly Claim[] {
  const { test } = rule;
  if (coming === undefined || test.matches.length < 2) return [];
  // Of `and`, requests that only one rule keeps out; of `or`, those that only one lets in.
  const others = test.kind === "all";
  const idle = [...eachApart(coming, test.matches, others)].flatMap(([match, apart]) =>
    match.values.some((value) => isPossible(match.field, value)) &&
    find(analysis, apart, match.at, "whether this rule changes anything") === "empty"
      ? [match]
      : [],
  );
  const why = others ? "it matches wherever the others do" : "an earlier strategy or another rule takes every request that it matches";
  return droppable(analysis, coming, rule, idle).map((match) => {
    const left = find(analysis, narrowMatches(analysis.all, [[match, true]]), match.at, "whether the rule can match");
    const witness = typeof left === "string" ? undefined : witnessIn(analysis, left, (each) => holdsFor(analysis, rule, match.at, each));
    const message = `the rule changes nothing of the strategy for ${shown(outcome.version)}: ${why}`;
    return claim("rule-idle", match.at, message, "drop it", witness);
  });
}

/** Of rules each of which could be dropped, those that could be together, the last first: of two that are alike, one has to stay. */
function droppable(analysis: Analysis, coming: Region, { test, outcome }: Rule, idle: readonly Match[]): readonly Match[] {
  const { effort, unsure, plan } = analysis;
  const others = test.kind === "all";
  const dropped = new Set<Match>();
  for (const match of idle.toReversed()) {
    const kept = test.matches.filter((each) => each !== match && !dropped.has(each));
    if (kept.length === 0) break;
    effort.left -= kept.length >> 4;
    if (effort.left < 0) {
      const { at } = plan.outcomes[outcome] as Outcome;
      unsure.push(
        claim("undecided", at, "it was not decided which more of its rules could be dropped", "raise `effort`, or use fewer rules"),
      );
      break;
    }
    const apart = narrowMatches(coming, [[match, !others], ...kept.map((each) => [each, others] as const)]);
    if (find(analysis, apart, match.at, "whether this rule can be dropped with others") === "empty") dropped.add(match);
  }
  return idle.filter((match) => dropped.has(match));
}

/** The alias behind a config that can be compiled; undefined for a plan, which does not tell what was declared. */
function aliasOf(config: Compilable, options: ProofOptions): Alias | undefined {
  if (isAlias(config)) return config;
  const read = isPlan(config) ? undefined : parse(config, options);
  return read?.ok === true ? read.value : undefined;
}

/** Strategies that can hold for one request, where nobody said which of them is to decide. */
function overlaps(analysis: Analysis, strategies: readonly Strategy[], order: readonly Version[] | undefined): readonly Claim[] {
  if (order === undefined) return [];
  const stated = (version: Version): boolean => order.includes(version);
  return strategies.flatMap((later, index) => {
    if (later.state !== "reached") return [];
    const rivals: { readonly version: Version; readonly witness: Witness }[] = [];
    for (const earlier of strategies.slice(0, index)) {
      if (earlier.state !== "reached" || (stated(earlier.outcome.version) && stated(later.outcome.version))) continue;
      const both = earlier.coming && narrow(earlier.coming, earlier.rule.test, true);
      const region = both && narrow(both, later.rule.test, true);
      const left = find(analysis, region, later.outcome.at, `whether it can hold together with ${earlier.outcome.at}`);
      if (typeof left === "string") continue;
      const witness = witnessIn(
        analysis,
        left,
        (each) => analysis.decidedBy(each) === earlier.outcome.at && holdsFor(analysis, later.rule, later.outcome.at, each),
      );
      if (witness !== undefined) rivals.push({ version: earlier.outcome.version, witness });
    }
    const [first] = rivals;
    if (first === undefined) return [];
    const names = firstOf(rivals.map(({ version }) => version));
    const message = `can hold for the same request as the strategy for ${names}, tried first only because of ${rivals.length === 1 ? "its name" : "their names"}`;
    return [claim("strategies-overlap", later.outcome.at, message, "state the order in `additional_version_order`", first.witness)];
  });
}

/** The primary, and versions with a weight and no strategy, where no request can get them. A strategy has a claim of its own. */
function unreachedVersions({ plan }: Analysis, strategies: readonly Strategy[], weights: readonly Weight[]): readonly Claim[] {
  const { outcomes, split, error } = plan;
  if (strategies.some(({ state }) => state === "unknown")) return [];
  const reached = new Set(strategies.flatMap(({ state, outcome }) => (state === "reached" ? [outcome.version] : [])));
  const last = strategies.at(-1);
  if (last === undefined || (last.coming && narrow(last.coming, last.rule.test, false)) !== undefined) {
    const ends = split.kind === "fixed" ? [split.outcome] : [...split.arms.map(({ outcome }) => outcome), split.sticky?.missing];
    for (const end of ends) if (typeof end === "number") reached.add((outcomes[end] as Outcome).version);
  }
  const targeted = new Set(strategies.map(({ outcome }) => outcome.version));
  const idle = weights.filter(({ version }) => !reached.has(version) && !targeted.has(version));
  const primary = (outcomes[error] as Outcome).version;
  const help = "give it a weight or a strategy; a weight of 0 only keeps its rank";
  return [
    ...(reached.has(primary)
      ? []
      : [
          claim(
            "primary-unreached",
            "/version",
            `no request that can be read gets the primary ${shown(primary)}`,
            "leave it some weight, or make another version the primary",
            {},
          ),
        ]),
    ...idle.map(({ version }) =>
      claim("version-unreached", pointer("/additional_version_weights", version), `no request gets ${shown(version)}`, help),
    ),
  ];
}

/**
 * Sticky keys that are never asked. Rules cannot make a key constant: they only ask for values, so a request with any other
 * value, and otherwise without what they ask for, comes to the split.
 */
function idleKeys(alias: Alias | undefined): readonly Claim[] {
  if (alias?.stickiness === undefined) return [];
  const { stickiness, weights } = alias;
  if (weights.every(({ slots }) => slots === 0))
    return [
      claim("stickiness-idle", "/stickiness", "nothing is split, so no sticky key is ever asked", "give a version a weight, or drop it"),
    ];
  const names = stickiness.keys.map(({ type, param }) => `${type} ${param}`);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [claim("sticky-key-repeated", pointer("/stickiness/keys", index), `the key ${shown(name)} has been asked before`, "drop it")],
  );
}
