import { formatCount } from "../../document/index.ts";
import { horizontalAxis, linear, ticksBetween } from "./axis.ts";
import { type Drawing, fitted, type Frame, label, legend, MOST_ROWS, palette, rect, tip, unshown, widthOf, wrapped } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { percent } from "./number.ts";
import type { Table } from "./table.ts";

/** How many requests reach each strategy, how many it holds for, and what is left for the split. */
export interface Funnel {
  readonly title: string;
  readonly requests: number;
  /** Requests that could not be read, so that no strategy was tried. */
  readonly unread: number;
  /** In the order in which they are tried. */
  readonly steps: readonly {
    /** Its version, as a rule. */
    readonly name: string;
    /** Of which requests it holds, in words. */
    readonly rule: string;
    readonly version: string;
    readonly reached: number;
    readonly held: number;
  }[];
  /** In the order of the legend, the primary first. */
  readonly versions: readonly string[];
}

/** A bar for each strategy, as long as the requests that reach it, and filled as far as it holds. The last bar is the split. */
export function funnel(data: Funnel, frame: Frame): Drawing {
  const { requests, unread, versions } = data;
  const { width } = frame;
  const steps = data.steps.slice(0, MOST_ROWS);
  const fills = palette(frame.id, versions);
  const keys = legend(fills, width);
  const x = linear([0, Math.max(requests, 1)], [0, width - 1]);
  const tips: Markup[] = [];
  const parts: Markup[] = [];
  let y = keys.height;
  const row = (name: string, rule: string, said: string, reached: number, held: number, version: string | undefined): void => {
    const rules = rule === "" ? [] : wrapped(rule, width, 2);
    parts.push(label(0, y + 13, fitted(name, width - widthOf(said) - 16), "strong"), label(width, y + 13, said, "quiet end"));
    parts.push(...rules.map((each, index) => label(0, y + 30 + index * 16, each, "quiet")));
    const bar = y + 21 + rules.length * 16;
    parts.push(rect(0, bar, x(reached), 14, { class: "empty", rx: 2 }));
    if (version !== undefined && held > 0) parts.push(rect(0, bar, Math.max(x(held), 1.5), 14, { rx: 2, ...fills.fill(version) }));
    parts.push(rect(0.5, bar + 0.5, x(reached), 13, { class: "outline", rx: 2 }));
    tips.push(tip(frame, [0, bar - 2, width, 18], [name, rule === "" ? said : fitted(rule, width - 24), ...(rule === "" ? [] : [said])]));
    y = bar + 14 + 16;
  };
  for (const { name, rule, version, reached, held } of steps)
    row(name, rule, `${formatCount(held)} of ${formatCount(reached)}, ${percent(held, reached)}`, reached, held, version);
  const left = leftOf(data);
  row("the split", "", `${formatCount(left)} are left`, left, 0, undefined);
  if (unread > 0) row("could not be read", "", formatCount(unread), unread, 0, undefined);
  const ticks = ticksBetween(0, Math.max(requests, 1), width < 480 ? 3 : 5).filter((each) => each <= requests);
  const area = { left: 0, right: width - 1, top: 0, bottom: y - 4 };
  parts.push(
    ...horizontalAxis(
      area,
      width,
      x,
      ticks.map((each) => [each, formatCount(each)] as const),
      "requests",
    ),
  );
  const height = y + 38 + (data.steps.length > MOST_ROWS ? 20 : 0);
  const description = `Of ${formatCount(requests)} requests, ${formatCount(left)} are left for the split. ${steps
    .slice(0, 20)
    .map(({ name, held, reached }) => `${name} holds for ${formatCount(held)} of ${formatCount(reached)}`)
    .join("; ")}.`;
  return { description, width, height, tips, parts: [...fills.defs, ...keys.parts, ...parts, ...unshown(data.steps.length, height - 2)] };
}

/** The data of the plot as a table. */
export function funnelTable(data: Funnel): Table {
  const rows = data.steps.map(({ name, rule, reached, held }) => [
    name,
    rule,
    formatCount(reached),
    formatCount(held),
    percent(held, reached),
  ]);
  const split = ["the split", "", formatCount(leftOf(data)), "", ""];
  const lost = data.unread === 0 ? [] : [["could not be read", "", formatCount(data.unread), "", ""]];
  return { caption: data.title, head: ["Strategy", "Holds where", "Reached by", "Holds for", "Part"], rows: [...rows, split, ...lost] };
}

function leftOf({ requests, unread, steps }: Funnel): number {
  return requests - unread - steps.reduce((sum, { held }) => sum + held, 0);
}
