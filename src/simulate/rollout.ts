import {
  bounded,
  type Checked,
  fail,
  type Input,
  isAbsent,
  list,
  number,
  optional,
  type Pointer,
  pointer,
  record,
  shown,
  sound,
  string,
  words,
} from "../document/index.ts";
import { type AliasConfig, parse, type StrategyConfig, type Version } from "../alias/index.ts";
import { type Plan, planOf } from "../plan/index.ts";
import { adopt, reading } from "./reading.ts";

/** What the alias is for a while. */
export interface Stage {
  /** `before`, `step 1`, …, `promoted`. */
  readonly name: string;
  /** The first of the steps that make it; empty for what the alias is before, and after the last. */
  readonly at: Pointer;
  readonly alias: AliasConfig;
  readonly plan: Plan;
  /** How long it lasts; undefined where someone has to resume, and for the first and the last stage. */
  readonly seconds: number | undefined;
}

/** An alias on its way from one version to another. Plain data. */
export interface Rollout {
  readonly kind: "rollout";
  readonly canary: Version;
  /** At least two, the first of which is the alias as it is. */
  readonly stages: readonly Stage[];
}

/** Argo's examples have ten; this is a budget. */
const MOST_STEPS = 1_000;

const STEP_KEYS = ["setWeight", "setWeights", "setStrategy", "setHeaderRoute", "pause"] as const;

/**
 * Reads a rollout, in the words of Argo Rollouts where it has them, or says everything that is wrong with it:
 *
 *     alias: { name: shop, version: v1, stickiness: … }       # as it is before
 *     canary: v2
 *     steps:
 *       - setHeaderRoute: { name: staff, match: [{ headerName: X-Staff, headerValue: { exact: "yes" } }] }
 *       - pause: {}                                            # until someone resumes
 *       - setWeight: 5                                         # percent for the canary
 *       - pause: { duration: 1h }
 *       - setWeights: { v2: 50, v3: 10 }                       # all weights
 *       - setStrategy: { v2: { rules: [...] } }                # all strategies, as an alias has them
 *     promote: true
 *
 * What is set between two pauses takes effect together. After the last step the canary becomes the version of the alias, and
 * weights and strategies go, unless `promote` is false.
 */
export function parseRollout(value: unknown): Checked<Rollout> {
  return reading(value, readRollout);
}

/**
 * The rollout that a value describes.
 * @throws ConfigError with everything that is wrong
 */
export function rollout(value: unknown): Rollout {
  return sound(parseRollout(value));
}

/** What the steps so far have made of the alias. */
interface State {
  weights: AliasConfig["additional_version_weights"];
  strategy: AliasConfig["additional_version_strategy"];
  /** Where they were last set, if it was in this stage. */
  weightsAt: Pointer | undefined;
  strategyAt: Pointer | undefined;
  readonly routes: Map<string, StrategyConfig["rules"]>;
}

function readRollout(input: Input): Rollout | undefined {
  const fields = record(input, ["alias", "canary", "steps", "promote"]);
  if (fields === undefined) return undefined;
  const promote = optional(fields.promote, readBoolean) ?? true;
  const alias = readAlias(fields.alias);
  const canary = string(fields.canary);
  const steps = list(fields.steps, { limit: MOST_STEPS, what: "steps" });
  if (steps?.length === 0) fail(fields.steps, "step", "the rollout has no step", "write steps, such as `setWeight: 5`");
  if (alias === undefined || canary === undefined || steps === undefined) return undefined;
  if (canary === alias.version) {
    return fail(fields.canary, "canary", `${shown(canary)} is the version that the alias has`, "name the version to be rolled out");
  }
  const promoted = parse({ ...alias, version: canary, additional_version_weights: null, additional_version_strategy: null });
  if (!promoted.ok) {
    for (const { code, severity, message, help } of promoted.diagnostics) {
      if (severity === "error") fail(fields.canary, code, message, help);
    }
    return undefined;
  }

  const stages: Stage[] = [{ name: "before", at: "", alias, plan: planOf(alias), seconds: undefined }];
  stages.push(...readSteps(fields.steps, steps, alias, canary));
  if (promote) {
    const { additional_version_weights: _, additional_version_strategy: __, ...rest } = alias;
    const last = { ...rest, version: canary };
    stages.push({ name: "promoted", at: "", alias: last, plan: planOf(last), seconds: undefined });
  }
  return { kind: "rollout", canary, stages };
}

function readBoolean(input: Input): boolean | undefined {
  if (typeof input.value === "boolean") return input.value;
  const found = typeof input.value === "string" || typeof input.value === "number" ? `, found ${shown(input.value)}` : "";
  return fail(input, "wrong-type", `expected true or false${found}`, "after `promote: false` the canary is not made the version");
}

/** The alias itself, as it travels: later stages are made of it. What is wrong with it is told of where it stands. */
function readAlias(input: Input): AliasConfig | undefined {
  const checked = parse(input.value);
  adopt(input, pointer("", "alias"), checked.diagnostics);
  return checked.ok ? (input.value as AliasConfig) : undefined;
}

function readSteps(input: Input, steps: readonly Input[], alias: AliasConfig, canary: Version): readonly Stage[] {
  const stages: Stage[] = [];
  const state: State = {
    weights: alias.additional_version_weights,
    strategy: alias.additional_version_strategy,
    weightsAt: undefined,
    strategyAt: undefined,
    routes: new Map(),
  };
  let from: number | undefined;
  const close = (seconds: number | undefined): void => {
    if (from === undefined) return;
    const stage = stageOf(input, alias, state, canary, { name: `step ${stages.length + 1}`, at: pointer("", "steps", from), seconds });
    if (stage !== undefined) stages.push(stage);
    from = state.weightsAt = state.strategyAt = undefined;
  };
  for (const [index, step] of steps.entries()) {
    const fields = record(step, STEP_KEYS);
    if (fields === undefined) continue;
    const present = STEP_KEYS.filter((key) => fields[key].value !== undefined);
    if (present.length !== 1) {
      const misspelt = present.length === 0 && Object.keys(step.value as object).length > 0;
      if (!misspelt) notOne(step, present);
      continue;
    }
    if (present[0] !== "pause") {
      from ??= index;
      set(state, fields, canary, pointer("", "steps", index));
      continue;
    }
    const paused = readPause(fields.pause);
    if (from !== undefined) close(paused);
    else lengthen(stages, paused);
  }
  close(0);
  return stages;
}

/** Complains of a step that does nothing, or more than one thing. */
function notOne(step: Input, present: readonly string[]): void {
  if (present.length === 0) fail(step, "step", "the step does nothing", `write ${words(STEP_KEYS, "or")}`);
  else fail(step, "step", `the step does more than one thing: ${words(present, "and")}`, "make each a step of its own");
}

/** A pause that follows another one. */
function lengthen(stages: Stage[], seconds: number | undefined): void {
  const last = stages.pop();
  if (last === undefined) return;
  stages.push({ ...last, seconds: last.seconds === undefined || seconds === undefined ? undefined : last.seconds + seconds });
}

function set(state: State, fields: Readonly<Record<(typeof STEP_KEYS)[number], Input>>, canary: Version, at: Pointer): void {
  const { setWeight, setWeights, setStrategy, setHeaderRoute } = fields;
  if (setWeight.value !== undefined) {
    const weight = number(setWeight);
    if (weight === undefined) return;
    state.weights = { ...state.weights, [canary]: weight };
    state.weightsAt = pointer(at, "setWeight");
  } else if (setWeights.value !== undefined) {
    state.weights = setWeights.value as State["weights"];
    state.weightsAt = pointer(at, "setWeights");
  } else if (setStrategy.value !== undefined) {
    if (state.routes.size > 0 && Object.hasOwn(setStrategy.value ?? {}, canary)) {
      const help = "remove the route first, by a `setHeaderRoute` with its `name` alone, or leave the strategy out";
      fail(setStrategy, "header-route", `${shown(canary)} has a header route already`, help);
      return;
    }
    state.strategy = setStrategy.value as State["strategy"];
    state.strategyAt = pointer(at, "setStrategy");
  } else {
    if (state.strategy !== null && state.strategy !== undefined && Object.hasOwn(state.strategy, canary)) {
      fail(setHeaderRoute, "header-route", `${shown(canary)} has a strategy already`, "add the header's rule to it with `setStrategy`");
      return;
    }
    readHeaderRoute(setHeaderRoute, state.routes);
    state.strategyAt = pointer(at, "setHeaderRoute");
  }
}

/** A route by headers; without `match` it is removed, as in Argo. Any of its matches is enough. */
function readHeaderRoute(input: Input, routes: State["routes"]): void {
  const fields = record(input, ["name", "match"]);
  const name = fields && string(fields.name);
  if (fields === undefined || name === undefined) return;
  if (isAbsent(fields.match)) {
    routes.delete(name);
    return;
  }
  const matches = list(fields.match, { limit: 100, what: "matches" });
  if (matches?.length === 0) {
    fail(fields.match, "header-route", "the route has no match", "write one, or remove the route: leave `match` out");
    return;
  }
  const rules = (matches ?? []).flatMap((match) => {
    const parts = record(match, ["headerName", "headerValue"]);
    const value = parts && record(parts.headerValue, ["exact", "prefix", "regex"]);
    const param = parts && bounded(parts.headerName);
    if (parts === undefined || value === undefined || param === undefined) return [];
    for (const key of ["prefix", "regex"] as const) {
      if (!isAbsent(value[key])) {
        fail(value[key], "header-route", `an alias cannot compare by \`${key}\``, "write the whole value, as `exact`");
        return [];
      }
    }
    const exact = bounded(value.exact);
    return exact === undefined ? [] : [{ rule_type: "Header", param, op: "=", value: exact }];
  });
  routes.set(name, rules);
}

/** The seconds of a pause; undefined where someone has to resume. */
function readPause(input: Input): number | undefined {
  if (isAbsent(input)) return undefined;
  const fields = record(input, ["duration"]);
  if (fields === undefined || isAbsent(fields.duration)) return undefined;
  const { value } = fields.duration;
  const seconds = typeof value === "number" || typeof value === "string" ? secondsOf(value) : NaN;
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  const what = typeof value === "number" || typeof value === "string" ? shown(value) : "this";
  return fail(fields.duration, "duration", `${what} is no duration`, "write seconds, or such as `30s`, `10m`, `1h30m`, `2d`");
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** NaN where the text is no duration. */
function secondsOf(duration: string | number): number {
  if (typeof duration === "number" || /^\d+$/.test(duration)) return Number(duration);
  if (!/^(?:\d+[smhd])+$/.test(duration)) return NaN;
  let seconds = 0;
  for (const [, count, unit = "s"] of duration.matchAll(/(\d+)([smhd])/g)) seconds += Number(count) * (UNITS[unit] ?? 0);
  return seconds;
}

/** The stage that the state makes. What is wrong with it is told of the step that has set it. */
function stageOf(
  input: Input,
  alias: AliasConfig,
  state: State,
  canary: Version,
  told: { readonly name: string; readonly at: Pointer; readonly seconds: number | undefined },
): Stage | undefined {
  const routed = [...state.routes.values()].flat();
  const strategy = routed.length === 0 ? state.strategy : { ...state.strategy, [canary]: { combine_type: "or", rules: routed } };
  const config: AliasConfig = { ...alias, additional_version_weights: state.weights, additional_version_strategy: strategy };
  const checked = parse(config);
  if (checked.ok) return { ...told, alias: config, plan: planOf(config) };
  for (const diagnostic of checked.diagnostics) {
    if (diagnostic.severity !== "error") continue;
    const [at, within] = placeOf(diagnostic.at, state);
    if (at !== undefined) adopt(input, at, [{ ...diagnostic, at: within }]);
  }
  return undefined;
}

/** The step that has set what a complaint is about, and the place in what it has set. */
function placeOf(at: Pointer, { weightsAt, strategyAt }: State): readonly [Pointer | undefined, Pointer] {
  const [, key = "", ...rest] = at.split("/");
  const within = rest.map((part) => `/${part}`).join("");
  if (key === "additional_version_weights") return [weightsAt, weightsAt?.endsWith("/setWeight") === true ? "" : within];
  if (key === "additional_version_strategy") return [strategyAt, strategyAt?.endsWith("/setHeaderRoute") === true ? "" : within];
  return [weightsAt ?? strategyAt, ""];
}
