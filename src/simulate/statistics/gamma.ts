/** Where a series has come so near its limit that a double cannot tell. */
const NEAR = 1e-16;

/**
 * The natural logarithm of the gamma function, for x > 0, to about 15 digits: Stirling's series (Abramowitz and Stegun
 * 6.1.41) from 10 on, and below it the recurrence Γ(x + 1) = x Γ(x).
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 10) product *= shifted++;
  const square = 1 / (shifted * shifted);
  const series =
    (1 / 12 + square * (-1 / 360 + square * (1 / 1260 + square * (-1 / 1680 + square * (1 / 1188 - (square * 691) / 360360))))) / shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/**
 * The regularised upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0: the upper tail of a gamma distribution of
 * shape a. By its series below a + 1 and by its continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31), each where
 * it converges fast and loses no digits of a small tail.
 */
export function upperGamma(a: number, x: number): number {
  if (x < a + 1) return 1 - lowerGamma(a, x);
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return scale * continued((n) => [n === 0 ? 1 : n * (a - n), x - a + 1 + 2 * n]);
}

/** The lower tail, 1 − Q(a, x), without the digits that the difference would lose. */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= a + 1) return 1 - upperGamma(a, x);
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * NEAR; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return scale * sum;
}

/**
 * The value of a continued fraction a₀ / (b₀ + a₁ / (b₁ + …)) by the modified method of Lentz (Thompson and Barnett 1986).
 * `term` gives the pair aₙ, bₙ.
 */
export function continued(term: (n: number) => readonly [a: number, b: number]): number {
  const tiny = 1e-300;
  const [first, denominator] = term(0);
  let c = 1 / tiny;
  let d = 1 / (denominator || tiny);
  let value = first * d;
  for (let n = 1; ; n++) {
    const [a, b] = term(n);
    d = 1 / (b + a * d || tiny);
    c = b + a / c || tiny;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 4 * Number.EPSILON || n > 100_000) return value;
  }
}
