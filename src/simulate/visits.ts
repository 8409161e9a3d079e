import { pieceReader, type Traffic } from "./traffic/traffic.ts";
import type { Batch } from "./traffic/visit.ts";

/**
 * The visits of traffic in batches, in order, for callers that route them themselves. A batch is read when it is asked for. Malformed
 * lines are numbered over the whole log. `seed` is for a population: with the same seed, `simulate` makes the same visits.
 */
export async function* visitsOf({ source, pieces }: Traffic, seed = "0"): AsyncGenerator<Batch, void, undefined> {
  const read = pieceReader(source, seed);
  let before = 0;
  for await (const piece of pieces) {
    const batch = read(piece);
    yield { ...batch, malformed: batch.malformed.map(({ line, fault }) => ({ line: before + line, fault })) };
    before += batch.lines;
  }
}
