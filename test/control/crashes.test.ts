import { expect, test } from "vitest";

type Crash = (options: {
  readonly runs: number;
  readonly seed: string;
  readonly dist: string;
}) => Promise<{ readonly runs: number; readonly acknowledged: number }>;

const { crash }: { readonly crash: Crash } = await import(new URL("../nightly/alias-crashes.mjs", import.meta.url).href);

test("what was acknowledged outlives a kill -9: a short run of test/nightly/alias-crashes.mjs", async () => {
  expect((await crash({ runs: 5, seed: "suite", dist: "dist" })).acknowledged).toBeGreaterThan(5);
});
