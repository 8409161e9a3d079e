import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AliasTable } from "../../../src/gateway/index.ts";
import { gatewayMetrics } from "../../../src/gateway/proxy/metrics.ts";
import { STARTING } from "../../../src/gateway/source/status.ts";
import { isInstalled } from "../../support/daemon.ts";

const dashboard = readFileSync("docs/grafana-dashboard.json", "utf8");
const alerts = readFileSync("docs/prometheus-alerts.yaml", "utf8");

describe.skipIf(!isInstalled("promtool"))("Prometheus's own tool", () => {
  test("takes the rules", () => {
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", "docs/prometheus-alerts.yaml"], { encoding: "utf8" });
    expect(stdout + stderr).toContain("SUCCESS: 6 rules found");
    expect(status).toBe(0);
  });

  test("sees each rule give its alarm, and none without a reason", () => {
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "test/gateway/metrics/alerts.yaml"], { encoding: "utf8" });
    expect(stdout + stderr).toContain("SUCCESS");
    expect(status).toBe(0);
    const tested = readFileSync("test/gateway/metrics/alerts.yaml", "utf8");
    for (const [, name] of alerts.matchAll(/alert: (\w+)/g)) expect(tested).toContain(`alertname: ${name}`);
  });

  test("takes the metrics of a gateway", async () => {
    const { read, count, fail } = metrics();
    const exchange = { status: 200, milliseconds: 5, alias: 'a "quoted" one', decision: undefined };
    count(exchange as never);
    fail(exchange as never);
    const { text } = await read();
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { encoding: "utf8", input: text });
    expect(stdout + stderr).not.toMatch(/canary_router/);
    expect(status).not.toBe(1);
  });
});

function metrics(): ReturnType<typeof gatewayMetrics> {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { shop: { version: "v1", additional_version_weights: { v2: 10 } } } });
  return gatewayMetrics(table, { status: () => STARTING, active: () => 0 });
}

test("rules, dashboard and document name metrics that a gateway has, and the document all of them", async () => {
  const { text } = await metrics().read();
  const had = new Set(
    [...text.matchAll(/^# TYPE (canary_router_\w+) (\w+)/gm)].flatMap(([, name = "", type]) =>
      type === "histogram" ? [name, `${name}_bucket`] : [name],
    ),
  );
  expect(had.size).toBeGreaterThan(8);
  const operations = readFileSync("docs/operations.md", "utf8");
  for (const document of [dashboard, alerts, operations])
    for (const [name] of document.matchAll(/\bcanary_router_[a-z_]+\b/g)) expect([...had], name).toContain(name);
  for (const name of had) if (!name.endsWith("_bucket")) expect(operations).toContain(`\`${name}`);
});

test("the dashboard has panels that do not overlap, each with a query", () => {
  const { panels } = JSON.parse(dashboard) as {
    readonly panels: readonly {
      readonly gridPos: { x: number; y: number; w: number; h: number };
      readonly targets: readonly { readonly expr: string }[];
    }[];
  };
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { targets } of panels) expect(targets.every(({ expr }) => expr.includes("canary_router_"))).toBe(true);
});
