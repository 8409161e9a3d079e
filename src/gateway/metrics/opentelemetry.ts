/** Numbers of a table for OpenTelemetry: the surface of `canary-router/opentelemetry`. */
import type { AliasTable } from "../table.ts";
import { ageOf, type SourceStatus } from "../source/status.ts";

/** What a callback is given to tell what it has observed. */
export interface ObservableResult {
  readonly observe: (value: number, attributes?: Readonly<Record<string, string>>) => void;
}

/** An instrument that asks for its values when they are exported. */
export interface Observable {
  readonly addCallback: (callback: (result: ObservableResult) => void) => void;
  readonly removeCallback: (callback: (result: ObservableResult) => void) => void;
}

/** What is used of a `Meter` of `@opentelemetry/api`. */
export interface ObservableMeter {
  readonly createObservableCounter: (name: string, options: { readonly description: string; readonly unit: string }) => Observable;
  readonly createObservableGauge: (name: string, options: { readonly description: string; readonly unit: string }) => Observable;
}

/** What is observed. */
export interface OpenTelemetryOptions {
  /** As `metrics.getMeter("…")` of `@opentelemetry/api` gives it. */
  readonly meter: ObservableMeter;
  /** The status of the source, as `follow` tells it. */
  readonly status?: () => SourceStatus;
}

/**
 * Observes a table with a meter: `canary_router.decisions` counts, with the attributes `feature_flag.key` (the alias),
 * `feature_flag.result.variant` (the version), `feature_flag.result.reason` and `feature_flag.provider.name` of OpenTelemetry's semantic
 * conventions, which are still in development there, and so are constants here. With a status, `canary_router.source.healthy`,
 * `.revision` and `.age` (in seconds) are observed too. `canary_router.events` counts what hosts have met beside decisions, with the attributes
 * `feature_flag.key` and `canary_router.event`. Returns a function that ends it.
 */
export function opentelemetry(table: AliasTable, { meter, status }: OpenTelemetryOptions): () => void {
  const decisions = meter.createObservableCounter("canary_router.decisions", {
    description: "Decisions by alias, version and reason",
    unit: "{decision}",
  });
  const ends: (() => void)[] = [];
  const observe = (observable: Observable, callback: (result: ObservableResult) => void): void => {
    observable.addCallback(callback);
    ends.push(() => observable.removeCallback(callback));
  };
  observe(decisions, (result) => {
    for (const { alias, version, reason, count } of table.counts())
      result.observe(count, {
        "feature_flag.key": alias,
        "feature_flag.result.variant": version,
        "feature_flag.result.reason": RESULT_REASONS[reason],
        "feature_flag.provider.name": "canary-router",
      });
  });
  const events = meter.createObservableCounter("canary_router.events", {
    description: "What hosts have met beside decisions",
    unit: "{event}",
  });
  observe(events, (result) => {
    for (const { alias, event, count } of table.events())
      result.observe(count, { "feature_flag.key": alias, "canary_router.event": event });
  });
  if (status !== undefined) {
    const gauges: readonly (readonly [string, string, string, (now: SourceStatus) => number | undefined])[] = [
      ["healthy", "1 while what is served is what the source has", "1", ({ state }) => (state === "healthy" ? 1 : 0)],
      ["revision", "The revision of the source that is served", "{revision}", ({ revision }) => revision],
      ["age", "Since the source last said that what is served is what it has", "s", (now) => ageOf(now)],
    ];
    for (const [name, description, unit, value] of gauges)
      observe(meter.createObservableGauge(`canary_router.source.${name}`, { description, unit }), (result) => {
        const now = value(status());
        if (now !== undefined) result.observe(now);
      });
  }
  return () => {
    for (const end of ends.splice(0)) end();
  };
}

/** The reasons as the conventions have them. */
const RESULT_REASONS: Readonly<Record<"rule" | "split" | "default" | "error", string>> = {
  rule: "targeting_match",
  split: "split",
  default: "default",
  error: "error",
};
