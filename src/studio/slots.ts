import { formatPercent } from "../index.ts";

/** The slots of a split. */
export const SLOTS = 10_000;

/** The draw in the middle of a slot. */
export function drawAt(slot: number): number {
  return (slot + 0.5) / SLOTS;
}

/** Slots of one version or outcome: from the first up to, not including, another. */
export interface Piece {
  readonly version: string;
  readonly from: number;
  readonly until: number;
}

/** A share as people read it, always with two decimals, so that figures stand in columns. */
export function percent(slots: number): string {
  return formatPercent(slots, SLOTS);
}
