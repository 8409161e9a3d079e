import type { Alias, RuleType } from "../../index.ts";

/** Values of one field that a model has; more would say no more. */
const MOST_VALUES = 8;

/** Percent of the requests, or users, that have one of the values that rules ask for. */
const ASKED = 20;

/** What a request has in a field that no request is without. */
const ALWAYS: ReadonlyMap<string, string> = new Map([
  [":path", "/"],
  [":method", "GET"],
  [":authority", "shop.example"],
]);

/**
 * A model of the users of an alias, to begin with: the sticky keys are their ids, and a fifth of them have the values that rules ask
 * for. It is a guess, which is why it is shown and can be changed.
 */
export function modelOf({ strategies, stickiness }: Alias): object {
  const nameOf = (type: RuleType, param: string): string => `${type} ${param}`;
  const [identity, session] = (stickiness?.keys ?? []).map(({ type, param }) => ({ rule_type: type, param }));
  const ids = new Set([identity, session].flatMap((key) => (key === undefined ? [] : [nameOf(key.rule_type, key.param)])));
  const fields = new Map<string, { readonly rule_type: RuleType; readonly param: string; readonly values: Set<string> }>();
  for (const { rules } of strategies) {
    for (const { type, param, values } of rules) {
      const name = nameOf(type, param);
      if (ids.has(name)) continue;
      const field = fields.get(name) ?? { rule_type: type, param, values: new Set<string>() };
      fields.set(name, field);
      for (const value of values) if (field.values.size < MOST_VALUES) field.values.add(value);
    }
  }
  return {
    users: 20_000,
    sessions: { mean: 2 },
    requests: { mean: 3 },
    ...(identity !== undefined && { identity }),
    ...(session !== undefined && { session }),
    traits: [...fields.values()].map(({ rule_type, param, values }) => {
      const each = Math.floor((ASKED * 100) / values.size) / 100;
      const rest = Math.round((100 - each * values.size) * 100) / 100;
      const shares = Object.fromEntries([...values].map((value) => [value, each]));
      const always = rule_type === "Header" ? ALWAYS.get(param) : undefined;
      if (always === undefined) return { field: { rule_type, param }, values: shares, absent: rest };
      return {
        field: { rule_type, param },
        per: "request",
        values: { ...shares, [always]: Math.round(((shares[always] ?? 0) + rest) * 100) / 100 },
      };
    }),
  };
}
