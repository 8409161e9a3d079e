import type { Command } from "../command.ts";

/** The commands, in the order of the help. A command and its imports are loaded when it is called. */
export const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  check: {
    summary: "report what is wrong with alias configs, with line and column",
    load: async () => (await import("./check.ts")).check,
  },
  analyze: {
    summary: "prove what alias configs say in vain or by accident",
    load: async () => (await import("./analyze.ts")).analyze,
  },
  explain: {
    summary: "say which version answers a request, and every step to it",
    load: async () => (await import("./explain.ts")).explain,
  },
  shares: {
    summary: "say what share of such requests each version gets",
    load: async () => (await import("./shares.ts")).shares,
  },
  route: {
    summary: "route a log of requests and count what each version gets",
    load: async () => (await import("./route.ts")).route,
  },
  suggest: {
    summary: "write a suite that records what an alias does now",
    load: async () => (await import("./suggest.ts")).suggest,
  },
  test: {
    summary: "run suites of requests with what an alias must answer",
    load: async () => (await import("./test.ts")).test,
  },
  diff: {
    summary: "say what moves when one alias takes the place of another",
    load: async () => (await import("./diff.ts")).diff,
  },
  rebalance: {
    summary: "lay out an alias so that the least moves from the one before",
    load: async () => (await import("./rebalance.ts")).rebalance,
  },
  simulate: {
    summary: "route traffic before it is live, and say who got what",
    load: async () => (await import("./simulate.ts")).simulate,
  },
  studio: {
    summary: "see what aliases do in the browser, and change them there",
    load: async () => (await import("./studio.ts")).studio,
  },
  verdict: {
    summary: "say whether counts of what was served fit the weights",
    load: async () => (await import("./verdict.ts")).verdict,
  },
  sql: {
    summary: "write an alias as SQL for requests in a warehouse",
    load: async () => (await import("./sql.ts")).sql,
  },
  convert: {
    summary: "write an alias for another router, and say what is lost",
    load: async () => (await import("./convert.ts")).convert,
  },
  control: {
    summary: "serve the alias API of FunctionGraph",
    load: async () => (await import("./control.ts")).control,
  },
  "control function": {
    summary: "prepare a function and its versions for the alias API",
    load: async () => (await import("./control-function.ts")).controlFunction,
  },
  serve: {
    summary: "run a gateway that routes requests by aliases",
    load: async () => (await import("./serve.ts")).serve,
  },
  watch: {
    summary: "say live whether gateways split traffic as the weights say",
    load: async () => (await import("./watch.ts")).watch,
  },
  "alias list": {
    summary: "list the aliases of a function by the alias API",
    load: async () => (await import("./alias.ts")).aliasList,
  },
  "alias show": {
    summary: "print an alias as the alias API has it, or its changes",
    load: async () => (await import("./alias.ts")).aliasShow,
  },
  "alias set": {
    summary: "make an alias of the alias API say what a config says",
    load: async () => (await import("./alias.ts")).aliasSet,
  },
  "alias diff": {
    summary: "say what would move if an alias of the API said something else",
    load: async () => (await import("./alias.ts")).aliasDiff,
  },
  "alias promote": {
    summary: "end a rollout: make the additional version the primary one",
    load: async () => (await import("./alias.ts")).aliasPromote,
  },
  "alias rollback": {
    summary: "make an alias say what it said before",
    load: async () => (await import("./alias.ts")).aliasRollback,
  },
  compile: {
    summary: "compile an alias into a JavaScript module of its own",
    load: async () => (await import("./compile.ts")).compile,
  },
};
