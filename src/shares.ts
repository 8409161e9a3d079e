import { type CompileOptions, hostOf } from "./compile.ts";
import type { VersionOf } from "./config.ts";
import { interpret } from "./interpret.ts";
import { SLOTS } from "./plan.ts";
import { type Compilable, plan } from "./read.ts";
import type { NodeRequest } from "./request.ts";

/**
 * What share of such requests each version gets, exactly, in slots of 10,000. All of them go to one version where a strategy
 * holds, where a sticky key fixes the draw, and where nothing is split; otherwise the arms say. Every version of the alias
 * is listed, and the shares add up to 10,000.
 * @throws ConfigError with everything that is wrong with the config; never for a request
 */
export function shares<const C extends Compilable, R = NodeRequest>(
  config: C,
  request: R,
  options: CompileOptions<R> = {},
): Readonly<Record<VersionOf<C>, number>> {
  const meaning = plan(config, options);
  const { decision, draw, arms } = interpret(meaning, hostOf(options).reader, request, undefined, () => 0);
  const counted = new Map(meaning.versions.map((version) => [version, 0]));
  if (draw?.from.kind === "random")
    for (const { version, from, until } of arms) counted.set(version, (counted.get(version) ?? 0) + until - from);
  else counted.set(decision.version, SLOTS);
  return Object.fromEntries(counted) as Record<VersionOf<C>, number>;
}
