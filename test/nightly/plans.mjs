/**
 * Plans from elsewhere: sound ones with parts that are damaged, exchanged, doubled, left out, or made getters that answer otherwise each time.
 * What is accepted must be a fresh, frozen plan, of which each part was read once, and every back end must decide by it the same, with a version that
 * it names. What is refused must be refused with diagnostics.
 *
 *     npm run build && node test/nightly/plans.mjs [--runs 100000] [--seed S] [--dist DIR]
 *
 * It was seen to fail where the outcomes of a plan that was read were not frozen.
 */
import { pick, randomOf, runFuzzer } from "./fuzz.mjs";

const CONFIGS = [
  { version: "v1" },
  { version: "v1", additional_version_weights: { v2: 10, v3: 5 } },
  {
    name: "checkout",
    version: "v1",
    additional_version_weights: { v2: 10 },
    additional_version_strategy: {
      v3: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] },
      v4: {
        combine_type: "or",
        rules: [
          { rule_type: "Header", param: "x-a", op: "in", value: "1,2,3" },
          { rule_type: "Query", param: "q", op: "=", value: "" },
        ],
      },
    },
    stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" },
  },
];

const REQUESTS = [
  { headers: {} },
  { headers: { cookie: "beta=on" }, url: "/?q" },
  { headers: { "x-a": "2", "x-user": "7" }, url: "/x?q=1", method: "GET", attributes: { a: "1" } },
];

const HOSTILE = "0]; globalThis.stolen = true; decisions[0";
const WORDS = [
  "v1",
  "v9",
  "all",
  "any",
  "arms",
  "fixed",
  "header",
  "cookie",
  "query",
  "path",
  "random",
  "split",
  "error",
  "",
  "__proto__",
  HOSTILE,
];
const VALUES = [
  ...WORDS,
  -1,
  0,
  1,
  2,
  3,
  99,
  0.5,
  10_000,
  10_001,
  Number.NaN,
  Infinity,
  -0,
  true,
  null,
  undefined,
  [],
  {},
  [[]],
  () => 0,
  1n,
  Symbol("x"),
  new Date(0),
];

/** Every object and list within a value, each once. No getter is asked. */
function partsOf(value, found = new Set()) {
  if (typeof value !== "object" || value === null || found.has(value)) return [...found];
  found.add(value);
  for (const { value: part } of Object.values(Object.getOwnPropertyDescriptors(value))) partsOf(part, found);
  return [...found];
}

/** A value in a message, of which no getter is asked. */
function describe(value) {
  if (typeof value !== "object" || value === null) return String(value);
  return hasAccessor(value) ? "a part with a getter" : JSON.stringify(value).slice(0, 60);
}

function isDeepFrozen(value) {
  return partsOf(value).every((part) => Object.isFrozen(part));
}

/** Whether any part is a getter. */
function hasAccessor(value) {
  return partsOf(value).some((part) => Object.values(Object.getOwnPropertyDescriptors(part)).some(({ get }) => get !== undefined));
}

/** A part to be doubled or moved. Getters are not copied, and to share them would be to ask them twice. */
function copied(value) {
  if (hasAccessor(value)) return null;
  if (Array.isArray(value)) return value.map(copied);
  const isPlain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part)])) : value;
}

/** Damages so many plans, and throws at the first that is taken wrongly. Returns how many were accepted, refused, and had getters. */
export async function fuzz({ plan, compile, jit, emitModule, ConfigError }, { seed, runs }) {
  const random = randomOf(seed);
  const found = { accepted: 0, refused: 0, accessors: 0 };
  for (let run = 0; run < runs; run++) {
    // Parts that the plan shares are apart in the copy.
    const copy = JSON.parse(JSON.stringify(plan(pick(random, CONFIGS))));
    let log = "";
    /** How often each getter was asked. */
    const asked = [];
    for (let times = 1 + Math.floor(random() * 2); times > 0; times--) {
      const parts = partsOf(copy);
      const part = pick(random, parts);
      const keys = Object.keys(part);
      const key = keys.length === 0 || random() < 0.05 ? pick(random, ["own", "__proto__", "0"]) : pick(random, keys);
      const other = random() < 0.4 ? pick(random, parts) : pick(random, VALUES);
      const kind = Math.floor(random() * 5);
      log += ` ${kind}:${String(key)}=${describe(other)}`;
      const { value: before, get: asksAlready } = Object.getOwnPropertyDescriptor(part, key) ?? {};
      if (asksAlready !== undefined) continue;
      if (kind === 0 && !Array.isArray(part)) delete part[key];
      else if (kind === 1 && Array.isArray(part) && part.length > 0) part.push(copied(Object.getOwnPropertyDescriptor(part, 0).value));
      // The key by which a plan is told from a config is asked before it is read.
      else if (kind <= 3 && !(part === copy && key === "kind")) {
        const count = asked.push(0) - 1;
        const get = () => (asked[count]++ === 0 ? before : kind === 2 ? HOSTILE : other);
        Object.defineProperty(part, key, { get, enumerable: true, configurable: true });
      } else
        Object.defineProperty(part, key, {
          value: copied(other),
          enumerable: true,
          configurable: true,
          writable: true,
        });
    }
    const say = (fault) => new Error(`${fault}, run ${run} of the seed ${seed}, after${log}`);
    const accessors = asked.length > 0;
    if (accessors) found.accessors++;
    let route;
    try {
      route = compile(copy, { random: () => 0.5 });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw Object.assign(say("thrown"), { cause: error });
      if (error.diagnostics.length === 0) throw say("refused without a diagnostic");
      found.refused++;
      continue;
    }
    found.accepted++;
    if (asked.some((count) => count > 1)) throw say("read twice");
    if (route.plan === copy || !isDeepFrozen(route.plan) || hasAccessor(route.plan)) throw say("not a fresh and frozen plan");
    const text = emitModule(route.plan);
    const emitted = new Function(`"use strict";\n${text.replace(/^export default .*$/m, "return route;").replaceAll(/^export /gm, "")}`)();
    const coded = jit(route.plan, { random: () => 0.5 });
    for (const request of REQUESTS) {
      for (const draw of [0, 0.5, 0.99995]) {
        const decision = route(request, draw);
        if (!route.plan.versions.includes(decision.version)) throw say(`the version ${decision.version}`);
        for (const other of [coded(request, draw), emitted(request, draw)])
          if (JSON.stringify(other) !== JSON.stringify(decision)) throw say(`${JSON.stringify(decision)} and ${JSON.stringify(other)}`);
      }
    }
    if (globalThis.stolen !== undefined) throw say("foreign code was run");
  }
  return found;
}

await runFuzzer(
  import.meta.url,
  { runs: 100_000, what: "plans", entries: ["index.js", "route/jit.js", "route/emit.js"] },
  (library, jit, emit) => (options) => fuzz({ ...library, jit: jit.compile, emitModule: emit.emitModule }, options),
);
