/**
 * A plan as a decision function, without what reads configs: for Workers and other places where a module should be small. `plan` of
 * `canary-router` makes the plan where the alias is deployed; it is plain data that travels as JSON.
 */
import { accessOf, type Field, type Reader, valueIn } from "../request/index.ts";
import { isPlan, keyDraw, type Plan } from "../plan/index.ts";
import { type Decidable, decide, type Decision, guardCallback, guardRandom, type Route } from "../backend/index.ts";

export type { Decision, Route } from "../backend/index.ts";
export type { Plan } from "../plan/index.ts";
export { fetchReader, type FetchRequest, nodeReader, type NodeRequest, type Reader } from "../request/index.ts";

/** How to run a plan. */
export interface EdgeOptions<R> {
  /** How requests are read: `fetchReader` for those of the fetch standard. There is no default, so that only this reader is bundled. */
  readonly reader: Reader<R>;
  /** The source of random draws, numbers in [0, 1). The default is `Math.random`. */
  readonly random?: () => number;
  /** Called with the exception behind a decision with the reason `error`. What it throws itself is ignored. */
  readonly onError?: (error: unknown) => void;
}

/** Reads a field of a request. */
type Read<R> = (carrier: object, request: R) => string | undefined;

/**
 * Compiles a plan that `plan` of `canary-router` has made, perhaps sent as JSON. It decides as the alias does, rule by rule: the entry is made to
 * be small, and `compile` of `canary-router` decides many rules faster. The plan is taken as it is: what does not come from `plan` is to be
 * read by `compile` of `canary-router`.
 * @throws TypeError for what is no plan
 */
export function compile<R>(plan: Plan, { reader, random = Math.random, onError }: EdgeOptions<R>): Route<R> {
  if (!isPlan(plan)) throw new TypeError("no plan: make one of the alias by `plan` of `canary-router`");
  const told = guardCallback(onError);
  const draw = guardRandom(random, told);
  const decisions: readonly Decision[] = Object.freeze(plan.outcomes.map((outcome) => Object.freeze({ ...outcome })));
  const compiled = compiledOf(plan, reader);
  const drawOfKey = plan.split.kind === "arms" && plan.split.sticky !== undefined ? keyDraw(plan.split.sticky) : () => Number.NaN;
  const route = (request: R, given?: number): Decision => {
    try {
      const carrier = reader.open(request);
      if (carrier === undefined) throw new TypeError("the request has no headers");
      return decisions[decide<Read<R>>(compiled, (read) => read(carrier, request), given, draw, drawOfKey).outcome] as Decision;
    } catch (error) {
      told(error);
      return decisions[plan.error] as Decision;
    }
  };
  return Object.assign(route, { plan, decisions });
}

/** The plan with a function in the place of each field. */
function compiledOf<R>({ rules, split, error }: Plan, reader: Reader<R>): Decidable<Read<R>> {
  const readOf = (field: Field): Read<R> => {
    const { get, owns } = accessOf(reader, field);
    return (carrier, request) => {
      const text = get(carrier, request);
      return text === undefined || owns?.(carrier, request) === false ? undefined : valueIn(field, text);
    };
  };
  return {
    rules: rules.map(({ test: { kind, matches }, outcome }) => ({
      test: { kind, matches: matches.map(({ field, values }) => ({ field: readOf(field), values })) },
      outcome,
    })),
    split:
      split.kind === "fixed"
        ? split
        : {
            ...split,
            sticky: split.sticky && {
              missing: split.sticky.missing,
              keys: split.sticky.keys.map(({ field }) => ({ field: readOf(field) })),
            },
          },
    error,
  };
}
