/** Numbers of a table for Prometheus, collected by prom-client: the surface of `canary-router/prometheus`. */
import { Counter, Gauge, type Registry, register as defaultRegister } from "prom-client";
import { SLOTS } from "../../alias/index.ts";
import { runsOf, slotsOf } from "../../plan/index.ts";
import type { AliasTable } from "../table.ts";
import { ageOf, type SourceStatus } from "../source/status.ts";

/** What is collected, and where to. */
export interface PrometheusOptions {
  /** The default registry of prom-client where left out. */
  readonly register?: Registry;
  /** The status of the source, as `follow` tells it. */
  readonly status?: () => SourceStatus;
  /** The aliases of which the split is told; all of the table where left out. */
  readonly aliases?: () => Iterable<string>;
}

/**
 * Registers the metrics of a table. Nothing is counted twice: they are read from the table when they are collected, and the totals go on
 * over changes of configs. `canary_router_decisions_total{alias,version,reason}` counts decisions, and
 * `canary_router_events_total{alias,event}` what hosts have met beside them: cookies of affinity, and versions that requests ask for;
 * `canary_router_split_ratio{alias,version}` is the share of the draw that each version has now, from 0 to 1, and
 * `canary_router_split_sticky{alias}` is 1 where a key decides it; `canary_router_source_*` say how well the source is followed.
 */
export function prometheus(table: AliasTable, options: PrometheusOptions = {}): void {
  const { register = defaultRegister, status, aliases } = options;
  const registers = [register];
  const named = (): Iterable<string> => aliases?.() ?? table.keys();
  const decisions: Counter<"alias" | "version" | "reason"> = new Counter({
    name: "canary_router_decisions_total",
    help: "Decisions by alias, version and reason",
    labelNames: ["alias", "version", "reason"],
    registers,
    collect: () => {
      decisions.reset();
      for (const { alias, version, reason, count } of table.counts()) decisions.inc({ alias, version, reason }, count);
    },
  });
  const events: Counter<"alias" | "event"> = new Counter({
    name: "canary_router_events_total",
    help: "What hosts have met beside decisions: cookies of affinity, and versions that requests ask for",
    labelNames: ["alias", "event"],
    registers,
    collect: () => {
      events.reset();
      for (const { alias, event, count } of table.events()) events.inc({ alias, event }, count);
    },
  });
  const ratio: Gauge<"alias" | "version"> = new Gauge({
    name: "canary_router_split_ratio",
    help: "The share of the draw that a version has now, from 0 to 1; there only where something is drawn",
    labelNames: ["alias", "version"],
    registers,
    collect: () => {
      ratio.reset();
      for (const alias of named()) {
        const plan = table.plan(alias);
        for (const [version, slots] of plan === undefined || plan.split.kind === "fixed" ? [] : slotsOf(runsOf(plan)))
          ratio.set({ alias, version }, slots / SLOTS);
      }
    },
  });
  const sticky: Gauge<"alias"> = new Gauge({
    name: "canary_router_split_sticky",
    help: "1 where a key decides the draw, so that the requests of one key are one draw; 0 where each request is drawn",
    labelNames: ["alias"],
    registers,
    collect: () => {
      sticky.reset();
      for (const alias of named()) {
        const split = table.plan(alias)?.split;
        if (split?.kind === "arms") sticky.set({ alias }, split.sticky === undefined ? 0 : 1);
      }
    },
  });
  if (status !== undefined) collectStatus(status, registers);
}

function collectStatus(status: () => SourceStatus, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: (now: SourceStatus) => number | undefined): void => {
    const metric: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        metric.reset();
        const now = value(status());
        // Not a number says that there is none, where 0 would say that it is fresh.
        metric.set(now ?? Number.NaN);
      },
    });
  };
  gauge("canary_router_source_healthy", "1 while what is served is what the source has; 0 while it may be older", ({ state }) =>
    state === "healthy" ? 1 : 0,
  );
  gauge("canary_router_source_revision", "The revision of the source that is served", ({ revision }) => revision);
  gauge("canary_router_source_age_seconds", "Seconds since the source last said that this is what it has", (now) => ageOf(now));
}
