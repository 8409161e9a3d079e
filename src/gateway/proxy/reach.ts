import { type Diagnostic, shown } from "../../document/index.ts";
import { type Compilable, planOf } from "../../plan/index.ts";
import type { GatewayConfig } from "./config.ts";

/** The aliases that routes name. */
export function aliasesOf({ routes }: GatewayConfig): readonly string[] {
  return [...new Set(routes.flatMap(({ to }) => (to.kind === "alias" ? [to.alias] : [])))];
}

/** The complaint that a config can decide for a version of which a route has no upstream. What no alias is, the table refuses. */
export function reachable({ routes }: GatewayConfig, alias: string, value: unknown): readonly Diagnostic[] {
  const mine = routes.flatMap(({ to }) => (to.kind === "alias" && to.alias === alias ? [to.upstreams] : []));
  if (mine.length === 0) return [];
  let versions: ReadonlySet<string>;
  try {
    versions = new Set(planOf(value as Compilable).outcomes.map(({ version }) => version));
  } catch {
    return [];
  }
  const missing = [...versions].filter((version) => mine.some((upstreams) => !upstreams.has(version)));
  return missing.map((version) => ({
    code: "upstream",
    severity: "error",
    at: "",
    message: `a route of this gateway has no upstream for version ${shown(version)}`,
    help: "add it to `upstreams` of the route first",
  }));
}
