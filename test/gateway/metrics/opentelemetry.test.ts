import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { AliasTable } from "../../../src/gateway/index.ts";
import { opentelemetry } from "../../../src/gateway/metrics/opentelemetry.ts";
import { STARTING } from "../../../src/gateway/source/status.ts";

test("OpenTelemetry's own SDK collects decisions by alias, version and reason, and how the source is", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
  const provider = new MeterProvider({ readers: [reader] });
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { shop: { version: "v1" } } });
  let status = STARTING;
  const end = opentelemetry(table, { meter: provider.getMeter("test"), status: () => status });
  const collected = async (): Promise<Readonly<Record<string, readonly unknown[]>>> => {
    exporter.reset();
    await reader.forceFlush();
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ value, attributes }) => [value, attributes])]),
    );
  };
  for (let index = 0; index < 3; index++) table.route("shop", { headers: {} });
  table.countEvent("shop", "override-untrusted");
  const labels = (version: string, reason: string) => ({
    "feature_flag.key": "shop",
    "feature_flag.result.variant": version,
    "feature_flag.result.reason": reason,
    "feature_flag.provider.name": "canary-router",
  });
  const first = await collected();
  expect(first["canary_router.decisions"]).toContainEqual([3, labels("v1", "default")]);
  expect(first["canary_router.events"]).toEqual([[1, { "feature_flag.key": "shop", "canary_router.event": "override-untrusted" }]]);
  expect(first["canary_router.source.healthy"]).toEqual([[0, {}]]);
  expect(first["canary_router.source.revision"] ?? []).toEqual([]);
  table.apply({ revision: 2, aliases: { shop: { version: "v2" } } });
  table.route("shop", { headers: {} });
  status = { state: "healthy", reason: undefined, revision: 2, confirmed: Date.now() - 5_000 };
  const second = await collected();
  expect(second["canary_router.decisions"]).toContainEqual([3, labels("v1", "default")]);
  expect(second["canary_router.decisions"]).toContainEqual([1, labels("v2", "default")]);
  expect(second["canary_router.source.revision"]).toEqual([[2, {}]]);
  expect(JSON.stringify(second["canary_router.source.age"])).toMatch(/^\[\[5[.,]/);
  end();
  table.route("shop", { headers: {} });
  expect((await collected())["canary_router.decisions"] ?? []).not.toContainEqual([2, labels("v2", "default")]);
  await provider.shutdown();
});
