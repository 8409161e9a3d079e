import type { AliasConfig, RuleConfig, StrategyConfig } from "../../src/alias/config.ts";
import type { Fault } from "./law.ts";

// Each fault is a mistake that a back end could well make; the laws name those that they catch.

/** A fault that reads another alias than the one it is given. */
function misreads(name: string, change: (config: AliasConfig) => AliasConfig): Fault {
  return { name, breaks: (compile) => (config, options) => compile(change(config as AliasConfig), options) };
}

/** A fault that reads other strategies. */
function misreadsStrategies(name: string, change: (strategy: StrategyConfig) => StrategyConfig): Fault {
  return misreads(name, (config) => ({
    ...config,
    ...(config.additional_version_strategy && {
      additional_version_strategy: Object.fromEntries(
        Object.entries(config.additional_version_strategy).map(([version, strategy]) => [version, change(strategy)]),
      ),
    }),
  }));
}

/** A fault that asks for something else than what it is asked. */
function misasks(name: string, change: (request: unknown, draw: unknown) => readonly [request: unknown, draw?: unknown]): Fault {
  return {
    name,
    breaks: (compile) => (config, options) => {
      const run = compile(config, options);
      return (request, draw) => run(...change(request, draw));
    },
  };
}

type Loose = { readonly headers?: { readonly [name: string]: unknown }; readonly url?: string };

const sharesOf = (config: unknown): readonly number[] => Object.values((config as AliasConfig).additional_version_weights ?? {});

export const missesTheLastRule: Fault = misreadsStrategies("misses the last rule", ({ rules, ...rest }) => ({
  ...rest,
  rules: rules.slice(0, Math.max(1, rules.length - 1)),
}));

export const readsTwoRulesAtMost: Fault = misreadsStrategies("reads two rules at most", ({ rules, ...rest }) => ({
  ...rest,
  rules: rules.slice(0, 2),
}));

export const takesOrForAnd: Fault = misreadsStrategies("takes `or` for `and`", (strategy) => ({ ...strategy, combine_type: "and" }));

export const takesAndForOr: Fault = misreadsStrategies("takes `and` for `or`", (strategy) => ({ ...strategy, combine_type: "or" }));

export const readsTheFirstItemOnly: Fault = misreadsStrategies("reads the first item of a list only", ({ rules, ...rest }) => ({
  ...rest,
  rules: rules.map((rule): RuleConfig =>
    rule.op === "in" ? { ...rule, value: rule.value.split(",").find((item) => item.trim() !== "") ?? "" } : rule,
  ),
}));

export const trustsTheOrderOfKeys: Fault = misreads("trusts the order of keys", (config) => ({
  ...config,
  additional_version_order: [
    ...new Set([
      ...(config.additional_version_order ?? []),
      ...Object.keys(config.additional_version_strategy ?? {}),
      ...Object.keys(config.additional_version_weights ?? {}),
    ]),
  ],
}));

export const ranksByCodeUnit: Fault = misreads("ranks by code unit", (config) => ({
  ...config,
  additional_version_order: [
    ...new Set([
      ...(config.additional_version_order ?? []),
      ...[...Object.keys(config.additional_version_strategy ?? {}), ...Object.keys(config.additional_version_weights ?? {})].toSorted(),
    ]),
  ],
}));

export const servesWeightZero: Fault = misreads("serves a weight of 0", (config) => ({
  ...config,
  ...(config.additional_version_weights && {
    additional_version_weights: Object.fromEntries(
      Object.entries(config.additional_version_weights).map(([version, percent]) => [
        version,
        percent === 0 && sharesOf(config).every((each) => each < 100) ? 0.01 : percent,
      ]),
    ),
  }),
}));

export const seedsWithTheWeights: Fault = misreads("seeds with the weights", (config) => ({
  ...config,
  ...(config.stickiness && {
    stickiness: { ...config.stickiness, seed: `${config.stickiness.seed ?? config.name}${sharesOf(config).join()}` },
  }),
}));

export const seedsWithThePrimary: Fault = misreads("seeds with the primary", (config) => ({
  ...config,
  ...(config.stickiness && { stickiness: { ...config.stickiness, seed: `${config.stickiness.seed ?? config.name}${config.version}` } }),
}));

/** Takes the second rank from its end of the slots, by giving it to a version that has no weight. */
export const stacksEveryWeight: Fault = misreads("stacks every weight on the one before it", (config) => {
  const order = config.additional_version_order ?? [];
  const [first] = [...order, ...Object.keys(config.additional_version_weights ?? {}).toSorted()];
  return { ...config, ...(first !== undefined && { additional_version_order: [...new Set([first, "none", ...order])] }) };
});

/** A split that starts over with every change of a weight. */
export const reshuffles: Fault = {
  name: "reshuffles where a weight changes",
  breaks: (compile) => (config, options) => {
    const run = compile(config, options);
    const turn = (sharesOf(config).reduce((sum, percent) => sum + percent, 0) * 0.618) % 1;
    return (request, draw) => run(request, typeof draw === "number" ? (draw + turn) % 1 : draw);
  },
};

export const forgetsTheSeed: Fault = misreads("forgets the seed", (config) => ({
  ...config,
  ...(config.stickiness && { stickiness: { ...config.stickiness, seed: "" } }),
}));

export const forgetsStickiness: Fault = misreads("forgets stickiness", (config) => ({ ...config, stickiness: null }));

export const forgetsTheOrder: Fault = misreads("forgets the order", (config) => ({ ...config, additional_version_order: null }));

export const closesArmsAbove: Fault = misasks("gives the bound of two arms to the first", (request, draw) => [
  request,
  typeof draw === "number" ? Math.max(0, draw - 2 ** -32) : draw,
]);

export const losesTheDraw: Fault = misasks("loses the draw", (request) => [request]);

export const readsTheFirstValueOnly: Fault = misasks("reads the first value of a repeated field only", (request, draw) => {
  const { headers } = request as Loose;
  const first = Object.entries(headers ?? {}).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return [{ ...(request as Loose), headers: Object.fromEntries(first) }, draw];
});

export const readsTheFirstCookieOnly: Fault = misasks("reads the first cookie only", (request, draw) => {
  const { headers } = request as Loose;
  const line = headers?.["cookie"];
  if (typeof line !== "string") return [request, draw];
  return [{ ...(request as Loose), headers: { ...headers, cookie: line.split(";")[0] } }, draw];
});

export const readsWhatItIsNotAskedFor: Fault = misasks("reads what no rule asks for", (request, draw) => {
  const { headers = {} } = request as Loose;
  return Object.keys(headers).some((name) => name.startsWith("x-unrelated"))
    ? [{ ...(request as Loose), headers: {} }, draw]
    : [request, draw];
});

export const writesOnTheRequest: Fault = misasks("writes on the request", (request, draw) => {
  (request as { seen?: boolean }).seen = true;
  return [request, draw];
});

export const throwsWhereHeadersAreNot: Fault = misasks("throws where there are no headers", (request, draw) => {
  Object.keys((request as { headers: object }).headers);
  return [request, draw];
});

/** Every third answer is that of a request without anything. */
export const answersFromMemory: Fault = {
  name: "answers from memory",
  breaks: (compile) => {
    let calls = 0;
    return (config, options) => {
      const run = compile(config, options);
      return (request, draw) => (calls++ % 3 === 2 ? run({ headers: {} }, draw) : run(request, draw));
    };
  },
};

export const drawsAhead: Fault = {
  name: "draws ahead",
  breaks: (compile) => (config, options) => {
    const run = compile(config, options);
    return (request, draw) => {
      options?.random?.();
      return run(request, draw);
    };
  },
};

export const stumblesOverConstructor: Fault = {
  name: "stumbles over `constructor`",
  breaks: (compile) => (config, options) => {
    const run = compile(config, options);
    return (request, draw) => {
      const decision = run(request, draw);
      return decision.version === "constructor" ? { ...decision, version: (config as AliasConfig).version } : decision;
    };
  },
};

/** Where a part of the request throws, it is taken to be `1`. */
export const readsWhatThrows: Fault = misasks("takes what throws to be `1`", (request, draw) => [tamed(request), draw]);

function tamed(part: unknown): unknown {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  const properties = Object.entries(Object.getOwnPropertyDescriptors(part)).map(
    ([name, { get, value }]) => [name, get === undefined ? tamed(value) : "1"] as const,
  );
  return Object.fromEntries(properties);
}
