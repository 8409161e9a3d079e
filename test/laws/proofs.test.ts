import { expect, test } from "vitest";
import * as library from "../../src/index.ts";

type Counts = Readonly<Record<"requests" | "equivalent" | "different" | "shifts" | "claims", number>>;
type CompareProofs = (
  from: Pick<typeof library, "analyze" | "equivalent" | "movement" | "toRequest">,
  options: { readonly seed: string; readonly runs: number },
) => Counts;

const { compareProofs }: { readonly compareProofs: CompareProofs } = await import(new URL("../nightly/proofs.mjs", import.meta.url).href);

test("what is proved of random pairs is what enumeration says: a short run of test/nightly/proofs.mjs", { timeout: 120_000 }, () => {
  const found = compareProofs(library, { seed: "suite", runs: 500 });
  // Each of the ends is reached often, so that the run tests what it is for.
  expect(Math.min(found.equivalent, found.different)).toBeGreaterThan(100);
  expect(Math.min(found.shifts, found.claims)).toBeGreaterThan(400);
});
