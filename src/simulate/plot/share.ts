import { type Area, expectedLine, key, linear, shareAxis, whisker } from "./axis.ts";
import { fitted, label, svg, WIDTH, widthOf } from "./drawing.ts";
import { interval, percent } from "./number.ts";
import type { Table } from "./table.ts";

/** The share of a version at several points. */
export interface ShareCurve {
  readonly title: string;
  readonly version: string;
  /** What `x` is: `step`, `hours`, `requests`. */
  readonly axis: string;
  /** In the order of `x`. */
  readonly points: readonly {
    readonly x: number;
    readonly name: string;
    /** Parts of 1. */
    readonly share: number;
    readonly low: number;
    readonly high: number;
    readonly expected: number;
  }[];
}

const AREA: Area = { left: 62, right: WIDTH - 18, top: 40, bottom: 236 };

/** Dots with intervals, and a dashed line of the expected values. */
export function share({ title, version, axis, points }: ShareCurve, id = "share"): string {
  const { parts, y } = shareAxis(Math.max(...points.flatMap(({ high, expected }) => [high, expected]), 0.0001), AREA);
  const x = linear([points[0]?.x ?? 0, points.at(-1)?.x ?? 1], [AREA.left + 14, AREA.right - 14]);
  const room = (AREA.right - AREA.left) / Math.max(1, points.length);
  let free = 0;
  const names = points.flatMap((point) => {
    const name = fitted(point.name, Math.max(room * 1.5, 60));
    const reach = widthOf(name) / 2;
    const middle = Math.min(Math.max(x(point.x), reach), WIDTH - reach);
    if (middle - reach < free) return [];
    free = middle + reach + 6;
    return [label(middle, AREA.bottom + 18, name, "quiet middle")];
  });
  const description = `The share of ${version} by ${axis}. ${points
    .slice(0, 40)
    .map((point) => `${point.name}: ${percent(point.share)}, expected ${percent(point.expected)}`)
    .join("; ")}.`;
  return svg(id, { title, description }, AREA.bottom + 46, [
    ...key(18, "observed, 95 % interval", "expected"),
    ...parts,
    ...expectedLine(points.map((point) => [x(point.x), y(point.expected)])),
    ...points.flatMap((point) => whisker(x(point.x), [y(point.low), y(point.share), y(point.high)])),
    ...names,
    label((AREA.left + AREA.right) / 2, AREA.bottom + 38, axis, "middle"),
  ]);
}

/** The data of the plot as a table. */
export function shareTable({ title, axis, points }: ShareCurve): Table {
  const rows = points.map(({ name, share, low, high, expected }) => [name, percent(share), interval({ low, high }), percent(expected)]);
  return { caption: title, head: [axis, "Share", "95 % interval", "Expected"], rows };
}
