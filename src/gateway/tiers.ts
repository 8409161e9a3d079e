import { LRUMapWithDelete } from "mnemonist";
import { asSound, type Outcome, type Plan } from "../plan/index.ts";
import { type Decision, Program, type Route, type Runtime } from "../backend/index.ts";

/**
 * An alias that has a 64th of the decisions is compiled: so often met within so many. Met alike, 30, 100 and 200 aliases take as long compiled
 * as flat (`bench/fleet.mjs`, W7-30 to W7-200, closures), and a thousand half as long again; one that is met alone takes a fifth less.
 */
const OFTEN = 128;
const WINDOW = 8_192;
/** What is noted for a place that is compiled, in place of a number of meetings. */
const COMPILED = 255;
/**
 * Where all that may be compiled are, one decision of 16 says that its alias is still met: for each, the list would take as long as the decision.
 * The number is 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming 3, section 6.4).
 */
const SCATTER = 0x9e3779b1;

/** What a route that was given out refers to. */
interface Bound<R> {
  /** -1 once the alias has changed or is gone. */
  place: number;
  /** What the alias meant when it went, and that compiled, once it is asked for. */
  plan: Plan | undefined;
  compiled: Route<R> | undefined;
}

const BOUND: unique symbol = Symbol("bound");

interface Given<R> {
  readonly [BOUND]: Bound<R>;
}

/**
 * Plans by place, run by two tiers: all of them by one flat program, and beside it those that are met often, compiled. An alias decides alike in
 * both, with the same objects.
 */
export class Tiers<R> {
  readonly #program: Program<R>;
  readonly #compile: (plan: Plan) => Route<R>;
  /** By place. */
  readonly #compiled: (Route<R> | undefined)[] = [];
  /** The places that are compiled, those that were met last in front. */
  readonly #hot: LRUMapWithDelete<number, true>;
  /** How often each place was met in this window, or that it is compiled. */
  #met = new Uint8Array(256);
  /** Decisions that are left of the window. */
  #left = WINDOW;
  /** The routes that were given out. */
  readonly #given = new Map<number, Route<R>>();
  readonly #properties: PropertyDescriptorMap;

  constructor(host: Runtime<R>, compile: (plan: Plan) => Route<R>, hot: number) {
    this.#program = new Program(host);
    this.#compile = compile;
    this.#hot = new LRUMapWithDelete(hot);
    const planOf = this.#planOf.bind(this);
    const decisionsOf = this.#decisionsOf.bind(this);
    this.#properties = {
      plan: {
        enumerable: true,
        get(this: Given<R>): Plan {
          return planOf(this[BOUND]);
        },
      },
      decisions: {
        enumerable: true,
        get(this: Given<R>): readonly Decision[] {
          return decisionsOf(this[BOUND]);
        },
      },
    };
  }

  /** Takes a plan, and returns its place. */
  add(plan: Plan): number {
    const place = this.#program.add(plan);
    if (place >= this.#met.length) {
      const met = new Uint8Array(this.#met.length * 2);
      met.set(this.#met);
      this.#met = met;
    }
    this.#met[place] = 0;
    this.#compiled[place] = undefined;
    return place;
  }

  /** Gives a place up. A decision that is under way ends well, and a route that was given out decides on as it did. */
  remove(place: number): void {
    const given = this.#given.get(place) as (Route<R> & Given<R>) | undefined;
    if (given !== undefined) {
      const bound = given[BOUND];
      bound.compiled = this.#compiled[place];
      bound.plan = bound.compiled === undefined ? this.#soundPlan(place) : undefined;
      bound.place = -1;
      this.#given.delete(place);
    }
    this.#hot.delete(place);
    this.#compiled[place] = undefined;
    this.#met[place] = 0;
    this.#program.remove(place);
  }

  /** What was added, made anew. */
  plan(place: number): Plan {
    return this.#program.plan(place);
  }

  /** What can be answered with this number; undefined where there is none. */
  outcome(place: number, index: number): Outcome | undefined {
    return this.#program.decision(place, index);
  }

  /** All that can be answered. */
  outcomes(place: number): readonly Outcome[] {
    return this.#program.outcomes(place);
  }

  /** Decides a request. Never throws. */
  decide(place: number, request: R, draw: number | undefined): Decision {
    if (--this.#left === 0) this.#beginWindow();
    const met = this.#met[place] as number;
    if (met !== COMPILED) {
      if (met < OFTEN) this.#met[place] = met + 1;
      return met === OFTEN - 1 ? this.#warm(place)(request, draw) : this.#program.decide(place, request, draw);
    }
    // Scattered, for requests may come in turns.
    if (Math.imul(this.#left, SCATTER) >>> 28 === 0 && this.#hot.size === this.#hot.capacity) this.#hot.get(place);
    return (this.#compiled[place] as Route<R>)(request, draw);
  }

  /** A route that decides as the alias does now, in whichever tier it is. */
  route(place: number): Route<R> {
    const known = this.#given.get(place);
    if (known !== undefined) return known;
    const bound: Bound<R> = { place, plan: undefined, compiled: undefined };
    const route = (request: R, draw?: number): Decision =>
      bound.place === -1 ? this.#compiledOf(bound)(request, draw) : this.decide(bound.place, request, draw);
    Object.defineProperty(route, BOUND, { value: bound });
    const made = Object.defineProperties(route, this.#properties) as Route<R>;
    this.#given.set(place, made);
    return made;
  }

  /** How many are compiled. */
  get compiled(): number {
    return this.#hot.size;
  }

  #beginWindow(): void {
    this.#left = WINDOW;
    const met = this.#met;
    for (let place = 0; place < met.length; place++) if (met[place] !== COMPILED) met[place] = 0;
  }

  /** Compiles a place, and leaves the one that was met least recently to the program where there are too many. */
  #warm(place: number): Route<R> {
    const route = this.#compile(this.#soundPlan(place));
    // A callback of the compiler has removed the alias, and perhaps given its place to another one.
    if (this.#met[place] !== OFTEN) return route;
    this.#compiled[place] = route;
    this.#met[place] = COMPILED;
    const popped = this.#hot.setpop(place, true);
    if (popped?.evicted === true) {
      this.#compiled[popped.key] = undefined;
      // Not at once again: another one is met as often.
      this.#met[popped.key] = OFTEN;
    }
    return route;
  }

  /** The plan, with the objects that the program answers with: a compiled route then answers with them too. */
  #soundPlan(place: number): Plan {
    return asSound({ ...this.#program.plan(place), outcomes: this.#program.decisions(place) });
  }

  #planOf(bound: Bound<R>): Plan {
    bound.plan ??= bound.compiled?.plan ?? this.#soundPlan(bound.place);
    return bound.plan;
  }

  #decisionsOf(bound: Bound<R>): readonly Decision[] {
    if (bound.place === -1) return this.#compiledOf(bound).decisions;
    return this.#compiled[bound.place]?.decisions ?? this.#program.decisions(bound.place);
  }

  #compiledOf(bound: Bound<R>): Route<R> {
    return (bound.compiled ??= this.#compile(bound.plan as Plan));
  }
}
