import { SLOTS } from "../../alias/index.ts";
import { formatCount, plural } from "../../document/index.ts";
import type { Movement } from "../../prove/index.ts";
import type { Forecast } from "../forecast.ts";
import type { GateResult } from "../gates.ts";
import { percent } from "../plot/number.ts";
import type { Served } from "../served/report.ts";
import { probabilityText, ratioText, testName, unknownText } from "../served/words.ts";
import type { NamedSimulation } from "./findings.ts";
import type { ReportData } from "./html.ts";

type Verdicts = ReportData["verdicts"];

/** What came of the gates, of a change, of a forecast and of simulations. */
export function verdictsOf(
  gates: readonly GateResult[],
  movement: Movement | undefined,
  forecast: Forecast | undefined,
  simulations: readonly NamedSimulation[],
): Verdicts {
  return [
    ...gates.map(gateVerdict),
    ...(movement === undefined ? [] : changeVerdicts(movement)),
    ...forecastVerdicts(forecast),
    ...simulations.flatMap(simulationVerdicts),
  ];
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

function simulationVerdicts({ name, simulation }: NamedSimulation): Verdicts {
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
