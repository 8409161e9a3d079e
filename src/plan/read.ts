import { sound } from "../document/index.ts";
import { type Alias, type AliasConfig, BUDGETS, isAlias, parse, type ParseOptions } from "../alias/index.ts";
import type { Plan } from "./plan.ts";
import { isPlan, isSound, readPlan } from "./read-plan.ts";
import { toPlan } from "./to-plan.ts";

/** What can be compiled: a config, an alias that `parse` has read, or a plan. */
export type Compilable = AliasConfig | Alias | Plan;

/**
 * What a config means, as plain data: it can be printed, sent as JSON, structured-cloned, and compiled in its place. It is
 * frozen. A plan that was made here is returned as it is; any other is read into a fresh one.
 * @throws ConfigError with everything that is wrong
 */
export function planOf(config: Compilable, options: ParseOptions = {}): Plan {
  if (isAlias(config)) return toPlan(config);
  if (isPlan(config)) return isSound(config) ? config : sound(readPlan(config, { ...BUDGETS, ...options.budgets }));
  return toPlan(sound(parse(config, options)));
}
