import { expect, test } from "vitest";
import { movement } from "../../src/prove/movement.ts";
import { planOf } from "../../src/plan/read.ts";
import { forecast, population, populationTraffic, rollout, simulate } from "../../src/simulate/index.ts";
import { reportDataOf } from "../../src/simulate/report/data.ts";
import { plotSVG, plotTable } from "../../src/simulate/plot/figure.ts";
import { MOST_CURVES } from "../../src/simulate/plot/power.ts";
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
  expect(kinds(data)).toEqual(["bars", "funnel", "arms", "mixed", "mixed"]);
  expect(data.partial).toBeUndefined();
  expect(data.keyFigures.map(({ name }) => name)).toEqual(["requests", "v1", "v2", "v3"]);
  const figure = data.sections[1]?.figure;
  expect(figure?.kind === "funnel" && figure.data.steps.map(({ name, rule }) => [name, rule])).toEqual([["v3", "header beta is on"]]);
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
  expect(kinds(data).filter((kind) => kind !== undefined)).toEqual(["strip", "stack", "course", "moves", "moves", "power"]);
  const course = data.sections.find(({ figure }) => figure?.kind === "course")?.figure;
  expect(course?.kind === "course" && course.data.steps.map(({ seconds, weight }) => [seconds, weight])).toEqual([
    [3_600, 0.1],
    [7_200, 0.5],
  ]);
  const power = data.sections.find(({ figure }) => figure?.kind === "power")?.figure;
  for (const curve of power?.kind === "power" ? power.data.curves : []) {
    const sooner = curve.points.findLast(({ requests }) => requests <= curve.needed);
    const later = curve.points.find(({ requests }) => requests >= curve.needed);
    expect(sooner?.power).toBeLessThanOrEqual(0.8);
    expect(later?.power).toBeGreaterThanOrEqual(0.799);
    expect(curve.reached?.requests).toBe(curve.name === "step 1" ? 36_000 : 72_000);
  }
  expect(data.verdicts[0]).toEqual({ kind: "pass", text: "Every step moves no more than it must." });
  expect(reportHTML(data)).not.toMatch(/NaN|undefined|\[object/);
});

test("of many steps the first have a curve, and each has a row of the table", () => {
  const way = rollout({
    alias: { name: "shop", version: "v1" },
    canary: "v2",
    steps: Array.from({ length: 40 }, (_, at) => [{ setWeight: at + 1 }, { pause: { duration: "1h" } }]).flat(),
  });
  const data = reportDataOf({ title: "t", rollout: way, forecast: forecast(way, { requestsPerSecond: 10 }) });
  const figure = data.sections.find((section) => section.figure?.kind === "power")?.figure;
  if (figure?.kind !== "power") throw new Error("no figure");
  const { curves } = figure.data;
  expect(curves.map(({ points }) => points.length > 0)).toEqual(curves.map((_, at) => at < MOST_CURVES));
  expect(plotTable(figure).rows).toHaveLength(curves.length);
  expect(curves.length).toBeGreaterThan(30);
  expect(plotSVG(figure)).toContain(`and ${curves.length - MOST_CURVES} more steps, in the table`);
});

test("a rollout that goes back and forth counts the changes of a user, and no share above the whole", () => {
  const sticky = { stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" } } as const;
  const steps = [{ setWeight: 60 }, { pause: { duration: "1h" } }, { setWeight: 10 }, { pause: { duration: "1h" } }];
  const way = rollout({ alias: { name: "shop", version: "v1", ...sticky }, canary: "v2", steps });
  const data = reportDataOf({ title: "t", rollout: way, forecast: forecast(way) });
  expect(data.keyFigures).toContainEqual({
    name: "changes of a user, on average",
    value: "2.00",
    note: "2.00 needed, 1.00 in a single step",
  });
  const shares = [...reportHTML(data).matchAll(/([\d.]+)\u00a0%/g)].map(([, share]) => Number(share));
  expect(Math.max(...shares)).toBe(100);
});

test("a cookie's drift is drawn from the forecast, through every step", () => {
  const steps = [
    { setWeight: 10 },
    { pause: {} },
    { setWeight: 20 },
    { pause: { duration: "2h" } },
    { setWeight: 50 },
    { pause: { duration: "1h" } },
  ];
  const way = rollout({ alias: { name: "shop", version: "v1" }, canary: "v2", steps });
  const foreseen = forecast(way, { requestsPerUserHour: 3 });
  const data = reportDataOf({ title: "t", rollout: way, forecast: foreseen });
  const figure = data.sections.find((section) => section.figure?.kind === "drift")?.figure;
  const drawn = figure?.kind === "drift" ? figure.data.steps : [];
  expect(drawn.map(({ name }) => name)).toEqual(["step 1", "step 2", "step 3"]);
  expect(drawn.map(({ canaryCookie }) => canaryCookie.at(-1))).toEqual([
    0,
    expect.closeTo(foreseen.stages[2]?.affinity?.canaryCookie ?? NaN, 12),
    expect.closeTo(foreseen.stages[3]?.affinity?.canaryCookie ?? NaN, 12),
  ]);
  expect(drawn[2]?.canaryCookie[0]).toBeCloseTo(drawn[1]?.canaryCookie.at(-1) ?? NaN, 12);
  expect(drawn.map(({ bothCookies }) => bothCookies)).toEqual([0, 0.2, 0.2]);
});

test("segments are a heat table with a column for each version", async () => {
  const segment = { kind: "header", name: "beta" } as const;
  const simulation = await simulate(alias, traffic(), { seed: "s", segment });
  const data = reportDataOf({ title: "t", simulation, segment });
  const figure = data.sections.find((section) => section.figure?.kind === "heat")?.figure;
  expect(figure?.kind === "heat" && figure.data).toMatchObject({ by: "header beta", versions: ["v1", "v2", "v3"] });
  for (const { cells } of figure?.kind === "heat" ? figure.data.rows : [])
    expect(cells.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
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
