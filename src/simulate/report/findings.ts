import type { Field } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Movement } from "../../prove/index.ts";
import type { Forecast } from "../forecast.ts";
import type { GateResult } from "../gates.ts";
import type { Figure } from "../plot/figure.ts";
import type { Table } from "../plot/table.ts";
import type { Simulation } from "../result.ts";
import type { Rollout } from "../../rollout/index.ts";
import type { RolloutSimulation } from "../simulate.ts";
import type { Section } from "./html.ts";

/** What has been found; each part may be missing. */
export interface Findings {
  readonly title: string;
  readonly rollout?: Rollout | undefined;
  readonly forecast?: Forecast | undefined;
  readonly simulation?: Simulation | RolloutSimulation | undefined;
  /** The field by which requests were counted apart. */
  readonly segment?: Field | undefined;
  /** What came of gates, which then stand among the verdicts. */
  readonly gates?: readonly GateResult[] | undefined;
  readonly change?: { readonly before: Plan; readonly after: Plan; readonly movement: Movement } | undefined;
}

/** A simulation of one alias, or of a stage of a rollout. */
export interface NamedSimulation {
  readonly name: string | undefined;
  readonly simulation: Simulation;
}

/** Each simulation in what was found. */
export function simulationsOf(simulation: Findings["simulation"]): readonly NamedSimulation[] {
  if (simulation === undefined) return [];
  return "stages" in simulation ? simulation.stages : [{ name: undefined, simulation }];
}

/** The primary first: it is what an outcome for what goes wrong names. */
export function versionsOf(plans: readonly Plan[]): readonly string[] {
  const primary = plans[0] === undefined ? [] : [plans[0].outcomes[plans[0].error]?.version ?? ""];
  return [...new Set([...primary, ...plans.flatMap(({ versions }) => versions)])];
}

/** A section of a plot. */
export function plotted(heading: string, figure: Figure, ...text: readonly string[]): Section {
  return { heading, text, figure, tables: [] };
}

/** A section of a table alone. */
export function tabled(heading: string, table: Table, ...text: readonly string[]): Section {
  return { heading, text, figure: undefined, tables: [table] };
}
