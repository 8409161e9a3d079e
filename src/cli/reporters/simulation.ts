import { formatCount, formatInterval, formatPercent, visible } from "../../alias/surface.ts";
import {
  assumptionsText,
  type CountVerdict,
  decidedText,
  type Draws,
  duration,
  type Exposure,
  type Forecast,
  probabilityText,
  type RolloutSimulation,
  type ServedDraws,
  type Share,
  type Simulation,
  unknownText,
} from "../../simulate/index.ts";
import type { Style } from "../terminal/style.ts";
import { plural, table } from "../terminal/table.ts";

/** The result of a simulation as text. */
export function simulationText(simulation: Simulation, style: Style, columns: number | undefined): string {
  const { requests, seed } = simulation;
  const lines = [
    ...partialLines(simulation, style),
    `${plural(requests, "request")}, seed ${visible(seed)}`,
    ...logLines(simulation, style),
    ...simulationLines(simulation, style, columns),
  ];
  return `${lines.join("\n")}\n`;
}

function partialLines({ partial }: { readonly partial: boolean }, style: Style): readonly string[] {
  return partial ? [style("yellow", "partial: it was stopped before the traffic had ended")] : [];
}

/** What the log is, and what of it was left out. */
function logLines({ format, lines, served, draws }: Simulation, style: Style): readonly string[] {
  if (format === undefined) return [];
  const { read, malformed, skipped, skippedFor } = lines;
  const prefix = format.prefix === undefined ? "" : `, each line behind what ${visible(format.prefix)} puts before it`;
  const reasons = skippedFor.map(({ reason, lines: some }) => `${formatCount(some)} ${visible(reason)}`).join(", ");
  return [
    `format ${visible(format.name)}${format.detected ? ", found from the first lines" : ""}${prefix}; ${plural(read, "line")}`,
    ...(skipped === 0 ? [] : [`skipped ${plural(skipped, "line that holds", "lines that hold")} no request to a server: ${reasons}`]),
    ...(served !== undefined || draws.length === 0
      ? []
      : ["what was served is not judged: `--served` names the field with the version that answered"]),
    ...(malformed === 0 ? [] : [style("yellow", `left out ${plural(malformed, "line that is", "lines that are")} no request`)]),
  ];
}

function simulationLines(simulation: Simulation, style: Style, columns: number | undefined): readonly string[] {
  return [
    ...servedLines(simulation, style, columns),
    "",
    ...versionLines(simulation, columns),
    ...funnelLines(simulation, columns),
    ...drawLines(simulation, style, columns),
    ...exposureLines("user", simulation.users, columns),
    ...exposureLines("session", simulation.sessions, columns),
    ...segmentLines(simulation, columns),
  ];
}

/** Segments that are shown; JSON has all. */
const SEGMENTS_SHOWN = 20;

function segmentLines({ segments }: Simulation, columns: number | undefined): readonly string[] {
  if (segments.length === 0) return [];
  const rows = segments
    .slice(0, SEGMENTS_SHOWN)
    .flatMap(({ value, rest, requests, versions }) => [
      [rest ? "all other values" : value === undefined ? "(without one)" : visible(value), formatCount(requests), "", ""],
      ...versions.map((each) => [
        `  ${visible(each.version)}`,
        formatCount(each.requests),
        formatPercent(each.share),
        formatPercent(each.expected),
      ]),
    ]);
  const more = segments.length - SEGMENTS_SHOWN;
  return [
    "",
    ...table([["segment", "requests", "share", "expected"], ...rows], columns),
    ...(more > 0 ? [`  and ${plural(more, "more value")}, see \`--format json\``] : []),
  ];
}

/** A bar of up to 20 blocks, in eighths. */
function bar(share: number): string {
  const eighths = Math.round(share * 160);
  return "█".repeat(eighths >> 3) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths & 7];
}

function versionLines({ versions }: Simulation, columns: number | undefined): readonly string[] {
  const rows = versions.map(({ version, requests, share, expected }) => [
    visible(version),
    formatCount(requests),
    formatPercent(share),
    formatPercent(expected),
  ]);
  const lines = table([["version", "requests", "share", "expected"], ...rows], columns);
  return lines.map((line, index) => (index === 0 ? line : `${line}  ${bar(versions[index - 1]?.share ?? 0)}`));
}

function funnelLines({ funnel, requests }: Simulation, columns: number | undefined): readonly string[] {
  if (funnel.length === 0) return [];
  const last = funnel.at(-1);
  const rest = last === undefined ? requests : last.reached - last.held;
  const rows = funnel.map(({ version, reached, held }) => [
    visible(version),
    formatCount(reached),
    formatCount(held),
    formatPercent(held, reached),
  ]);
  return ["", ...table([["strategy", "reached", "held", ""], ...rows, ["the split", formatCount(rest), "", ""]], columns)];
}

/** What the test of a ratio says of what was compared with the weights. */
function testLines(
  { count: units, unit, verdict, sequential }: Draws,
  [right, wrong]: readonly [string, string],
  style: Style,
): readonly string[] {
  const p = `p ${probabilityText(verdict.p)}, ${verdict.test}, ${plural(units, unit)}`;
  return [
    `  ${verdict.chance ? right : style("red", wrong)} (${p})`,
    `  at any time: ${sequential.alarm ? style("red", "alarm, the weights are not kept") : "no alarm"} (p ${probabilityText(sequential.p)})`,
  ];
}

function armLines({ unit, arms }: Draws, columns: number | undefined): readonly string[] {
  const rows = arms.map(({ version, slots, count: got, share, interval }) => [
    visible(version),
    formatCount(got),
    formatPercent(share),
    formatInterval(interval),
    formatPercent(slots, 10_000),
  ]);
  return table([["arm", unit === "key" ? "keys" : "requests", "share", "95 %", "weight"], ...rows], columns);
}

function sampleText({ sampled }: Draws): string {
  return sampled < 1 ? `, an even sample of ${formatPercent(sampled)}` : "";
}

/** The draws of the simulation itself. They say nothing of what was served, and the words must not sound as if they did. */
function drawLines(simulation: Simulation, style: Style, columns: number | undefined): readonly string[] {
  return simulation.draws.flatMap((draws) => {
    const { unit, count: units, recorded } = draws;
    const [kind, words] =
      unit === "key"
        ? (["sticky draws, one for each key", ["the keys follow the weights", "the keys do not follow the weights"]] as const)
        : recorded === units
          ? ([
              "draws as they were recorded, one for each request",
              ["the recorded draws follow the weights", "the recorded draws do not follow the weights"],
            ] as const)
          : ([
              `random draws, one for each request${recorded > 0 ? ` (${formatCount(recorded)} recorded, the others made here)` : ", made here with the seed"}`,
              ["the random numbers made here follow the weights", "the random numbers made here do not follow the weights"],
            ] as const);
    return ["", `${kind}${sampleText(draws)}:`, ...armLines(draws, columns), ...testLines(draws, words, style)];
  });
}

/** Whether what was served fits the weights, and from what was decided to what was served. */
function servedLines(simulation: Simulation, style: Style, columns: number | undefined): readonly string[] {
  const { served } = simulation;
  if (served === undefined) return [];
  const { told, untold, unknown, ways, compared, agreed, draws, mixedKeys } = served;
  const rows = ways.map(({ from, to, requests }) => [
    `${visible(decidedText(from))} → ${to === undefined ? "another" : visible(to)}`,
    formatCount(requests),
  ]);
  const differ = compared - agreed;
  return [
    "",
    `what was served, by ${plural(told, "request")}${untold === 0 ? "" : ` (${plural(untold, "other does", "others do")} not tell)`}:`,
    ...table([["decided → served", "requests"], ...rows], columns),
    ...(compared === 0
      ? []
      : [
          `  ${formatCount(agreed)} of ${formatCount(compared)} that leave nothing to chance agree${differ === 0 ? "" : style("red", `, ${formatCount(differ)} differ`)}`,
        ]),
    ...(unknown.requests === 0 ? [] : [`  ${style("red", visible(unknownText(unknown)))}`]),
    ...draws.flatMap((each) => ["", ...servedDrawLines(each, style, columns)]),
    ...(mixedKeys === undefined
      ? []
      : [`  keys that were served more than one version: ${formatCount(mixedKeys.count)} of ${formatCount(mixedKeys.of)}`]),
  ];
}

/** What was served at the split, beside the weights. */
function servedDrawLines(draws: ServedDraws, style: Style, columns: number | undefined): readonly string[] {
  const { unit, count: units, tooFew, impossible } = draws;
  return [
    `served at the split, ${unit === "key" ? "each key once" : "each request"}${sampleText(draws)}:`,
    ...armLines(draws, columns),
    ...(units === 0 ? [] : testLines(draws, ["what was served fits the weights", "what was served does not fit the weights"], style)),
    ...(tooFew ? [`  ${style("yellow", `too few to tell: ${plural(units, unit)} would fit whatever had been served`)}`] : []),
    ...(impossible === 0 ? [] : [`  ${style("red", `${plural(impossible, unit)} got a version that the split cannot give`)}`]),
  ];
}

/** A verdict on counts as text. */
export function verdictText(verdict: CountVerdict, style: Style, columns: number | undefined): string {
  const { split, others, unknown, ways, compared, agreed } = verdict;
  const rows = ways.map(({ from, to, requests }) => [
    `${visible(decidedText(from))} → ${to === undefined ? "another" : visible(to)}`,
    formatCount(requests),
  ]);
  const named = unknown.versions.map((version) => `\`${visible(version)}\``).join(", ");
  const lines = [
    ...(split === undefined ? [] : servedDrawLines(split, style, columns)),
    ...(others === 0 ? [] : [`  ${formatCount(others)} that rules or defaults decided are not compared with the weights`]),
    ...(unknown.count === 0
      ? []
      : [`  ${style("red", `${formatCount(unknown.count)} of versions that the alias does not have (${named})`)}`]),
    ...(ways.length === 0
      ? []
      : [
          "",
          ...table([["decided → served", "count"], ...rows], columns),
          `  ${formatCount(agreed)} of ${formatCount(compared)} agree${agreed === compared ? "" : style("red", `, ${formatCount(compared - agreed)} differ`)}`,
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

function exposureLines(who: string, exposure: Exposure | undefined, columns: number | undefined): readonly string[] {
  if (exposure === undefined) return [];
  const { count: all, versions, several, mixed, curve } = exposure;
  const rows = versions.map(({ version, count: got, share }) => [visible(version), formatCount(Math.round(got)), formatPercent(share)]);
  return [
    "",
    `${plural(Math.round(all), who)}:`,
    ...table([["saw", `${who}s`, "share"], ...rows], columns),
    `  more than one version: ${shareText(several)}; mixed by the draw: ${shareText(mixed)}${expectedText(mixed.expected)}`,
    ...curve
      .filter((point) => point.count > 0 || point.expected !== undefined)
      .map((point) => `  within ${plural(point.within, "draw")}: ${shareText(point)}${expectedText(point.expected)}`),
  ];
}

function shareText({ share, count: got, of }: Share): string {
  return `${formatPercent(share)} (${formatCount(got)} of ${formatCount(of)})`;
}

function expectedText(expected: number | undefined): string {
  return expected === undefined ? "" : `, expected ${formatPercent(expected)}`;
}

/** The forecast of a rollout, which needs no simulation. */
export function forecastText(forecast: Forecast, columns: number | undefined): string {
  const { assumptions, stages, transitions, bounced, sticky, clustered } = forecast;
  const timed = stages.some(({ detection }) => detection?.seconds !== undefined);
  const drifts = stages.some(({ affinity }) => affinity !== undefined);
  const rows = stages.map(({ name, canary, seconds, detection, affinity }) => [
    name,
    formatPercent(canary, 10_000),
    seconds === undefined ? "–" : duration(seconds),
    detection === undefined ? "–" : formatCount(detection.requests),
    ...(timed ? [detection?.seconds === undefined ? "–" : duration(detection.seconds)] : []),
    ...(drifts ? [affinity === undefined ? "–" : formatPercent(affinity.canaryCookie)] : []),
  ]);
  const moves = transitions.map(({ from, to, moved: slots, minimum: least, joined, left, returned }) => [
    `${from} → ${to}`,
    ...[slots, least, joined, left, returned].map((each) => formatPercent(each, 10_000)),
  ]);
  const late = stages.filter(({ detection }) => detection?.within === false).map(({ name }) => name);
  const head = [
    "stage",
    "canary",
    "lasts",
    `requests to see +${formatPercent(assumptions.difference)}`,
    ...(timed ? ["take"] : []),
    ...(drifts ? ["on it by a canary cookie"] : []),
  ];
  return [
    ...table([head, ...rows], columns),
    ...(stages.some(({ detection }) => detection !== undefined) ? [`  to see ${assumptionsText(assumptions, clustered)}`] : []),
    ...markLines(stages),
    ...(late.length === 0 ? [] : [`  too short to see it: ${late.join(", ")}`]),
    "",
    ...table([["change", "moved", "at least", "in", "out", "back"], ...moves], columns),
    `  over all: ${changesText(forecast)}; A→B→A: ${formatPercent(bounced, 10_000)}`,
    ...(sticky ? [] : ["  the draw is random: what moves is odds, and every request of a user is drawn anew"]),
    "",
  ].join("\n");
}

/** What moves in all steps together. It may be more than everybody, so it is no share. */
function changesText({ sticky, moved, minimum, direct }: Forecast): string {
  const [all, least, once] = [moved, minimum, direct].map((slots) => (sticky ? (slots / 10_000).toFixed(2) : String(slots / 100)));
  const what = sticky ? `a user changes version ${all} times on average` : `the odds move by ${all} points of percent`;
  return `${what}, ${least} needed; in one step it would be ${once}`;
}

/** What a rollout does beside splitting requests. */
function markLines(stages: Forecast["stages"]): readonly string[] {
  return stages.flatMap(({ name, marks }) => marks.map(({ kind, text }) => `  ${name}: ${visible(text)} (${kind})`));
}

/** The simulation of a rollout: each stage, and what moved between them. */
export function rolloutText(rollout: RolloutSimulation, style: Style, columns: number | undefined): string {
  const { stages, changes, bounced, usersSampled, requests, seed } = rollout;
  const [first] = stages;
  const head = [
    ...partialLines(rollout, style),
    `${plural(requests, "request")} through every stage, seed ${visible(seed)}`,
    ...(first === undefined ? [] : logLines(first.simulation, style)),
    "",
  ];
  const lines = stages.flatMap(({ name, simulation }) => [
    style("bold", visible(name)),
    ...simulationLines(simulation, style, columns).map((line) => `  ${line}`.trimEnd()),
    "",
  ]);
  const sampled = usersSampled < 1 ? [`  users who moved are estimated from an even sample of ${formatPercent(usersSampled)} of them`] : [];
  const moves = changes.map(({ from, to, requests: moved, users }) => [
    `${from} → ${to}`,
    formatCount(moved),
    users === undefined ? "–" : formatCount(users),
  ]);
  return `${[...head, ...lines, ...table([["change", "requests that moved", "users"], ...moves], columns), `  requests whose version comes back, A→B→A: ${formatCount(bounced)}`, ...sampled].join("\n")}\n`;
}
