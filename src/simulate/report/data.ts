import { SLOTS } from "../../alias/index.ts";
import { formatCount, plural } from "../../document/index.ts";
import { type Plan, runsOf } from "../../plan/index.ts";
import type { Movement } from "../../prove/index.ts";
import { assumptionsText } from "../assumptions.ts";
import type { Forecast } from "../forecast.ts";
import type { ArmShares } from "../plot/arms.ts";
import type { GateResult } from "../gates.ts";
import type { Matrix } from "../plot/matrix.ts";
import { decidedText, probabilityText, ratioText, testName, unknownText } from "../served/words.ts";
import { duration, percent } from "../plot/number.ts";
import type { Table } from "../plot/table.ts";
import type { Figure } from "../plot/figure.ts";
import type { ReportData, Section } from "./html.ts";
import { ruleText } from "./rule-text.ts";
import type { Draws } from "../draws.ts";
import type { Exposure } from "../exposure.ts";
import type { Simulation } from "../result.ts";
import type { Served, Way } from "../served/report.ts";
import type { Rollout } from "../rollout/rollout.ts";
import type { RolloutSimulation } from "../simulate.ts";
import { wilson } from "../statistics/interval.ts";

/** What has been found; each part may be missing. */
export interface Findings {
  readonly title: string;
  readonly rollout?: Rollout | undefined;
  readonly forecast?: Forecast | undefined;
  readonly simulation?: Simulation | RolloutSimulation | undefined;
  /** What came of gates, which then stand among the verdicts. */
  readonly gates?: readonly GateResult[] | undefined;
  readonly change?: { readonly before: Plan; readonly after: Plan; readonly movement: Movement } | undefined;
}

/** A simulation of one alias, or of a stage of a rollout. */
interface NamedSimulation {
  readonly name: string | undefined;
  readonly simulation: Simulation;
}

type Verdicts = ReportData["verdicts"];

type Cell = Matrix["cells"][number];

/** Rows of segments and of malformed lines that a report shows. */
const MOST_ROWS = 20;

/** Versions whose share is drawn against time: the largest; more would hide what follows. */
const MOST_COURSES = 4;

/** Findings as a report shows them: the only place that knows both. */
export function reportDataOf({ title, rollout, forecast, simulation, gates = [], change }: Findings): ReportData {
  const told = simulationsOf(simulation);
  return {
    title,
    partial:
      simulation?.partial === true
        ? `It was stopped after ${plural(simulation.requests, "request")}; what follows rests on these.`
        : undefined,
    summary: summaryOf(simulation, forecast, change?.movement),
    keyFigures: [],
    verdicts: [
      ...gates.map(gateVerdict),
      ...(change === undefined ? [] : changeVerdicts(change.movement)),
      ...forecastVerdicts(forecast),
      ...told.flatMap(verdictsOf),
    ],
    sections: [
      ...(change === undefined ? [] : changeSections(change)),
      ...(rollout === undefined ? [] : rolloutSections(rollout, forecast)),
      ...shareSections(simulation, rollout),
      ...simulationSections(told),
    ],
  };
}

function simulationsOf(simulation: Findings["simulation"]): readonly NamedSimulation[] {
  if (simulation === undefined) return [];
  return "stages" in simulation ? simulation.stages : [{ name: undefined, simulation }];
}

function summaryOf(simulation: Findings["simulation"], forecast: Forecast | undefined, movement: Movement | undefined): readonly string[] {
  const said: string[] = [];
  if (simulation !== undefined)
    said.push(`${plural(simulation.requests, "request was", "requests were")} simulated with the seed ${simulation.seed}.`);
  if (simulation !== undefined && !("stages" in simulation)) {
    const shares = simulation.versions.map(
      ({ version, share, expected }) => `${version} got ${percent(share)} (${percent(expected)} was to be expected)`,
    );
    said.push(`${shares.join(", ")}.`);
  }
  if (forecast !== undefined) {
    const { moved, minimum, direct, bounced, seconds, sticky } = forecast;
    const what = sticky ? "users" : "draws, as no user keeps one";
    said.push(
      `Over all steps ${percent(moved, SLOTS)} of ${what} move; the least for these steps is ${percent(minimum, SLOTS)}, for one step ${percent(direct, SLOTS)}.`,
    );
    said.push(
      bounced === 0 ? "Nobody leaves a version and comes back to it." : `${percent(bounced, SLOTS)} leave a version and come back to it.`,
    );
    said.push(seconds === undefined ? "How long it takes depends on who resumes it." : `It takes ${duration(seconds)}.`);
  }
  if (movement !== undefined) {
    said.push(
      movement.unchanged
        ? "The two aliases decide alike for every request, draw and key: this is proved."
        : `${percent(movement.moved, SLOTS)} of the split moves; the least for these shares is ${percent(movement.least, SLOTS)}. ${plural(movement.shifts.length, "region of requests changes", "regions of requests change")} hands by rules.`,
    );
  }
  return said;
}

function gateVerdict({ gate, outcome, why }: GateResult): Verdicts[number] {
  const kind = outcome === "passed" ? "pass" : outcome === "failed" ? "fail" : "note";
  return { kind, text: `the gate ${gate} ${outcome === "unjudged" ? "cannot be judged" : outcome}: ${why}.` };
}

function changeVerdicts({ moved, least, redrawn, undecided }: Movement): Verdicts {
  const verdicts: Verdicts[number][] = [
    moved > least
      ? {
          kind: "fail",
          text: `${plural(moved - least, "slot of 10,000 moves", "slots of 10,000 move")} that would not have to; \`rebalance\` keeps them.`,
        }
      : { kind: "pass", text: "No slot moves that would not have to." },
  ];
  if (redrawn)
    verdicts.push({ kind: "fail", text: "Users are drawn anew: the key or the seed changes, so slots that stay do not keep users." });
  if (undecided) verdicts.push({ kind: "note", text: "Some regions were left undecided for want of effort." });
  return verdicts;
}

function forecastVerdicts(forecast: Forecast | undefined): Verdicts {
  if (forecast === undefined) return [];
  const { moved, minimum, bounced, stages } = forecast;
  const late = stages.filter(({ detection }) => detection?.within === false);
  return [
    moved > minimum
      ? { kind: "fail", text: `${percent(moved - minimum, SLOTS)} move that would not have to.` }
      : { kind: "pass", text: "Every step moves no more than it must." },
    ...(bounced > 0 ? [{ kind: "fail" as const, text: `${percent(bounced, SLOTS)} go back to a version that they had left.` }] : []),
    ...late.map(({ name }) => ({ kind: "fail" as const, text: `${name} ends before the difference in the error rate would be seen.` })),
  ];
}

function verdictsOf({ name, simulation }: NamedSimulation): Verdicts {
  const place = name === undefined ? "" : `${name}: `;
  const { lines, served } = simulation;
  const verdicts: Verdicts[number][] = served === undefined ? [] : servedVerdicts(served);
  for (const { unit, count: all, recorded, verdict, sequential, sampled } of simulation.draws) {
    const whose =
      unit === "key" ? "how this alias divides the keys" : recorded === all ? "the recorded draws" : "the draws of this simulation";
    const agree = `${verdict.chance ? (unit === "key" ? "agrees with" : "agree with") : unit === "key" ? "differs from" : "differ from"} the weights`;
    const sample = sampled < 1 ? `, a sample of ${percent(sampled)}` : "";
    const text = `${place}${whose} ${agree}: ${testName(verdict.test)}, p ${probabilityText(verdict.p)}, on ${plural(all, unit)}${sample}.`;
    verdicts.push({ kind: verdict.chance ? "pass" : "fail", text });
    if (sequential.alarm)
      verdicts.push({
        kind: "fail",
        text: `${place}${whose}: the test that may be looked at at any time has given the alarm, p ${probabilityText(sequential.p)}.`,
      });
  }
  if (served === undefined && simulation.format !== undefined && name === undefined)
    verdicts.push({ kind: "note", text: "What was served is not judged: no field was named that holds the version which answered." });
  if (lines.malformed > 0 && (name === undefined || name === "before")) {
    const text = `${formatCount(lines.malformed)} of ${plural(lines.read, "line is no request and was", "lines are no requests and were")} left out.`;
    verdicts.push({ kind: "note", text });
  }
  return verdicts;
}

/** What was served: the answer that was asked for comes first. */
function servedVerdicts({ draws, compared, agreed, unknown, untold, mixedKeys }: Served): Verdicts[number][] {
  return [
    ...draws.map((each): Verdicts[number] => ({
      kind: each.fits ? "pass" : "fail",
      text: `What was served ${each.fits ? "fits" : "does not fit"} the weights: ${ratioText(each)}.`,
    })),
    ...(compared === 0
      ? []
      : [
          {
            kind: agreed === compared ? ("pass" as const) : ("fail" as const),
            text: `${formatCount(agreed)} of ${plural(compared, "request")} that leave nothing to chance got the version of the alias.`,
          },
        ]),
    ...(unknown.requests === 0 ? [] : [{ kind: "fail" as const, text: `${unknownText(unknown)}.` }]),
    ...(mixedKeys === undefined || mixedKeys.count === 0
      ? []
      : [
          {
            kind: "fail" as const,
            text: `${formatCount(mixedKeys.count)} of ${plural(mixedKeys.of, "sticky key")} were served more than one version at the split.`,
          },
        ]),
    ...(untold === 0
      ? []
      : [{ kind: "note" as const, text: `${plural(untold, "request does", "requests do")} not tell which version answered.` }]),
  ];
}

/** One cell for each way from a version to another. */
function summed(cells: readonly Cell[]): readonly Cell[] {
  const sums = new Map<string, Cell>();
  for (const { from, to, count: each } of cells) {
    const way = JSON.stringify([from, to]);
    sums.set(way, { from, to, count: (sums.get(way)?.count ?? 0) + each });
  }
  return [...sums.values()];
}

/** The primary first: it is what an outcome for what goes wrong names. */
function versionsOf(plans: readonly Plan[]): readonly string[] {
  const primary = plans[0] === undefined ? [] : [plans[0].outcomes[plans[0].error]?.version ?? ""];
  return [...new Set([...primary, ...plans.flatMap(({ versions }) => versions)])];
}

function changeSections({ before, after, movement }: NonNullable<Findings["change"]>): readonly Section[] {
  const versions = versionsOf([before, after]);
  const steps = [
    { name: "before", note: "", runs: runsOf(before) },
    { name: "after", note: "", runs: runsOf(after) },
  ];
  const cells = movement.moves.map(({ from, to, slots }) => ({ from, to, count: slots }));
  const shifts = movement.shifts.map(({ before: one, after: other, from, to, witness }) => [
    one,
    other,
    `${sharesIn(from)} → ${sharesIn(to)}`,
    witness === undefined ? "none found" : JSON.stringify(witness),
  ]);
  return [
    plotted("The slots", { kind: "strip", data: { title: "The slots before and after", slots: SLOTS, versions, steps } }),
    plotted("From version to version", {
      kind: "matrix",
      data: { title: "Slots from version to version", unit: "slots", whole: SLOTS, versions, cells },
    }),
    ...(shifts.length === 0
      ? []
      : [
          tabled("Requests that change hands by rules", {
            caption: "Each with a request that shows it",
            head: ["Decided before by", "and after by", "Shares", "Witness"],
            rows: shifts,
          }),
        ]),
  ];
}

function sharesIn(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .map(([version, slots]) => `${version} ${percent(slots, SLOTS)}`)
    .join(", ");
}

function rolloutSections({ stages }: Rollout, forecast: Forecast | undefined): readonly Section[] {
  const versions = versionsOf(stages.map(({ plan }) => plan));
  const steps = stages.map(({ name, seconds, plan }, index) => {
    const inner = index > 0 && name !== "promoted";
    return { name, note: inner ? (seconds === undefined ? "until resumed" : duration(seconds)) : "", runs: runsOf(plan) };
  });
  const slots = plotted(
    "The slots of each step",
    { kind: "strip", data: { title: "Slots by step", slots: SLOTS, versions, steps } },
    "Whom a rule claims does not come to the split, and is not counted here.",
  );
  const marks = stages.flatMap((stage) => stage.marks.map(({ kind, text, at }) => [stage.name, kind, text, at]));
  const marked = tabled("What does not split requests", {
    caption: "It is told, and not simulated",
    head: ["Step", "Kind", "What it does", "Place"],
    rows: marks,
  });
  if (forecast === undefined) return marks.length === 0 ? [slots] : [slots, marked];
  const { sticky, clustered, assumptions, stages: foreseen, transitions } = forecast;
  const totals = summed(transitions.flatMap(({ matrix }) => matrix.map(({ from, to, slots: each }) => ({ from, to, count: each }))));
  const part = (value: number): string => percent(value, SLOTS);
  const moves: Table = {
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
  const seen: Table = {
    caption: "How much traffic it takes until the difference in the error rate is seen",
    head: ["Step", "Canary", "Requests in all", "On the canary", "Takes", "Long enough"],
    rows: foreseen.flatMap(({ name, canary, detection }) => {
      if (detection === undefined) return [];
      const { requests, canary: own, seconds, within } = detection;
      const enough = within === undefined ? "not known" : within ? "yes" : "no";
      return [[name, part(canary), formatCount(requests), formatCount(own), seconds === undefined ? "" : duration(seconds), enough]];
    }),
  };
  const drift: Table = {
    caption: "The canary's part of users if a random draw is kept by a cookie",
    head: ["Step", "Requests of a user", "Weight", "Cookie on the canary alone", "Cookie on both"],
    rows: foreseen.flatMap(({ name, canary, affinity }) =>
      affinity === undefined
        ? []
        : [
            [
              name,
              String(Math.round(affinity.requests * 100) / 100),
              part(canary),
              percent(affinity.canaryCookie),
              percent(affinity.bothCookies),
            ],
          ],
    ),
  };
  const matrix: Figure = {
    kind: "matrix",
    data: { title: "Slots that move, over all steps", unit: "slots", whole: SLOTS, versions, cells: totals },
  };
  const words = sticky
    ? "A slot is 0.01 % of the users."
    : "No user keeps a draw: what moves here is shares, and any request may get any version.";
  return [
    slots,
    ...(marks.length === 0 ? [] : [marked]),
    { heading: "From version to version", text: [words], figure: matrix, tables: [moves] },
    ...[seen, drift]
      .filter(({ rows }) => rows.length > 0)
      .map((table) =>
        table === seen
          ? { ...tabled("Until a fault is seen", table), text: [`To see ${assumptionsText(assumptions, clustered)}.`] }
          : tabled("What an affinity cookie does", table),
      ),
  ];
}

function shareSections(simulation: Findings["simulation"], rollout: Rollout | undefined): readonly Section[] {
  if (simulation === undefined || !("stages" in simulation)) return [];
  const canary = rollout?.canary;
  const sections: Section[] = [];
  const timed = rollout?.stages.slice(1).every(({ name, seconds }) => name === "promoted" || seconds !== undefined) === true;
  let hours = 0;
  const points = simulation.stages.flatMap(({ name, simulation: { draws } }, index) => {
    const x = timed ? hours : index;
    hours += (rollout?.stages[index]?.seconds ?? 0) / 3_600;
    const arm = draws[0]?.arms.find(({ version }) => version === canary);
    if (arm === undefined) return [];
    const { share, interval, slots } = arm;
    return [{ x, name, share, low: interval.low, high: interval.high, expected: slots / SLOTS }];
  });
  if (canary !== undefined && points.length > 0) {
    const data = {
      title: `What the draw gives ${canary}`,
      version: canary,
      axis: timed ? "hours, at the begin of each step" : "step",
      points,
    };
    sections.push(plotted("The share of the canary", { kind: "share", data }, "Each step is simulated on the same traffic."));
  }
  const cells = summed(simulation.changes.flatMap(({ matrix }) => matrix.map(({ from, to, requests }) => ({ from, to, count: requests }))));
  if (cells.length === 0) return sections;
  const versions = versionsOf(simulation.stages.map((stage) => stage.simulation.plan));
  const data = {
    title: "Requests that change version, over all steps",
    unit: "requests",
    whole: simulation.requests,
    versions,
    cells,
  };
  const users = simulation.changes.some((change) => change.users !== undefined);
  const table: Table = {
    caption: "What changes from step to step",
    head: ["From", "To", "Requests", ...(users ? ["Users"] : [])],
    rows: simulation.changes.map((change) => [
      change.from,
      change.to,
      formatCount(change.requests),
      ...(users ? [change.users === undefined ? "" : formatCount(change.users)] : []),
    ]),
  };
  const bounced =
    simulation.bounced === 0
      ? "No request goes to a version and comes back."
      : `${plural(simulation.bounced, "request leaves a version and comes", "requests leave a version and come")} back to it.`;
  const sampled =
    simulation.usersSampled < 1
      ? [`Users who moved are estimated from an even sample of ${percent(simulation.usersSampled)} of them.`]
      : [];
  return [
    ...sections,
    { heading: "Requests that change version", text: [bounced, ...sampled], figure: { kind: "matrix", data }, tables: [table] },
  ];
}

function simulationSections(told: readonly NamedSimulation[]): readonly Section[] {
  const sections: Section[] = [];
  const of = (heading: string, name: string | undefined): string => (name === undefined ? heading : `${heading}: ${name}`);
  const [first] = told;
  if (first === undefined) return [];
  const single = told.length === 1 ? first.simulation : undefined;
  if (first.simulation.served !== undefined) sections.push(...servedSections(first.simulation.served, versionsOf([first.simulation.plan])));
  sections.push(tabled("Who got what", versionsTable(told)));

  const ruled = told.findLast(({ simulation }) => simulation.funnel.length > 0);
  if (ruled !== undefined) {
    const { plan, requests, funnel, reasons } = ruled.simulation;
    const unread = reasons.reduce((sum, { reason, requests: each }) => (reason === "error" ? sum + each : sum), 0);
    const tests = new Map(plan.rules.map(({ test, outcome }) => [plan.outcomes[outcome]?.at, test]));
    const steps = funnel.map(({ at, version, reached, held }) => {
      const test = tests.get(at);
      return { name: version, rule: test === undefined ? "" : ruleText(test), version, reached, held };
    });
    const data = { title: of("What the strategies hold for", ruled.name), requests, unread, steps, versions: versionsOf([plan]) };
    sections.push(plotted("The funnel of rules", { kind: "funnel", data }));
  }
  if (single !== undefined) {
    const versions = versionsOf([single.plan]);
    for (const draws of single.draws.filter(({ arms }) => arms.length > 1))
      sections.push(armsSection(draws, versions), ...courseSections(draws, versions));
  }
  for (const who of ["sessions", "users"] as const) {
    const widest = told
      .filter(({ simulation }) => (simulation[who]?.curve.length ?? 0) > 0)
      .toSorted((a, b) => (b.simulation[who]?.mixed.share ?? 0) - (a.simulation[who]?.mixed.share ?? 0))[0];
    const found = widest?.simulation[who];
    if (widest !== undefined && found !== undefined) sections.push(mixedSection(who, of(`Mixed ${who}`, widest.name), found));
  }
  if (single === undefined) return sections;
  const { segments, lines } = single;
  if (segments.length > 1) sections.push(tabled("By segment", segmentsTable(single)));
  if (lines.malformed > 0) {
    const rows = lines.first.slice(0, MOST_ROWS).map(({ line, fault }) => [String(line), fault]);
    sections.push(
      tabled("Lines that are no requests", {
        caption: `The first of ${formatCount(lines.malformed)}`,
        head: ["Line", "What is wrong"],
        rows,
      }),
    );
  }
  return sections;
}

/** What was served, beside the weights, and from what the alias decides to what was served. */
function servedSections({ draws, ways }: Served, versions: readonly string[]): readonly Section[] {
  const rows = ways.map(({ from, to, requests }) => {
    const of = ways.reduce((sum, each) => (sameVersion(each.from, from) ? sum + each.requests : sum), 0);
    return [decidedText(from), to ?? "another", formatCount(requests), percent(requests, of)];
  });
  const table = { caption: "From what the alias decides to what was served", head: ["Decided", "Served", "Requests", "Part"], rows };
  const arms = draws.map((each): Section => {
    const heading = each.unit === "key" ? "What keys were served" : "What requests were served";
    const shares = armShares(each);
    const title = `${each.unit === "key" ? "Keys" : "Requests"} at the split by the version that was served, beside the weights`;
    return plotted(heading, { kind: "arms", data: { title, unit: `${each.unit}s`, versions, arms: shares } }, `${ratioText(each)}.`);
  });
  return [...arms, tabled("From decided to served", table)];
}

function sameVersion(one: Way["from"], other: Way["from"]): boolean {
  return one?.version === other?.version && one?.reason === other?.reason;
}

function versionsTable(told: readonly NamedSimulation[]): Table {
  const several = told.length > 1;
  const rows = told.flatMap(({ name = "", simulation }) =>
    simulation.versions.map(({ version, requests, share, expected, drawn }) => {
      const users = simulation.users?.versions.find((each) => each.version === version);
      const seen = users === undefined ? "" : percent(users.share);
      return [...(several ? [name] : []), version, formatCount(requests), percent(share), percent(expected), formatCount(drawn), seen];
    }),
  );
  const head = ["Version", "Requests", "Share", "Expected", "By the draw", "Users who saw it"];
  return { caption: "Requests and users by version", head: several ? ["Step", ...head] : head, rows };
}

function armsSection({ unit, arms, sampled }: Draws, versions: readonly string[]): Section {
  const shares = armShares({ arms });
  const title = unit === "key" ? "Keys by version, beside the weights" : "Drawn requests by version, beside the weights";
  const text =
    sampled < 1
      ? `Of the keys, an even sample of ${percent(sampled)} was counted.`
      : "An interval that reaches over the middle line is no more than chance.";
  return plotted(
    unit === "key" ? "The draw of keys" : "The draw of requests",
    { kind: "arms", data: { title, unit: `${unit}s`, versions, arms: shares } },
    text,
  );
}

function armShares({ arms }: Pick<Draws, "arms">): ArmShares["arms"] {
  return arms.map(({ version, count: each, share, interval, slots }) => ({
    version,
    count: each,
    share,
    low: interval.low,
    high: interval.high,
    expected: slots / SLOTS,
  }));
}

/** What the arms were given, but the primary's, stretch by stretch of the traffic. A single stretch is no course. */
function courseSections({ unit, arms, course, sampled }: Draws, [primary]: readonly string[]): readonly Section[] {
  if (course.length < 2) return [];
  const others = arms
    .map((arm, index) => ({ ...arm, index }))
    .filter(({ version }) => version !== primary)
    .toSorted((one, other) => other.slots - one.slots);
  const left = others.slice(MOST_COURSES).map(({ version }) => version);
  const more = [
    ...(left.length === 0 ? [] : [`Not shown, as the smallest: ${left.join(", ")}.`]),
    ...(sampled < 1 ? ["It ends where there were more keys than memory holds: of a sample, the order is not known."] : []),
  ];
  return others.slice(0, MOST_COURSES).map(({ version, slots, index }) => {
    const points = course.map(({ requests, counts }) => {
      const [got, all] = [counts[index] ?? 0, counts.reduce((sum, each) => sum + each, 0)];
      const { low, high } = wilson(got, all);
      return { x: requests, name: formatCount(requests), share: got / all, low, high, expected: slots / SLOTS };
    });
    const title = unit === "key" ? `What the draw gives ${version}, of the keys that come first` : `What the draw gives ${version}`;
    const text = `Each dot stands for the ${unit}s since the one before. About one interval in twenty misses the line by chance.`;
    return plotted(`The share of ${version}`, { kind: "share", data: { title, version, axis: "requests", points } }, text, ...more);
  });
}

function mixedSection(who: "users" | "sessions", heading: string, { mixed, curve, several, count: all }: Exposure): Section {
  const points = curve.map(({ within, of, share, interval, expected }) => ({
    within,
    of,
    share,
    low: interval.low,
    high: interval.high,
    expected,
  }));
  const supposed = mixed.expected === undefined ? "" : `; ${percent(mixed.expected)} was to be expected`;
  const text = [
    `${percent(mixed.share)} of the ${who} that came to the draw were given more than one version by it${supposed}.`,
    `${percent(several.share)} of all ${formatCount(all)} ${who} saw more than one version, by rules or by the draw.`,
  ];
  if (mixed.count === 0 && (mixed.expected ?? 0) === 0) return { heading, text, figure: undefined, tables: [] };
  return {
    heading,
    text,
    figure: { kind: "mixed", data: { title: `${heading}: more than one version within so many requests`, who, points } },
    tables: [],
  };
}

function segmentsTable({ segments }: Simulation): Table {
  const rows = segments.slice(0, MOST_ROWS).map(({ value, rest, requests, versions }) => {
    const name = rest ? "all others" : (value ?? "without one");
    return [
      name,
      formatCount(requests),
      versions.map(({ version, share, expected }) => `${version} ${percent(share)} (${percent(expected)})`).join(", "),
    ];
  });
  const more = segments.length > MOST_ROWS ? `, the first ${MOST_ROWS} of ${formatCount(segments.length)}` : "";
  return { caption: `Share of each version, and in brackets what was to be expected${more}`, head: ["Value", "Requests", "Shares"], rows };
}

function plotted(heading: string, figure: Figure, ...text: readonly string[]): Section {
  return { heading, text, figure, tables: [] };
}

function tabled(heading: string, table: Table): Section {
  return { heading, text: [], figure: undefined, tables: [table] };
}
