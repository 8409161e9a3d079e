import { type Pointer, pointer } from "../document/index.ts";
import { fieldOf } from "../request/index.ts";
import { type Alias, SLOTS, type Version, type Weight } from "../alias/index.ts";
import { all, any, type Arm, match, type Outcome, type Plan, type Split } from "./plan.ts";
import { asSound } from "./read-plan.ts";

/**
 * What an alias means. Every choice that the config leaves open is made here: which strategy is tried first, which slots a
 * weight owns, what a request without a sticky key gets.
 */
export function toPlan(alias: Alias): Plan {
  const { primary, weights, strategies, order, stickiness } = alias;
  const outcomes: Outcome[] = [];
  const outcome = (version: Version, reason: Outcome["reason"], at: Pointer): number =>
    outcomes.push({ version, reason, at, index: outcomes.length }) - 1;
  const byRank = ranking(order);

  const rules = strategies
    .toSorted((a, b) => byRank(a.version, b.version))
    .map(({ version, combine, rules: conditions }) => {
      const at = pointer("/additional_version_strategy", version);
      const matches = conditions.map((rule, index) => match(fieldOf(rule), rule.values, pointer(at, "rules", index)));
      return { test: combine === "and" ? all(...matches) : any(...matches), outcome: outcome(version, "rule", at) };
    });

  const split = (): Split => {
    if (weights.every(({ slots }) => slots === 0)) return { kind: "fixed", outcome: outcome(primary, "default", "/version") };
    const arms: Arm[] = [];
    let until = 0;
    for (const { version, slots } of layout(primary, weights, order)) {
      if (slots === 0) continue;
      until += slots;
      const at = version === primary ? "/version" : pointer("/additional_version_weights", version);
      arms.push({ until, outcome: outcome(version, "split", at) });
    }
    if (stickiness === undefined) return { kind: "arms", arms, sticky: undefined };
    const { keys, seed, hash, onMissing } = stickiness;
    const missing = onMissing === "primary" ? outcome(primary, "default", "/stickiness/on_missing") : onMissing;
    return {
      kind: "arms",
      arms,
      sticky: { keys: keys.map((key, index) => ({ field: fieldOf(key), at: `/stickiness/keys/${index}` })), seed, hash, missing },
    };
  };

  const named = new Set([...weights, ...strategies].map(({ version }) => version).concat(order));
  named.delete(primary);
  return asSound({
    kind: "plan",
    name: alias.name,
    versions: [primary, ...[...named].toSorted(byRank)],
    rules,
    split: split(),
    error: outcome(primary, "error", ""),
    outcomes,
  });
}

/**
 * The split from slot 0 upward: rank 1, then ranks 3 and up, then the primary with what is left, and rank 2 at the far end.
 * So the first two ranks each grow from an end of their own, towards the primary and never into one another.
 */
function layout(primary: Version, weights: readonly Weight[], order: readonly Version[]): readonly Weight[] {
  const slots = new Map(weights.map((weight) => [weight.version, weight.slots]));
  const ranked = [...new Set([...order, ...slots.keys()])].filter((version) => version !== primary).toSorted(ranking(order));
  const [first, second, ...others] = ranked.map((version) => ({ version, slots: slots.get(version) ?? 0 }));
  const rest = SLOTS - weights.reduce((sum, weight) => sum + weight.slots, 0);
  return [first, ...others, { version: primary, slots: rest }, second].filter((weight) => weight !== undefined);
}

/** Compares versions by rank: those of `order` first, in that order, then the others by name. */
function ranking(order: readonly Version[]): (a: Version, b: Version) => number {
  const stated = new Map(order.map((version, rank) => [version, rank]));
  return (a, b) => (stated.get(a) ?? order.length) - (stated.get(b) ?? order.length) || naturally(a, b) || compare(a, b);
}

/** Natural order: runs of ASCII digits compare as integers of any length, all else by code unit. */
function naturally(a: string, b: string): number {
  const [left, right] = [runs(a), runs(b)];
  for (const [index, x] of left.entries()) {
    const y = right[index] ?? "";
    const order = isNumber(x) && isNumber(y) ? compare(BigInt(x), BigInt(y)) : compare(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Runs of digits, and single units of anything else. */
function runs(text: string): readonly string[] {
  return Array.from(text.matchAll(/\d+|\D/g), ([run]) => run);
}

function isNumber(run: string): boolean {
  return /\d/.test(run);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
