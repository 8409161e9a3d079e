/** Aliases as flags of OpenFeature, whose variants are versions: the surface of `canary-router/openfeature`. */
import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  StandardResolutionReasons,
} from "@openfeature/server-sdk";
import type { Decision } from "../../backend/index.ts";
import { slotOf } from "../../plan/index.ts";
import { type LooseParts, type NodeRequest, requestOf } from "../../request/index.ts";
import { explain } from "../../route/index.ts";
import type { AliasTable } from "../table.ts";
import type { FollowedUpdate } from "../source/follow.ts";
import type { SourceStatus } from "../source/status.ts";

/** How a provider reads an evaluation context. */
export interface OpenFeatureOptions {
  /** The request of a context; `requestOfContext` where left out. */
  readonly request?: (context: EvaluationContext) => NodeRequest;
  /** Random draws; `Math.random` where left out. */
  readonly random?: () => number;
}

/** Parts of a request that a context can have as a whole. */
const PARTS = ["headers", "cookies", "query", "url", "path", "method", "host"] as const;

/**
 * The request of a context: its `headers`, `cookies`, `query`, `url`, `path`, `method` and `host` are those of the request; every other text,
 * number or boolean is an attribute, `targetingKey` among them. Throws a `TypeError` where a part cannot be read.
 */
export function requestOfContext(context: EvaluationContext): NodeRequest {
  const parts: Record<string, unknown> = {};
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(context)) {
    if ((PARTS as readonly string[]).includes(name)) parts[name] = value;
    else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") attributes[name] = String(value);
  }
  const made = requestOf({ ...(parts as LooseParts), attributes });
  if ("fault" in made) throw new TypeError(made.fault);
  return made;
}

const FLAG_REASONS: Readonly<Record<Decision["reason"], string>> = {
  rule: StandardResolutionReasons.TARGETING_MATCH,
  split: StandardResolutionReasons.SPLIT,
  default: StandardResolutionReasons.DEFAULT,
  error: StandardResolutionReasons.ERROR,
};

/**
 * A provider of OpenFeature: the key of a flag is that of an alias, its value and its variant are the version. Flags of other types are
 * `TYPE_MISMATCH`, and an alias that is not there is `FLAG_NOT_FOUND`. `flagMetadata` has `at`, what decided, and `slot`, where there was a
 * draw. Give `onUpdate` and `onStatus` to `follow`, for the events `ConfigurationChanged`, `Stale`, `Error` and `Ready`.
 */
export class CanaryProvider implements Provider {
  readonly metadata = { name: "canary-router" } as const;
  readonly runsOn = "server" as const;
  readonly events: OpenFeatureEventEmitter = new OpenFeatureEventEmitter();
  readonly #table: AliasTable;
  readonly #options: OpenFeatureOptions;
  #state: SourceStatus["state"] = "starting";

  constructor(table: AliasTable, options: OpenFeatureOptions = {}) {
    this.#table = table;
    this.#options = options;
  }

  /** Tells OpenFeature which flags have changed. */
  readonly onUpdate = ({ accepted }: FollowedUpdate): void => {
    if (accepted.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...accepted] });
  };

  /** Tells OpenFeature whether what is served may be older than what the source has. */
  readonly onStatus = ({ state, reason, revision }: SourceStatus): void => {
    const message = reason === undefined ? {} : { message: reason };
    if (state === "healthy" && this.#state !== "healthy") this.events.emit(ProviderEvents.Ready, message);
    if (state === "degraded") this.events.emit(revision === undefined ? ProviderEvents.Error : ProviderEvents.Stale, message);
    this.#state = state;
  };

  resolveStringEvaluation(key: string, defaultValue: string, context: EvaluationContext): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.#resolve(key, defaultValue, context));
  }

  resolveBooleanEvaluation(key: string, defaultValue: boolean): Promise<ResolutionDetails<boolean>> {
    return mismatch(key, defaultValue);
  }

  resolveNumberEvaluation(key: string, defaultValue: number): Promise<ResolutionDetails<number>> {
    return mismatch(key, defaultValue);
  }

  resolveObjectEvaluation<T extends JsonValue>(key: string, defaultValue: T): Promise<ResolutionDetails<T>> {
    return mismatch(key, defaultValue);
  }

  #resolve(key: string, defaultValue: string, context: EvaluationContext): ResolutionDetails<string> {
    const { request: read = requestOfContext, random = Math.random } = this.#options;
    const plan = this.#table.get(key)?.plan;
    if (plan === undefined) return failed(defaultValue, ErrorCode.FLAG_NOT_FOUND, `there is no alias \`${key}\``);
    let request: NodeRequest;
    try {
      request = read(context);
    } catch (error) {
      return failed(defaultValue, ErrorCode.INVALID_CONTEXT, (error as Error).message);
    }
    // A sticky alias draws by its key, and no other draw may take its place.
    const draw = plan.split.kind === "arms" && plan.split.sticky === undefined ? random() : undefined;
    const decision = this.#table.route(key, request, draw);
    if (decision === undefined) return failed(defaultValue, ErrorCode.FLAG_NOT_FOUND, `there is no alias \`${key}\``);
    const { version, reason, at } = decision;
    const slot = reason !== "split" ? undefined : draw === undefined ? explain(plan, request).draw?.slot : slotOf(draw);
    return {
      value: version,
      variant: version,
      reason: FLAG_REASONS[reason],
      flagMetadata: { at, ...(slot !== undefined && { slot }) },
      ...(reason === "error" && { errorCode: ErrorCode.GENERAL, errorMessage: "the request cannot be read" }),
    };
  }
}

function failed<T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: StandardResolutionReasons.ERROR, errorCode, errorMessage };
}

function mismatch<T>(key: string, value: T): Promise<ResolutionDetails<T>> {
  return Promise.resolve(failed(value, ErrorCode.TYPE_MISMATCH, `\`${key}\` is an alias, whose versions are text`));
}
