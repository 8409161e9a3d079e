import type { Plan } from "../../plan/index.ts";
import type { Decision } from "../decision.ts";
import type { Runtime } from "../fallback.ts";
import { Program } from "./program.ts";

/**
 * Aliases by key, held and decided by one flat program: the cold tier of a table. An alias that is met often is taken out, and compiled.
 *
 *     add(key, plan)             puts an alias in, in place of another one with that key
 *     remove(key)                whether there was one
 *     route(key, request, draw?) the decision; undefined where there is no such alias. Never throws
 *     plan(key)                  what the alias means, made anew
 *     decisions(key)             the objects that `route` answers with
 *     take(key)                  the plan, with the alias removed
 *
 * Each takes effect at once, for the next decision; they may be called in the middle of one.
 */
export class Fleet<R> {
  readonly #program: Program<R>;
  readonly #places = new Map<string, number>();

  constructor(host: Runtime<R>) {
    this.#program = new Program(host);
  }

  /** The number of aliases. */
  get size(): number {
    return this.#places.size;
  }

  /** The keys, in the order in which they came. */
  keys(): IterableIterator<string> {
    return this.#places.keys();
  }

  /** Puts an alias in, in place of another one with that key. */
  add(key: string, plan: Plan): void {
    const before = this.#places.get(key);
    this.#places.set(key, this.#program.add(plan));
    if (before !== undefined) this.#program.remove(before);
  }

  /** Removes an alias, and says whether there was one. */
  remove(key: string): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#places.delete(key);
    this.#program.remove(place);
    return true;
  }

  /** Decides a request; undefined where there is no such alias. */
  route(key: string, request: R, draw?: number): Decision | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#program.decide(place, request, draw);
  }

  /** What an alias means. */
  plan(key: string): Plan | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#program.plan(place);
  }

  /** Every decision of an alias: the objects that `route` answers with. */
  decisions(key: string): readonly Decision[] | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#program.decisions(place);
  }

  /** Takes an alias out: what it means, so that it can be compiled. */
  take(key: string): Plan | undefined {
    const plan = this.plan(key);
    this.remove(key);
    return plan;
  }
}
