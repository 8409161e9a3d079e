import { describe, expect, test } from "vitest";
import { drawAt, isDraw, slotOf } from "../../src/plan/slots.ts";

describe("the slot of a draw", () => {
  test.each([
    [0, 0],
    [-0, 0],
    [0.00009999, 0],
    [0.0001, 1],
    [0.5, 5_000],
    [1 - 2 ** -53, 9_999],
  ])("%d is in slot %i", (draw, slot) => {
    expect(slotOf(draw)).toBe(slot);
    expect(isDraw(draw)).toBe(true);
  });

  test.each([[1], [-Number.MIN_VALUE], [Number.NaN], [Infinity], ["0.5"], [null], [undefined], [{ valueOf: (): number => 0.5 }]])(
    "%s is no draw",
    (value) => {
      expect(slotOf(value)).toBe(-1);
      expect(isDraw(value)).toBe(false);
    },
  );
});

test("every slot has a draw in its middle", () => {
  expect(Array.from({ length: 10_000 }, (_, slot) => slotOf(drawAt(slot)) - slot).filter((off) => off !== 0)).toEqual([]);
  expect(drawAt(0)).toBe(0.000_05);
});
