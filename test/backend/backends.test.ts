import { describe, expect, test } from "vitest";
import type { AliasConfig, NodeRequest, RuleConfig, StickyKeyConfig } from "../../src/index.ts";
import { compile as jit } from "../../src/route/jit.ts";
import { backEnds, refusal } from "../support/backends.ts";
import { decide, layout } from "../support/oracle.ts";

// Back ends look values up in several ways, by their number and by what tells them apart. Here each way meets each kind of field.

const many = (length: number, of: (index: number) => string): readonly string[] => Array.from({ length }, (_, index) => of(index));

const SETS: Readonly<Record<string, readonly string[]>> = {
  "one value": ["one"],
  "two values": ["one", "two"],
  "two that no unit tells apart": ["ab", "abc"],
  "three values": ["one", "two", "six"],
  "three that no unit tells apart": ["ab", "ba", "aa"],
  "four values": ["alpha", "bravo", "charlie", "delta"],
  "four that no unit tells apart": ["ab", "ba", "aa", "bb"],
  "values of a hash": many(24, (index) => `user-${index}`),
  "values of a hash, of one length": many(24, (index) => `user-${index + 10}`),
  "values that no hash tells apart": many(6, (index) => `${"h".repeat(70)}${String(index).repeat(2)}${"t".repeat(70)}`),
};

/** A field, and the request that has the text there. */
const FIELDS: readonly (readonly [StickyKeyConfig, (text: string) => object])[] = [
  [{ rule_type: "Header", param: "x-a" }, (text) => ({ headers: { "x-a": text } })],
  [{ rule_type: "Cookie", param: "a" }, (text) => ({ headers: { cookie: `b=one; a=${text} ;c=one` } })],
  [{ rule_type: "Query", param: "a" }, (text) => ({ headers: {}, url: `/one?b=one&a=${encodeURIComponent(text)}&c=one` })],
  [{ rule_type: "Attribute", param: "a" }, (text) => ({ headers: {}, attributes: { a: text } })],
  [{ rule_type: "Header", param: ":path" }, (text) => ({ headers: {}, url: `${text}?one` })],
  [{ rule_type: "Header", param: ":method" }, (text) => ({ headers: {}, method: text })],
  [{ rule_type: "Header", param: ":authority" }, (text) => ({ headers: { host: text } })],
];

const other: RuleConfig = { rule_type: "Header", param: "x-other", op: "=", value: "1" };

/** The values, and texts that are nearly one of them. */
const near = (values: readonly string[]): readonly string[] => [
  ...values,
  ...values
    .slice(0, 4)
    .flatMap((value) => [`${value}x`, value.slice(0, -1), `x${value.slice(1)}`, `${value.slice(0, -1)}x`, value.slice(1)]),
  "",
];

describe.each(Object.entries(SETS))("%s", (_, values) => {
  const rule = (field: StickyKeyConfig, some: readonly string[]): RuleConfig => ({ ...field, op: "in", value: some.join(",") });

  test.each(FIELDS)("in %j are found, and no others", (field, requestOf) => {
    const [first = "", ...rest] = values;
    const [half, cut] = [values.slice(0, Math.ceil(values.length / 2)), Math.ceil(values.length / 2)];
    const shapes: readonly AliasConfig["additional_version_strategy"][] = [
      { v2: { rules: [rule(field, values)] } },
      { v2: { combine_type: "and", rules: [rule(field, values), other] } },
      { v2: { combine_type: "or", rules: [other, rule(field, values)] } },
      // Three rules and more that ask for one field are bits; the second never is the first that holds.
      {
        v2: { combine_type: "or", rules: [rule(field, [first, ...half]), other] },
        v3: { combine_type: "and", rules: [other, rule(field, [first])] },
        v4: { combine_type: "or", rules: [rule(field, [...values.slice(cut), "none"])] },
        v5: { combine_type: "and", rules: [rule(field, [...rest, "last"]), { ...other, value: "2" }] },
      },
    ];
    for (const additional_version_strategy of shapes) {
      const config: AliasConfig = { version: "v1", additional_version_strategy: additional_version_strategy! };
      const runs = backEnds.map(({ name, compile }) => [name, compile(config)] as const);
      for (const text of near(values)) {
        for (const more of [{}, { "x-other": "1" }, { "x-other": "2" }]) {
          const request = requestOf(text) as NodeRequest;
          const whole = { ...request, headers: { ...request.headers, ...more } };
          const { version, at } = decide(config, whole);
          for (const [name, run] of runs) expect(run(whole), `${name}: ${text}`).toMatchObject({ version, at });
        }
      }
      for (const [name, run] of runs) expect(run({ headers: {} }), name).toMatchObject({ version: "v1" });
    }
  });
});

describe("many strategies", () => {
  const [first, cookie] = [
    { rule_type: "Header", param: "x-a" },
    { rule_type: "Cookie", param: "a" },
  ] as const;
  const budgets = { versions: 200 };
  const inherited = Object.create({ "x-a": "value-0", cookie: "a=value-1" }) as object;

  test.each([31, 32, 33, 63, 64, 65, 97])("%i of them, each found by its own value, and none by another's", (length) => {
    const config: AliasConfig = {
      name: "many",
      version: "v",
      additional_version_weights: { w: 30 },
      additional_version_strategy: Object.fromEntries(
        Array.from({ length }, (_, index) => {
          const rules = [first, cookie].map((field) => ({ ...field, op: "=", value: `value-${index}` }));
          return [`v${index}`, { combine_type: index % 3 === 0 ? "and" : "or", rules }];
        }),
      ),
      stickiness: { keys: [cookie, first], on_missing: "random" },
    };
    const runs = backEnds.map(({ name, compile }) => [name, compile(config, { budgets, random: () => 0.2 })] as const);
    const requests: NodeRequest[] = [{ headers: {} }, { headers: inherited }, { headers: { "x-a": "none", cookie: "b=value-1" } }];
    for (let index = 0; index < length; index++) {
      const [own, next] = [`value-${index}`, `value-${(index + 1) % length}`];
      requests.push({ headers: { "x-a": own } }, { headers: { cookie: `a=${own}` } }, { headers: { "x-a": own, cookie: `a=${own}` } });
      requests.push({ headers: { "x-a": next, cookie: `a=${own}` } }, { headers: { "x-a": `x${own}`, cookie: `a=x${own}` } });
    }
    for (const request of requests) {
      for (const draw of [undefined, 0.5, Number.NaN]) {
        const expected = decide(config, request, draw, () => 0.2);
        for (const [name, run] of runs) expect(run(request, draw), name).toMatchObject(expected);
      }
    }
  });
});

describe("many arms", () => {
  test.each([1, 2, 3, 4, 63, 64, 65, 100])("%i weights: the slots at both ends of each arm, drawn or by a key", (length) => {
    const config: AliasConfig = {
      name: "many",
      version: "v",
      additional_version_weights: Object.fromEntries(Array.from({ length }, (_, index) => [`w${index}`, (index % 3) / 10 + 0.5])),
    };
    const sticky: AliasConfig = { ...config, stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "random" } };
    const options = { budgets: { versions: 200 } };
    const runs = backEnds.map(({ name, compile }) => ({ name, drawn: compile(config, options), keyed: compile(sticky, options) }));
    let until = 0;
    const ends = layout(config).map(([, slots]) => (until += slots));
    for (const draw of ends.flatMap((end) => [end - 1, end].filter((slot) => slot < 10_000).map((slot) => (slot + 0.5) / 10_000))) {
      const expected = decide(config, { headers: {} }, draw);
      for (const { name, drawn } of runs) expect(drawn({ headers: {} }, draw), `${name}: ${draw}`).toMatchObject(expected);
    }
    for (let user = 0; user < 50; user++) {
      const request = { headers: { "x-user": `user-${user}` } };
      const expected = decide(sticky, request);
      for (const { name, keyed } of runs) expect(keyed(request), `${name}: ${user}`).toMatchObject(expected);
    }
  });
});

/** Aliases of which not every part is needed for every request, so that a part that throws may make no difference. */
const partly: AliasConfig = {
  name: "partly",
  version: "v1",
  additional_version_strategy: {
    v2: {
      combine_type: "and",
      rules: [
        { rule_type: "Cookie", param: "group", op: "in", value: "a,b" },
        { rule_type: "Header", param: "x-throws", op: "=", value: "1" },
      ],
    },
    v3: {
      combine_type: "or",
      rules: [
        { rule_type: "Query", param: "q", op: "=", value: "1" },
        { rule_type: "Header", param: ":path", op: "=", value: "/p" },
        { rule_type: "Attribute", param: "tenant", op: "=", value: "acme" },
      ],
    },
  },
  additional_version_weights: { v4: 40, v2: 20 },
};
const keys: readonly StickyKeyConfig[] = [
  { rule_type: "Cookie", param: "uid" },
  { rule_type: "Query", param: "uid" },
  { rule_type: "Attribute", param: "uid" },
];

describe("a part that throws and is not needed makes no difference", () => {
  const splits: readonly (readonly [string, Partial<AliasConfig>])[] = [
    ["to a random split", {}],
    ["to a sticky split or the primary", { stickiness: { keys, on_missing: "primary" } }],
    ["to a sticky split or a random one", { stickiness: { keys, on_missing: "random", seed: "s" } }],
    ["where nothing is split", { additional_version_weights: null }],
  ];
  const throwing = (cookie: string | readonly string[]): object => ({
    cookie,
    get "x-throws"(): string {
      throw new Error("boom");
    },
  });
  const requests = [
    ...["uid=7", "uid=8", "uid=9", "uid=", "", "group=c; uid=1", "group=a"].map((cookie) => ({ headers: throwing(cookie), url: "/" })),
    { headers: throwing("uid="), url: "/?uid=7", attributes: { uid: "3" } },
    { headers: throwing("uid="), url: "/?uid=", attributes: { uid: "3" } },
    { headers: throwing("uid="), url: "/p?q=2" },
    { headers: throwing("uid="), url: "/?q=1" },
    { headers: throwing("uid="), url: "/", attributes: { tenant: "acme" } },
    { headers: throwing("uid=7") },
    { headers: throwing(["uid=", "uid=7"]), url: 7 as unknown as string },
    { headers: throwing(["group=c", "uid=9"]), url: "/x" },
    { headers: throwing([1] as unknown as string[]), url: "/?uid=7" },
  ];

  describe.each(splits)("%s", (_, changes) => {
    test.each(backEnds)("$name", ({ compile }) => {
      for (const random of [0, 0.39, 0.4, 0.81, 0.99]) {
        const options = { random: () => random };
        const run = compile({ ...partly, ...changes }, options);
        for (const request of requests) {
          for (const draw of [undefined, 0.2, 0.5, 0.9, 1, Number.NaN]) {
            const expected = decide({ ...partly, ...changes }, request, draw, options.random);
            expect(run(request, draw)).toMatchObject(expected);
          }
        }
      }
    });
  });

  test.each(backEnds)("to the other strategies of an `or`, $name", ({ compile }) => {
    const rules: readonly RuleConfig[] = [
      { rule_type: "Cookie", param: "a", op: "=", value: "1" },
      { rule_type: "Header", param: "x-throws", op: "=", value: "1" },
    ];
    const run = compile({ version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules } } });
    expect(run({ headers: throwing("a=1") })).toMatchObject({ version: "v2", reason: "rule" });
    expect(run({ headers: throwing("a=2") })).toMatchObject({ version: "v1", reason: "error" });
  });
});

describe.skipIf(refusal !== undefined)("generated code", () => {
  const rule = (param: string, value: string): RuleConfig => ({ rule_type: "Header", param, op: "=", value });
  const strategies = (...rules: readonly RuleConfig[]): AliasConfig => ({
    version: "v1",
    additional_version_strategy: Object.fromEntries(rules.map((each, index) => [`v${index + 2}`, { rules: [each] }])),
  });
  const dispatches = (config: AliasConfig): boolean => String(jit(config)).includes("held0");

  test("asks in turn up to two rules, or where no field is asked twice; otherwise by bits", () => {
    expect(dispatches(strategies(rule("a", "1"), rule("a", "2")))).toBe(false);
    expect(dispatches(strategies(rule("a", "1"), rule("b", "1"), rule("c", "1")))).toBe(false);
    expect(dispatches(strategies(rule("a", "1"), rule("a", "2"), rule("a", "3")))).toBe(true);
    expect(dispatches(strategies(rule("a", "1"), rule("b", "2"), rule("b", "3")))).toBe(true);
  });

  test("has bits only for what can change them, and numbers of outcomes only where they differ from the bits", () => {
    const three = strategies(rule("a", "1"), rule("a", "2"), rule("b", "3"));
    expect(String(jit(three))).toMatch(/all0 &= keeps\d/);
    expect(String(jit(three))).not.toMatch(/any0 \|=|answers/);
    const either: AliasConfig = {
      version: "v1",
      additional_version_strategy: Object.fromEntries(
        ["v2", "v3", "v4"].map((version) => [version, { combine_type: "or", rules: [rule("a", version), rule("b", version)] }]),
      ),
    };
    expect(String(jit(either))).not.toMatch(/all0 &=|answers/);
    expect(String(jit(either))).toMatch(/any0 \|= adds\d/);
    const shadowed = strategies(rule("a", "1"), rule("a", "1"), rule("a", "2"), rule("a", "3"));
    expect(String(jit(shadowed))).toMatch(/decisions\[answers0\[/);
    expect(jit(shadowed)({ headers: { a: "3" } }).version).toBe("v5");
  });

  test("hashes no key where one arm has everything, and names no draw", () => {
    const config: AliasConfig = {
      name: "a",
      version: "v1",
      additional_version_weights: { v2: 100 },
      stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "random" },
    };
    const text = String(jit(config));
    expect(text).not.toMatch(/slotOfKey|const slot/);
    expect(jit(config)({ headers: { "x-user": "7" } }).version).toBe("v2");
    expect(String(jit({ ...config, additional_version_weights: { v2: 99 } }))).toMatch(/const slot = slotOfKey/);
  });

  test("asks `Math.random` by its name, and another source by another", () => {
    const config: AliasConfig = { version: "v1", additional_version_weights: { v2: 50 } };
    expect(String(jit(config))).toContain("Math.random()");
    expect(String(jit(config, { random: () => 0 }))).not.toContain("Math.random");
  });

  test("compares lengths with one number where all values are as long", () => {
    const text = (values: readonly string[]): string => String(jit(strategies({ ...rule("a", values.join(",")), op: "in" })));
    const long = many(24, (index) => `user-${index + 10}`);
    expect(text(long)).toMatch(/\.length === 7\b/);
    expect(text([...long, "user-1"])).toMatch(/\.length >= 6 && \w+\.length <= 7\b/);
  });

  const together = (combine_type: string, ...rules: readonly RuleConfig[]): AliasConfig => ({
    version: "v1",
    additional_version_strategy: { v2: { combine_type, rules } },
  });
  const parameters = (length: number): readonly RuleConfig[] =>
    many(length, (index) => `q${index}`).map((param) => ({ rule_type: "Query", param, op: "=", value: "1" }));
  const cookies = (length: number): readonly RuleConfig[] =>
    many(length, (index) => `c${index}`).map((param) => ({ rule_type: "Cookie", param, op: "=", value: "1" }));

  test("seeks up to eight parameters of a query in place, and decodes the query for more", () => {
    expect(String(jit(together("and", ...parameters(8))))).not.toContain("queryDecoded");
    expect(String(jit(together("and", ...parameters(9))))).toContain("queryDecoded(");
    expect(String(jit(together("and", ...parameters(1), ...cookies(9))))).not.toContain("queryDecoded");
    const [first] = parameters(1) as [RuleConfig];
    const alike = Object.fromEntries(
      many(9, (index) => `v${index + 2}`).map((version) => [version, { rules: [{ ...first, value: version }] }]),
    );
    expect(String(jit({ version: "v1", additional_version_strategy: alike }))).not.toContain("queryDecoded(");
  });

  test("reads a text where it is needed, and ahead of the rules where more than one looks at it", () => {
    const [one, two] = cookies(2) as [RuleConfig, RuleConfig];
    expect(String(jit(together("and", rule("a", "1"), one)))).toMatch(/=== "1"\) \{\n.*carrier\.cookie/);
    const shared: AliasConfig = {
      version: "v1",
      additional_version_strategy: {
        v2: { combine_type: "and", rules: [rule("a", "1"), one] },
        v3: { combine_type: "and", rules: [rule("b", "1"), two] },
      },
    };
    expect(String(jit(shared)).match(/carrier\.cookie/g)).toHaveLength(1);
    expect(String(jit(shared))).toMatch(/carrier\.cookie[^]*=== "1"\) \{/);
  });

  test("compares a draw with the ends of up to 65 arms, and looks it up in a table for more", () => {
    const arms = (length: number): AliasConfig => ({
      version: "v1",
      additional_version_weights: Object.fromEntries(many(length - 1, (index) => `w${index}`).map((version) => [version, 1])),
    });
    expect(String(jit(arms(65), { budgets: { versions: 65 } }))).not.toContain("arms0[");
    expect(String(jit(arms(66), { budgets: { versions: 65 } }))).toContain("arms0[");
  });

  test("compares a few values in turn, tells more apart by one unit, and hashes those that no unit tells apart", () => {
    const text = (values: string): string => String(jit(strategies({ ...rule("a", values), op: "in" })));
    expect(text("ab")).toContain(' && text0 === "ab" && ');
    expect(text("ab,abc")).toContain('(text0 === "ab" || text0 === "abc")');
    expect(text("ab,ba,aa")).toContain('(text0 === "ab" || text0 === "ba" || text0 === "aa")');
    expect(text("one,two,six,ten")).toMatch(/charCodeAt\(\d\) & \d+\]/);
    expect(text("ab,ba,aa,bb")).toContain("Math.imul(");
    expect(text("ab,ba,aa,bb")).not.toContain('=== "ab"');
  });
});
