import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betaQuantile, betaShare, logBeta } from "../../src/simulate/statistics/beta.ts";
import { binomialTest } from "../../src/simulate/statistics/binomial.ts";
import { chiSquareTest, gTest, upperChiSquare } from "../../src/simulate/statistics/chi-square.ts";
import { logGamma, lowerGamma, upperGamma } from "../../src/simulate/statistics/gamma.ts";
import { clopperPearson, wilson } from "../../src/simulate/statistics/interval.ts";
import { normalQuantile, upperNormal } from "../../src/simulate/statistics/normal.ts";
import { powerOfTwoSamples, sizeForOneSample, sizeForPrecision, sizeForTwoSamples } from "../../src/simulate/statistics/power.ts";
import { logBayesFactor, look, UNSEEN } from "../../src/simulate/statistics/sequential.ts";
import { law } from "../support/law.ts";

/** Equal as far as the expected number is printed: `digits` of it count. */
function same(actual: number, expected: number, digits: number): void {
  expect(actual.toPrecision(digits)).toBe(expected.toPrecision(digits));
}

test.each([
  [81, 263, 0.255289, 0.36621],
  [15, 148, 0.062386, 0.160487],
  [0, 20, 0, 0.161125],
  [1, 29, 0.006113, 0.171755],
])("Wilson's interval of %i in %i (Newcombe 1998)", (count, total, low, high) => {
  const interval = wilson(count, total);
  expect(interval.low.toFixed(6)).toBe(low.toFixed(6));
  expect(interval.high.toFixed(6)).toBe(high.toFixed(6));
});

test.each([
  [81, 263, 0.252737, 0.367622],
  [0, 20, 0, 0.168433],
])("Clopper and Pearson's interval of %i in %i", (count, total, low, high) => {
  const interval = clopperPearson(count, total);
  expect(interval.low.toFixed(6)).toBe(low.toFixed(6));
  expect(interval.high.toFixed(6)).toBe(high.toFixed(6));
});

test("the exact binomial test and its interval, as in the documentation of R", () => {
  expect(binomialTest(682, 925, 0.75).toFixed(7)).toBe("0.3824916");
  const { low, high } = clopperPearson(682, 925);
  expect([low.toFixed(7), high.toFixed(7)]).toEqual(["0.7076683", "0.7654066"]);
});

test.each([
  ["Mendel's peas", [315, 108, 101, 32], [9, 3, 3, 1], "0.470024", "0.925426", "0.475445", "0.924252"],
  ["crossbills", [1752, 1895], [1, 1], "5.607074", "0.017888", "5.608512", "0.017873"],
])("chi-square and G of %s", (_, counts, shares, chiSquare, p, g, pOfG) => {
  const fit = chiSquareTest(counts, shares);
  const likelihood = gTest(counts, shares);
  expect([fit.statistic.toFixed(6), fit.p.toFixed(6)]).toEqual([chiSquare, p]);
  expect([likelihood.statistic.toFixed(6), likelihood.p.toFixed(6)]).toEqual([g, pOfG]);
});

test.each([
  [[821588, 815482], 22.77437, 7, 1.8218e-6],
  [[600, 400], 40, 7, 2.5396e-10],
])("chi-square of the ratio %j against one to one", (counts, statistic, digits, p) => {
  const fit = chiSquareTest(counts, [1, 1]);
  same(fit.statistic, statistic, digits);
  same(fit.p, p, 5);
});

test("what can have nothing and has something does not fit, and takes no degree of freedom", () => {
  expect(chiSquareTest([10, 1], [1, 0])).toEqual({ statistic: Infinity, freedom: 0, p: 0 });
  expect(chiSquareTest([10, 0], [1, 0])).toEqual({ statistic: 0, freedom: 0, p: 1 });
  expect(chiSquareTest([0, 0], [1, 1]).p).toBe(1);
});

test.each([
  [0.5, 0.75, 0.05, 0.9, 76.707, 5],
  [0.15, 0.3, 0.05, 0.8, 120.47, 5],
])("observations until %d and %d are told apart, as R's power.prop.test has it", (first, second, alpha, power, size, digits) => {
  same(sizeForTwoSamples(first, second, { alpha, power }), size, digits);
});

test.each([
  [0.1, 0.101, 0.001, 0.9, 1.886e6, 4],
  [0.1, 0.101, 1e-9, 0.999, 7.64e6, 3],
  [0.1, 0.11, 0.001, 0.9, 19_270, 5],
  [0.1, 0.11, 1e-9, 0.999, 78_385, 5],
  [0.01, 0.011, 0.001, 0.9, 212_588, 6],
])("observations until a share of %d is told from %d", (supposed, actual, alpha, power, size, digits) => {
  same(Math.ceil(sizeForOneSample(supposed, actual, { alpha, power })), size, digits);
});

test.each([
  [0.02, 0.01, 0.05, 0.8, 1],
  [0.02, 0.01, 0.05, 0.8, 99],
  [0.15, 0.3, 0.01, 0.95, 4],
])("so many observations have that power: %d, %d, %d, %d, %d", (first, second, alpha, power, ratio) => {
  const size = sizeForTwoSamples(first, second, { alpha, power }, ratio);
  expect(powerOfTwoSamples(size, first, second, alpha, ratio)).toBeCloseTo(power, 10);
  expect(powerOfTwoSamples(size / 2, first, second, alpha, ratio)).toBeLessThan(power);
  expect(powerOfTwoSamples(size * 100, first, second, alpha, ratio)).toBeCloseTo(1, 10);
});

test("samples of unequal size need as many as the rarer one lacks", () => {
  const risks = { alpha: 0.05, power: 0.8 };
  const even = sizeForTwoSamples(0.01, 0.02, risks);
  const nine = sizeForTwoSamples(0.01, 0.02, risks, 9);
  expect(nine).toBeGreaterThan(even / 2);
  expect(nine).toBeLessThan(even);
  expect(nine * 10).toBeGreaterThan(even * 2);
  expect(sizeForPrecision(0.1, 0.01)).toBeCloseTo(3457.3, 0);
});

test("the tails of the normal and of chi-square at 1e-9", () => {
  same(normalQuantile(1e-9 / 2), 6.10941, 6);
  same(2 * upperNormal(6.10941), 1e-9, 4);
  for (const [freedom, statistic, digit] of [
    [1, 37.3249, 1e-4],
    [3, 44.8413, 1e-4],
    [9, 60.6603, 1e-4],
    [99, 207.8975, 1e-4],
    [999, 1290.824, 1e-3],
    [9999, 10870.63, 1e-2],
  ] as const) {
    expect(upperChiSquare(statistic - digit / 2, freedom)).toBeGreaterThan(1e-9);
    expect(upperChiSquare(statistic + digit / 2, freedom)).toBeLessThan(1e-9);
  }
  for (const [freedom, statistic, digit] of [
    [99, 36.3253, 1e-4],
    [999, 753.767, 1e-3],
    [9999, 9174.0, 1e-2],
  ] as const) {
    expect(lowerGamma(freedom / 2, (statistic - digit / 2) / 2)).toBeLessThan(1e-9);
    expect(lowerGamma(freedom / 2, (statistic + digit / 2) / 2)).toBeGreaterThan(1e-9);
  }
});

describe("the Bayes factor of counts against shares", () => {
  test.each([
    [[70, 30], [0.5, 0.5], 2, "427.3066"],
    [[60, 40], [0.5, 0.5], 2, "0.913050"],
  ])("%j against %j, with the prior Dirichlet(1, 1)", (counts, shares, concentration, factor) => {
    const decimals = factor.split(".")[1]?.length ?? 0;
    expect(Math.exp(logBayesFactor(counts, shares, concentration)).toFixed(decimals)).toBe(factor);
  });

  test("8,800 and 1,200 against 90 and 10 %", () => {
    same(logBayesFactor([8800, 1200], [0.9, 0.1], 1), 15.8164, 6);
  });

  test.each([
    [1, 0.018184, 5],
    [10, 0.0047043, 5],
    [100, 0.0014556, 5],
  ])("Kohavi's ratio, with the concentration %i", (concentration, p, digits) => {
    same(look(UNSEEN, [821588, 815482], [0.5, 0.5], [concentration]).p, p, digits);
  });

  test("the p-value never rises from look to look, and the mean of factors is between them", () => {
    const far = look(UNSEEN, [70, 30], [0.5, 0.5]);
    const near = look(far, [700, 690], [0.5, 0.5]);
    expect(near.logFactor).toBeLessThan(0);
    expect(near.p).toBe(far.p);
    expect(near).toMatchObject({ looks: 2, count: 1390 });
  });
});

test("the gamma and beta functions at values known in closed form", () => {
  same(Math.exp(logGamma(0.5)), Math.sqrt(Math.PI), 14);
  same(logGamma(171), 706.5730622457874, 15);
  same(logGamma(1e-3), 6.907178885383853, 14);
  same(Math.exp(logBeta(2, 3)), 1 / 12, 13);
  same(upperGamma(1, 3), Math.exp(-3), 14);
  same(betaShare(0.3, 1, 5), 1 - 0.7 ** 5, 14);
  same(betaQuantile(0.5, 4, 4), 0.5, 14);
});

const shares = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
const counts = fc.integer({ min: 1, max: 400 }).chain((total) => fc.tuple(fc.integer({ min: 0, max: total }), fc.constant(total)));

law("the exact binomial test is the sum of all outcomes that are no likelier", fc.tuple(counts, shares), ([[count, total], share]) => {
  const probabilities = [Math.exp(total * Math.log1p(-share))];
  for (let k = 1; k <= total; k++)
    probabilities.push(
      Math.exp(logGamma(total + 1) - logGamma(k + 1) - logGamma(total - k + 1) + k * Math.log(share) + (total - k) * Math.log1p(-share)),
    );
  const limit = (probabilities[count] ?? 0) * (1 + 1e-7);
  const p = probabilities.filter((probability) => probability <= limit).reduce((sum, probability) => sum + probability, 0);
  expect(Math.abs(binomialTest(count, total, share) - Math.min(1, p))).toBeLessThan(1e-9 + 1e-7 * p);
});

law("Wilson's interval contains the observed share, mirrors, and is inside [0, 1]", counts, ([count, total]) => {
  const { low, high } = wilson(count, total);
  const mirrored = wilson(total - count, total);
  expect(low).toBeLessThanOrEqual(count / total);
  expect(high).toBeGreaterThanOrEqual(count / total);
  expect(low).toBeGreaterThanOrEqual(0);
  expect(high).toBeLessThanOrEqual(1);
  expect(mirrored.low).toBeCloseTo(1 - high, 12);
});

law("Wilson's interval narrows as observations come", counts, ([count, total]) => {
  const few = wilson(count, total);
  const many = wilson(4 * count, 4 * total);
  expect(many.high - many.low).toBeLessThan(few.high - few.low);
});

law("chi-square does not depend on the order", fc.array(fc.tuple(fc.nat(1000), shares), { minLength: 2, maxLength: 9 }), (cells) => {
  const fit = chiSquareTest(
    cells.map(([count]) => count),
    cells.map(([, share]) => share),
  );
  const back = cells.toReversed();
  const reversed = chiSquareTest(
    back.map(([count]) => count),
    back.map(([, share]) => share),
  );
  expect(reversed.p).toBeCloseTo(fit.p, 9);
});
