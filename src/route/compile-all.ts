import { atMost, ConfigError, type Diagnostic, pointer, shown } from "../document/index.ts";
import type { NodeRequest } from "../request/index.ts";
import { BUDGETS } from "../alias/index.ts";
import { type Compilable, type Plan, planOf, type PlanOptions } from "../plan/index.ts";
import { type Decision, Program, type Route } from "../backend/index.ts";
import { type CompileOptions, runtimeOf } from "./compile.ts";

/**
 * Compiles many aliases, by key, into one flat program: for thousands of aliases, which as functions of their own take a multiple of the memory and,
 * where requests meet them in turn, of the time. The routes decide as those of `compile`; each is made when it is first asked for, as
 * are its `plan` and its `decisions`. For a few dozen aliases, `compile` is faster.
 * @throws ConfigError with everything that is wrong with any of them; each place begins with the key, as do those of warnings
 */
export function compileAll<R = NodeRequest>(
  configs: Iterable<readonly [key: string, config: Compilable]> | { readonly [key: string]: Compilable },
  options: CompileOptions<R> = {},
): ReadonlyMap<string, Route<R>> {
  const program = new Program(runtimeOf(options));
  const places = new Map<string, number>();
  const diagnostics: Diagnostic[] = [];
  for (const [key, config] of Symbol.iterator in configs ? configs : Object.entries(configs)) {
    try {
      const plan = planOf(config, warningsAt(key, options));
      if (places.has(key)) diagnostics.push(repeated(key));
      else places.set(key, program.add(plan));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const each of error.diagnostics) diagnostics.push({ ...each, at: pointer("", key) + each.at });
    }
  }
  if (diagnostics.length > 0) throw new ConfigError(atMost(diagnostics, options.budgets?.diagnostics ?? BUDGETS.diagnostics));
  return new Routes(program, places);
}

/** The options for one of several configs: the place of a warning begins with its key. */
export function warningsAt<O extends PlanOptions>(key: string, options: O): O {
  const { onWarning } = options;
  return onWarning === undefined
    ? options
    : { ...options, onWarning: (warning) => onWarning({ ...warning, at: pointer("", key) + warning.at }) };
}

function repeated(key: string): Diagnostic {
  const message = `the key ${shown(key)} occurs twice`;
  return { code: "duplicate-key", severity: "error", at: pointer("", key), message, help: "give each alias a key of its own" };
}

/** Where the place of a route is kept. One property and the getters of all routes take less than functions of each route's own. */
const PLACE: unique symbol = Symbol("place");

interface Placed {
  readonly [PLACE]: number;
}

/** The routes of a program, each made when it is first asked for. */
class Routes<R> implements ReadonlyMap<string, Route<R>> {
  readonly #program: Program<R>;
  /** Routes, and the places of those that are not made. */
  readonly #routes: Map<string, Route<R> | number>;
  readonly #plans = new WeakMap<object, Plan>();
  readonly #properties: PropertyDescriptorMap;

  constructor(program: Program<R>, places: Map<string, number>) {
    this.#program = program;
    this.#routes = places;
    const planAt = this.#planAt.bind(this);
    this.#properties = {
      plan: {
        enumerable: true,
        get(this: Placed): Plan {
          return planAt(this);
        },
      },
      decisions: {
        enumerable: true,
        get(this: Placed): readonly Decision[] {
          return program.decisions(this[PLACE]);
        },
      },
    };
  }

  get size(): number {
    return this.#routes.size;
  }

  get(key: string): Route<R> | undefined {
    const known = this.#routes.get(key);
    return typeof known === "number" ? this.#make(key, known) : known;
  }

  has(key: string): boolean {
    return this.#routes.has(key);
  }

  forEach(each: (route: Route<R>, key: string, map: ReadonlyMap<string, Route<R>>) => void, thisArgument?: unknown): void {
    for (const [key, route] of this) each.call(thisArgument, route, key, this);
  }

  keys(): MapIterator<string> {
    return this.#routes.keys();
  }

  *values(): MapIterator<Route<R>> {
    for (const [, route] of this) yield route;
  }

  *entries(): MapIterator<[string, Route<R>]> {
    for (const key of this.#routes.keys()) yield [key, this.get(key) as Route<R>];
  }

  [Symbol.iterator](): MapIterator<[string, Route<R>]> {
    return this.entries();
  }

  #make(key: string, place: number): Route<R> {
    const program = this.#program;
    const route = (request: R, draw?: number): Decision => program.decide(place, request, draw);
    Object.defineProperty(route, PLACE, { value: place });
    const made = Object.defineProperties(route, this.#properties) as Route<R>;
    this.#routes.set(key, made);
    return made;
  }

  #planAt(route: Placed): Plan {
    let plan = this.#plans.get(route);
    if (plan === undefined) this.#plans.set(route, (plan = planOf(this.#program.plan(route[PLACE]))));
    return plan;
  }
}
