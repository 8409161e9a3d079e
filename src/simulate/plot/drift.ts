import { type Area, linear, verticalAxis } from "./axis.ts";
import { curve, type Drawing, type Frame, label, line, tip, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent } from "./number.ts";
import type { Table } from "./table.ts";
import { lastsText, spansOf, stepBorders, stepNames, timeAxis, type TimeStep } from "./time.ts";

/** What a cookie that keeps users on a version makes of the canary's share. */
export interface AffinityDrift {
  readonly title: string;
  readonly version: string;
  readonly steps: readonly (TimeStep & {
    /** Requests of a user within the step; undefined where its length is not known. */
    readonly requests: number | undefined;
    /** Parts of 1. */
    readonly weight: number;
    /** Users on the canary if it alone sets the cookie: at equal distances from the begin of the step to its end. */
    readonly canaryCookie: readonly number[];
    /** If both versions set it. */
    readonly bothCookies: number;
  })[];
}

/** The weight as a dashed line, and the users on the canary as curves, over an axis of time. */
export function affinityDrift({ version, steps }: AffinityDrift, frame: Frame): Drawing {
  const { width } = frame;
  const names = [`cookie of ${version} alone`, "cookie of both"];
  const keys = keyOf(names, width);
  const area: Area = { left: 54, right: width - 14, top: keys.height + 54, bottom: keys.height + 244 };
  const spans = spansOf(steps, area);
  const y = linear([0, 1], [area.bottom, area.top]);
  const stairs = (of: (step: AffinityDrift["steps"][number]) => number): readonly (readonly [number, number])[] =>
    steps.flatMap((step, index) => {
      const { from = 0, to = 0 } = spans[index] ?? {};
      return [[from, y(of(step))] as const, [to, y(of(step))] as const];
    });
  const canary = steps.flatMap(({ canaryCookie }, index) => {
    const { from = 0, to = 0 } = spans[index] ?? {};
    return canaryCookie.map((share, place) => [from + ((to - from) * place) / Math.max(1, canaryCookie.length - 1), y(share)] as const);
  });
  const tips = steps.map((step, index): Markup => {
    const { from = 0, to = 0 } = spans[index] ?? {};
    const wide = Math.max(to - from, 12);
    return tip(
      frame,
      [(from + to) / 2 - wide / 2, area.top, wide, area.bottom - area.top],
      [
        `${step.name}, ${lastsText(step)}`,
        `weight ${percent(step.weight)}`,
        `at its end ${percent(step.canaryCookie.at(-1) ?? 0)} by a cookie of ${version} alone`,
        `${percent(step.bothCookies)} by a cookie of both`,
      ],
    );
  });
  return {
    description: `Users on ${version} if a cookie keeps them. ${steps
      .slice(0, 20)
      .map(({ name, weight, canaryCookie }) => `${name}: ${percent(canaryCookie.at(-1) ?? 0)} for a weight of ${percent(weight)}`)
      .join("; ")}.`,
    width,
    height: area.bottom + 42,
    tips,
    parts: [
      ...keys.parts,
      ...timeAxis(steps, spans, area, width),
      ...verticalAxis(
        { ...area, top: area.top - 20 },
        y,
        [0, 0.25, 0.5, 0.75, 1].map((each) => [each, percent(each).replace(".00", "")] as const),
        `users on ${version}`,
      ),
      ...stepBorders(spans, area.top, area.bottom),
      ...stepNames(steps, spans, area.top - 8),
      curve(
        stairs(({ weight }) => weight),
        { class: "expected" },
      ),
      curve(
        stairs(({ bothCookies }) => bothCookies),
        { class: "curve2" },
      ),
      curve(canary, { class: "curve1" }),
    ],
  };
}

function keyOf(names: readonly string[], width: number): { readonly parts: readonly Markup[]; readonly height: number } {
  const items = [
    ["expected", "weight"],
    ["curve1", names[0] ?? ""],
    ["curve2", names[1] ?? ""],
  ] as const;
  const parts: Markup[] = [];
  let [x, row] = [0, 0];
  for (const [classes, name] of items) {
    const wide = 34 + widthOf(name) + 14;
    if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
    parts.push(line(x, row * 22 + 8.5, x + 26, row * 22 + 8.5, { class: classes }), label(x + 34, row * 22 + 13, name));
    x += wide;
  }
  return { parts, height: (row + 1) * 22 };
}

/** The data of the plot as a table. */
export function affinityDriftTable({ title, steps }: AffinityDrift): Table {
  return {
    caption: title,
    head: ["Step", "Requests of a user", "Weight", "Cookie on the canary alone", "Cookie on both"],
    rows: steps.map(({ name, requests, weight, canaryCookie, bothCookies }) => [
      name,
      requests === undefined ? "–" : String(Math.round(requests * 100) / 100),
      percent(weight),
      percent(canaryCookie.at(-1) ?? 0),
      percent(bothCookies),
    ]),
  };
}
