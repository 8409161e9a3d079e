import { nodeReader, type NodeRequest, type Reader } from "../request/index.ts";
import type { Alias, LiteralOf, Version, VersionOf } from "../alias/index.ts";
import { type Compilable, type Outcome, type Plan, planOf, type PlanOptions } from "../plan/index.ts";
import { optimize } from "../optimize/index.ts";
import { closure, type Decision, guardCallback, guardRandom, type Route, type Runtime } from "../backend/index.ts";

/** How to compile an alias. */
export interface CompileOptions<R = NodeRequest> extends PlanOptions {
  /** How requests are read. The default is `nodeReader`. */
  readonly reader?: Reader<R>;
  /** The source of random draws, numbers in [0, 1). The default is `Math.random`. It is called once for each draw. */
  readonly random?: () => number;
  /** Called with the exception behind a decision with the reason `error`. What it throws itself is ignored. */
  readonly onError?: (error: unknown) => void;
}

/** A way to run a plan. `unoptimized` is the plan before it was optimized. */
export type BackEnd = <R>(
  optimized: Plan,
  unoptimized: Plan,
  decisions: readonly Decision[],
  host: Runtime<R>,
) => (request: R, draw?: number) => Decision;

/** A config whose literals are checked; an alias that was read, and a plan, as they are. */
export type Literal<C> = C & (C extends Alias | Plan ? unknown : LiteralOf<C>);

/**
 * Compiles an alias into its decision function. Nothing of the config is kept; changing it later changes nothing. Without a reader, the
 * route takes requests of node; with one, those that it reads.
 * @throws ConfigError with everything that is wrong
 */
export function compile<const C extends Compilable>(config: Literal<C>, options?: CompileOptions): Route<NodeRequest, VersionOf<C>>;
export function compile<const C extends Compilable, R>(config: Literal<C>, options: CompileOptions<R>): Route<R, VersionOf<C>>;
export function compile<const C extends Compilable, R>(config: Literal<C>, options?: CompileOptions<R>): Route<R, VersionOf<C>> {
  return compileWith(closure, config, options);
}

/** The conductor: reads, lowers, optimizes, and hands the plan to a back end. */
export function compileWith<R, V extends Version>(backEnd: BackEnd, config: Compilable, options: CompileOptions<R> = {}): Route<R, V> {
  const unoptimized = planOf(config, options);
  const decisions = Object.freeze(unoptimized.outcomes.map(frozen)) as readonly Decision[] as readonly Decision<V>[];
  const route = backEnd(optimize(unoptimized), unoptimized, decisions, runtimeOf(options)) as (request: R, draw?: number) => Decision<V>;
  return Object.assign(route, { plan: unoptimized, decisions });
}

function frozen(outcome: Outcome): Decision {
  return Object.isFrozen(outcome) ? outcome : Object.freeze({ ...outcome });
}

/** What a compiled alias needs of its host, with the defaults filled in and guarded. */
export function runtimeOf<R>(options: CompileOptions<R>): Runtime<R> {
  const onError = guardCallback(options.onError);
  return {
    reader: options.reader ?? (nodeReader as unknown as Reader<R>),
    random: guardRandom(options.random ?? Math.random, onError),
    onError,
  };
}
