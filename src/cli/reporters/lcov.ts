import { linesOf } from "./lines.ts";
import type { CoverageResult } from "./result.ts";

/**
 * Coverage as a tracefile of lcov (`man geninfo`). Each goal of a line is a branch, and the line count is that of the goal that most
 * cases reached. Goals that no request can reach are left out.
 */
export function lcov(results: readonly CoverageResult[]): string {
  return results.map(record).join("");
}

function record(result: CoverageResult): string {
  const lines = linesOf(result).flatMap(({ number, sights }) => {
    const possible = sights.filter((sight) => sight.possible);
    return possible.length === 0 ? [] : [{ number, counts: possible.map(({ cases, laws }) => cases + laws) }];
  });
  const branches = lines.flatMap(({ number, counts }) => counts.map((cases, index) => `BRDA:${number},0,${index},${cases}`));
  const hits = lines.map(({ number, counts }) => ({ number, most: Math.max(...counts) }));
  const taken = lines.flatMap(({ counts }) => counts).filter((cases) => cases > 0).length;
  return `${[
    "TN:",
    `SF:${result.source.name.replaceAll(/[\r\n]/g, " ")}`,
    ...branches,
    `BRF:${branches.length}`,
    `BRH:${taken}`,
    ...hits.map(({ number, most }) => `DA:${number},${most}`),
    `LF:${hits.length}`,
    `LH:${hits.filter(({ most }) => most > 0).length}`,
    "end_of_record",
  ].join("\n")}\n`;
}
