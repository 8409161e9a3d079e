/** How wide the first column may grow: version names reach 256 characters, terminals 80. */
const WIDEST = 26;

/**
 * Rows as lines of text: the first column to the left, the others to the right, two spaces between. All rows have as many
 * cells as the first.
 */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const cut = rows.map(([first = "", ...others]) => [first.length > WIDEST ? `${first.slice(0, WIDEST - 1)}…` : first, ...others]);
  const widths = (cut[0] ?? []).map((_, column) => Math.max(...cut.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return cut.map((row) => row.map(pad).join("  "));
}

/** A count with its thousands apart: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A count and its noun: `1 request`, `2,400 requests`. */
export function plural(value: number, noun: string, nouns: string = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** A part of a whole in percent, to 0.01: `12.35 %`. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(2)} %`;
}
