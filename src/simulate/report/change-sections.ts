import { SLOTS } from "../../alias/index.ts";
import { runsOf } from "../../plan/index.ts";
import { percent } from "../plot/number.ts";
import { type Findings, plotted, tabled, versionsOf } from "./findings.ts";
import type { Section } from "./html.ts";

/** What moves between two aliases. */
export function changeSections({ before, after, movement }: NonNullable<Findings["change"]>): readonly Section[] {
  const versions = versionsOf([before, after]);
  const steps = [
    { name: "before", note: "", runs: runsOf(before) },
    { name: "after", note: "", runs: runsOf(after) },
  ];
  const cells = movement.moves.map(({ from, to, slots }) => ({ from, to, count: slots }));
  const shifts = movement.shifts.map(({ before: one, after: other, from, to, witness }) => [
    one,
    other,
    `${sharesIn(from)} → ${sharesIn(to)}`,
    witness === undefined ? "none found" : JSON.stringify(witness),
  ]);
  return [
    plotted("The slots", { kind: "strip", data: { title: "The slots before and after", slots: SLOTS, versions, steps } }),
    plotted("From version to version", {
      kind: "matrix",
      data: { title: "Slots from version to version", unit: "slots", whole: SLOTS, versions, cells },
    }),
    ...(shifts.length === 0
      ? []
      : [
          tabled("Requests that change hands by rules", {
            caption: "Each with a request that shows it",
            head: ["Decided before by", "and after by", "Shares", "Witness"],
            rows: shifts,
          }),
        ]),
  ];
}

function sharesIn(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .map(([version, slots]) => `${version} ${percent(slots, SLOTS)}`)
    .join(", ");
}
