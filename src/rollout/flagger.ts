import {
  bounded,
  entries,
  fail,
  type Input,
  isAbsent,
  list,
  number,
  optional,
  type Pointer,
  pointerTo,
  record,
  shown,
  string,
  warn,
  words,
} from "../document/index.ts";
import type { RuleConfig } from "../alias/index.ts";
import { readDuration } from "./duration.ts";
import type { Route, Track } from "./track.ts";

const SPEC = [
  "provider",
  "metricsServer",
  "targetRef",
  "autoscalerRef",
  "ingressRef",
  "routeRef",
  "upstreamRef",
  "service",
  "analysis",
  "canaryAnalysis",
  "progressDeadlineSeconds",
  "skipAnalysis",
  "revertOnDeletion",
  "suspend",
] as const;

const ANALYSIS = [
  "interval",
  "iterations",
  "mirror",
  "mirrorWeight",
  "maxWeight",
  "stepWeight",
  "stepWeights",
  "stepWeightPromotion",
  "threshold",
  "primaryReadyThreshold",
  "canaryReadyThreshold",
  "alerts",
  "metrics",
  "webhooks",
  "match",
  "sessionAffinity",
] as const;

type Analysis = Readonly<Record<(typeof ANALYSIS)[number], Input>>;

/** Items of a list of Flagger's: weights, matches, metrics, webhooks. */
const MOST_ITEMS = 1_000;

/** What Flagger takes for an interval that is left out, and for a shorter one than it has; in seconds. */
const INTERVAL = 60;
const SHORTEST_INTERVAL = 10;

/**
 * Reads the `spec` of a `Canary` of Flagger (v1beta1, as of Flagger 1.42) onto the track. Each check, every `interval`, gives the
 * canary its next weight; the last weight lasts one interval more, and then the canary is promoted.
 */
export function readFlagger(spec: Input, track: Track): void {
  const fields = record(spec, SPEC);
  if (fields === undefined) return;
  const key = isAbsent(fields.analysis) && !isAbsent(fields.canaryAnalysis) ? "canaryAnalysis" : "analysis";
  const analysis = record(fields[key], ANALYSIS);
  if (analysis === undefined) return;
  if (fields.skipAnalysis.value === true) {
    const help = "leave `skipAnalysis` out to see the steps";
    fail(fields.skipAnalysis, "rollout-strategy", "with `skipAnalysis` the canary is promoted at once: there are no shares", help);
    return;
  }
  const interval = intervalOf(analysis.interval);
  const iterations = optional(analysis.iterations, number) ?? 0;
  const kubernetes = fields.provider.value === "kubernetes";
  if (!isAbsent(analysis.match) && iterations > 0 && !kubernetes) readTest(analysis, iterations, interval, track);
  else if (iterations > 0 || kubernetes) refuseBlueGreen(iterations > 0 ? analysis.iterations : fields.provider);
  else if (!isAbsent(analysis.match) && listed(analysis.match).length > 0) {
    const message = "`match` beside weights: which requests are split then depends on the mesh";
    fail(analysis.match, "rollout-strategy", message, "simulate the weights or the matches: leave one of them out");
  } else readWeights(analysis, interval, track);
}

function refuseBlueGreen(input: Input): void {
  const message = "this is a blue/green release, which gives all requests to one version at a time: there are no shares";
  fail(input, "rollout-strategy", message, "simulate a canary with `stepWeight`, or compare two aliases with `diff`");
}

function intervalOf(input: Input): number {
  const seconds = optional(input, (present) => readDuration(present, { bare: false, days: false })) ?? INTERVAL;
  if (seconds >= SHORTEST_INTERVAL) return seconds;
  warn(input, "duration", "Flagger checks every 10 seconds at most", "write `10s` or more");
  return SHORTEST_INTERVAL;
}

function listed(input: Input): readonly Input[] {
  return optional(input, (present) => list(present, { limit: MOST_ITEMS, what: "items" })) ?? [];
}

/** The weights one after the other, each for one interval. */
function readWeights(analysis: Analysis, interval: number, track: Track): void {
  const weights = weightsOf(analysis);
  if (weights === undefined) return;
  const gates = gatesOf(analysis.webhooks);
  markChecks(analysis, track, pointerTo(analysis.interval));
  if (analysis.mirror.value === true) {
    const share = optional(analysis.mirrorWeight, number);
    const text = `mirrors ${share === undefined ? "requests" : `${share} % of the requests`} for one interval before the first weight`;
    track.mark({ at: pointerTo(analysis.mirror), kind: "mirror", text });
  }
  for (const [index, { weight, at }] of weights.entries()) {
    track.setWeight(weight, at);
    const next = index < weights.length - 1 ? gates.increase : gates.promotion;
    if (next !== undefined)
      track.mark({ at: next.at, kind: "webhooks", text: `waits until the webhook ${shown(next.name)} lets it go on` });
    track.last(next === undefined ? interval : undefined);
  }
  const promotion = optional(analysis.stepWeightPromotion, number);
  if (promotion !== undefined && promotion > 0) {
    const text = `after promotion the requests go back in steps of ${promotion} %, to pods of the same version`;
    track.mark({ at: pointerTo(analysis.stepWeightPromotion), kind: "stepWeightPromotion", text });
  }
}

/** The weights as Flagger's controller computes them: it adds a step until the highest weight is reached, which it may pass. */
function weightsOf({
  stepWeight,
  stepWeights,
  maxWeight,
}: Analysis): readonly { readonly weight: number; readonly at: Pointer }[] | undefined {
  const step = optional(stepWeight, number) ?? 0;
  const inputs = listed(stepWeights);
  const steps = inputs.flatMap((input) => number(input) ?? []);
  const most = steps.length > 0 ? Math.min(100, steps.at(-1) ?? 100) : (optional(maxWeight, number) ?? 0) || 100;
  if (steps.length < inputs.length) return undefined;
  const wrong = [stepWeight, maxWeight, ...inputs].find(
    ({ value }) => typeof value === "number" && !(Number.isInteger(value) && value >= 0),
  );
  if (wrong !== undefined)
    return fail(wrong, "weight", `${shown(Number(wrong.value))} is no weight of Flagger`, "write a whole number of percent");
  if (step === 0 && steps.length === 0)
    return fail(stepWeight, "step", "the canary never gets a share", "write `stepWeight: 10`, or `stepWeights: [1, 10, 50]`");
  const weights: { readonly weight: number; readonly at: Pointer }[] = [];
  let weight = 0;
  while (weight < most) {
    const index = weight === 0 ? 0 : steps.indexOf(weight) + 1;
    const next = step > 0 ? weight + step : index > 0 || weight === 0 ? (steps[index] ?? 100) : 100;
    if (next <= weight) {
      const input = inputs[index] ?? stepWeights;
      return fail(
        input,
        "step",
        `the weights stop at ${weight} %: the next step does not add to it`,
        "make each step larger than the one before",
      );
    }
    weight = Math.min(next, 100);
    weights.push({ weight, at: pointerTo(step > 0 ? stepWeight : (inputs[index] ?? stepWeights)) });
  }
  if (weights.length === 0) return fail(stepWeights, "step", "the canary never gets a share", "make the last step larger than 0");
  return weights;
}

interface Gate {
  readonly name: string;
  readonly at: Pointer;
}

/** Webhooks that hold a step until they are answered. */
function gatesOf(webhooks: Input): { readonly increase: Gate | undefined; readonly promotion: Gate | undefined } {
  const gates = new Map<unknown, Gate>();
  for (const webhook of listed(webhooks)) {
    const fields = record(webhook, ["type", "name", "url", "muteAlert", "timeout", "metadata", "retries", "disableTLS"]);
    const name = fields && string(fields.name);
    if (fields === undefined || name === undefined) continue;
    if (!gates.has(fields.type.value)) gates.set(fields.type.value, { name, at: pointerTo(webhook) });
  }
  return { increase: gates.get("confirm-traffic-increase"), promotion: gates.get("confirm-promotion") };
}

function markChecks({ metrics, threshold, sessionAffinity }: Analysis, track: Track, at: Pointer): void {
  const names = listed(metrics).flatMap((metric) => {
    const name = record(metric, ["name", "interval", "threshold", "thresholdRange", "query", "templateRef", "templateVariables"])?.name;
    return (name && string(name)) ?? [];
  });
  const most = optional(threshold, number);
  const checks = names.length === 0 ? "its webhooks" : words(names, "and");
  const back = most === undefined ? "" : `, and goes back after ${most} that fail`;
  track.mark({ at, kind: "analysis", text: `checks ${checks} at every interval${back}` });
  if (isAbsent(sessionAffinity)) return;
  const text = "keeps users of the canary by a cookie: more of them are on it than its weight says";
  track.mark({ at: pointerTo(sessionAffinity), kind: "sessionAffinity", text });
}

/** A/B testing: requests that match get the canary for so many intervals. */
function readTest(analysis: Analysis, iterations: number, interval: number, track: Track): void {
  const route = routeOf(analysis.match);
  markChecks(analysis, track, pointerTo(analysis.interval));
  if (route === undefined) return;
  track.setRoute("match", route, pointerTo(analysis.match));
  const { promotion } = gatesOf(analysis.webhooks);
  if (promotion !== undefined)
    track.mark({ at: promotion.at, kind: "webhooks", text: `waits until the webhook ${shown(promotion.name)} lets it go on` });
  track.last(promotion === undefined ? iterations * interval : undefined);
}

/** Headers within a match must all hold, and any match is enough. */
function routeOf(input: Input): Route | undefined {
  const matches = listed(input);
  const read = matches.map((match) => {
    const fields = record(match, [
      "headers",
      "sourceLabels",
      "uri",
      "method",
      "authority",
      "scheme",
      "name",
      "queryParams",
      "withoutHeaders",
    ]);
    if (fields === undefined) return [];
    for (const [key, other] of Object.entries(fields)) {
      if (key !== "headers" && key !== "name" && !isAbsent(other))
        fail(other, "header-route", `an alias cannot match \`${key}\``, "match headers");
    }
    return (entries(fields.headers, { limit: MOST_ITEMS, what: "headers" }) ?? []).flatMap((header) => ruleOf(header) ?? []);
  });
  const rules = read.flat();
  if (rules.length < matches.length) return undefined;
  if (matches.length > 1 && read.some((all) => all.length > 1))
    return fail(
      input,
      "header-route",
      "several matches, and one of them by several headers",
      "an alias joins its rules by `and` or by `or`",
    );
  return { combine: matches.length > 1 ? "or" : "and", rules };
}

/** A cookie as it is matched everywhere in Flagger's documents: one `name=value` among others. */
const COOKIE = /^\^\(\.\*\??;\)\?\(([\w-]+)=([\w-]+)\)\(;\.\*\)\?\$$/;

function ruleOf(header: Input): RuleConfig | undefined {
  const param = String(header.key);
  const fields = record(header, ["exact", "prefix", "suffix", "regex"]);
  if (fields === undefined) return undefined;
  if (!isAbsent(fields.exact)) {
    const value = bounded(fields.exact);
    return value === undefined ? undefined : { rule_type: "Header", param, op: "=", value };
  }
  const [, name, value] = COOKIE.exec(String(fields.regex.value)) ?? [];
  if (param.toLowerCase() === "cookie" && name !== undefined && value !== undefined)
    return { rule_type: "Cookie", param: name, op: "=", value };
  return fail(header, "header-route", "an alias cannot compare by patterns", "write the whole value, as `exact`");
}
