import type { Point } from "../../testing/index.ts";
import type { CoverageResult } from "./result.ts";

/** One sight of a part of an alias, and how many cases saw it. */
export type SightOfLine = Point["sights"][number] & { readonly part: Point["part"] };

/** A line of an alias file on which something can be seen. `half`: some of what a request can show; `never`: no
 * request makes it hold or decide. */
export interface CoveredLine {
  readonly number: number;
  readonly state: "seen" | "half" | "unseen" | "never";
  readonly sights: readonly SightOfLine[];
}

/** The lines of an alias that have something to see, from above. */
export function linesOf({ source, coverage }: CoverageResult): readonly CoveredLine[] {
  const sights = new Map<number, SightOfLine[]>();
  for (const point of coverage.points) {
    const { line } = source.locate(point.at);
    const here = sights.get(line) ?? [];
    sights.set(line, here);
    here.push(...point.sights.map((sight) => ({ ...sight, part: point.part })));
  }
  return [...sights].toSorted(([one], [other]) => one - other).map(([number, sights]) => ({ number, state: stateOf(sights), sights }));
}

/** A part that no request can make hold is in vain, and that it fails says nothing. */
function stateOf(sights: readonly SightOfLine[]): CoveredLine["state"] {
  if (sights.every(({ sight, possible }) => sight === "failed" || !possible)) return "never";
  const possible = sights.filter((sight) => sight.possible);
  const seen = possible.filter(({ cases }) => cases > 0);
  return seen.length === possible.length ? "seen" : seen.length > 0 ? "half" : "unseen";
}
