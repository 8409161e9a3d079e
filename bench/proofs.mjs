// What proofs and mutants cost at the budgets: each operation on each of the worst configs, in a process of its own, with its peak memory.

import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { distURL, machine } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    operations: { type: "string", default: "" },
    seconds: { type: "string", default: "120" },
    child: { type: "string" },
    dist: { type: "string" },
  },
});
const dist = distURL(options.dist);

const range = (count, each) => Array.from({ length: count }, (_, index) => each(index));
const rule = (rule_type, param, ...values) => ({ rule_type, param, op: values.length === 1 ? "=" : "in", value: values.join(",") });
const one = (combine_type, rules) => ({ name: "a", version: "v1", additional_version_strategy: { v2: { combine_type, rules } } });
const strategies = (count, combine_type, rulesOf) => ({
  name: "a",
  version: "v1",
  additional_version_weights: { w1: 10 },
  additional_version_strategy: Object.fromEntries(range(count, (index) => [`w${index}`, { combine_type, rules: rulesOf(index) }])),
});

/** Configs within the budgets, each the worst of its kind for something. */
const configs = {
  "`or` of 10,000 lists of ten, one header": () =>
    one(
      "or",
      range(10_000, (index) => rule("Header", "h", ...range(10, (item) => `a${index}x${item}`))),
    ),
  "`or` of 10,000 lists of ten, 10,000 headers": () =>
    one(
      "or",
      range(10_000, (index) => rule("Header", `h${index}`, ...range(10, (item) => `a${index}x${item}`))),
    ),
  "`or` of 10,000 lists of ten that meet": () =>
    one(
      "or",
      range(10_000, (index) => rule("Header", "h", ...range(10, (item) => `a${(index * 10 + item * 7919) % 50_000}`))),
    ),
  "`or` of 10,000 headers": () =>
    one(
      "or",
      range(10_000, (index) => rule("Header", `h${index}`, "x")),
    ),
  "`or` of 10,000 cookies": () =>
    one(
      "or",
      range(10_000, (index) => rule("Cookie", `c${index}`, "x")),
    ),
  "`and` of 10,000 headers": () =>
    one(
      "and",
      range(10_000, (index) => rule("Header", `h${index}`, "x")),
    ),
  "`and` of 10,000 lists of one header": () =>
    one(
      "and",
      range(10_000, (index) => rule("Header", "h", "same", `b${index}`)),
    ),
  "the same rule 10,000 times": () =>
    one(
      "or",
      range(10_000, () => rule("Header", "h", "x")),
    ),
  "100,000 items in a list": () => one("or", [rule("Header", "id", ...range(100_000, (index) => `u${index}`))]),
  "64 of 156 headers, `or`": () => strategies(64, "or", (index) => range(156, (each) => rule("Header", `h${index}x${each}`, "x"))),
  "64 of 156 headers, `and`": () => strategies(64, "and", (index) => range(156, (each) => rule("Header", `h${index}x${each}`, "x"))),
  "64 of 156 of 20 headers, `and` of lists": () =>
    strategies(64, "and", (index) =>
      range(156, (each) => rule("Header", `h${each % 20}`, "same", ...range(9, (item) => `a${(index * 31 + each * 17 + item) % 97}`))),
    ),
  "64 of 16 of 40 headers, `and`": () =>
    strategies(64, "and", (index) =>
      range(16, (each) => rule("Header", `h${(index * 7 + each * 3) % 40}`, ...range(3, (item) => `a${(index + item) % 5}`))),
    ),
  "10,000 sticky keys": () => ({
    name: "a",
    version: "v1",
    additional_version_weights: { v2: 10 },
    stickiness: { keys: range(10_000, (index) => ({ rule_type: "Header", param: `k${index}` })), on_missing: "primary" },
  }),
};

/** The same with another value in its last rule, or another weight. */
function changed(config) {
  const next = structuredClone(config);
  const last = Object.values(next.additional_version_strategy ?? {}).at(-1);
  if (last === undefined) next.additional_version_weights.v2 = 11;
  else last.rules.at(-1).value += "y";
  return next;
}

const operations = {
  compile: ({ compile }, config) => compile(config),
  analyze: ({ analyze }, config) => analyze(config).length,
  equivalent: ({ equivalent }, config) => equivalent(config, changed(config)).kind,
  movement: ({ movement }, config) => movement(config, changed(config)).shifts.length,
  suggest: ({ suggestCases }, config) => suggestCases(config).cases.length,
  "200 laws": ({ verify }, config) => {
    const rules = Object.entries(config.additional_version_strategy ?? {}).flatMap(([version, strategy]) =>
      strategy.rules.map((each) => [version, each]),
    );
    const when = ({ param, value }) => ({ headers: { [param]: value.split(",")[0] } });
    const laws = range(200, (index) => {
      const [version, each] = rules[(index * 7919) % rules.length] ?? [config.version, { param: "x", value: "x" }];
      const kinds = [
        { always: { when: when(each), version } },
        { never: { when: when(each), version: "v1" } },
        { at_most: { version, share: 10, unless: when(each) } },
        { keeps: { key: "header x-user-id", when: when(each) } },
      ];
      return kinds[index % 4];
    });
    const counts = {};
    for (const { result } of verify(config, { laws }).laws) counts[result.kind] = (counts[result.kind] ?? 0) + 1;
    return Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ");
  },
  "mutate, one case": ({ mutate }, config) =>
    kinds(mutate(config, { cases: [{ draw: 0.5, request: {}, expect: { reason: "split" } }, { expect: { version: "v1" } }] })),
  "mutate, its own suite": ({ mutate, suggestCases }, config, start) => {
    const suite = suggestCases(config);
    start();
    return kinds(mutate(config, suite));
  },
};

function kinds({ outcomes }) {
  const counts = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

if (options.child !== undefined) {
  const [name, operation] = JSON.parse(options.child);
  const entries = { ...(await import(new URL("index.js", dist))), ...(await import(new URL("testing/index.js", dist))) };
  const config = configs[name]();
  // Of the processor: other programs may run beside this one.
  const now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let began = now();
  const result = operations[operation](entries, config, () => (began = now()));
  const took = now() - began;
  console.log(
    JSON.stringify({ took, memory: process.resourceUsage().maxRSS / 1024, result: typeof result === "function" ? "" : String(result) }),
  );
} else {
  const { cpu, cores, node, platform } = machine();
  console.log(`${cpu}, ${cores} cores, node ${node}, ${platform}\n`);
  console.log("| config | operation | CPU s | MB | result |\n| --- | --- | ---: | ---: | --- |");
  for (const name of Object.keys(configs).filter((each) => each.includes(options.only)))
    for (const operation of Object.keys(operations).filter(
      (each) => options.operations === "" || options.operations.split(",").some((wanted) => each.startsWith(wanted)),
    )) {
      const child = [...process.execArgv, import.meta.filename ?? process.argv[1], "--child", JSON.stringify([name, operation])];
      if (options.dist !== undefined) child.push("--dist", options.dist);
      let cells;
      try {
        const { took, memory, result } = JSON.parse(
          execFileSync(process.execPath, child, {
            encoding: "utf8",
            timeout: Number(options.seconds) * 1000,
            stdio: ["ignore", "pipe", "pipe"],
          }),
        );
        cells = [(took / 1000).toFixed(2), memory.toFixed(0), result];
      } catch (error) {
        cells = [
          "–",
          "–",
          error.code === "ETIMEDOUT"
            ? `more than ${options.seconds} s`
            : (String(error.stderr)
                .split("\n")
                .find((line) => /Error/.test(line)) ?? "failed"),
        ];
      }
      console.log(`| ${[name, operation, ...cells].join(" | ")} |`);
    }
}
