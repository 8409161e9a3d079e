/** What each part may import: itself and these, and what these may. The document shows the same table; a test holds both. */
export const PARTS: Readonly<Record<string, { readonly says: string; readonly imports: readonly string[] }>> = {
  document: { says: "text to values, and complaints about them: diagnostics, JSON with positions, reading within budgets", imports: [] },
  request: { says: "what a request is: fields, readers, cookies, query, target", imports: ["document"] },
  alias: {
    says: "the alias as it travels and once it is read: config, profiles, parse, service error codes",
    imports: ["document", "request"],
  },
  plan: { says: "what an alias means: plan, slots, draws, plans from elsewhere", imports: ["alias", "request"] },
  optimize: { says: "plan to plan, a rewrite a file", imports: ["plan"] },
  backend: { says: "ways to run a plan: interpreter, closures, source, look-up tables", imports: ["plan", "optimize"] },
  route: { says: "compile, jit, emitted modules, explanations, shares", imports: ["backend"] },
  prove: { says: "analyze, equivalent, movement", imports: ["plan", "route"] },
  testing: { says: "suites, coverage, mutants, matchers", imports: ["route", "prove"] },
  rollout: { says: "an alias on its way from one version to another: steps, Argo Rollouts, Flagger", imports: ["plan"] },
  simulate: { says: "traffic, populations, statistics, reports", imports: ["route", "prove", "rollout"] },
  convert: { says: "an alias in the forms of other routers, with a report of what is lost", imports: ["route", "prove", "rollout"] },
  warehouse: { says: "a plan as SQL, for requests that are in a warehouse", imports: ["plan", "simulate"] },
  control: { says: "the alias API: rules, stores, signatures, a handler of HTTP", imports: ["alias", "prove", "gateway"] },
  yaml: { says: "aliases in YAML, with positions, read to the same values as JSON", imports: ["alias"] },
  gateway: { says: "many aliases while traffic flows: a table, and sources", imports: ["route", "prove", "yaml"] },
  studio: { says: "the page that shows aliases in a browser", imports: [] },
  cli: { says: "the command line", imports: [] },
};

/** The programs of the package: they import public entries only, and nothing imports them. */
export const PROGRAMS: ReadonlySet<string> = new Set(["studio", "cli"]);
