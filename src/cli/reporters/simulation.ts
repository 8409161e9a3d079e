import { formatCount, formatPercent, visible } from "../../alias/surface.ts";
import { duration, type Exposure, type Forecast, type RolloutSimulation, type Share, type Simulation } from "../../simulate/index.ts";
import type { Style } from "../terminal/style.ts";
import { plural, table } from "../terminal/table.ts";

/** The result of a simulation as text. */
export function simulationText(simulation: Simulation, style: Style, columns: number | undefined): string {
  return `${simulationLines(simulation, style, columns).join("\n")}\n`;
}

function simulationLines(simulation: Simulation, style: Style, columns: number | undefined): readonly string[] {
  const { requests, seed, partial } = simulation;
  return [
    ...(partial ? [style("yellow", "partial: it was stopped before the traffic had ended")] : []),
    `${plural(requests, "request")}, seed ${visible(seed)}`,
    "",
    ...versionLines(simulation, columns),
    ...funnelLines(simulation, columns),
    ...drawLines(simulation, style, columns),
    ...exposureLines("user", simulation.users, columns),
    ...exposureLines("session", simulation.sessions, columns),
    ...recordedLines(simulation),
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

function drawLines({ draws }: Simulation, style: Style, columns: number | undefined): readonly string[] {
  return draws.flatMap(({ unit, count: units, sampled, arms, verdict, sequential }) => {
    const rows = arms.map(({ version, slots, count: got, share, interval: { low, high } }) => [
      visible(version),
      formatCount(got),
      formatPercent(share),
      `${(100 * low).toFixed(2)}–${(100 * high).toFixed(2)} %`,
      formatPercent(slots, 10_000),
    ]);
    const kind = unit === "key" ? "sticky draws, one for each key" : "random draws, one for each request";
    const p = `p = ${verdict.p < 0.0001 ? verdict.p.toExponential(1) : verdict.p.toFixed(4)}, ${verdict.test}, ${plural(units, unit)}`;
    const said = verdict.chance ? `no more than chance (${p})` : style("red", `more than chance (${p})`);
    return [
      "",
      `${kind}${sampled < 1 ? `, an even sample of ${formatPercent(sampled)}` : ""}:`,
      ...table([["arm", unit === "key" ? "keys" : "requests", "share", "95 %", "weight"], ...rows], columns),
      `  the difference from the weights is ${said}`,
      `  at any time: ${sequential.alarm ? style("red", "alarm, the weights are not kept") : "no alarm"} (p = ${sequential.p.toFixed(4)})`,
    ];
  });
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

function recordedLines({ recorded }: Simulation): readonly string[] {
  if (recorded === undefined) return [];
  const { compared, agreed } = recorded;
  return [
    "",
    `recorded answers: ${formatCount(agreed)} of ${formatCount(compared)} that leave nothing to chance agree (${formatPercent(agreed, compared)})`,
  ];
}

/** The forecast of a rollout, which needs no simulation. */
export function forecastText(
  { stages, transitions, moved, minimum, direct, bounced, sticky }: Forecast,
  columns: number | undefined,
): string {
  const rows = stages.map(({ name, canary, seconds, detection, affinity }) => [
    name,
    formatPercent(canary, 10_000),
    seconds === undefined ? "–" : duration(seconds),
    detection === undefined ? "–" : formatCount(Math.ceil(detection.requests)),
    affinity === undefined ? "–" : formatPercent(affinity.canaryCookie),
  ]);
  const moves = transitions.map(({ from, to, moved: slots, minimum: least, joined, left, returned }) => [
    `${from} → ${to}`,
    ...[slots, least, joined, left, returned].map((each) => formatPercent(each, 10_000)),
  ]);
  return [
    ...table([["stage", "canary", "lasts", "requests to see +1 %", "on it by a canary cookie"], ...rows], columns),
    "",
    ...table([["change", "moved", "at least", "in", "out", "back"], ...moves], columns),
    `  over all: ${formatPercent(moved, 10_000)} moved, ${formatPercent(minimum, 10_000)} had to; in one step it would be ${formatPercent(direct, 10_000)}; A→B→A: ${formatPercent(bounced, 10_000)}`,
    ...(sticky ? [] : ["  the draw is random: what moves is odds, and every request of a user is drawn anew"]),
    "",
  ].join("\n");
}

/** The simulation of a rollout: each stage, and what moved between them. */
export function rolloutText({ stages, changes, bounced }: RolloutSimulation, style: Style, columns: number | undefined): string {
  const lines = stages.flatMap(({ name, simulation }) => [
    style("bold", visible(name)),
    ...simulationLines(simulation, style, columns).map((line) => `  ${line}`.trimEnd()),
    "",
  ]);
  const moves = changes.map(({ from, to, requests, users }) => [
    `${from} → ${to}`,
    formatCount(requests),
    users === undefined ? "–" : formatCount(users),
  ]);
  return `${[...lines, ...table([["change", "requests that moved", "users"], ...moves], columns), `  requests whose version comes back, A→B→A: ${formatCount(bounced)}`].join("\n")}\n`;
}
