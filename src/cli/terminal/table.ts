/** The widest first column on a terminal. Version names may have 256 characters, and a terminal 80 columns. */
const WIDEST = 26;

/**
 * Aligns rows of cells: the first column to the left, the others to the right, with two spaces between them. All rows have as many
 * cells as the first one. For a terminal, `columns` is its width, and long names in the first column are cut.
 */
export function table(rows: readonly (readonly string[])[], columns: number | undefined): readonly string[] {
  const shown = columns === undefined ? rows : rows.map(([first = "", ...others]) => [cut(first), ...others]);
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return shown.map((row) => row.map(pad).join("  "));
}

function cut(name: string): string {
  return name.length > WIDEST ? `${name.slice(0, WIDEST - 1)}…` : name;
}

export { plural } from "../../alias/surface.ts";
