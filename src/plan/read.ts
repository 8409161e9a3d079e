import { type Diagnostic, sound } from "../document/index.ts";
import { type Alias, type AliasConfig, BUDGETS, isAlias, parse, type ParseOptions } from "../alias/index.ts";
import type { Plan } from "./plan.ts";
import { isPlan, isSound, readPlan } from "./read-plan.ts";
import { toPlan } from "./to-plan.ts";

/** What can be compiled: a config, an alias that `parse` has read, or a plan. */
export type Compilable = AliasConfig | Alias | Plan;

/** How a config is read, and who is told what is odd about it. */
export interface PlanOptions extends ParseOptions {
  /**
   * Called with each warning that `parse` gives of a config that is sound: a weight of 100, blanks around items, a cookie that no browser sends.
   * A plan, and an alias that `parse` has read, have none. What it throws itself is ignored.
   */
  readonly onWarning?: (warning: Diagnostic) => void;
}

/**
 * What a config means, as plain data: it can be printed, sent as JSON, structured-cloned, and compiled in its place. It is
 * frozen. A plan that was made here is returned as it is; any other is read into a fresh one.
 * @throws ConfigError with everything that is wrong
 */
export function planOf(config: Compilable, options: PlanOptions = {}): Plan {
  if (isAlias(config)) return toPlan(config);
  if (isPlan(config)) return isSound(config) ? config : sound(readPlan(config, { ...BUDGETS, ...options.budgets }));
  const { onWarning } = options;
  const read = parse(config, options);
  const alias = sound(read);
  for (const warning of onWarning === undefined ? [] : read.diagnostics) {
    try {
      onWarning?.(warning);
    } catch {
      // There is no one left to tell.
    }
  }
  return toPlan(alias);
}
