/**
 * The known word that the text most likely means: the fewest insertions, deletions, substitutions and swaps of neighbours,
 * whatever the case of letters, and at most one for every three characters. Undefined where nothing is that near.
 */
export function nearest<Word extends string>(text: string, known: readonly Word[]): Word | undefined {
  const candidates = known.filter((word) => Math.abs(text.length - word.length) <= tolerance(text, word));
  if (candidates.length === 0) return undefined;
  // Not in the loop: V8 moves the call out of it, and so would fold texts of any length before their length is looked at.
  const folded = text.toLowerCase();
  let best: Word | undefined;
  let fewest = Infinity;
  for (const word of candidates) {
    const edits = distance(folded, word.toLowerCase());
    if (edits <= tolerance(text, word) && edits < fewest) [best, fewest] = [word, edits];
  }
  return best;
}

function tolerance(text: string, word: string): number {
  const length = Math.max(text.length, word.length);
  return Math.min(Math.max(1, Math.floor(length / 3)), length - 1);
}

/** The Damerau-Levenshtein distance in its restricted form (optimal string alignment), three rows at a time. */
function distance(a: string, b: string): number {
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  let before = above;
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      // Neither holds at the start of a text: what stands before it is undefined, and equal to no letter.
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? (before[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substituted, swapped));
    }
    [before, above] = [above, current];
  }
  return above[b.length] ?? 0;
}
