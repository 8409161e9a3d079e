import { ConfigError, type Diagnostic } from "../document/index.ts";
import { type Alias, type AliasConfig, isAlias, parse, type ParseOptions } from "../alias/index.ts";
import { inspect, isPlan } from "./inspect.ts";
import type { Plan } from "./plan.ts";
import { toPlan } from "./to-plan.ts";

/** What can be compiled: a config, an alias that `parse` has read, or a plan. */
export type Compilable = AliasConfig | Alias | Plan;

/**
 * What a config means, as plain data: it can be printed, sent as JSON, structured-cloned, and compiled in its place. A plan
 * is checked and returned as it is.
 * @throws ConfigError with everything that is wrong
 */
export function planOf(config: Compilable, options?: ParseOptions): Plan {
  if (isAlias(config)) return toPlan(config);
  if (isPlan(config)) return accept(config, inspect(config));
  const read = parse(config, options);
  return read.ok ? toPlan(read.value) : refuse(read.diagnostics);
}

function accept(sound: Plan, complaints: readonly Diagnostic[]): Plan {
  return complaints.length === 0 ? sound : refuse(complaints);
}

function refuse(diagnostics: readonly Diagnostic[]): never {
  throw new ConfigError(diagnostics);
}
