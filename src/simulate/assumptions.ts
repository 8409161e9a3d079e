import { formatPercent } from "../document/index.ts";
import { designEffect } from "./statistics/power.ts";

/** The fault that a forecast looks for, and how surely it must be seen. */
export interface Assumptions {
  /** The share of requests that fail now, in (0, 1). The default is 0.01. */
  readonly errorRate: number;
  /** The increase of that share which should be detected: 0.01, the default, is one percent point. The sum is below 1. */
  readonly difference: number;
  /** The risk of a false alarm, two-sided, in (0, 1). The default is 0.05. */
  readonly alpha: number;
  /** The probability that an existing difference is detected, above `alpha` and below 1. The default is 0.8. */
  readonly power: number;
  /**
   * How much the failures of one user are alike, from 0 to 1: the intraclass correlation ρ. The default is 0.01, the median of 1,039
   * correlations in health care (Adams et al., J Clin Epidemiol 57:785, 2004); your own service may be far from it. It counts only
   * if a user has several requests.
   */
  readonly correlation: number;
  /** The requests of a user, weighted: Σ m² / Σ m over the users, as `requestsEach.weighted` of an `Exposure`. The default is 1. */
  readonly requestsPerUser: number;
}

/** Fills in what is left out. Throws a RangeError that names everything out of range. */
export function assumptionsOf({
  errorRate = 0.01,
  difference = 0.01,
  alpha = 0.05,
  power = 0.8,
  correlation = 0.01,
  requestsPerUser = 1,
}: Partial<Assumptions>): Assumptions {
  const faults = [
    ...(errorRate > 0 && errorRate < 1 ? [] : [`\`errorRate\` must be between 0 and 1, not \`${errorRate}\``]),
    ...(difference > 0 && errorRate + difference < 1
      ? []
      : [`\`difference\` must be above 0, and below 1 with \`errorRate\`, not \`${difference}\``]),
    ...(alpha > 0 && alpha < 1 ? [] : [`\`alpha\` must be between 0 and 1, not \`${alpha}\``]),
    ...(power > alpha && power < 1 ? [] : [`\`power\` must be between \`alpha\` and 1, not \`${power}\``]),
    ...(correlation >= 0 && correlation <= 1 ? [] : [`\`correlation\` must be from 0 to 1, not \`${correlation}\``]),
    ...(requestsPerUser >= 1 && Number.isFinite(requestsPerUser) ? [] : [`\`requestsPerUser\` must be from 1, not \`${requestsPerUser}\``]),
  ];
  if (faults.length > 0) throw new RangeError(faults.join("; "));
  return { errorRate, difference, alpha, power, correlation, requestsPerUser };
}

/** The assumptions as part of a sentence. `clustered` tells whether a user keeps a version in some stage. */
export function assumptionsText(
  { errorRate, difference, alpha, power, correlation, requestsPerUser }: Assumptions,
  clustered: boolean,
): string {
  const users = clustered
    ? `design effect ${designEffect(requestsPerUser, correlation).toFixed(2)} with ${requestsPerUser.toFixed(2)} requests of a user (weighted) and a correlation of ${correlation}`
    : "no design effect, because no user keeps a version";
  return `an error rate of ${formatPercent(errorRate + difference)} instead of ${formatPercent(errorRate)}, at a risk of ${formatPercent(alpha)} and a power of ${formatPercent(power)}; ${users}`;
}
