/** Traffic, populations, rollouts and reports: the surface of `canary-router/simulate`. */
export { SIMULATION_CODES, TRAFFIC_CODES } from "./codes.ts";
export type { Meetings, Torn } from "./deprecated.ts";
export { type Assumptions, assumptionsText } from "./assumptions.ts";
export {
  type Affinity,
  affinityShare,
  type Detection,
  type Forecast,
  forecast,
  type ForecastOptions,
  type StageForecast,
  type Transition,
} from "./forecast.ts";
export { parseField } from "./field.ts";
export type { CrowdGroup, CrowdGroups, GroupedTraffic, GroupOptions, Groups, PlanGroups, ServedGroups } from "./grouped.ts";
export type { Span } from "./course.ts";
export { type Times, timesBetween } from "./times.ts";
export { type Gate, type GateInput, type GateResult, gates, judge } from "./gates.ts";
export type { FieldOption } from "./matches.ts";
export { duration } from "./plot/number.ts";
export { type Count, parsePopulation, type Population, population, type Trait } from "./population.ts";
export { reportDataOf } from "./report/data.ts";
export type { Findings } from "./report/findings.ts";
export type { ArmShares } from "./plot/arms.ts";
export type { VersionBars } from "./plot/bars.ts";
export type { RolloutCourse } from "./plot/course.ts";
export type { AffinityDrift } from "./plot/drift.ts";
export { type Figure, type PlotData, type PlotOptions, plotSVG, plotTable } from "./plot/figure.ts";
export type { HeatTable } from "./plot/heat.ts";
export type { Moves } from "./plot/moves.ts";
export type { PowerCurves } from "./plot/power.ts";
export type { StackedShares } from "./plot/stack.ts";
export type { PlotTheme } from "./plot/drawing.ts";
export type { Funnel } from "./plot/funnel.ts";
export type { Matrix } from "./plot/matrix.ts";
export type { MixedCurve } from "./plot/mixed.ts";
export type { ShareCurve } from "./plot/share.ts";
export type { Strip } from "./plot/strip.ts";
export type { Table } from "./plot/table.ts";
export { PLOT_STYLE, PLOT_THEMES } from "./plot/theme.ts";
export { type KeyFigure, type ReportData, reportHTML, type Section } from "./report/html.ts";
export type { Arm as ArmShare, Draws } from "./draws.ts";
export type { Exposure, Share } from "./exposure.ts";
export type { FunnelStep, Simulation, VersionShare } from "./result.ts";
export { mergeParts, type Merged, type MergeOptions, PartError, type PartText } from "./part/merge.ts";
export { type PartNumber, type PartOptions, simulatePart } from "./part/part.ts";
export {
  type Mark,
  parseRollout,
  type Rollout,
  rollout,
  type RolloutConfig,
  type RolloutOptions,
  type RolloutStep,
  type Stage,
} from "../rollout/index.ts";
export { type Crew, type RolloutSimulation, simulate, type SimulateOptions } from "./simulate.ts";
export { type Cell, csvOf, type DataTable, tablesOf } from "./tables.ts";
export { haveSameWeights, isAlarm, LIVE_RISK, type LiveCount, type LiveSample, type LiveSplit, lookLive } from "./live.ts";
export { binomialTest } from "./statistics/binomial.ts";
export { chiSquareTest, type Fit, gTest } from "./statistics/chi-square.ts";
export { clopperPearson, type Interval, wilson } from "./statistics/interval.ts";
export { designEffect, powerOfTwoSamples, type Risks, sizeForOneSample, sizeForPrecision, sizeForTwoSamples } from "./statistics/power.ts";
export type { Served, ServedDraws, Way } from "./served/report.ts";
export { CountError, type CountVerdict, judgeCounts, type ServedCount } from "./served/verdict.ts";
export { decidedText, probabilityText, unknownText } from "./served/words.ts";
export type { Verdict } from "./statistics/ratio.ts";
export { look, type Sequential, UNSEEN } from "./statistics/sequential.ts";
export type { ChunkStream } from "./traffic/bytes.ts";
export { TrafficError } from "./traffic/error.ts";
export { detectFormat } from "./traffic/format/detect.ts";
export { type FormatInfo, formats, type LineFormat, type LogPattern } from "./traffic/format/formats.ts";
export type { FieldMap } from "./traffic/format/map.ts";
export { type LooseParts, requestOf } from "../request/index.ts";
export type { LogForm, LogOptions } from "./traffic/log-options.ts";
export {
  type LogFormat,
  linesOf,
  type LogLine,
  logTraffic,
  populationTraffic,
  readLog,
  type Traffic,
  visitTraffic,
} from "./traffic/traffic.ts";
export type { Batch, MalformedLine, SkippedLines, Visit } from "./traffic/visit.ts";
export { visitsOf } from "./visits.ts";
