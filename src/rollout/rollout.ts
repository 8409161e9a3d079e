import {
  adopt,
  type Checked,
  fail,
  type Input,
  list,
  optional,
  pointer,
  readPlain,
  record,
  shown,
  sound,
  string,
  warn,
  words,
} from "../document/index.ts";
import { type AliasConfig, parse, type Version } from "../alias/index.ts";
import { planOf } from "../plan/index.ts";
import { readArgo } from "./argo.ts";
import { readFlagger } from "./flagger.ts";
import { findDocument, type RolloutDocument, type RolloutForm, specOf } from "./manifest.ts";
import { readSteps } from "./steps.ts";
import { type Stage, Track } from "./track.ts";

/** An alias on its way from one version to another. Plain data. */
export interface Rollout {
  readonly kind: "rollout";
  readonly canary: Version;
  /** At least two, the first of which is the alias as it is. */
  readonly stages: readonly Stage[];
}

/** What a document of a rollout need not say itself. */
export interface RolloutOptions {
  /** The alias as it is before, where the document has none. */
  readonly alias?: unknown;
  /**
   * The version that is rolled out, where the document does not name one. A `Rollout` of Argo or a `Canary` of Flagger never does: it is
   * then the only other version that the alias has, or else is called `canary`, with a warning. The stable version is the alias's.
   */
  readonly canary?: Version | undefined;
}

/** The name of the canary where nobody names it. */
const CANARY = "canary";

/**
 * Reads a rollout, or says everything that is wrong with it. It is written in the words of Argo Rollouts where it has them,
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
 * or as it stands in a cluster: a `Rollout` of Argo (argoproj.io/v1alpha1), a `Canary` of Flagger (flagger.app/v1beta1), or a list
 * of documents of which one is such. What is set takes effect together, until the next step that takes time. After the last step
 * the canary becomes the version of the alias, and weights and strategies go, unless `promote` is false. What does not split
 * requests is a mark of the stage that it happens in.
 */
export function parseRollout(value: unknown, options: RolloutOptions = {}): Checked<Rollout> {
  return readPlain(value, (input) => readRollout(input, options));
}

/**
 * The rollout that a value describes.
 * @throws ConfigError with everything that is wrong
 */
export function rollout(value: unknown, options: RolloutOptions = {}): Rollout {
  return sound(parseRollout(value, options));
}

function readRollout(input: Input, options: RolloutOptions): Rollout | undefined {
  const { alias: given } = options;
  const name = typeof given === "object" && given !== null && "name" in given ? given.name : undefined;
  const document = findDocument(input, name);
  if (document === undefined) return undefined;
  return document.form === "steps" ? readOwn(document.input, options) : readManifest(document, options);
}

/** A rollout in our own words. */
function readOwn(input: Input, options: RolloutOptions): Rollout | undefined {
  const fields = record(input, ["alias", "canary", "steps", "promote"]);
  if (fields === undefined) return undefined;
  const promote = optional(fields.promote, readBoolean) ?? true;
  const absent = fields.alias.value === undefined && options.alias !== undefined;
  const alias = readAlias(absent ? { ...fields.alias, value: options.alias } : fields.alias);
  const canary = fields.canary.value === undefined && options.canary !== undefined ? options.canary : string(fields.canary);
  if (options.canary !== undefined && canary !== undefined && canary !== options.canary)
    fail(fields.canary, "canary", `${shown(canary)} is rolled out here, not ${shown(options.canary)}`, "name one of them");
  // Complains of steps that are no list, even where there is no alias to make stages of.
  if (alias === undefined || canary === undefined) list(fields.steps, { limit: Infinity, what: "steps" });
  if (alias === undefined || canary === undefined) return undefined;
  if (!isPromotable(fields.canary, alias, canary)) return undefined;
  const track = new Track(fields.steps, alias, canary);
  readSteps(fields.steps, track, { own: true, whole: 100, alb: false });
  return rolloutOf(track, alias, canary, promote);
}

const READERS: Readonly<Record<Exclude<RolloutForm, "steps">, (spec: Input, track: Track) => void>> = {
  argo: readArgo,
  flagger: readFlagger,
};

/** A rollout as a cluster has it. */
function readManifest({ form, input }: RolloutDocument, options: RolloutOptions): Rollout | undefined {
  const spec = specOf(input);
  if (options.alias === undefined)
    return fail(input, "missing-key", "the alias that is rolled out is missing", "give it beside the document, as the option `alias`");
  const alias = readAlias({ value: options.alias, key: "alias", parent: { ...input, parent: undefined }, reading: input.reading });
  if (form === "steps" || spec === undefined || alias === undefined) return undefined;
  const canary = options.canary ?? canaryOf(input, alias);
  if (canary === undefined || !isPromotable(input, alias, canary)) return undefined;
  const track = new Track(spec, alias, canary);
  READERS[form](spec, track);
  return rolloutOf(track, alias, canary, true);
}

/** The version that is rolled out, where the alias shows which one it is. */
function canaryOf(input: Input, alias: AliasConfig): Version | undefined {
  const { version, additional_version_weights: weights, additional_version_strategy: strategies, additional_version_order: order } = alias;
  const declared = [...Object.keys(weights ?? {}), ...Object.keys(strategies ?? {}), ...(order ?? [])];
  const others = [...new Set(declared)].filter((other) => other !== version);
  const [only = CANARY] = others;
  const help = "name it: `--canary VERSION`, or the option `canary`";
  if (others.length > 1)
    return fail(input, "canary", `the alias has ${words(others, "and")} beside ${shown(version)}: which is the canary?`, help);
  if (others.length === 0) {
    if (version === CANARY) return fail(input, "canary", `the alias has no other version than ${shown(version)}`, help);
    warn(input, "canary", `the alias has no other version than ${shown(version)}: the canary is called ${shown(CANARY)}`, help);
  }
  return only;
}

/** Whether the alias may have this version in place of its own. */
function isPromotable(input: Input, alias: AliasConfig, canary: Version): boolean {
  if (canary === alias.version) {
    fail(input, "canary", `${shown(canary)} is the version that the alias has`, "name the version to be rolled out");
    return false;
  }
  const promoted = parse({ ...alias, version: canary, additional_version_weights: null, additional_version_strategy: null });
  if (promoted.ok) return true;
  for (const { code, severity, message, help } of promoted.diagnostics) if (severity === "error") fail(input, code, message, help);
  return false;
}

function rolloutOf(track: Track, alias: AliasConfig, canary: Version, promote: boolean): Rollout {
  const stages = [...track.stages()];
  if (promote) {
    const { additional_version_weights: _, additional_version_strategy: __, ...rest } = alias;
    const last = { ...rest, version: canary };
    stages.push({ name: "promoted", at: "", alias: last, plan: planOf(last), seconds: undefined, marks: [] });
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
