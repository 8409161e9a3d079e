import { fail, type Input, isAbsent, number, optional, pointerTo, record, shown } from "../document/index.ts";
import { readAnalysis, readSteps } from "./steps.ts";
import type { Track } from "./track.ts";

const SPEC = [
  "replicas",
  "selector",
  "template",
  "workloadRef",
  "minReadySeconds",
  "rollbackWindow",
  "strategy",
  "revisionHistoryLimit",
  "paused",
  "progressDeadlineSeconds",
  "progressDeadlineAbort",
  "restartAt",
  "analysis",
] as const;

const CANARY = [
  "canaryService",
  "stableService",
  "steps",
  "trafficRouting",
  "maxUnavailable",
  "maxSurge",
  "analysis",
  "antiAffinity",
  "canaryMetadata",
  "stableMetadata",
  "scaleDownDelaySeconds",
  "scaleDownDelayRevisionLimit",
  "abortScaleDownDelaySeconds",
  "dynamicStableScale",
  "pingPong",
  "minPodsPerReplicaSet",
  "replicaProgressThreshold",
] as const;

const ROUTING = [
  "istio",
  "nginx",
  "alb",
  "smi",
  "ambassador",
  "appMesh",
  "traefik",
  "managedRoutes",
  "apisix",
  "plugins",
  "maxTrafficWeight",
] as const;

/** Reads the `spec` of a `Rollout` of Argo (v1alpha1, as of Argo Rollouts 1.8) onto the track. */
export function readArgo(spec: Input, track: Track): void {
  const fields = record(spec, SPEC);
  const strategies = fields && record(fields.strategy, ["canary", "blueGreen"]);
  if (strategies === undefined) return;
  if (!isAbsent(strategies.blueGreen)) {
    const message = "a `blueGreen` strategy gives all requests to one version at a time: there are no shares";
    fail(strategies.blueGreen, "rollout-strategy", message, "simulate a `canary` strategy with steps; compare two aliases with `diff`");
    return;
  }
  const canary = record(strategies.canary, CANARY);
  if (canary === undefined) return;
  const routing = optional(canary.trafficRouting, (present) => record(present, ROUTING));
  const whole = (routing && optional(routing.maxTrafficWeight, number)) ?? 100;
  if (routing !== undefined && !(whole > 0)) {
    fail(
      routing.maxTrafficWeight,
      "weight",
      `${shown(whole)} is no sum of weights`,
      "write a whole number from 1, or leave it out for 100",
    );
    return;
  }
  if (routing === undefined) {
    const text = "Argo approximates the weights by numbers of pods, as there is no such key; here they are exact";
    track.mark({ at: pointerTo(strategies.canary), kind: "trafficRouting", text });
  }
  if (!isAbsent(canary.analysis)) {
    const { text, startingStep } = readAnalysis(canary.analysis);
    const from = startingStep === undefined ? "" : ` from the one with the index ${startingStep}`;
    track.mark({ at: pointerTo(canary.analysis), kind: "analysis", text: `runs ${text} beside all steps${from}` });
  }
  if (isAbsent(canary.steps)) {
    const help = "write steps, such as `setWeight: 5`: without any, Argo replaces pods as a Deployment does";
    fail(canary.steps, "step", "the rollout has no step", help);
    return;
  }
  readSteps(canary.steps, track, { own: false, whole, alb: routing !== undefined && !isAbsent(routing.alb) });
}
