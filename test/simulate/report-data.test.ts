import { expect, test } from "vitest";
import { movement } from "../../src/prove/movement.ts";
import { planOf } from "../../src/plan/read.ts";
import { forecast, population, populationTraffic, rollout, simulate } from "../../src/simulate/index.ts";
import { reportDataOf } from "../../src/simulate/report/data.ts";
import { plotSVG, plotTable } from "../../src/simulate/plot/figure.ts";
import { type ReportData, reportHTML } from "../../src/simulate/report/html.ts";

const people = population({
  users: 300,
  sessions: { mean: 2 },
  requests: { 1: 50, 6: 50 },
  identity: { rule_type: "Header", param: "X-User" },
  session: { rule_type: "Cookie", param: "sid" },
  traits: [{ field: { rule_type: "Header", param: "beta" }, values: { on: 20 }, absent: 80 }],
});
const alias = {
  version: "v1",
  additional_version_weights: { v2: 30 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "beta", op: "=", value: "on" }] } },
};
const traffic = (): ReturnType<typeof populationTraffic> => populationTraffic(people);

const kinds = ({ sections }: ReportData): readonly (string | undefined)[] => sections.map(({ figure }) => figure?.kind);

test("a simulation is shown by its funnel, its draw, and what sessions and users meet", async () => {
  const simulation = await simulate(alias, traffic(), { seed: "s" });
  const data = reportDataOf({ title: "t", simulation });
  expect(kinds(data)).toEqual([undefined, "funnel", "arms", "mixed", "mixed"]);
  expect(data.partial).toBeUndefined();
  const figure = data.sections[1]?.figure;
  const rows = figure === undefined ? [] : plotTable(figure).rows;
  const held = simulation.funnel[0]?.held ?? 0;
  expect(rows.at(-1)?.[2]).toBe((simulation.requests - held).toLocaleString("en-US"));
  expect(reportHTML(data)).not.toMatch(/NaN|undefined|\[object/);
});

test("where traffic comes in several pieces, the share of each version but the primary is shown against the requests", async () => {
  const simulation = await simulate(alias, populationTraffic(people, 40_000), { seed: "s" });
  const data = reportDataOf({ title: "t", simulation });
  const figure = data.sections.find((section) => section.figure?.kind === "share")?.figure;
  const course = simulation.draws[0]?.course ?? [];
  expect(course.length).toBeGreaterThan(2);
  expect(figure?.kind === "share" && figure.data.points).toMatchObject(
    course.map(({ requests, counts: [canary = 0, rest = 0] }) => ({ x: requests, share: canary / (canary + rest), expected: 0.3 })),
  );
  expect(kinds(data).filter((kind) => kind === "share")).toHaveLength(1);
  expect(reportHTML(data)).not.toMatch(/NaN|undefined|\[object/);
});

test("of many versions the largest are shown, and the others named; so is the end of a course of keys", async () => {
  const weights = { v2: 1, v3: 2, v4: 3, v5: 4, v6: 5, v7: 30 };
  const many = { name: "shop", version: "v1", additional_version_weights: weights };
  const simulation = await simulate(many, populationTraffic(people, 40_000), { seed: "s" });
  const shown = (of: typeof simulation) =>
    reportDataOf({ title: "t", simulation: of }).sections.filter(({ figure }) => figure?.kind === "share");
  expect(shown(simulation).map(({ heading }) => heading)).toEqual(["v7", "v6", "v5", "v4"].map((version) => `The share of ${version}`));
  expect(shown(simulation)[0]?.text.slice(1)).toEqual(["Not shown, as the smallest: v3, v2."]);
  const draws = simulation.draws.map((each) => ({ ...each, sampled: 0.5 }));
  expect(shown({ ...simulation, draws })[0]?.text.at(-1)).toMatch(/^It ends where there were more keys than memory holds/);
});

test("one that was stopped is marked", async () => {
  const simulation = await simulate(alias, traffic(), { seed: "s", signal: AbortSignal.abort() });
  expect(simulation.partial).toBe(true);
  const html = reportHTML(reportDataOf({ title: "t", simulation }));
  expect(html).toContain("Partial. </strong>It was stopped after 0 requests");
  expect(html).not.toMatch(/NaN|undefined/);
});

test("a rollout is shown by its slots, its movement, and the share of the canary", async () => {
  const way = rollout({
    alias: { name: "shop", version: "v1", stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" } },
    canary: "v2",
    steps: [{ setWeight: 10 }, { pause: { duration: "1h" } }, { setWeight: 50 }, { pause: { duration: "2h" } }],
  });
  const simulation = await simulate(way, traffic(), { seed: "s" });
  const data = reportDataOf({ title: "t", rollout: way, forecast: forecast(way, { requestsPerSecond: 10 }), simulation });
  expect(kinds(data).filter((kind) => kind !== undefined)).toEqual(["strip", "matrix", "share", "matrix"]);
  const share = data.sections.find(({ figure }) => figure?.kind === "share")?.figure;
  expect(share?.kind === "share" && share.data.points.map(({ x, expected }) => [x, expected])).toEqual([
    [0, 0.1],
    [1, 0.5],
  ]);
  expect(data.verdicts[0]).toEqual({ kind: "pass", text: "Every step moves no more than it must." });
  expect(reportHTML(data)).not.toMatch(/NaN|undefined|\[object/);
});

test("a change is shown by its slots, its matrix, and witnesses", () => {
  const after = { version: "v1", additional_version_weights: { v2: 5, v4: 30 } };
  const change = { before: planOf(alias), after: planOf(after), movement: movement(alias, after) };
  const data = reportDataOf({ title: "t", change });
  expect(kinds(data)).toEqual(["strip", "matrix", undefined]);
  const wasted = change.movement.moved - change.movement.least;
  expect(data.verdicts[0]?.kind).toBe(wasted > 0 ? "fail" : "pass");
  const [strip] = data.sections;
  const moved = strip?.figure === undefined ? "" : plotSVG(strip.figure);
  expect(moved).toContain(`${(change.movement.moved / 100).toFixed(2)}\u00a0% moves`);
});
