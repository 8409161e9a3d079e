import { visible } from "../document/index.ts";
import type { NodeRequest, Reader } from "../request/index.ts";
import { SLOTS, type Version, type VersionOf } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { type CompileOptions, runtimeOf } from "./compile.ts";

/**
 * The exact share of each version for requests like this one, in slots of 10,000. One version has all of them if a strategy
 * holds, if a sticky key fixes the draw, or if nothing is split; otherwise the weights decide. Every version of the alias is
 * listed, and the shares add up to 10,000.
 * @throws ConfigError with everything that is wrong with the config; never for a request
 */
export function shares<const C extends Compilable, R = NodeRequest>(
  config: C,
  request: R,
  options: CompileOptions<R> = {},
): Readonly<Record<VersionOf<C>, number>> {
  return sharesOf(planOf(config, options), runtimeOf(options).reader, request) as Record<VersionOf<C>, number>;
}

/** The same for a plan, and for a draw that the caller gives, which gives everything to one version. */
export function sharesOf<R>(plan: Plan, reader: Reader<R>, request: R, given?: number): Readonly<Record<Version, number>> {
  const { decision, draw, arms } = interpret(plan, reader, request, given, () => 0);
  const counted = new Map(plan.versions.map((version) => [version, 0]));
  if (draw?.from.kind === "random")
    for (const { version, from, until } of arms) counted.set(version, (counted.get(version) ?? 0) + until - from);
  else counted.set(decision.version, SLOTS);
  return Object.fromEntries(counted);
}

/** Shares in slots as text: the version that has them all, or `v1 90 %, v2 10 %`. Versions without a slot are left out. */
export function formatShares(shares: Iterable<readonly [Version, number]>): string {
  const some = [...shares].filter(([, slots]) => slots > 0);
  return some.map(([version, slots]) => (some.length === 1 ? visible(version) : `${visible(version)} ${slots / 100} %`)).join(", ");
}
