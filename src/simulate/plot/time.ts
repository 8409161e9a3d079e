import type { Area } from "./axis.ts";
import { label, line, rect, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { duration } from "./number.ts";

/** A step on an axis of time. */
export interface TimeStep {
  readonly name: string;
  /** Undefined where it lasts until someone resumes it. */
  readonly seconds: number | undefined;
}

/** Where a step stands. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The width of a step whose length is not known. */
const WAIT = 44;

/** The least width of a step, so that one of a minute beside one of a day can be seen. */
const LEAST = 6;

/** Steps side by side, each as wide as it is long. A step that waits for someone has a fixed width; where none has a length, all have the same. */
export function spansOf(steps: readonly TimeStep[], { left, right }: Pick<Area, "left" | "right">): readonly Span[] {
  const known = steps.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const waits = steps.filter(({ seconds }) => seconds === undefined).length;
  const wait = known === 0 ? (right - left) / Math.max(1, steps.length) : Math.min(WAIT, (right - left) / (2 * Math.max(1, waits)));
  const room = right - left - waits * wait;
  const natural = steps.map(({ seconds }) => (seconds === undefined ? wait : known === 0 ? wait : (seconds / known) * room));
  // What is too narrow is widened, and the others give way.
  const least = Math.min(LEAST, (right - left) / Math.max(1, 2 * steps.length));
  const lack = natural.reduce((sum, width) => sum + Math.max(0, least - width), 0);
  const spare = natural.reduce((sum, width) => sum + Math.max(0, width - least), 0);
  let at = left;
  return natural.map((width) => {
    const from = at;
    at += width < least ? least : width - (lack * (width - least)) / (spare || 1);
    return { from, to: at };
  });
}

/** The axis of time below an area: a mark at each end of a step with the time since the first one, and a shade over steps that wait for someone. */
export function timeAxis(
  steps: readonly TimeStep[],
  spans: readonly Span[],
  { left, right, top, bottom }: Area,
  width: number,
): readonly Markup[] {
  const parts: Markup[] = [line(left, bottom, right, bottom, { class: "axis" })];
  let [elapsed, free] = [0, -Infinity];
  const mark = (x: number, text: string): void => {
    parts.push(line(x, bottom, x, bottom + 4, { class: "axis" }));
    const reach = widthOf(text) / 2;
    const middle = Math.min(Math.max(x, reach), width - reach);
    if (middle - reach < free) return;
    free = middle + reach + 8;
    parts.push(label(middle, bottom + 18, text, "quiet middle"));
  };
  const waits = steps.some(({ seconds }) => seconds === undefined);
  mark(spans[0]?.from ?? left, "0");
  for (const [index, { seconds }] of steps.entries()) {
    const span = spans[index];
    if (span === undefined) continue;
    if (seconds === undefined) parts.unshift(rect(span.from, top, span.to - span.from, bottom - top, { class: "empty" }));
    else {
      elapsed += seconds;
      mark(span.to, duration(elapsed));
    }
  }
  const title = waits ? "time since the first step; shaded: until resumed" : "time since the first step";
  return [...parts, label((left + right) / 2, bottom + 37, title, "quiet middle")];
}

/** The names of steps above an area, as far as they have room. */
export function stepNames(steps: readonly TimeStep[], spans: readonly Span[], y: number): readonly Markup[] {
  return steps.flatMap(({ name }, index) => {
    const { from = 0, to = 0 } = spans[index] ?? {};
    return widthOf(name) > to - from - 2 ? [] : [label((from + to) / 2, y, name, "quiet middle")];
  });
}

/** Vertical lines where steps meet. */
export function stepBorders(spans: readonly Span[], top: number, bottom: number): readonly Markup[] {
  return spans.slice(1).map(({ from }) => line(from, top, from, bottom, { class: "grid" }));
}

/** How long a step lasts, in words. */
export function lastsText({ seconds }: TimeStep): string {
  return seconds === undefined ? "until resumed" : duration(seconds);
}
