import { fail, type Input, isAbsent, list, number, optional, pointerTo, record, shown, string, words } from "../document/index.ts";
import { readDuration } from "./duration.ts";
import { readHeaderRoute } from "./header-route.ts";
import type { Track } from "./track.ts";

/** What steps of a kind of document may say. */
export interface StepRules {
  /** Steps of this library: `setWeights`, `setStrategy`; durations in days. Otherwise they are Argo's alone. */
  readonly own: boolean;
  /** What `setWeight` counts up to: 100 but where Argo's `maxTrafficWeight` says more. */
  readonly whole: number;
  /** Whether a load balancer of AWS routes: all headers of a route must match, and `*` and `?` are wildcards. */
  readonly alb: boolean;
}

/** Argo's examples have ten; this is a budget. */
const MOST_STEPS = 1_000;

/** Templates, analyses and matches of one step; Argo's examples have three. */
const MOST_PARTS = 100;

/** Steps of this library, which are read in its own documents only. */
const OWN_STEPS: readonly string[] = ["setWeights", "setStrategy"];

const STEPS = [
  "setWeight",
  "setWeights",
  "setStrategy",
  "setHeaderRoute",
  "pause",
  "setMirrorRoute",
  "setCanaryScale",
  "analysis",
  "experiment",
  "plugin",
  "replicaProgressThreshold",
] as const;

/** A step of Argo may have one of these; it is done after what else the step has. A step of ours has one key. */
const EXCLUSIVE: readonly string[] = ["setWeight", "pause", "experiment", "analysis"];

type StepKey = (typeof STEPS)[number];

/** Reads steps, and puts what they do on the track. */
export function readSteps(input: Input, track: Track, rules: StepRules): void {
  const steps = list(input, { limit: MOST_STEPS, what: "steps" });
  if (steps?.length === 0) fail(input, "step", "the rollout has no step", "write steps, such as `setWeight: 5`");
  const keys = STEPS.filter((key) => rules.own || !OWN_STEPS.includes(key));
  for (const step of steps ?? []) {
    const fields = record(step, keys);
    if (fields === undefined) continue;
    const present = keys.filter((key) => fields[key].value !== undefined);
    const misspelt = present.length === 0 && Object.keys(step.value as object).length > 0;
    if (misspelt) continue;
    const exclusive = present.filter((key) => rules.own || EXCLUSIVE.includes(key));
    if (present.length === 0 || exclusive.length > 1) notOne(step, exclusive, keys);
    else for (const key of [...present.filter((each) => !exclusive.includes(each)), ...exclusive]) readStep(key, fields[key], track, rules);
  }
}

/** Complains of a step that does nothing, or more than one thing. */
function notOne(step: Input, present: readonly string[], keys: readonly string[]): void {
  if (present.length === 0) fail(step, "step", "the step does nothing", `write ${words(keys, "or")}`);
  else fail(step, "step", `the step does more than one thing: ${words(present, "and")}`, "make each a step of its own");
}

function readStep(key: StepKey, input: Input, track: Track, rules: StepRules): void {
  const at = pointerTo(input);
  const mark = (text: string): void => track.mark({ at, kind: key, text });
  switch (key) {
    case "setWeight": {
      const weight = number(input);
      if (weight !== undefined) track.setWeight((100 * weight) / rules.whole, at);
      return;
    }
    case "setWeights":
      track.setWeights(input.value as Parameters<Track["setWeights"]>[0], at);
      return;
    case "setStrategy":
      readStrategy(input, track);
      return;
    case "setHeaderRoute":
      readHeaderRoute(input, track, rules);
      return;
    case "pause":
      readPause(input, track, rules);
      return;
    case "analysis":
      mark(`waits for ${readAnalysis(input).text}`);
      track.last(undefined);
      return;
    case "experiment":
      readExperiment(input, track, rules);
      return;
    case "plugin": {
      const fields = record(input, ["name", "config"]);
      const name = fields && string(fields.name);
      mark(`waits for the plugin ${shown(name ?? "")}`);
      track.last(undefined);
      return;
    }
    case "setCanaryScale":
      mark(scaleText(input));
      return;
    case "setMirrorRoute":
      mark(mirrorText(input));
      return;
    case "replicaProgressThreshold":
      mark("says how many pods of a step must be ready");
      return;
    default:
      key satisfies never;
  }
}

function readStrategy(input: Input, track: Track): void {
  if (track.routes.size > 0 && Object.hasOwn(input.value ?? {}, track.canary)) {
    const help = "remove the route first, by a `setHeaderRoute` with its `name` alone, or leave the strategy out";
    fail(input, "header-route", `${shown(track.canary)} has a header route already`, help);
  } else track.setStrategy(input.value as Track["strategy"], pointerTo(input));
}

/** Without a duration someone has to resume. */
function readPause(input: Input, track: Track, { own }: StepRules): void {
  const duration = optional(input, (pause) => record(pause, ["duration"]))?.duration;
  const timed = duration !== undefined && !isAbsent(duration);
  if (!timed) track.mark({ at: pointerTo(input), kind: "pause", text: "waits until someone resumes it" });
  track.last(timed ? readDuration(duration, { bare: true, days: own }) : undefined);
}

/** The analyses that a step, or all of a rollout, has, and the index of the step with which they begin. */
export function readAnalysis(input: Input): { readonly text: string; readonly startingStep: number | undefined } {
  const fields = record(input, ["templates", "args", "dryRun", "measurementRetention", "analysisRunMetadata", "startingStep"]);
  const names = namesOf(fields?.templates, ["templateName", "clusterScope"], "templateName");
  return {
    text: names.length === 0 ? "an analysis" : `the analysis ${words(names, "and")}`,
    startingStep: fields && optional(fields.startingStep, number),
  };
}

function namesOf<Key extends string>(input: Input | undefined, known: readonly Key[], key: Key): readonly string[] {
  const items = input && optional(input, (present) => list(present, { limit: MOST_PARTS, what: "templates" }));
  return (items ?? []).flatMap((item) => {
    const name = record(item, known)?.[key];
    const text = name && string(name);
    return text === undefined ? [] : [text];
  });
}

const EXPERIMENT = ["templates", "duration", "analyses", "dryRun", "analysisRunMetadata", "scaleDownDelaySeconds"] as const;
const TEMPLATE = ["name", "specRef", "replicas", "metadata", "selector", "weight", "service"] as const;

/** An experiment gives requests to further pods; those of the canary's kind are the canary here. */
function readExperiment(input: Input, track: Track, { whole }: StepRules): void {
  const fields = record(input, EXPERIMENT);
  if (fields === undefined) return;
  const seconds = optional(fields.duration, (duration) => readDuration(duration, { bare: false, days: false }));
  const templates = list(fields.templates, { limit: MOST_PARTS, what: "templates" }) ?? [];
  const names: string[] = [];
  let weight = 0;
  for (const template of templates) {
    const parts = record(template, TEMPLATE);
    if (parts === undefined) continue;
    const name = string(parts.name);
    const kind = string(parts.specRef);
    const share = optional(parts.weight, number);
    if (name !== undefined) names.push(name);
    if (kind !== undefined && kind !== "canary" && kind !== "stable")
      fail(parts.specRef, "step", `${shown(kind)} is no version of a rollout`, "write `canary` or `stable`");
    if (kind === "canary" && share !== undefined) weight += share;
  }
  const pods = names.length === 0 ? "pods" : words(names, "and");
  const percent = Number(((100 * weight) / whole).toFixed(9));
  const split = weight === 0 ? "" : `, which get ${percent} % more for the canary`;
  const mark = { at: pointerTo(input), kind: "experiment", text: `runs an experiment with ${pods}${split}` };
  if (weight !== 0) track.experiment(percent, seconds, mark);
  else {
    track.mark(mark);
    track.last(seconds);
  }
}

function scaleText(input: Input): string {
  const fields = record(input, ["weight", "replicas", "matchTrafficWeight"]);
  const replicas = fields && optional(fields.replicas, number);
  const weight = fields && optional(fields.weight, number);
  if (replicas !== undefined) return `scales the canary to ${replicas} pods`;
  if (weight !== undefined) return `scales the canary to ${weight} % of the pods`;
  return "scales the canary with its weight";
}

function mirrorText(input: Input): string {
  const fields = record(input, ["name", "match", "percentage"]);
  const name = shown((fields && string(fields.name)) ?? "");
  const percentage = fields && optional(fields.percentage, number);
  if (fields === undefined || (isAbsent(fields.match) && percentage === undefined)) return `ends the mirror ${name}`;
  const share = percentage === undefined ? "requests" : `${percentage} % of the requests`;
  return `mirrors ${share} by ${name}: nobody gets the answers of the canary`;
}
