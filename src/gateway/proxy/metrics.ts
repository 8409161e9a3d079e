import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { prometheus, type PrometheusOptions } from "../metrics/prometheus.ts";
import type { AliasTable } from "../table.ts";
import type { Exchange } from "./proxy.ts";

/** The metrics of a gateway. */
export interface GatewayMetrics {
  /** Counts an exchange that is over. */
  readonly count: (exchange: Exchange) => void;
  /** Counts a failure of an upstream. */
  readonly fail: (exchange: Exchange) => void;
  readonly read: () => Promise<{ readonly text: string; readonly type: string }>;
}

/** Upper bounds in seconds: from what a decision and a hop take to the wait for an upstream. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics in a registry of their own, those of the process and of the table among them. */
export function gatewayMetrics(
  table: AliasTable,
  options: Omit<PrometheusOptions, "register"> & { readonly active: () => number },
): GatewayMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  prometheus(table, { ...options, register });
  const requests = new Counter({
    name: "canary_router_requests_total",
    help: "Requests by alias, version and the status that the client got; 499 where it went away before",
    labelNames: ["alias", "version", "code"],
    registers,
  });
  const failures = new Counter({
    name: "canary_router_upstream_failures_total",
    help: "Attempts at which an upstream could not be reached, broke off or was late",
    labelNames: ["alias", "version"],
    registers,
  });
  const seconds = new Histogram({
    name: "canary_router_request_seconds",
    help: "Seconds from the head of a request to the end of its response",
    buckets: BUCKETS,
    registers,
  });
  const active: Gauge = new Gauge({
    name: "canary_router_active_requests",
    help: "Requests and WebSockets that are under way",
    registers,
    collect: () => active.set(options.active()),
  });
  const labelsOf = ({ alias = "", served }: Exchange) => ({ alias, version: served?.version ?? "" });
  return {
    count: (exchange) => {
      requests.inc({ ...labelsOf(exchange), code: exchange.status });
      seconds.observe(exchange.milliseconds / 1_000);
    },
    fail: (exchange) => failures.inc(labelsOf(exchange)),
    read: async () => ({ text: await register.metrics(), type: register.contentType }),
  };
}
