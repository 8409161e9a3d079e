// A batch of a workload for harnesses that call a function over and over: reused strings, and a sum to be checked.

import seedrandom from "seedrandom";
import { contender } from "./contenders.mjs";
import { workload } from "./workloads.mjs";

/** Decisions of a batch. */
export const BATCH = 1024;

/** A batch is met in so many orders in turn: a processor learns a single one by heart, and branches cost nothing any more. */
const ORDERS = 16;

function shuffled(list, random) {
  return list
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** A loop of its own for each contender, compiled anew: otherwise the engine would remember in one what it saw in another. */
function loop(decide, orders, gives) {
  const version = gives === "decision" ? "decide(requests[i]).version" : "decide(requests[i])";
  return new Function(
    "decide",
    "orders",
    `let turn = 0;
    return () => {
      const requests = orders[turn++ % orders.length];
      let sink = 0;
      for (let i = 0; i < requests.length; i++) {
        const version = ${version};
        sink += version.charCodeAt(version.length - 1);
      }
      return sink;
    };`,
  )(decide, orders);
}

/**
 * A contender on a workload: `run` decides the whole batch, and `check` throws unless all runs together gave what the hand
 * gives: exactly, or within the noise of random draws.
 */
export async function batchOf(name, id, dist) {
  const { gives, prepare } = await contender(name, dist);
  const { config, hand, random, requests } = workload(id, "", BATCH);
  const met = Array.from({ length: BATCH }, (_, n) => requests.reused(n));
  const order = seedrandom.alea("orders");
  const orders = Array.from({ length: ORDERS }, () => shuffled(met, order));
  const decide = await prepare({ config, hand });
  const each = loop(decide, orders, gives);
  const due = loop(hand, orders, "version");
  const passes = random ? 200 : 1;
  let expected = 0;
  for (let i = 0; i < passes; i++) expected += due() / passes;

  let runs = 0;
  let total = 0;
  return {
    run() {
      runs += 1;
      total += each();
    },
    check() {
      // The last characters of versions differ by at most 8, which bounds the deviation of a sum of so many.
      const bound = random ? 6 * 8 * Math.sqrt(BATCH) * (1 / Math.sqrt(runs) + 1 / Math.sqrt(passes)) : 0;
      if (runs === 0 || Math.abs(total / runs - expected) > bound) {
        throw new Error(`${name} on ${id}: the sink holds ${total / runs} a batch, and ${expected} are due`);
      }
    },
  };
}
