import { formatCount, plural } from "../document/index.ts";
import { SLOTS } from "../alias/index.ts";
import type { Forecast } from "./forecast.ts";
import { percent } from "./plot/number.ts";
import type { Simulation } from "./result.ts";
import type { Served } from "./served/report.ts";
import { ratioText } from "./served/words.ts";
import type { RolloutSimulation } from "./simulate.ts";

/** What can be asked of a simulation, so that a script can go by it; each with when it fails. */
export const gates: Readonly<Record<"srm" | "differs" | "mixed" | "moved" | "short" | "malformed", string>> = {
  srm: "what was served does not fit the weights (sample-ratio mismatch)",
  differs: "a request was served another version than the alias decides without chance, or one that the alias does not have",
  mixed: "the split gives a user more than one version",
  moved: "a rollout moves users who need not move, or back to a version that they had left",
  short: "a step of a rollout ends before a fault would be seen",
  malformed: "lines of the log are no requests",
};

/** The name of a gate. */
export type Gate = keyof typeof gates;

/** What came of a gate. */
export interface GateResult {
  readonly gate: Gate;
  /** `unjudged` where what was given does not tell. */
  readonly outcome: "passed" | "failed" | "unjudged";
  /** What it rests on, in lower case without a full stop. */
  readonly why: string;
}

/** What gates are judged by. */
export interface GateInput {
  /** Left out before there is one: the gates that need it are then not judged. */
  readonly simulation?: Simulation | RolloutSimulation | undefined;
  /** Of the rollout, where there is one. */
  readonly forecast?: Forecast | undefined;
  /** The part of the lines that may be malformed, from 0 to 1; none where it is left out. */
  readonly maxMalformed?: number | undefined;
}

/** Judges gates, in the order in which they are named. None passes for want of data. */
export function judge(names: readonly Gate[], input: GateInput): readonly GateResult[] {
  return names.map((gate) => ({ gate, ...JUDGES[gate](input) }));
}

type Judgement = Omit<GateResult, "gate">;

const JUDGES: Readonly<Record<Gate, (input: GateInput) => Judgement>> = { srm, differs, mixed, moved, short, malformed };

/** Of a rollout, its first stage: that is the one which has served what the traffic tells. */
function firstOf(simulation: GateInput["simulation"]): Simulation | undefined {
  return simulation !== undefined && "stages" in simulation ? simulation.stages[0]?.simulation : simulation;
}

function srm({ simulation }: GateInput): Judgement {
  const served = firstOf(simulation)?.served;
  if (served === undefined) return unjudged("no request tells which version answered");
  if (served.draws.length === 0) return unjudged("no request that tells which version answered comes to the split");
  const bad = served.draws.filter(({ fits }) => !fits);
  return bad.length === 0 ? passed(served.draws.map(ratioText).join("; ")) : failed(bad.map(ratioText).join("; "));
}

function differs({ simulation }: GateInput): Judgement {
  const served = firstOf(simulation)?.served;
  if (served === undefined) return unjudged("no request tells which version answered");
  const { told, compared, agreed, unknown } = served;
  const said = [
    ...(agreed < compared
      ? [`${formatCount(compared - agreed)} of ${plural(compared, "request")} that leave nothing to chance were served another version`]
      : []),
    ...(unknown.requests > 0
      ? [`${plural(unknown.requests, "request")} of ${formatCount(told)} were served a version that the alias does not have`]
      : []),
  ];
  if (said.length > 0) return failed(said.join("; "));
  if (compared === 0) return unjudged("every request that tells which version answered leaves it to chance");
  return passed(`${plural(compared, "request")} that leave nothing to chance got the version of the alias`);
}

function mixed({ simulation }: GateInput): Judgement {
  const first = firstOf(simulation);
  if (first?.served !== undefined) return mixedServed(first.served);
  if (simulation === undefined) return unjudged("there is no traffic");
  const told = "stages" in simulation ? simulation.stages : [{ name: undefined, simulation }];
  const found = told.flatMap(({ name, simulation: { users } }) => (users === undefined ? [] : [{ name, ...users.mixed }]));
  if (found.length === 0) return unjudged("the traffic does not tell users apart");
  const [worst] = found.toSorted((one, other) => other.share - one.share);
  if (worst === undefined || worst.count === 0) return passed("no user gets more than one version from the split");
  return failed(
    `${worst.name === undefined ? "" : `${worst.name}: `}${mixedText(worst)} more than one version from it, as this alias decides`,
  );
}

function mixedServed({ users, mixedKeys }: Served): Judgement {
  if (mixedKeys !== undefined && mixedKeys.count > 0)
    return failed(
      `${formatCount(mixedKeys.count)} of ${plural(mixedKeys.of, "sticky key")} were served more than one version at the split`,
    );
  if (users === undefined && mixedKeys === undefined) return unjudged("the traffic does not tell users apart");
  if (users !== undefined && users.mixed.count > 0) return failed(`${mixedText(users.mixed)} more than one version there, as was served`);
  return passed("no user was served more than one version at the split");
}

function mixedText({ count: some, of }: { readonly count: number; readonly of: number }): string {
  return `${formatCount(some)} of ${plural(of, "user")} that came to the split got`;
}

function moved({ forecast }: GateInput): Judgement {
  if (forecast === undefined) return unjudged("there is no rollout");
  if (!forecast.sticky) return unjudged("the draw is random, so that no user keeps a version");
  const { moved: all, minimum, bounced } = forecast;
  const said = [
    ...(all > minimum ? [`${percent(all - minimum, SLOTS)} of the users move that need not`] : []),
    ...(bounced > 0 ? [`${percent(bounced, SLOTS)} of the users go back to a version that they had left`] : []),
  ];
  return said.length > 0 ? failed(said.join("; ")) : passed(`${percent(all, SLOTS)} of the users move, and all of them must`);
}

function short({ forecast }: GateInput): Judgement {
  if (forecast === undefined) return unjudged("there is no rollout");
  const found = forecast.stages.flatMap(({ name, detection }) =>
    detection?.within === undefined ? [] : [{ name, within: detection.within }],
  );
  if (found.length === 0) return unjudged("no step has a length and a rate of requests");
  const late = found.filter(({ within }) => !within);
  const open = forecast.stages.filter(
    ({ detection }) => detection !== undefined && detection.within === undefined && detection.seconds !== undefined,
  );
  const more = open.length === 0 ? "" : `; without a length: ${open.map(({ name }) => name).join(", ")}`;
  if (late.length === 0) return passed(`${plural(found.length, "step")} long enough${more}`);
  return failed(`too short to see the difference in the error rate: ${late.map(({ name }) => name).join(", ")}${more}`);
}

function malformed({ simulation, maxMalformed = 0 }: GateInput): Judgement {
  const lines = firstOf(simulation)?.lines;
  if (lines === undefined || lines.read === 0) return unjudged("the traffic is no log");
  const said = `${percent(lines.share)} of the lines are no requests (${formatCount(lines.malformed)}), ${percent(maxMalformed)} may be`;
  return lines.share > maxMalformed ? failed(said) : passed(said);
}

function passed(why: string): Judgement {
  return { outcome: "passed", why };
}

function failed(why: string): Judgement {
  return { outcome: "failed", why };
}

function unjudged(why: string): Judgement {
  return { outcome: "unjudged", why };
}
