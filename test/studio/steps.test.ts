import { expect, test } from "vitest";
import { stepsAbove } from "../../src/studio/simulate/steps.ts";

test.each([
  [0, [1, 10, 50]],
  [99, [1, 10, 50]],
  [100, [10, 50]],
  [1_000, [50]],
  [4_999, [50]],
  [5_000, [100]],
  [10_000, [100]],
])("a version of %i slots begins with steps above them", (slots, weights) => {
  expect(stepsAbove(slots).map(({ weight }) => weight)).toEqual(weights);
});
