/** The slots of a split: shares are counted in steps of 0.01 %. */
export const SLOTS = 10_000;

/** The slots of a number of percent; undefined for one that is not from 0 to 100 in steps of 0.01. */
export function slotsOfPercent(percent: number): number | undefined {
  // 0.29 * 100 is not 29 in doubles: rounded, and compared with what was written.
  const slots = Math.round(percent * 100);
  return slots >= 0 && slots <= SLOTS && slots / 100 === percent ? slots : undefined;
}
