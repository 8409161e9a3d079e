import { pointer } from "../../document/index.ts";
import { type Outcome, type Plan, REASONS } from "../../plan/index.ts";
import type { Decision } from "../decision.ts";

/** What aliases with the same versions and outcomes share: both as a text, and the decisions that have been made of it. */
export interface Sheet {
  readonly text: string;
  /** By the number of the outcome; undefined before the first is made. */
  decisions: (Decision | undefined)[] | undefined;
}

/** What a plan can answer. */
type Answers = Pick<Plan, "versions" | "outcomes" | "error">;

/** Versions; for each outcome its version, its reason and its place, a number where it follows from the version, and else the text; the error. */
type Written = readonly [
  versions: Plan["versions"],
  outcomes: readonly (readonly [version: number, reason: number, at: number | string])[],
  error: number,
];

/** The places that outcomes of an alias have; a plan from elsewhere may have others. */
const PLACES: readonly ((version: string) => string)[] = [
  () => "",
  () => "/version",
  () => "/stickiness/on_missing",
  (version) => pointer("/additional_version_weights", version),
  (version) => pointer("/additional_version_strategy", version),
];

/** The versions and outcomes of a plan, as a text: the same for two plans exactly where they agree in both. */
export function sheetText({ versions, outcomes, error }: Answers): string {
  const numbers = new Map(versions.map((version, number) => [version, number]));
  const written: Written = [
    versions,
    outcomes.map(({ version, reason, at }) => {
      const place = PLACES.findIndex((placeOf) => placeOf(version) === at);
      return [numbers.get(version) as number, REASONS.indexOf(reason), place === -1 ? at : place];
    }),
    error,
  ];
  return JSON.stringify(written);
}

/** The versions and outcomes that a text stands for. */
export function readSheet(text: string): Answers {
  const [versions, outcomes, error] = JSON.parse(text) as Written;
  return {
    versions,
    error,
    outcomes: outcomes.map(([number, reason, place], index): Outcome => {
      const version = versions[number] as string;
      const at = typeof place === "string" ? place : (PLACES[place] as (version: string) => string)(version);
      return { version, reason: REASONS[reason] as Outcome["reason"], at, index };
    }),
  };
}

/** The decision of an outcome, made when it is first asked for; undefined where there is no such outcome. */
export function decisionOf(sheet: Sheet, index: number): Decision | undefined {
  const known = sheet.decisions?.[index];
  if (known !== undefined) return known;
  const { outcomes } = readSheet(sheet.text);
  const outcome = outcomes[index];
  if (outcome === undefined) return undefined;
  const made = Object.freeze(outcome);
  // As long as it will be: an array that is begun at an index takes 17 elements.
  sheet.decisions ??= outcomes.map(() => undefined);
  sheet.decisions[index] = made;
  return made;
}

/** The decision of a draw that is none. */
export function errorOf(sheet: Sheet): Decision {
  return decisionOf(sheet, readSheet(sheet.text).error) as Decision;
}

/** Every outcome: the decisions where all of them are made. */
export function outcomesOf({ text, decisions }: Sheet): readonly Outcome[] {
  return decisions !== undefined && Object.isFrozen(decisions) ? (decisions as Decision[]) : readSheet(text).outcomes;
}

/** The decision of every outcome: the same list whenever it is asked for. */
export function decisionsOf(sheet: Sheet): readonly Decision[] {
  if (sheet.decisions !== undefined && Object.isFrozen(sheet.decisions)) return sheet.decisions as Decision[];
  const decisions = readSheet(sheet.text).outcomes.map((outcome) => sheet.decisions?.[outcome.index] ?? Object.freeze(outcome));
  Object.freeze((sheet.decisions = decisions));
  return decisions;
}
