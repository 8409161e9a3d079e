// Who is measured. A contender makes a decision function of a workload's alias: `prepare(workload)` gives one that takes
// a request and perhaps a draw, and returns a version, or a decision that carries it.

import { data, least, obliged, owned } from "./obliged.mjs";

const library = (from, name) => async (dist) => {
  const { [name]: compile } = await import(new URL(from, dist).href);
  return ({ config }) => compile(config);
};

/** Whether a contender gives a version, or an object with it: the benchmark's loop reads `version` in the second case. */
const CONTENDERS = {
  hand: { gives: "version", load: () => (workload) => workload.hand },
  interpreter: {
    gives: "decision",
    load: async (dist) => {
      const { explain, plan } = await import(new URL("index.js", dist).href);
      return ({ config }) => {
        const compiled = plan(config);
        return (request, draw) => explain(compiled, request, draw).decision;
      };
    },
  },
  closures: { gives: "decision", load: library("index.js", "compile") },
  jit: { gives: "decision", load: library("route/jit.js", "compile") },
  // For W7: all aliases in one program.
  flat: {
    gives: "decision",
    load: async (dist) => {
      const { compileAll } = await import(new URL("index.js", dist).href);
      return {
        one: ({ config }) => compileAll({ alias: config }).get("alias"),
        all: (aliases) => compileAll(aliases.map(({ key, config }) => [key, config])),
      };
    },
  },
  // For W7: the table of a gateway, which counts what it decides and compiles what is met often.
  table: {
    gives: "decision",
    load: async (dist) => {
      const { AliasTable } = await import(new URL("gateway/index.js", dist).href);
      return {
        all: (aliases) => {
          const table = new AliasTable();
          table.apply({ revision: 1, aliases: Object.fromEntries(aliases.map(({ key, config }) => [key, config])) });
          return { decide: (key, request, draw) => table.route(key, request, draw) };
        },
      };
    },
  },
  module: {
    gives: "decision",
    load: async (dist) => {
      const { emitModule } = await import(new URL("route/emit.js", dist).href);
      return async ({ config }) => {
        const { route } = await import(`data:text/javascript,${encodeURIComponent(emitModule(config))}`);
        return route;
      };
    },
  },
  // For `limits.mjs`: what a route owes, and the least of it. `least` and `owned` decide nothing, so nothing is compared.
  obliged: { gives: "decision", load: () => obliged },
  data: { gives: "decision", load: () => data },
  least: { gives: "decision", agrees: () => "nothing", load: () => least },
  owned: { gives: "decision", agrees: () => "nothing", load: () => owned },
  // For W7: the alias is found, and nothing is decided.
  find: {
    gives: "decision",
    finds: true,
    load:
      () =>
      ({ key }) => ({ version: key }),
  },
};

/** The columns of the main table; `module` can be asked for. */
export const OWN = ["hand", "interpreter", "closures", "jit"];

/** The other libraries, each a file in `peers`. */
export const PEERS = [
  "json-logic-engine",
  "find-my-way",
  "flagd-core",
  "growthbook",
  "unleash-client",
  "vercel-flags-core",
  "datadog-flagging-core",
  "json-rules-engine",
  "cel-js",
];

/**
 * Loads a contender. Of a peer, `prepare` returns undefined for a workload that it cannot express, `awaits` says that its
 * decisions are promises, and `agrees` which workloads are held only to the share of each version. `prepareAll` makes the functions of a
 * fleet together, by key, or one function of key, request and draw, `decide`.
 */
export async function contender(name, dist) {
  if (PEERS.includes(name)) return import(`./peers/${name}.mjs`);
  const found = CONTENDERS[name];
  if (found === undefined) throw new Error(`no contender \`${name}\`; there are ${[...Object.keys(CONTENDERS), ...PEERS].join(", ")}`);
  const { load, ...rest } = found;
  const loaded = await load(dist);
  return typeof loaded === "function" ? { ...rest, prepare: loaded } : { ...rest, prepare: loaded.one, prepareAll: loaded.all };
}
