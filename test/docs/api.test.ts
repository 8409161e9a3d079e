import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { indexOf, pageOf, readEntries } from "./api.ts";

const entries = readEntries();

/** The page of the alias API over HTTP, which `openapi.test.ts` writes. */
const OF_HTTP = "alias-api";

/** What the entries of 0.1.0 exported. */
const EXPORTS_0_1_0: Readonly<Record<string, string>> = {
  "canary-router":
    "Access Alias AliasConfig AliasRule all analyze any Arm ArmStep Budgets Checked Claim Code CODES Combine Compilable compile CompileOptions ConfigError Decision Diagnostic Difference DrawSource Equivalence equivalent explain Explanation fetchReader FetchRequest Field format formatExplanation HeadersLike match Match Move movement Movement murmur3 nodeReader NodeRequest Outcome parse ParseOptions parseText Plan plan Pointer Position Profile ProofOptions rawReader RawRequest Reader Reason rebalance RequestParts Route Rule RuleConfig RuleType Severity shares Shift Split Step Stickiness StickinessConfig Sticky StickyKey StickyKeyConfig Strategy StrategyConfig StrategyStep Test toRequest toServiceError Version VersionOf Weight Witness",
  "canary-router/simulate":
    "Affinity affinityShare ArmShare binomialTest chiSquareTest clopperPearson Count Crew Detection Draws Figure Findings Fit Forecast forecast ForecastOptions FunnelStep gTest Interval LogForm LogOptions logTraffic look Meetings parsePopulation parseRollout plotSVG plotTable Population population populationTraffic RecordedReport ReportData reportDataOf reportHTML Risks Rollout rollout RolloutSimulation Section Sequential Share simulate SimulateOptions Simulation sizeForOneSample sizeForPrecision sizeForTwoSamples Stage StageForecast Torn Traffic Trait Transition UNSEEN Verdict VersionShare Visit visitTraffic wilson workers",
  "canary-router/testing":
    "Case CaseConfig Coverage coverage Expectation ExpectationConfig Failure matchers Mutant mutants mutate MutationReport Outcome parseSuite Point ratio Report RouteMatchers Sight suggestCases Suite SuiteConfig SuiteOptions TestRequest Verdict verify verifySuite",
};

describe("what 0.1.0 exported is exported still, or the changelog of 0.2.0 says what became of it", () => {
  const section =
    readFileSync("CHANGELOG.md", "utf8")
      .split(/^## /m)
      .find((text) => text.startsWith("0.2.0")) ?? "";

  test.each(Object.entries(EXPORTS_0_1_0))("%s", (name, exported) => {
    const now = new Set(entries.find((entry) => entry.name === name)?.exports.map((each) => each.name));
    const gone = exported.split(" ").filter((each) => !now.has(each));
    expect(gone.filter((each) => !section.includes(`| \`${name}\` | \`${each}\` |`))).toEqual([]);
  });

  test("a deprecated export is in that table too", () => {
    for (const { name, exports } of entries)
      for (const each of exports.filter(({ doc }) => doc.includes("Deprecated")))
        expect(section, each.name).toContain(`| \`${name}\` | \`${each.name}\` |`);
  });
});

describe("every export of the package has a doc comment", () => {
  test.each(entries.map((entry) => [entry.name, entry] as const))("%s", (_, { doc, exports }) => {
    expect(doc).not.toBe("");
    expect(exports.filter((each) => each.doc === "").map(({ name }) => name)).toEqual([]);
  });
});

describe("docs/api is what the sources say; `npx vitest run test/docs/api.test.ts -u` writes it", () => {
  test.each(entries.map((entry) => [entry.page, entry] as const))("%s", async (page, entry) => {
    await expect(pageOf(entry)).toMatchFileSnapshot(`../../docs/api/${page}.md`);
  });

  test("the page that leads to the others", async () => {
    await expect(indexOf(entries)).toMatchFileSnapshot("../../docs/api.md");
  });

  test("every entry of package.json has a page, and no page is left over", () => {
    const pages = [...entries.map(({ page }) => page), OF_HTTP];
    expect(readdirSync("docs/api").toSorted()).toEqual(pages.map((page) => `${page}.md`).toSorted());
  });
});
