import { nearest, type Pointer, shown } from "../document/index.ts";
import { compare, type Difference, EFFORT } from "../prove/index.ts";
import { type Arm, type Compilable, type Plan, planOf } from "../plan/index.ts";
import { type Document, documentsOf } from "./documents.ts";
import { exportAlias, type ExportOptions } from "./export.ts";
import { SOURCES, TARGETS } from "./formats.ts";
import { readAlias } from "./import.ts";
import type { Source } from "./reading.ts";
import type { Report } from "./report.ts";

/** What to write and prove. */
export interface ProveOptions extends ExportOptions {
  /** The number of cases that the proof may look at. The default is 50,000. */
  readonly effort?: number;
}

/**
 * Whether what is written, read back as rules, decides as the alias. `equivalent` is a proof for every request and every draw; where the other
 * side draws at random, its shares are compared. `different` has a request that was run on both. `unknown` is neither.
 */
export type Proof =
  | { readonly kind: "equivalent" }
  | ({ readonly kind: "different" } & Difference)
  | { readonly kind: "unknown"; readonly why: string; readonly at?: Pointer };

/** What was written, and what was proved of it: nothing where a part is refused. */
export interface Proved {
  readonly text: string | undefined;
  readonly report: Report;
  readonly proof: Proof | undefined;
}

/** The formats of which what is written can be read back. */
export const PROVABLE: readonly string[] = TARGETS.map(({ name }) => name).filter((name) => sourceOf(name) !== undefined);

/** A template of CloudFormation is read as an alias of AWS. */
function sourceOf(name: string): Source | undefined {
  return SOURCES.find((source) => source.name === (name === "cloudformation" ? "aws" : name));
}

/**
 * Writes an alias for another router, reads back what was written, and proves that the two decide alike. How a router reads requests, such as a
 * header that is repeated, is no part of it: that is what is lossy in the report.
 * @throws ConfigError with everything that is wrong with the config; RangeError for a format that is not read back
 */
export function proveExport(config: Compilable, options: ProveOptions): Proved {
  const { to, effort = EFFORT, ...others } = options;
  const source = sourceOf(to);
  if (source === undefined) throw new RangeError(`what is written for ${shown(to)} is not read back${nearOf(to)}`);
  const { text, report } = exportAlias(config, { to, ...others });
  if (text === undefined) return { text, report, proof: undefined };
  const plan = planOf(config, others);
  return { text, report, proof: compareWritten(plan, text, to, source, effort) };
}

function nearOf(name: string): string {
  const near = nearest(name, PROVABLE);
  return near === undefined ? `: ${PROVABLE.join(", ")} are` : `: did you mean \`${near}\`?`;
}

/** Compares a plan with what is read of a text. */
export function compareWritten(plan: Plan, text: string, to: string, source: Source, effort: number): Proof {
  const beside = TARGETS.find(({ name }) => name === to)?.beside?.(plan) ?? [];
  const { config, report } = readAlias([...documentsIn(text), ...documentsOf(beside)], source);
  if (config === undefined) {
    const [first] = report.refused;
    return { kind: "unknown", why: `what is written is not read back: ${first?.why ?? "it has no alias"}`, at: first?.at ?? "" };
  }
  const again = planOf(config);
  return compare(ofShares(plan), ofShares(again), { left: effort });
}

/** The documents of a text that was written: JSON, with `---` between several. */
function documentsIn(text: string): readonly Document[] {
  const documents = text.split("\n---\n").map((each) => JSON.parse(each) as unknown);
  return documentsOf(documents.length === 1 ? documents[0] : documents);
}

/** A plan whose random split has its versions in the order of their names: where nobody names a draw, only shares matter. */
function ofShares(plan: Plan): Plan {
  const { split, outcomes } = plan;
  if (split.kind === "fixed" || split.sticky !== undefined) return plan;
  const widths = split.arms.map(({ until, outcome }, index) => ({ width: until - (split.arms[index - 1]?.until ?? 0), outcome }));
  const nameOf = (outcome: number): string => outcomes[outcome]?.version ?? "";
  const sorted = widths.toSorted((a, b) => (nameOf(a.outcome) < nameOf(b.outcome) ? -1 : 1));
  let until = 0;
  const arms = sorted.map(({ width, outcome }): Arm => ({ until: (until += width), outcome }));
  return { ...plan, split: { ...split, arms } };
}
