import { lowerAscii, pointer, shown } from "../document/index.ts";
import { fieldName, isPossible } from "../request/index.ts";
import { type Alias, type AliasConfig, isAlias, itemsOf, parse, type Weight } from "../alias/index.ts";
import { type Compilable, isPlan, type Match, type Outcome, type Plan, planOf } from "../plan/index.ts";
import { type Analysis, analysisOf, type Claim, claim, firstOf, type Strategy, undecidedClaims } from "./analysis.ts";
import { EFFORT, type ProofOptions } from "./equivalent.ts";
import { idleItems, idleRules, withoutIdleRules } from "./idle.ts";
import { neverClaims, shadowedClaim } from "./never.ts";
import { overlapClaims } from "./overlap.ts";
import { narrow } from "./region.ts";

export type { Claim } from "./analysis.ts";

/**
 * What has no effect in a config, or depends on chance: rules that never match or change nothing, items of lists that are not needed,
 * strategies that are never reached or overlap, versions without traffic. Every claim is sound: it holds for every request, or
 * carries one that shows it. Where a proof would cost more than its effort, one claim a strategy says so.
 * @throws ConfigError with everything that is wrong with the config
 */
export function analyze(config: Compilable, options: ProofOptions = {}): readonly Claim[] {
  const plan = planOf(config, options);
  const alias = aliasOf(config, options);
  const analysis = analysisOf(plan, { left: options.effort ?? EFFORT });
  const { strategies } = analysis;
  // Lists can be long: what is left of the effort is theirs.
  const claims = strategies.map((strategy, index) => strategyClaims(analysis, strategy, strategies.slice(0, index)));
  const overlaps = alias === undefined ? [] : overlapClaims(analysis, alias.order);
  const items = claims.flatMap(({ items: judge }) => judge());
  return [
    ...impossibleValues(plan),
    ...repeatedItems(config),
    ...claims.flatMap((each) => each.claims),
    ...items,
    ...overlaps,
    ...unreachedVersions(analysis, alias?.weights ?? []),
    ...idleKeys(alias),
    ...undecidedClaims(analysis),
  ];
}

/** What is claimed of a strategy; items of lists are judged later, for their lists can be long. */
function strategyClaims(
  analysis: Analysis,
  strategy: Strategy,
  earlier: readonly Strategy[],
): { readonly claims: readonly Claim[]; readonly items: () => readonly Claim[] } {
  const none = (): readonly Claim[] => [];
  switch (strategy.state) {
    case "reached": {
      const kept = withoutIdleRules(analysis, strategy);
      return { claims: idleRules(analysis, strategy, kept), items: () => idleItems(analysis, strategy, kept) };
    }
    case "shadowed":
      return { claims: [shadowedClaim(analysis, strategy, earlier)], items: none };
    case "impossible":
      return { claims: neverClaims(analysis, strategy), items: none };
    case "unknown":
      return { claims: [], items: none };
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

/** The alias behind a config that can be compiled; undefined for a plan, which does not tell what was declared. */
function aliasOf(config: Compilable, options: ProofOptions): Alias | undefined {
  if (isAlias(config)) return config;
  const read = isPlan(config) ? undefined : parse(config, options);
  return read?.ok === true ? read.value : undefined;
}

/** The primary, and versions with a weight and no strategy, where no request can get them. A strategy has a claim of its own. */
function unreachedVersions({ plan, strategies }: Analysis, weights: readonly Weight[]): readonly Claim[] {
  const { outcomes, split, error } = plan;
  // A strategy of which it is not known may be reached.
  const reached = new Set(
    strategies.flatMap(({ state, outcome }) => (state === "reached" || state === "unknown" ? [outcome.version] : [])),
  );
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
