export type { Crew, RolloutSimulation, SimulateOptions } from "./simulate.ts";
export { simulate } from "./simulate.ts";
export { workers } from "./workers.ts";
export type { Arm as ArmShare, Draws, FunnelStep, Meetings, RecordedReport, Share, Simulation, Verdict, VersionShare } from "./report.ts";
export { type Count, parsePopulation, type Population, population, type Trait } from "./population.ts";
export { type LogForm, type LogOptions, logTraffic, populationTraffic, type Traffic, visitTraffic } from "./traffic/traffic.ts";
export type { Torn, Visit } from "./traffic/visit.ts";
export { parseRollout, type Rollout, rollout, type Stage } from "./rollout.ts";
export {
  affinityShare,
  type Affinity,
  type Detection,
  type Forecast,
  forecast,
  type ForecastOptions,
  type StageForecast,
  type Transition,
} from "./forecast.ts";
export { binomialTest } from "./statistics/binomial.ts";
export { chiSquareTest, type Fit, gTest } from "./statistics/chi-square.ts";
export { clopperPearson, type Interval, wilson } from "./statistics/interval.ts";
export { type Risks, sizeForOneSample, sizeForPrecision, sizeForTwoSamples } from "./statistics/power.ts";
export { look, type Sequential, UNSEEN } from "./statistics/sequential.ts";
export { type Findings, reportDataOf } from "./plot/findings.ts";
export { type Figure, plotSVG, plotTable, type ReportData, reportHTML, type Section } from "./plot/report.ts";
