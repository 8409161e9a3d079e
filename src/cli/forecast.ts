import type { Forecast, ForecastOptions } from "../simulate/index.ts";
import { Refusal } from "./terminal/host.ts";

/** The options that say what a forecast supposes, as the command line has them: parts in percent. */
export interface Supposed {
  readonly "per-second"?: number | undefined;
  readonly "per-user"?: number | undefined;
  readonly "error-rate"?: number | undefined;
  readonly difference?: number | undefined;
  readonly risk?: number | undefined;
  readonly power?: number | undefined;
  readonly correlation?: number | undefined;
}

/** The options of `forecast` that the values of these options give. */
export function forecastOptions(values: Supposed): ForecastOptions {
  const { "per-second": perSecond, "per-user": perUser, "error-rate": errorRate, difference, risk, power, correlation } = values;
  return {
    ...(perSecond !== undefined && { requestsPerSecond: perSecond }),
    ...(perUser !== undefined && { requestsPerUserHour: perUser }),
    ...(errorRate !== undefined && { errorRate: errorRate / 100 }),
    ...(difference !== undefined && { difference: difference / 100 }),
    ...(risk !== undefined && { alpha: risk / 100 }),
    ...(power !== undefined && { power: power / 100 }),
    ...(correlation !== undefined && { correlation }),
  };
}

/** Refuses options of a forecast that do not fit together, or do nothing for this rollout. Before the forecast, which throws. */
export function checkTogether({ "error-rate": errorRate = 1, difference = 1, risk = 5, power = 80 }: Supposed): void {
  if (errorRate + difference >= 100)
    throw new Refusal(`\`--error-rate ${errorRate}\` and \`--difference ${difference}\` are 100 % or more together`);
  if (power <= risk) throw new Refusal(`\`--power ${power}\` is not above \`--risk ${risk}\``, "the power is usually from 80 to 99");
}

/** Refuses an option that has no effect on this forecast. */
export function checkEffect({ correlation }: Supposed, expected: Forecast | undefined): void {
  if (correlation !== undefined && expected?.clustered === false)
    throw new Refusal("`--correlation` does nothing: no user keeps a version, because the draw is random", "give the alias `stickiness`");
}
