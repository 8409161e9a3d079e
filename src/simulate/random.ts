import alea from "seedrandom/lib/alea.js";

/** A source of numbers in [0, 1), and the same numbers for the same words. */
export type Random = () => number;

/**
 * The generator of one purpose in one task of traffic. Every purpose has its own, so that a change to one leaves the draws
 * of the others as they were, and every task, so that tasks can be drawn in any order and on any thread. There is none for
 * each user: the first numbers of many generators are less random than many numbers of one. Alea gives 32 bits a number, which
 * is 2^32 / 10,000 for each slot.
 */
export function randomOf(seed: string, purpose: string, task: number): Random {
  return alea(`${seed}\0${purpose}\0${task}`);
}
