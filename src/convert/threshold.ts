import { SLOTS } from "../alias/index.ts";

/**
 * A regular expression for the first 8 digits of a number in lower-case hexadecimal, where the number is below a bound of slots: of 2^32
 * numbers, as many as these slots of 10,000 have.
 */
export function below32(until: number): string {
  const bound = Math.ceil((until * 2 ** 32) / SLOTS);
  if (bound >= 2 ** 32) return "";
  const digits = bound.toString(16).padStart(8, "0");
  const alternatives: string[] = [];
  for (const [index, digit] of [...digits].entries()) {
    const value = Number.parseInt(digit, 16);
    if (value === 0) continue;
    alternatives.push(`${digits.slice(0, index)}[${"0123456789abcdef".slice(0, value)}]`);
  }
  return alternatives.join("|");
}
