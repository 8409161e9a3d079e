import type { Reader } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Decision } from "./decision.ts";
import { interpret } from "./interpret.ts";

/** What a compiled alias needs of its host. */
export interface Runtime<R> {
  readonly reader: Reader<R>;
  /** A number in [0, 1); anything else is not a valid draw. Does not throw. */
  readonly random: () => number;
  /** Called with the exception behind an answer with the reason `error`. Does not throw. */
  readonly onError: (error: unknown) => void;
}

/** Decides where a back end met an exception, or a request without headers. */
export type Fallback<R> = (request: R, draw: number | undefined, error?: unknown) => Decision;

/**
 * Back ends read fields in an order of their own, so an exception of one may have no part in the decision. What the plan
 * means for such a request is what the interpreter says; where that fails too, `onError` is told.
 */
export function fallback<R>(plan: Plan, decisions: readonly Decision[], { reader, random, onError }: Runtime<R>): Fallback<R> {
  return (request, draw, error = new TypeError("the request has no headers")) => {
    const { decision, failure } = interpret(plan, reader, request, draw, random);
    if (failure !== undefined) onError(error);
    return decisions[decision.index] as Decision;
  };
}

/** The random source, with its exceptions reported and answered as a draw that is not valid. `Math.random` is returned as it is. */
export function guardRandom(random: () => number, onError: (error: unknown) => void): () => number {
  if (random === Math.random) return random;
  return () => {
    try {
      return random();
    } catch (error) {
      onError(error);
      return Number.NaN;
    }
  };
}

/** The callback with its own exceptions kept from the route. */
export function guardCallback(callback: (error: unknown) => void = () => {}): (error: unknown) => void {
  return (error) => {
    try {
      callback(error);
    } catch {
      // There is no one left to tell.
    }
  };
}
