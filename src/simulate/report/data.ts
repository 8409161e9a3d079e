import { SLOTS } from "../../alias/index.ts";
import { formatCount, plural } from "../../document/index.ts";
import type { Movement } from "../../prove/index.ts";
import type { Forecast } from "../forecast.ts";
import { duration, percent } from "../plot/number.ts";
import type { Simulation } from "../result.ts";
import type { RolloutSimulation } from "../simulate.ts";
import { changeSections } from "./change-sections.ts";
import { type Findings, simulationsOf } from "./findings.ts";
import type { KeyFigure, ReportData } from "./html.ts";
import { forecastSections, markSections, slotSections, stageSections } from "./rollout-sections.ts";
import { servedSections, trafficSections, versionSections } from "./traffic-sections.ts";
import { verdictsOf } from "./verdicts.ts";

/** Findings as a report shows them. */
export function reportDataOf({ title, rollout, forecast, simulation, segment, gates = [], change }: Findings): ReportData {
  const told = simulationsOf(simulation);
  return {
    title,
    partial:
      simulation?.partial === true
        ? `It was stopped after ${plural(simulation.requests, "request")}; what follows rests on these.`
        : undefined,
    summary: summaryOf(simulation, change?.movement),
    keyFigures: [
      ...(simulation === undefined ? [] : trafficFigures(simulation)),
      ...(forecast === undefined ? [] : forecastFigures(forecast)),
      ...(change === undefined ? [] : changeFigures(change.movement)),
    ],
    verdicts: verdictsOf(gates, change?.movement, forecast, told),
    sections: [
      ...(change === undefined ? [] : changeSections(change)),
      ...(rollout === undefined ? [] : slotSections(rollout)),
      ...servedSections(told),
      ...versionSections(told),
      ...(simulation !== undefined && "stages" in simulation ? stageSections(simulation, rollout) : []),
      ...(rollout === undefined || forecast === undefined ? [] : forecastSections(rollout, forecast)),
      ...(rollout === undefined ? [] : markSections(rollout)),
      ...trafficSections(told, segment),
    ],
  };
}

function summaryOf(simulation: Findings["simulation"], movement: Movement | undefined): readonly string[] {
  const what = simulation !== undefined && "stages" in simulation ? " through every step" : "";
  return [
    ...(simulation === undefined
      ? []
      : [`${plural(simulation.requests, "request was", "requests were")} simulated${what} with the seed ${simulation.seed}.`]),
    ...(movement?.unchanged === true ? ["The two aliases decide alike for every request, draw and key: this is proved."] : []),
  ];
}

/** Versions whose share stands at the top; the plot has all. */
const MOST_FIGURES = 6;

function trafficFigures(simulation: Simulation | RolloutSimulation): readonly KeyFigure[] {
  if ("stages" in simulation) return [{ name: "requests", value: formatCount(simulation.requests), note: "the same in every step" }];
  const { versions, requests, users } = simulation;
  return [
    { name: "requests", value: formatCount(requests), note: users === undefined ? "" : `of ${plural(users.count, "user")}` },
    ...versions
      .toSorted((one, other) => other.share - one.share)
      .slice(0, MOST_FIGURES)
      .map(({ version, share, expected }) => ({ name: version, value: percent(share), note: `${percent(expected)} expected` })),
  ];
}

function forecastFigures({ moved, minimum, direct, bounced, seconds, sticky, stages }: Forecast): readonly KeyFigure[] {
  const known = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  const times = (slots: number): string => (slots / SLOTS).toFixed(2);
  return [
    {
      name: seconds === undefined ? "takes, with the waits" : "takes",
      value: seconds === undefined ? `${duration(known)} +` : duration(seconds),
      note: seconds === undefined ? "and until it is resumed" : "in all steps",
    },
    sticky
      ? { name: "changes of a user, on average", value: times(moved), note: `${times(minimum)} needed, ${times(direct)} in a single step` }
      : {
          name: "shares that move, in all",
          value: `${(100 * moved) / SLOTS} points`,
          note: `${(100 * minimum) / SLOTS} needed, ${(100 * direct) / SLOTS} in a single step`,
        },
    { name: "leave a version and come back", value: percent(bounced, SLOTS), note: bounced === 0 ? "nobody" : "" },
  ];
}

function changeFigures({ moved, least, shifts }: Movement): readonly KeyFigure[] {
  return [
    { name: "of the split moves", value: percent(moved, SLOTS), note: `${percent(least, SLOTS)} needed` },
    { name: "regions of requests that change by rules", value: formatCount(shifts.length), note: "" },
  ];
}
