import { BUDGETS, type Checked, type Explanation, isJson, readText, type Text, type NodeRequest, type Plan, shares } from "../../index.ts";
import type { CaseConfig } from "../../testing/index.ts";
import { formatYaml, readYaml, withItems } from "../../yaml/index.ts";
import { partsOfRows } from "../ask/request.ts";
import { drawAt, SLOTS } from "../slots.ts";
import { activeDoc, type State } from "../state.ts";

/** What a case expects: a version, or the shares of a random draw. */
export type Expected = { readonly version: string } | { readonly split: Readonly<Record<string, number>> };

/** What a request gets, to be expected of it from now on: shares where the alias draws at random and no slot is chosen. */
export function expectedOf(plan: Plan, request: NodeRequest, { draw, decision }: Explanation): Expected {
  if (draw?.from.kind !== "random") return { version: decision.version };
  const some = Object.entries(shares(plan, request)).filter(([, slots]) => slots > 0);
  const [only, another] = some;
  if (only !== undefined && another === undefined) return { version: only[0] };
  return { split: Object.fromEntries(some.map(([version, slots]) => [version, (100 * slots) / SLOTS])) };
}

/** The request of the form as a case. */
export function caseOf({ rows, slot }: State, name: string, expect: Expected): CaseConfig {
  const request = partsOfRows(rows);
  return {
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(Object.keys(request).length > 0 && { request }),
    ...(slot !== undefined && { draw: drawAt(slot) }),
    expect,
  };
}

/** The suite with more cases; undefined where its text has errors. A new one names the alias as a file that lies beside it. */
export function withCases(state: State, cases: readonly CaseConfig[]): string | undefined {
  const { suite } = state;
  const { name } = activeDoc(state);
  if (suite.trim() === "") return formatYaml({ title: titleOf(name), alias: `./${name}`, cases });
  const read = readSuiteText(suite);
  const isWhole = read.ok && read.value.duplicates.length === 0 && isObject(read.value.value);
  return isWhole ? withItems(suite, isJson("", suite), "cases", cases) : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads the text of a suite to the value that it says. */
export function readSuiteText(text: string): Checked<Text> {
  return isJson("", text) ? readText(text) : readYaml(text, BUDGETS.text);
}

/** The name of the file of a suite: such files are run by `canary-router test` without being named. */
export function suiteName(state: State): string {
  return `${titleOf(activeDoc(state).name)}.alias-test.${isJson("", state.suite) ? "json" : "yaml"}`;
}

function titleOf(name: string): string {
  return name.replace(/\.(?:json|ya?ml)$/i, "");
}
