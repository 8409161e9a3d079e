import * as fc from "fast-check";
import { describe, expect } from "vitest";
import type { AliasConfig, RuleConfig } from "../../src/index.ts";
import { requests, rules } from "../support/arbitrary.ts";
import type { Compile } from "../support/backends.ts";
import { missesTheLastRule, readsTheFirstItemOnly, readsTwoRulesAtMost, takesAndForOr, takesOrForAnd } from "../support/faults.ts";
import { everywhere } from "../support/law.ts";

type Combine = "and" | "or";

/** Whether these rules hold for the request, as the alias of one strategy shows it. */
function hold(compile: Compile, combine_type: Combine, conditions: readonly RuleConfig[], request: object): boolean {
  const config: AliasConfig = { version: "v1", additional_version_strategy: { v2: { combine_type, rules: conditions } } };
  const { version } = compile(config)(request);
  expect(["v1", "v2"]).toContain(version);
  return version === "v2";
}

const combines = fc.constantFrom<Combine>("and", "or");
const several = fc.array(rules, { minLength: 2, maxLength: 4 });

describe("rules", () => {
  everywhere(
    "the order of rules means nothing",
    fc.record({ combine: combines, conditions: several, request: requests }),
    { catches: missesTheLastRule },
    (compile, { combine, conditions, request }) => {
      expect(hold(compile, combine, conditions.toReversed(), request)).toBe(hold(compile, combine, conditions, request));
    },
  );

  everywhere(
    "a rule that stands twice counts once",
    fc.record({ combine: combines, conditions: several, request: requests, again: fc.nat() }),
    { catches: readsTwoRulesAtMost },
    (compile, { combine, conditions, request, again }) => {
      const repeated = [conditions[again % conditions.length] as RuleConfig, ...conditions];
      expect(hold(compile, combine, repeated, request)).toBe(hold(compile, combine, conditions, request));
    },
  );

  everywhere(
    "`and` holds where every rule alone does, `or` where one does",
    fc.record({ combine: combines, conditions: several, request: requests }),
    { catches: takesOrForAnd },
    (compile, { combine, conditions, request }) => {
      const alone = conditions.map((rule) => hold(compile, "and", [rule], request));
      expect(hold(compile, combine, conditions, request)).toBe(combine === "and" ? alone.every(Boolean) : alone.some(Boolean));
    },
  );

  everywhere(
    "`or` of one rule is `and` of it",
    fc.record({ rule: rules, request: requests }),
    { catches: { name: "takes `or` for never", breaks: withoutOr } },
    (compile, { rule, request }) => {
      expect(hold(compile, "or", [rule], request)).toBe(hold(compile, "and", [rule], request));
    },
  );

  everywhere(
    "one more rule narrows `and` and widens `or`",
    fc.record({ combine: combines, conditions: fc.array(rules, { minLength: 1, maxLength: 3 }), rule: rules, request: requests }),
    { catches: takesAndForOr },
    (compile, { combine, conditions, rule, request }) => {
      const before = hold(compile, combine, conditions, request);
      const after = hold(compile, combine, [...conditions, rule], request);
      if (combine === "and" && !before) expect(after).toBe(false);
      if (combine === "or" && before) expect(after).toBe(true);
    },
  );

  everywhere(
    "`in` is `or` of its items with `=`",
    fc.record({ rule: rules.filter(({ op }) => op === "in"), request: requests }),
    { catches: readsTheFirstItemOnly },
    (compile, { rule, request }) => {
      const items = rule.value.split(",").map((item) => item.replace(/^[ \t]+|[ \t]+$/g, ""));
      const equals = items.filter((item) => item !== "").map((value): RuleConfig => ({ ...rule, op: "=", value }));
      expect(hold(compile, "and", [rule], request)).toBe(hold(compile, "or", equals, request));
    },
  );

  everywhere(
    "a strategy that does not hold alone does not hold among others, and the first that does wins",
    fc.record({ first: several, second: several, combine: combines, request: requests }),
    { catches: missesTheLastRule },
    (compile, { first, second, combine, request }) => {
      const additional_version_strategy = { v2: { combine_type: combine, rules: first }, v3: { combine_type: combine, rules: second } };
      const alone = [first, second].map((conditions) => conditions.map((rule) => hold(compile, "and", [rule], request)));
      const holding = alone.map((each) => (combine === "and" ? each.every(Boolean) : each.some(Boolean)));
      const expected = holding[0] ? "v2" : holding[1] ? "v3" : "v1";
      expect(compile({ version: "v1", additional_version_strategy })(request).version).toBe(expected);
    },
  );
});

function withoutOr(compile: Compile): Compile {
  return (config, options) => {
    const [strategy] = Object.values((config as AliasConfig).additional_version_strategy ?? {});
    return compile(strategy?.combine_type === "or" ? { version: "v1" } : config, options);
  };
}
