import type { AliasConfig, Version } from "../alias/index.ts";
import type { Rollout } from "./rollout.ts";
import type { Stage } from "./track.ts";

/** A step of a rollout in the words of this library. Durations are seconds; without one someone has to resume. */
export type RolloutStep =
  | { readonly setWeight: number }
  | { readonly setWeights: NonNullable<AliasConfig["additional_version_weights"]> }
  | { readonly setStrategy: NonNullable<AliasConfig["additional_version_strategy"]> }
  | { readonly pause: { readonly duration?: number } };

/** A rollout in the words of this library, as `rollout` reads it. */
export interface RolloutConfig {
  /** The alias as it is before. */
  readonly alias: AliasConfig;
  readonly canary: Version;
  readonly steps: readonly RolloutStep[];
  /** Whether the canary becomes the version of the alias at the end: it does where this is left out. */
  readonly promote?: boolean;
}

/** Writes a rollout in the words of this library: it has the same stages when it is read again. What is marked is left out. */
export function rolloutConfigOf({ canary, stages }: Rollout): RolloutConfig {
  const [before, ...later] = stages as readonly [Stage, ...Stage[]];
  const promoted = later.at(-1)?.name === "promoted";
  const timed = promoted ? later.slice(0, -1) : later;
  const steps = timed.flatMap((stage, index): readonly RolloutStep[] => [
    ...changesTo(stage.alias, (timed[index - 1] ?? before).alias, canary),
    // What is set last and lasts no time is a stage without a pause.
    ...(stage.seconds === 0 && index === timed.length - 1
      ? []
      : [{ pause: stage.seconds === undefined ? {} : { duration: stage.seconds } }]),
  ]);
  // A pause ahead of everything takes no time: it stands for a rollout that only promotes.
  return { alias: before.alias, canary, steps: steps.length === 0 ? [{ pause: {} }] : steps, ...(!promoted && { promote: false }) };
}

/** The steps that make one alias of another: at least one, as it begins a stage. */
function changesTo(after: AliasConfig, before: AliasConfig, canary: Version): readonly RolloutStep[] {
  const { additional_version_weights: weights, additional_version_strategy: strategies } = after;
  const hasStrategies = isAlike(strategies, before.additional_version_strategy);
  const strategy = hasStrategies ? [] : [{ setStrategy: strategies ?? {} }];
  const had = before.additional_version_weights;
  if (isAlike(weights, had) && strategy.length > 0) return strategy;
  const weight = weights?.[canary];
  const isAlone = weight !== undefined && isAlike(weights, { ...had, [canary]: weight });
  return [isAlone ? { setWeight: weight } : { setWeights: weights ?? {} }, ...strategy];
}

/** Whether two maps of an alias say the same; one that is not there is empty. */
function isAlike(one: object | null | undefined, other: object | null | undefined): boolean {
  const textOf = (map: object | null | undefined): string =>
    JSON.stringify(Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return textOf(one) === textOf(other);
}
