import { formatShares, type Move, type Movement, type Shift } from "../../index.ts";
import { formatPercent, visible } from "../../alias/surface.ts";
import { requestWords } from "../terminal/paste.ts";
import { table } from "../terminal/table.ts";

/** How many of the 10,000 slots move. Where every user is drawn again, this is the expected number. */
export function expectedMoved({ moves, moved, redrawn }: Movement): number {
  if (!redrawn) return moved;
  const total = (side: "from" | "to", version: string): number =>
    moves.reduce((sum, move) => (move[side] === version ? sum + move.slots : sum), 0);
  const versions = new Set(moves.map(({ from }) => from));
  const stay = [...versions].reduce((sum, version) => sum + (total("from", version) * total("to", version)) / 10_000, 0);
  return 10_000 - stay;
}

/** What moves, for people. `columns` is the width of the terminal, where there is one. */
export function movementLines(moves: Movement, columns: number | undefined): readonly string[] {
  if (moves.unchanged) return ["nothing moves: the two route every request alike (proved)"];
  return [
    ...splitLines(moves, columns),
    ...shiftLines(moves.shifts),
    ...(moves.undecided ? ["", "some strategies are too entangled to decide: raise `--effort`"] : []),
  ];
}

function splitLines(moves: Movement, columns: number | undefined): readonly string[] {
  const { moved, least, redrawn } = moves;
  const across = moves.moves.filter(({ from, to }) => from !== to);
  const rows = across.map(({ from, to, slots }: Move) => [`${visible(from)} → ${visible(to)}`, formatPercent(slots, 10_000)]);
  const head =
    moved === 0
      ? "no slot of the split moves"
      : `${formatPercent(moved, 10_000)} of the split moves; ${formatPercent(least, 10_000)} must, for these shares`;
  const anew = redrawn
    ? [`keys or seed changed, so users are drawn anew: about ${formatPercent(expectedMoved(moves), 10_000)} of them move`]
    : [];
  return [head, ...(rows.length === 0 ? [] : table(rows, columns).map((line) => `  ${line}`)), ...anew];
}

function shiftLines(shifts: readonly Shift[]): readonly string[] {
  if (shifts.length === 0) return [];
  return [
    "",
    "requests that change hands:",
    ...shifts.flatMap(({ before, after, from, to, witness }) => [
      `  ${visible(before)} (${formatShares(Object.entries(from))}) → ${visible(after)} (${formatShares(Object.entries(to))})`,
      `    such as ${witness === undefined ? "none that could be made" : requestWords(witness)}`,
    ]),
  ];
}
