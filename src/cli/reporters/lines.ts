import type { Point } from "../../testing/index.ts";
import type { CoverageResult } from "./result.ts";

/** One goal of coverage, and how many cases reached it. */
export type SightOfLine = Point["sights"][number] & { readonly part: Point["part"] };

/**
 * A line of an alias file that has goals. `half`: some of the goals that a request can reach were reached. `never`: no request can
 * make the line hold or decide.
 */
export interface CoveredLine {
  readonly number: number;
  readonly state: "seen" | "half" | "unseen" | "never";
  readonly sights: readonly SightOfLine[];
}

/** The lines of an alias that have goals, in order. */
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

/** The state is `never` if no request can reach a goal of the line, apart from failing to hold. */
function stateOf(sights: readonly SightOfLine[]): CoveredLine["state"] {
  if (sights.every(({ sight, possible }) => sight === "failed" || !possible)) return "never";
  const possible = sights.filter((sight) => sight.possible);
  const seen = possible.filter(({ cases, laws }) => cases + laws > 0);
  return seen.length === possible.length ? "seen" : seen.length > 0 ? "half" : "unseen";
}
