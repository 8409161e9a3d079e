import { jsonOf, visible } from "../../alias/surface.ts";
import { type MutantResult, scoreOf } from "../../testing/index.ts";
import type { MutationResult } from "./result.ts";
import { explainLine } from "../terminal/paste.ts";
import { type Style } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

type Survivor = Extract<MutantResult, { readonly kind: "survived" }>;

/** The mutants that survived, each with a case that kills it, and the counts of each alias. */
export function mutationText(results: readonly MutationResult[], style: Style): string {
  return results.map((result) => aliasText(result, style)).join("");
}

function aliasText(result: MutationResult, style: Style): string {
  const { name, within, plan, locate } = result.source;
  const placeOf = (at: string): string => {
    const { line, column } = locate(at);
    return style("bold", visible(`${name}:${line}:${column}`));
  };
  const survivors = result.outcomes.map((outcome) => {
    switch (outcome.kind) {
      case "survived": {
        const { mutant, difference } = outcome;
        const line = within ? undefined : explainLine(name, plan, difference.request, difference.draw);
        const see = line === undefined ? "" : `  ${style("cyan", "see:")} ${line}\n`;
        return `${placeOf(mutant.at)} ${style("red", "survived")}: ${visible(mutant.mistake)}\n  ${style("cyan", "add:")} - ${caseOf(outcome)}\n${see}`;
      }
      case "unknown":
        return `${placeOf(outcome.mutant.at)} ${style("yellow", "undecided")}: ${visible(outcome.mutant.mistake)}\n`;
      case "killed":
      case "refused":
      case "equivalent":
        return "";
    }
  });
  const { failing } = result;
  const left =
    failing === 0 ? "" : `left out: ${plural(failing, "case")} that failed on the alias as it is, which says nothing of mistakes\n`;
  return `${survivors.join("")}${style("bold", visible(name))}: ${countsOf(result)}\n${left}`;
}

/** The case that kills a mutant, as a line of a suite. It is JSON, which is valid YAML too. */
function caseOf({ difference: { request, draw, before } }: Survivor): string {
  const some = Object.entries(before).filter(([, slots]) => slots > 0);
  const [only] = some;
  const expect =
    some.length === 1 && only !== undefined
      ? { version: only[0] }
      : { split: Object.fromEntries(some.map(([version, slots]) => [version, slots / 100])) };
  return jsonOf({ request, ...(draw !== undefined && { draw }), expect });
}

function countsOf(result: MutationResult): string {
  const { outcomes } = result;
  const count = (kind: MutantResult["kind"]): number => outcomes.filter((each) => each.kind === kind).length;
  const parts = [
    `${count("killed")} killed`,
    `${count("survived")} survived`,
    `${count("equivalent")} equivalent`,
    `${count("unknown")} undecided`,
    ...(count("refused") === 0 ? [] : [`${count("refused")} not valid`]),
  ];
  return `${plural(outcomes.length, "mistake")} made: ${parts.join(", ")}; score ${scorePercent(result)} %`;
}

/** The score in percent with two digits, rounded down. */
export function scorePercent(result: MutationResult): string {
  return (Math.floor(scoreOf(result.outcomes) * 10_000) / 100).toFixed(2);
}
