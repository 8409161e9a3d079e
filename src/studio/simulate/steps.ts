/** A step of a rollout: the percent of the canary, and how long the step lasts, such as `1h`; empty where somebody must resume it. */
export interface Step {
  readonly weight: number;
  readonly lasts: string;
}

/** The steps of a rollout until somebody changes them. */
export const STEPS: readonly Step[] = [
  { weight: 1, lasts: "1h" },
  { weight: 10, lasts: "6h" },
  { weight: 50, lasts: "1d" },
];

/** Those that give a version more than it has, or one that gives it all: a step down takes users back, which nobody begins with. */
export function stepsAbove(slots: number): readonly Step[] {
  const above = STEPS.filter(({ weight }) => 100 * weight > slots);
  return above.length > 0 ? above : [{ weight: 100, lasts: "" }];
}
