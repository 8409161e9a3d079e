import { SLOTS } from "../../alias/index.ts";
import { formatCount } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { Draws } from "../draws.ts";
import type { Exposure } from "../exposure.ts";
import type { ArmShares } from "../plot/arms.ts";
import type { VersionBars } from "../plot/bars.ts";
import { percent } from "../plot/number.ts";
import type { Simulation } from "../result.ts";
import type { Way } from "../served/report.ts";
import { decidedText, ratioText } from "../served/words.ts";
import { wilson } from "../statistics/interval.ts";
import { type NamedSimulation, plotted, tabled, versionsOf } from "./findings.ts";
import type { Section } from "./html.ts";
import { ruleText } from "./rule-text.ts";

/** Rows of malformed lines that a report shows. */
const MOST_LINES = 20;

/** Segments that a report shows, the most frequent first. */
const MOST_SEGMENTS = 20;

/** Versions whose share is drawn against time: the largest; more would hide what follows. */
const MOST_COURSES = 4;

/** What traffic shows beside who got what: by which rules and draws, and who saw several versions. */
export function trafficSections(told: readonly NamedSimulation[], segment: Field | undefined): readonly Section[] {
  const [first] = told;
  if (first === undefined) return [];
  const sections: Section[] = [];
  const of = (heading: string, name: string | undefined): string => (name === undefined ? heading : `${heading}: ${name}`);
  const single = told.length === 1 ? first.simulation : undefined;
  const ruled = told.findLast(({ simulation }) => simulation.funnel.length > 0);
  if (ruled !== undefined) sections.push(funnelSection(of("What the strategies hold for", ruled.name), ruled.simulation));
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
  if (segments.length > 1) sections.push(segmentsSection(single, segment));
  if (lines.malformed > 0) {
    const rows = lines.first.slice(0, MOST_LINES).map(({ line, fault }) => [String(line), fault]);
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
export function servedSections([first]: readonly NamedSimulation[]): readonly Section[] {
  const { served, plan } = first?.simulation ?? {};
  if (served === undefined || plan === undefined) return [];
  const { draws, ways } = served;
  const versions = versionsOf([plan]);
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

/** Who got what. */
export function versionSections(told: readonly NamedSimulation[]): readonly Section[] {
  const [first] = told;
  if (first === undefined || first.simulation.requests === 0) return [];
  const versions = versionsOf(told.map(({ simulation }) => simulation.plan));
  const barsOf = (simulation: Simulation): VersionBars["bars"] =>
    simulation.versions
      .map(({ version, requests, share, expected, drawn }) => {
        const users = simulation.users?.versions.find((each) => each.version === version)?.share;
        return { version, count: requests, share, expected, drawn, users };
      })
      .toSorted((one, other) => versions.indexOf(one.version) - versions.indexOf(other.version));
  const title = "Requests and users by version";
  if (told.length === 1)
    return [plotted("Who got what", { kind: "bars", data: { title, unit: "requests", versions, bars: barsOf(first.simulation) } })];
  const steps = told.map(({ name = "", simulation }) => ({ name, shares: barsOf(simulation) }));
  return [plotted("Who got what", { kind: "stack", data: { title, unit: "requests", versions, steps } })];
}

function funnelSection(title: string, { plan, requests, funnel, reasons }: Simulation): Section {
  const unread = reasons.reduce((sum, { reason, requests: each }) => (reason === "error" ? sum + each : sum), 0);
  const tests = new Map(plan.rules.map(({ test, outcome }) => [plan.outcomes[outcome]?.at, test]));
  const steps = funnel.map(({ at, version, reached, held }) => {
    const test = tests.get(at);
    return { name: version, rule: test === undefined ? "" : ruleText(test), version, reached, held };
  });
  return plotted("The funnel of rules", { kind: "funnel", data: { title, requests, unread, steps, versions: versionsOf([plan]) } });
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

/** What each arm but the primary's was given in consecutive sections of the traffic. A single section is no course. */
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
    const points = course.map(({ requests, time, counts }) => {
      const [got, all] = [counts[index] ?? 0, counts.reduce((sum, each) => sum + each, 0)];
      const { low, high } = wilson(got, all);
      const name = time === undefined ? formatCount(requests) : `from ${timeText(time)} on: ${formatCount(requests)}`;
      return { x: requests, name, share: got / all, low, high, expected: slots / SLOTS };
    });
    const title = unit === "key" ? `What the draw gives ${version}, of the keys that come first` : `What the draw gives ${version}`;
    const text = `Each dot stands for the ${unit}s since the one before. About one interval in twenty misses the line by chance.`;
    return plotted(`The share of ${version}`, { kind: "share", data: { title, version, axis: "requests", points } }, text, ...more);
  });
}

/** A time in UTC, to the second. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
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

function segmentsSection({ segments, plan }: Simulation, segment: Field | undefined): Section {
  const versions = versionsOf([plan]);
  const rows = segments.slice(0, MOST_SEGMENTS).map(({ value, rest, requests, versions: shares }) => ({
    name: rest ? "all others" : (value ?? "without one"),
    requests,
    cells: versions.map((version) => {
      const { share = 0, expected = 0 } = shares.find((each) => each.version === version) ?? {};
      return { share, expected };
    }),
  }));
  const more = segments.length > MOST_SEGMENTS ? [`The first ${MOST_SEGMENTS} of ${formatCount(segments.length)} values.`] : [];
  const by = segment === undefined ? "value" : fieldName(segment);
  const title = segment === undefined ? "Shares by segment" : `Shares by ${by}`;
  return plotted("By segment", { kind: "heat", data: { title, by, versions, rows } }, ...more);
}
