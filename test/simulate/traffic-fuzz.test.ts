import { expect, test } from "vitest";
import * as library from "../../src/simulate/index.ts";

type Fuzz = (
  from: Pick<typeof library, "readLog" | "TrafficError">,
  options: { readonly seed: string; readonly runs: number },
) => Promise<Readonly<Record<"visit" | "fault" | "skipped" | "unknown", number>>>;

const { fuzz }: { readonly fuzz: Fuzz } = await import(new URL("../nightly/logs.mjs", import.meta.url).href);

test("lines that nearly fit are never read wrongly: a short run of test/nightly/logs.mjs", async () => {
  const found = await fuzz(library, { seed: "suite", runs: 2_500 });
  // Each of the ends is reached often, so that the run tests what it is for.
  expect(Math.min(found.visit, found.fault)).toBeGreaterThan(800);
  expect(Math.min(found.skipped, found.unknown)).toBeGreaterThan(10);
});
