import { formatCount } from "../../document/index.ts";
import { type Area, expectedLine, key, logarithmic, shareAxis, whisker } from "./axis.ts";
import { label, svg, WIDTH } from "./drawing.ts";
import { interval, percent } from "./number.ts";
import type { Table } from "./table.ts";

/** The share of users, or of sessions, that the draw gave more than one version within so many requests. */
export interface MixedCurve {
  readonly title: string;
  /** `users` or `sessions`. */
  readonly who: string;
  /** In the order of `within`, each of which is above 0. Shares are parts of 1. */
  readonly points: readonly {
    readonly within: number;
    /** Those with at least so many requests. */
    readonly of: number;
    readonly share: number;
    readonly low: number;
    readonly high: number;
    /** If every request is drawn anew; undefined where the draw is sticky. */
    readonly expected: number | undefined;
  }[];
}

const AREA: Area = { left: 62, right: WIDTH - 18, top: 40, bottom: 236 };

/** Dots with intervals, over a logarithmic axis of requests. */
export function mixed({ title, who, points }: MixedCurve, id = "mixed"): string {
  const { parts, y } = shareAxis(Math.max(...points.flatMap(({ high, expected = 0 }) => [high, expected]), 0.0001), AREA);
  const [first, last] = [points[0]?.within ?? 1, points.at(-1)?.within ?? 2];
  const x = logarithmic([first, Math.max(last, first * 1.01)], [AREA.left + 14, AREA.right - 14]);
  const supposed = points.flatMap(({ within, expected }) => (expected === undefined ? [] : [[x(within), y(expected)] as const]));
  const description = `The share of ${who} who see more than one version within so many requests. ${points
    .map(({ within, share }) => `${within}: ${percent(share)}`)
    .join("; ")}.`;
  return svg(id, { title, description }, AREA.bottom + 46, [
    ...key(18, "observed, 95 % interval", supposed.length > 0 ? "every request drawn anew" : undefined),
    ...parts,
    ...expectedLine(supposed),
    ...points.flatMap(({ within, low, share, high }) => whisker(x(within), [y(low), y(share), y(high)])),
    ...points.map(({ within }) => label(x(within), AREA.bottom + 18, formatCount(within), "quiet middle")),
    label((AREA.left + AREA.right) / 2, AREA.bottom + 38, "requests", "middle"),
  ]);
}

/** The data of the plot as a table. */
export function mixedTable({ title, who, points }: MixedCurve): Table {
  const rows = points.map(({ within, of, share, low, high, expected }) => [
    formatCount(within),
    formatCount(of),
    percent(share),
    interval({ low, high }),
    expected === undefined ? "" : percent(expected),
  ]);
  return { caption: title, head: ["Requests", `Of ${who}`, "See several", "95 % interval", "If drawn anew"], rows };
}
