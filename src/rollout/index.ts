/** An alias on its way from one version to another: rollouts of this library, of Argo Rollouts and of Flagger. */
export { ROLLOUT_CODES } from "./codes.ts";
export { parseRollout, type Rollout, rollout, type RolloutOptions } from "./rollout.ts";
export type { Mark, Stage } from "./track.ts";
export { type RolloutConfig, rolloutConfigOf, type RolloutStep } from "./write.ts";
