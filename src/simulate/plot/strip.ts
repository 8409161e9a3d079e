import { formatCount } from "../../document/index.ts";
import { horizontalAxis, linear } from "./axis.ts";
import { type Drawing, type Frame, label, legend, line, MOST_ROWS, palette, rect, tip, unshown, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent } from "./number.ts";
import { rowHead, rowsOf } from "./rows.ts";
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

/** Runs that can be pointed at; more would make a page slow. */
const MOST_TIPS = 1_000;

/** A bar for each step, and under it, in the fill of the new version, the slots whose version differs from the step before. */
export function strip({ slots, versions, steps: all }: Strip, frame: Frame): Drawing {
  const steps = all.slice(0, MOST_ROWS);
  const { width } = frame;
  const fills = palette(frame.id, versions);
  const keys = legend(fills, width);
  const rows = rowsOf(width, { bar: 24, below: 26 });
  const top = keys.height;
  const bottom = top + steps.length * rows.height;
  const x = linear([0, slots], [rows.left, rows.right]);
  const tips: Markup[] = [];
  const drawn = steps.flatMap((step, index): readonly Markup[] => {
    const { name, note, runs } = step;
    const y = top + index * rows.height + rows.lift;
    const moved = movedIn(steps[index - 1], runs);
    const sum = moved.reduce((total, { from, until }) => total + until - from, 0);
    const said = index === 0 ? "" : sum === 0 ? "nothing moves" : `${percent(sum, slots)} moves`;
    const bars = runs.flatMap(({ version, until }, place): readonly Markup[] => {
      const from = runs[place - 1]?.until ?? 0;
      if (tips.length < MOST_TIPS)
        tips.push(
          tip(frame, [x(from), y, x(until) - x(from), 24], [`${name}: ${version}`, percent(until - from, slots), slotsText(from, until)]),
        );
      const text = `${version} ${percent(until - from, slots)}`;
      const room = x(until) - x(from) - 16;
      const ink = fills.ink(version);
      return [
        rect(x(from), y, x(until) - x(from), 24, fills.fill(version)),
        ...(ink !== "none" && widthOf(text) <= room ? [label(x(from) + 8, y + 16.5, text, ink)] : []),
      ];
    });
    const borders = runs.slice(0, -1).map(({ until }) => line(x(until), y, x(until), y + 24, { class: "gap" }));
    const marks = moved.map(({ from, until, after }) => under(x(from), x(until), y + 27, rows.right, fills.fill(after)));
    return [...rowHead(rows, y, name, note, said), ...bars, ...borders, ...marks];
  });
  const ticks = (width < 480 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).map((part) => [part * slots, formatCount(part * slots)] as const);
  const axis = horizontalAxis({ left: rows.left, right: rows.right, top, bottom: bottom + 2 }, width, x, ticks, "slots of the draw");
  const description = `${all.length} steps over ${formatCount(slots)} slots. ${all
    .slice(0, 20)
    .map((step) => `${step.name}: ${sharesOf(step, slots)}`)
    .join("; ")}.`;
  const height = bottom + 44 + (all.length > MOST_ROWS ? 20 : 0);
  return { description, width, height, tips, parts: [...fills.defs, ...keys.parts, ...drawn, ...axis, ...unshown(all.length, height - 2)] };
}

function slotsText(from: number, until: number): string {
  return `slots ${formatCount(from)} to ${formatCount(until - 1)}`;
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

/** At least two pixels wide, so that a single slot is visible. */
function under(from: number, until: number, y: number, right: number, fill: ReturnType<ReturnType<typeof palette>["fill"]>): Markup {
  const wide = Math.max(until - from, 2);
  return rect(Math.min(from, right - wide), y, wide, 5, { rx: 1, ...fill });
}
