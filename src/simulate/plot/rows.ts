import { fitted, label, widthOf } from "./drawing.ts";
import type { Markup } from "./markup.ts";

/** Where the bars of a plot of rows stand. */
export interface Rows {
  readonly width: number;
  /** The ends of the bars. */
  readonly left: number;
  readonly right: number;
  /** From a row to the next. */
  readonly height: number;
  /** From the top of a row to its bar. */
  readonly lift: number;
  readonly bar: number;
}

/** Sizes in pixels. */
interface RowSizes {
  readonly bar?: number;
  /** From a bar to what follows. */
  readonly below?: number;
  /** Of the names at the left of the bars, and of the texts at their right. */
  readonly names?: number;
  readonly texts?: number;
  /** The width from which names and texts stand beside the bars, and not above them. */
  readonly from?: number;
}

/** Rows of a name, a bar and a text: beside each other where there is room, else with the bar on a line of its own. */
export function rowsOf(width: number, { bar = 24, below = 12, names = 150, texts = 130, from = 640 }: RowSizes = {}): Rows {
  if (width >= from) return { width, left: names, right: width - texts, height: bar + below, lift: 0, bar };
  return { width, left: 0, right: width, height: bar + below + 24, lift: 22, bar };
}

/** The name of a row, with a note that may be empty, and what is said of it. `y` is the top of its bar. */
export function rowHead({ width, left, lift, bar }: Rows, y: number, name: string, note: string, said: string): readonly Markup[] {
  if (lift > 0)
    return [
      label(0, y - 7, fitted(note === "" ? name : `${name}, ${note}`, width - widthOf(said) - 12), "strong"),
      label(width, y - 7, said, "quiet end"),
    ];
  const middle = y + bar / 2 + 4.5;
  const noted = note !== "";
  return [
    label(0, noted ? middle - 6 : middle, fitted(name, left - 16), "strong"),
    ...(noted ? [label(0, middle + 9, fitted(note, left - 12), "quiet")] : []),
    label(width, middle, said, "quiet end"),
  ];
}
