/**
 * Revisions for a store that has none: milliseconds since 1970, and more than the one before. So those of one gateway grow over a
 * restart, and those of two that read the same store can be compared roughly, by time.
 */
export function clockRevisions(now: () => number = Date.now): () => number {
  let last = 0;
  return () => (last = Math.max(last + 1, now()));
}
