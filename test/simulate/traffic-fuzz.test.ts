import { expect, test } from "vitest";
import * as library from "../../src/simulate/index.ts";

type Came = "visit" | "fault" | "skipped" | "unknown";
type Fuzz<Names extends Came> = (
  from: Pick<typeof library, "readLog" | "TrafficError">,
  options: { readonly seed: string; readonly runs: number },
) => Promise<Readonly<Record<Names, number>>>;

async function fuzzerOf<Names extends Came>(script: string): Promise<Fuzz<Names>> {
  const { fuzz }: { readonly fuzz: Fuzz<Names> } = await import(new URL(`../nightly/${script}`, import.meta.url).href);
  return fuzz;
}

// Each of the ends is reached often, so that a run tests what it is for.
test("lines that nearly fit are never read wrongly: a short run of test/nightly/logs.mjs", async () => {
  const fuzz = await fuzzerOf<Came>("logs.mjs");
  const found = await fuzz(library, { seed: "suite", runs: 2_500 });
  expect(Math.min(found.visit, found.fault)).toBeGreaterThan(800);
  expect(Math.min(found.skipped, found.unknown)).toBeGreaterThan(10);
});

test("HAR files are read by what they hold, however they are cut: a short run of test/nightly/har.mjs", async () => {
  const fuzz = await fuzzerOf<Came>("har.mjs");
  const found = await fuzz(library, { seed: "suite", runs: 600 });
  expect(Math.min(found.visit, found.fault, found.skipped)).toBeGreaterThan(100);
  expect(found.unknown).toBeGreaterThan(5);
});

test("events and other records come to what stands in them: a short run of test/nightly/events.mjs", async () => {
  const fuzz = await fuzzerOf<"visit" | "fault" | "skipped">("events.mjs");
  const found = await fuzz(library, { seed: "suite", runs: 2_000 });
  expect(Math.min(found.visit, found.fault)).toBeGreaterThan(400);
});
