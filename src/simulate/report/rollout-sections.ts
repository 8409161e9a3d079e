import { SLOTS } from "../../alias/index.ts";
import { formatCount, plural } from "../../document/index.ts";
import { runsOf } from "../../plan/index.ts";
import { type Assumptions, assumptionsText } from "../assumptions.ts";
import { affinityShare, type Forecast, type StageForecast } from "../forecast.ts";
import type { RolloutCourse } from "../plot/course.ts";
import type { AffinityDrift } from "../plot/drift.ts";
import type { Figure } from "../plot/figure.ts";
import type { Moves } from "../plot/moves.ts";
import { duration, percent } from "../plot/number.ts";
import { MOST_CURVES, type PowerCurves } from "../plot/power.ts";
import type { Table } from "../plot/table.ts";
import type { Rollout, Stage } from "../../rollout/index.ts";
import type { RolloutSimulation } from "../simulate.ts";
import { powerOfTwoSamples, sizeForTwoSamples } from "../statistics/power.ts";
import { plotted, tabled, versionsOf } from "./findings.ts";
import type { Section } from "./html.ts";

/** The slots of each step. */
export function slotSections({ stages }: Rollout): readonly Section[] {
  const versions = versionsOf(stages.map(({ plan }) => plan));
  const steps = stages.map(({ name, seconds, plan }, index) => {
    const inner = index > 0 && name !== "promoted";
    return { name, note: inner ? (seconds === undefined ? "until resumed" : duration(seconds)) : "", runs: runsOf(plan) };
  });
  return [
    plotted(
      "The slots of each step",
      { kind: "strip", data: { title: "The slots of each step", slots: SLOTS, versions, steps } },
      "Whom a rule claims does not come to the split, and is not counted here. A line below a bar shows what has moved, in the colour of its new version.",
    ),
  ];
}

/** What a rollout does that does not split requests. */
export function markSections({ stages }: Rollout): readonly Section[] {
  const rows = stages.flatMap((stage) => stage.marks.map(({ kind, text, at }) => [stage.name, kind, text, at]));
  if (rows.length === 0) return [];
  const head = ["Step", "Kind", "What it does", "Place"];
  return [tabled("What does not split requests", { caption: "It is told, and not simulated", head, rows })];
}

/** What can be said of a rollout without traffic. */
export function forecastSections({ stages }: Rollout, forecast: Forecast): readonly Section[] {
  const versions = versionsOf(stages.map(({ plan }) => plan));
  return [movesSection(forecast, versions), ...powerSections(forecast), ...driftSections(forecast, stages)];
}

function movesSection({ sticky, transitions }: Forecast, versions: readonly string[]): Section {
  const part = (value: number): string => percent(value, SLOTS);
  const data: Moves = {
    title: sticky ? "Users who change version, step by step" : "Shares that change version, step by step",
    whole: sticky ? "users" : "draws",
    versions,
    steps: transitions.map(({ to, minimum, matrix }) => ({
      name: to,
      least: minimum / SLOTS,
      ways: matrix.map(({ from, to: version, slots }) => ({ from, to: version, share: slots / SLOTS })),
    })),
  };
  const table: Table = {
    caption: "What each step moves",
    head: ["Step", "Moves", "At least", "Join the canary", "Leave it", "Return"],
    rows: transitions.map(({ to, moved, minimum, joined, left, returned }) => [
      to,
      part(moved),
      part(minimum),
      part(joined),
      part(left),
      part(returned),
    ]),
  };
  const words = sticky
    ? "A step needs to move no more than the difference of its weights."
    : "No user keeps a draw: what moves here is shares, and any request may get any version.";
  return { heading: "From version to version", text: [words], figure: { kind: "moves", data }, tables: [], more: [table] };
}

/** Points of a curve, less one. */
const POINTS = 60;

function powerSections({ stages, assumptions, clustered }: Forecast): readonly Section[] {
  const detecting = stages.filter(({ detection }) => detection !== undefined);
  const curves = detecting.flatMap((stage, index) => powerCurve(stage, assumptions, index < MOST_CURVES));
  if (curves.length === 0) return [];
  const title = "How surely the fault is seen, by the requests that have come";
  const figure: Figure = { kind: "power", data: { title, target: assumptions.power, curves } };
  return [plotted("Until a fault is seen", figure, `To see ${assumptionsText(assumptions, clustered)}.`)];
}

/** The curve of a step; one that is not drawn has no points, for each takes about 60 µs. */
function powerCurve(
  { name, canary, requests, detection }: StageForecast,
  assumptions: Assumptions,
  isDrawn: boolean,
): PowerCurves["curves"] {
  if (detection === undefined) return [];
  const { errorRate, difference, alpha } = assumptions;
  const weight = canary / SLOTS;
  const ratio = (1 - weight) / weight;
  const powerAt = (all: number): number =>
    powerOfTwoSamples((all * weight) / detection.designEffect, errorRate + difference, errorRate, alpha, ratio);
  const sizeFor = (power: number): number =>
    (sizeForTwoSamples(errorRate + difference, errorRate, { alpha, power }, ratio) * detection.designEffect) / weight;
  const pointsOf = (from: number, to: number): PowerCurves["curves"][number]["points"] =>
    Array.from({ length: POINTS + 1 }, (_, index) => {
      const all = from * (to / from) ** (index / POINTS);
      return { requests: all, power: powerAt(all) };
    });
  return [
    {
      name,
      weight,
      needed: detection.requests,
      canary: detection.canary,
      seconds: detection.seconds,
      within: detection.within,
      reached: requests === undefined || requests < 1 ? undefined : { requests, power: powerAt(requests) },
      points: isDrawn ? pointsOf(Math.max(1, sizeFor(Math.min(0.999, alpha * 1.2))), Math.max(sizeFor(0.999), requests ?? 0)) : [],
    },
  ];
}

function driftSections({ stages }: Forecast, [, ...tracked]: readonly Stage[]): readonly Section[] {
  if (stages.every(({ affinity }) => affinity === undefined)) return [];
  let [untouched, both] = [1, 0];
  const steps: AffinityDrift["steps"] = stages.slice(1, tracked.at(-1)?.name === "promoted" ? -1 : undefined).map((stage) => {
    const { name, seconds, affinity, canary } = stage;
    const weight = canary / SLOTS;
    const before = untouched;
    const at = (part: number): number => 1 - before * (1 - affinityShare(weight, (affinity?.requests ?? 0) * part));
    const canaryCookie = Array.from({ length: POINTS / 2 + 1 }, (_, index) => at((2 * index) / POINTS));
    untouched = 1 - (affinity?.canaryCookie ?? 1 - untouched);
    both = affinity?.bothCookies ?? both;
    return { name, seconds, weight, requests: affinity?.requests, canaryCookie, bothCookies: both };
  });
  const version = "the canary";
  const data: AffinityDrift = { title: "The canary's part of users if a random draw is kept by a cookie", version, steps };
  return [
    plotted(
      "What an affinity cookie does",
      { kind: "drift", data },
      "The longer a step lasts, the more users a cookie of the canary alone collects.",
    ),
  ];
}

/** The share of the canary, and the requests that change version. */
export function stageSections(simulation: RolloutSimulation, rollout: Rollout | undefined): readonly Section[] {
  return [...courseSections(simulation, rollout), ...changeSections(simulation)];
}

function courseSections({ stages }: RolloutSimulation, rollout: Rollout | undefined): readonly Section[] {
  if (rollout === undefined) return [];
  const { canary } = rollout;
  const steps = stages.flatMap(({ name, simulation: { draws } }, index): RolloutCourse["steps"] => {
    const arm = draws[0]?.arms.find(({ version }) => version === canary);
    if (arm === undefined || draws[0] === undefined) return [];
    const { share, interval, slots } = arm;
    const seconds = rollout.stages[index]?.seconds;
    return [{ name, seconds, share, low: interval.low, high: interval.high, weight: slots / SLOTS, of: draws[0].count }];
  });
  if (steps.length === 0) return [];
  const data: RolloutCourse = { title: `What the draw gives ${canary}`, version: canary, steps };
  return [plotted("The share of the canary", { kind: "course", data }, "Each step is simulated on the same traffic.")];
}

function changeSections({ stages, changes, requests, bounced, usersSampled }: RolloutSimulation): readonly Section[] {
  if (changes.every((change) => change.matrix.length === 0) || requests === 0) return [];
  const versions = versionsOf(stages.map((stage) => stage.simulation.plan));
  const users = changes.some((change) => change.users !== undefined);
  const data: Moves = {
    title: "Requests that change version, step by step",
    whole: "requests",
    versions,
    steps: changes.map(({ to, matrix }) => ({
      name: to,
      least: undefined,
      ways: matrix.map((way) => ({ from: way.from, to: way.to, share: way.requests / requests })),
    })),
  };
  const table: Table = {
    caption: "What changes from step to step",
    head: ["From", "To", "Requests", ...(users ? ["Users"] : [])],
    rows: changes.map((change) => [
      change.from,
      change.to,
      formatCount(change.requests),
      ...(users ? [change.users === undefined ? "" : formatCount(change.users)] : []),
    ]),
  };
  const back =
    bounced === 0
      ? "No request goes to a version and comes back."
      : `${plural(bounced, "request leaves a version and comes", "requests leave a version and come")} back to it.`;
  const sampled = usersSampled < 1 ? [`Users who moved are estimated from an even sample of ${percent(usersSampled)} of them.`] : [];
  return [
    { heading: "Requests that change version", text: [back, ...sampled], figure: { kind: "moves", data }, tables: [], more: [table] },
  ];
}
