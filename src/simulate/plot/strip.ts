import { formatCount } from "../../document/index.ts";
import { fitted, label, legend, line, palette, rect, svg, WIDTH } from "./drawing.ts";
import { element, type Markup } from "./markup.ts";
import { percent } from "./number.ts";
import type { Table } from "./table.ts";

/** The versions of the slots in each step. */
export interface Strip {
  readonly title: string;
  /** All slots: 10,000 in an alias. */
  readonly slots: number;
  /** In the order of the legend, the primary first. */
  readonly versions: readonly string[];
  readonly steps: readonly StripStep[];
}

/** One row. */
interface StripStep {
  readonly name: string;
  /** Such as how long it lasts; may be empty. */
  readonly note: string;
  /** From slot 0 on: each run ends before `until`, the last with the slots. */
  readonly runs: readonly { readonly version: string; readonly until: number }[];
}

/** A range of slots that another version gets in a step. */
interface Moved {
  readonly from: number;
  readonly until: number;
  readonly before: string;
  readonly after: string;
}

const ROW = 58;

/** A bar for each step, with a bracket under the slots whose version differs from the step before. */
export function strip(data: Strip, id = "strip"): string {
  const { title, slots, versions, steps } = data;
  const fills = palette(id, versions);
  const keys = legend(fills, 4);
  const top = keys.height + 12;
  const x = (slot: number): number => (slot / slots) * WIDTH;
  const rows = steps.flatMap(({ name, note, runs }, index): readonly Markup[] => {
    const y = top + index * ROW;
    const moved = movedIn(steps[index - 1], runs);
    const sum = moved.reduce((total, { from, until }) => total + until - from, 0);
    const said = index === 0 ? "" : sum === 0 ? "nothing moves" : `${percent(sum, slots)} moves`;
    const bars = runs.map(({ version, until }, place) => {
      const from = runs[place - 1]?.until ?? 0;
      return rect(x(from), y + 20, x(until) - x(from), 18, fills.fill(version));
    });
    const borders = runs.slice(0, -1).map(({ until }) => line(x(until), y + 20, x(until), y + 38, { class: "knot" }));
    const brackets = moved.map(({ from, until }) => bracket(x(from), x(until), y + 41));
    const heading = fitted(note === "" ? name : `${name}, ${note}`, WIDTH - 130);
    return [label(0, y + 14, heading, "strong"), label(WIDTH, y + 14, said, "quiet end"), ...bars, ...borders, ...brackets];
  });
  const description = `${steps.length} steps over ${formatCount(slots)} slots. ${steps
    .slice(0, 20)
    .map((step) => `${step.name}: ${sharesOf(step, slots)}`)
    .join("; ")}.`;
  return svg(id, { title, description }, top + steps.length * ROW, [fills.defs, ...keys.parts, ...rows]);
}

/** The data of the plot as a table. */
export function stripTable({ title, slots, steps }: Strip): Table {
  const rows = steps.map((step, index) => {
    const moved = movedIn(steps[index - 1], step.runs);
    const ways = new Map<string, number>();
    for (const { from, until, before, after } of moved) {
      const way = `${before} → ${after}`;
      ways.set(way, (ways.get(way) ?? 0) + until - from);
    }
    const said = index === 0 ? "" : [...ways].map(([way, each]) => `${way}: ${formatCount(each)}`).join(", ") || "nothing";
    return [step.name, step.note, sharesOf(step, slots), said];
  });
  return { caption: title, head: ["Step", "Lasts", "Shares", "Slots that move"], rows };
}

function sharesOf({ runs }: StripStep, slots: number): string {
  const shares = new Map<string, number>();
  for (const [index, { version, until }] of runs.entries()) {
    shares.set(version, (shares.get(version) ?? 0) + until - (runs[index - 1]?.until ?? 0));
  }
  return [...shares].map(([version, each]) => `${version} ${percent(each, slots)}`).join(", ");
}

function movedIn(before: StripStep | undefined, after: StripStep["runs"]): readonly Moved[] {
  if (before === undefined) return [];
  const moved: Moved[] = [];
  let [from, one, other] = [0, 0, 0];
  for (;;) {
    const [old, next] = [before.runs[one], after[other]];
    if (old === undefined || next === undefined) return moved;
    const until = Math.min(old.until, next.until);
    if (old.version !== next.version && until > from) moved.push({ from, until, before: old.version, after: next.version });
    from = until;
    if (old.until === until) one++;
    if (next.until === until) other++;
  }
}

/** At least one pixel wide, so that a single slot is visible. */
function bracket(from: number, until: number, y: number): Markup {
  const left = Math.min(Math.max(from, 0.75), WIDTH - 2.25);
  const right = Math.min(Math.max(until, left + 1.5), WIDTH - 0.75);
  const d = `M${left.toFixed(2)} ${y}v5H${right.toFixed(2)}v-5`;
  return element("path", { class: "mark", d });
}
