import { SLOTS, type Version } from "../alias/index.ts";
import { keyDraw, murmur3Keys, type Plan, type Run, runsOf, slotOf, type Sticky } from "../plan/index.ts";

/** The version that a plan draws for a value of one of its sticky keys. */
export function versionOfKey(plan: Plan, sticky: Sticky): (key: string) => Version {
  const runs = runsOf(plan);
  const drawOf = keyDraw(sticky);
  return (key) => {
    const slot = slotOf(drawOf(key));
    return (runs.find(({ until }) => slot < until) as Run).version;
  };
}

/** Keys that are tried for a hash that is not computed backwards. None of them draws into one slot once in 485 million. */
const TRIED_KEYS = 200_000;

/** Keys that, behind a prefix, draw into the slots from `from` up to, not including, `until`. */
export function* keysInSlots({ hash, seed }: Sticky, prefix: string, from: number, until: number): Generator<string> {
  if (hash === "murmur3") {
    const bound = (slot: number): number => Math.ceil((slot * 2 ** 32) / SLOTS);
    yield* murmur3Keys(seed + prefix, bound(from), bound(until));
    return;
  }
  const drawOf = keyDraw({ hash, seed: seed + prefix });
  for (let number = 1; number <= TRIED_KEYS; number++) {
    const slot = slotOf(drawOf(`k${number}`));
    if (slot >= from && slot < until) yield `k${number}`;
  }
}
