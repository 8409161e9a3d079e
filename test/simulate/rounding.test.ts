import { expect, test } from "vitest";
import { forecastText, rolloutText, simulationText } from "../../src/cli/reporters/simulation.ts";
import { forecast, logTraffic, rollout, simulate, type Traffic } from "../../src/simulate/index.ts";
import { reportDataOf } from "../../src/simulate/report/data.ts";
import { reportHTML } from "../../src/simulate/report/html.ts";

const alias = {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 33.33, v3: 0.07 },
  additional_version_strategy: { v4: { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "on" }] } },
} as const;

/** A log of 30,000 requests of some 10,000 users, one of them with a header that a rule claims. */
function traffic(): Traffic {
  async function* chunks() {
    for (let at = 0; at < 30_000; at++) {
      const headers = { "x-user": `u${(at * 7_919) % 9_973}`, ...(at === 5 && { "x-beta": "on" }) };
      yield `${JSON.stringify({ headers, version: at % 3 === 0 ? "v2" : "v1" })}\n`;
    }
  }
  return logTraffic(chunks(), { format: "json", user: { kind: "header", name: "x-user" }, served: "version" });
}

/** What a text says in percent, of intervals as one, and its p-values. */
function numbersOf(text: string): ReadonlySet<string> {
  const plain = text
    .replaceAll(/<i class="pad\d"><\/i>/g, "")
    .replaceAll("\u00a0", " ")
    .replaceAll("&lt;", "<");
  return new Set(plain.match(/[+−]?[\d.]+(?:e-\d+)?(?:–[\d.]+)? %|p [=<] [\d.]+(?:e-\d+)?/g));
}

const plain = (_: unknown, text: string): string => text;

test("text and HTML round alike: whatever the text says in percent stands in the report of the same simulation", async () => {
  const simulation = await simulate(alias, traffic(), { seed: "s", segment: { kind: "header", name: "x-beta" } });
  // The report names the test that may be looked at at any time where it gives the alarm.
  const text = numbersOf(simulationText(simulation, plain, undefined).replaceAll(/^ *at any time: no alarm.*$/gm, ""));
  const html = numbersOf(reportHTML(reportDataOf({ title: "t", simulation })));
  expect([...text].filter((number) => !html.has(number))).toEqual([]);
  expect(text.size).toBeGreaterThan(15);
  // One request of 30,000 is more than none.
  expect([...text]).toEqual(expect.arrayContaining(["0.003 %", "33.33 %", "66.67 %"]));
});

test("so do the forecast and the stages of a rollout", async () => {
  const sticky = { stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" } } as const;
  const steps = [{ setWeight: 3.33 }, { pause: { duration: "1h" } }, { setWeight: 50 }, { pause: { duration: "1h" } }];
  const shop = rollout({ alias: { name: "shop", version: "v1", ...sticky }, canary: "v2", steps });
  const simulation = await simulate(shop, traffic(), { seed: "s" });
  const foreseen = forecast(shop, { requestsPerSecond: 3, requestsPerUserHour: 4, requestsPerUser: 4, difference: 0.005 });
  const page = reportHTML(reportDataOf({ title: "t", rollout: shop, forecast: foreseen, simulation }));
  const html = numbersOf(page);
  const predicted = forecastText(foreseen, undefined);
  expect([...numbersOf(predicted)].filter((number) => !html.has(number) && !number.startsWith("+"))).toEqual([]);
  for (const { detection } of foreseen.stages) {
    if (detection === undefined) continue;
    const requests = detection.requests.toLocaleString("en-US");
    for (const told of [predicted, page]) expect(told).toContain(requests);
  }
  for (const told of [predicted, page.replaceAll("\u00a0", " ")]) {
    expect(told).toContain("an error rate of 1.50 % instead of 1.00 %, at a risk of 5.00 % and a power of 80.00 %");
    expect(told).toContain("design effect 1.03 with 4.00 requests of a user (weighted) and a correlation of 0.01");
  }
  const shares = simulation.stages.flatMap(({ simulation: { versions } }) => versions.map(({ share }) => `${(100 * share).toFixed(2)} %`));
  const text = numbersOf(rolloutText(simulation, plain, undefined));
  for (const share of shares) for (const told of [text, html]) expect([...told]).toContain(share);
});
