import { continued, logGamma } from "./gamma.ts";

/** The natural logarithm of the beta function of some positive numbers: Σ ln Γ(aᵢ) − ln Γ(Σ aᵢ). */
export function logBeta(...shapes: readonly number[]): number {
  let sum = 0;
  let logarithms = 0;
  for (const shape of shapes) {
    sum += shape;
    logarithms += logGamma(shape);
  }
  return logarithms - logGamma(sum);
}

/**
 * The regularised incomplete beta function Iₓ(a, b), for a, b > 0 and x in [0, 1], by its continued fraction (Abramowitz and
 * Stegun 26.5.8) on the side of the mean where that converges fast.
 */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return x <= (a + 1) / (a + b + 2) ? tail(x, 1 - x, a, b) : 1 - tail(1 - x, x, b, a);
}

/** Iₓ(a, b) below the mean; `rest` is 1 − x. */
function tail(x: number, rest: number, a: number, b: number): number {
  const scale = Math.exp(a * Math.log(x) + b * Math.log(rest) - logBeta(a, b)) / a;
  return (
    scale *
    continued((n) => {
      if (n === 0) return [1, 1];
      const m = n >> 1;
      const even = n % 2 === 0;
      const a2m = a + 2 * m;
      return [even ? (m * (b - m) * x) / ((a2m - 1) * a2m) : (-(a + m) * (a + b + m) * x) / (a2m * (a2m + 1)), 1];
    })
  );
}

/** The x with Iₓ(a, b) = share, by bisection to the last digit. */
export function betaQuantile(share: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (betaShare(middle, a, b) < share) low = middle;
    else high = middle;
  }
}
