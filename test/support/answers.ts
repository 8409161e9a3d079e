import type * as Main from "../../src/index.ts";
import type * as Emit from "../../src/route/emit.ts";
import type * as Jit from "../../src/route/jit.ts";
import type * as Simulate from "../../src/simulate/index.ts";
import type * as Testing from "../../src/testing/index.ts";

/** The entries of the package that run without node, however they were loaded. */
export interface Library {
  readonly main: typeof Main;
  readonly jit: typeof Jit;
  readonly emit: typeof Emit;
  readonly simulate: typeof Simulate;
  readonly testing: typeof Testing;
}

/** What the library answers to some of everything it does, as JSON: the same wherever it runs. */
export async function answersOf({ main, jit, emit, simulate, testing }: Library): Promise<string> {
  const config = {
    name: "shop",
    version: "v1",
    additional_version_weights: { v2: 10, v3: 5 },
    additional_version_strategy: {
      v3: {
        combine_type: "or",
        rules: [
          { rule_type: "Header", param: "X-Staff", op: "=", value: "yes" },
          { rule_type: "Cookie", param: "beta", op: "in", value: "on,1" },
          { rule_type: "Query", param: "version", op: "=", value: "é" },
        ],
      },
    },
    stickiness: { keys: [{ rule_type: "Header", param: "X-User-Id" }], on_missing: "primary" },
  } as const;
  const next = { ...config, additional_version_weights: { v2: 20, v3: 5 } };
  const requests = Array.from({ length: 200 }, (_, number) =>
    main.toRequest({
      headers: number % 3 === 0 ? {} : { "X-User-Id": `ü-${number}`, ...(number % 7 === 0 && { "X-Staff": "yes" }) },
      cookies: number % 11 === 0 ? { beta: "on" } : {},
      query: number % 13 === 0 ? { version: "é" } : {},
    }),
  );
  const fetched = new Request("https://shop.example/cart?version=%C3%A9", { headers: { "X-User-Id": "ada" } });
  const explained = main.explain(config, requests[1] as Main.NodeRequest);
  const cases = testing.suggestCases(config);
  const people = simulate.population({
    users: 300,
    sessions: { mean: 2 },
    requests: { 1: 50, 3: 50 },
    identity: { rule_type: "Header", param: "X-User-Id" },
    traits: [{ field: { rule_type: "Cookie", param: "beta" }, values: { on: 20 }, absent: 80 }],
  });
  const simulation = await simulate.simulate(config, simulate.populationTraffic(people, 1_000), { seed: "browser" });
  return JSON.stringify({
    closures: requests.map((request) => main.compile(config)(request)),
    generated: requests.map((request) => jit.compile(config)(request)),
    fetched: main.compile(config, { reader: main.fetchReader })(fetched),
    explained,
    told: main.formatExplanation(explained),
    module: emit.emitModule(config),
    complaints: main.parseText('{ "version": "v1", "additional_version_weights": { "v2": "5" } }').diagnostics.map(main.format),
    claims: main.analyze(config),
    equivalent: main.equivalent(config, next),
    movement: main.movement(config, next),
    cases,
    verified: testing.verify(config, cases),
    score: testing.mutate(config, cases).score,
    simulation,
    report: simulate.reportHTML(simulate.reportDataOf({ title: "A shop", simulation })),
  });
}
