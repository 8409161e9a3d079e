import { SLOTS } from "../alias/index.ts";

/** The slot of a draw, from 0; -1 for what is no draw: anything but a number in [0, 1). */
export function slotOf(draw: unknown): number {
  return typeof draw === "number" && draw >= 0 && draw < 1 ? (draw * SLOTS) | 0 : -1;
}

/** Whether a value is a draw: a number in [0, 1). */
export function isDraw(value: unknown): value is number {
  return slotOf(value) !== -1;
}

/** The draw in the middle of a slot: at its bounds, rounding could give the neighbour. */
export function drawAt(slot: number): number {
  return (slot + 0.5) / SLOTS;
}
