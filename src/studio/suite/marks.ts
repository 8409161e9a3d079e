import type { Point } from "../../testing/index.ts";
import type { Mark, Reached } from "../editor/mark.ts";
import type { Written } from "../editor/written.ts";
import type { Say } from "../words.ts";

type Sight = Point["sights"][number]["sight"];

/** What of a place no case shows, though some request can. */
export function missingOf({ sights }: Point): readonly Sight[] {
  return sights.filter(({ possible, cases, laws }) => possible && cases === 0 && laws === 0).map(({ sight }) => sight);
}

/** The marks of the margin: for each strategy, rule and arm, how much of it a suite reaches. */
export function marksOf(points: readonly Point[], { places }: Written, say: Say): readonly Mark[] {
  return points.flatMap((point): readonly Mark[] => {
    const place = places.get(point.at);
    if (place === undefined) return [];
    const { part, version, sights } = point;
    const seen = sights.map(({ sight, cases, laws }) => `${say(`coverage.${sight}`)} ${cases + laws}`);
    return [
      { from: (place.key ?? place.value).from, reached: reachedOf(point), text: `${say(`coverage.${part}`, version)}: ${seen.join(", ")}` },
    ];
  });
}

function reachedOf(point: Point): Reached {
  const missing = missingOf(point).length;
  if (missing === 0) return "all";
  return missing < point.sights.filter(({ possible }) => possible).length ? "some" : "none";
}
