import { upperGamma } from "./gamma.ts";

/** The probability that a standard normal number is at least z: Q(1/2, z²/2) / 2, which keeps the digits of a far tail. */
export function upperNormal(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? 1 - tail : tail;
}

/** The z that a standard normal number reaches with the probability `tail`, in (0, 1). By bisection. */
export function normalQuantile(tail: number): number {
  if (tail > 0.5) return -normalQuantile(1 - tail);
  let low = 0;
  let high = 40;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (upperNormal(middle) > tail) low = middle;
    else high = middle;
  }
}
