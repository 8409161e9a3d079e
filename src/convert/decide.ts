import { type Decidable, decide } from "../backend/index.ts";
import { keyDraw, type Plan, runsOf } from "../plan/index.ts";
import type { Field } from "../request/index.ts";
import { readByNode, type WireRequest } from "./wire.ts";

/** Says which version answers a request; `drawn at random` where no key decides. */
export type Decider = (request: WireRequest) => string;

/** The answer where the split has no key to go by. */
export const AT_RANDOM = "drawn at random";

/** How a router reads requests and draws. */
export interface Model {
  /** The value that a rule sees. */
  readonly read: (field: Field, request: WireRequest) => string | undefined;
  /** The value that is hashed, where it is another one. */
  readonly readKey?: (field: Field, request: WireRequest) => string | undefined;
  /** The draw of a key, in [0, 1). */
  readonly drawOf: (key: string) => number;
  /** Whether it draws every request at random, whatever its key. */
  readonly isRandom?: boolean;
}

/** This library on a request that node has parsed. */
export function libraryModel({ split }: Plan): Model {
  const sticky = split.kind === "arms" ? split.sticky : undefined;
  return { read: readByNode, drawOf: sticky === undefined ? () => 0 : keyDraw(sticky) };
}

/** Decides by a plan, with requests read as a router reads them. */
export function deciderOf(plan: Plan, { read, readKey = read, drawOf, isRandom = false }: Model): Decider {
  const { split } = plan;
  const drawn = isRandom && split.kind === "arms" ? { ...plan, split: { ...split, sticky: undefined } } : plan;
  const decidable = withReaders(drawn, read, readKey);
  const several = runsOf(plan).length > 1;
  return (request) => {
    const { outcome, draw } = decide(
      decidable,
      (value: Reading) => value(request),
      undefined,
      () => 0,
      drawOf,
    );
    return draw?.from === "random" && several ? AT_RANDOM : (plan.outcomes[outcome]?.version ?? AT_RANDOM);
  };
}

type Reading = (request: WireRequest) => string | undefined;

/** What of a plan decides, with the reading of each field in its place. */
function withReaders({ rules, split, error }: Plan, read: Model["read"], readKey: Model["read"]): Decidable<Reading> {
  const reading =
    ({ field }: { readonly field: Field }, by = read): Reading =>
    (request) =>
      by(field, request);
  const sticky = split.kind === "arms" ? split.sticky : undefined;
  return {
    rules: rules.map(({ test: { kind, matches }, outcome }) => ({
      test: { kind, matches: matches.map((match) => ({ field: reading(match), values: match.values })) },
      outcome,
    })),
    split:
      split.kind === "fixed"
        ? split
        : {
            ...split,
            sticky: sticky && { missing: sticky.missing, keys: sticky.keys.map((key) => ({ field: reading(key, readKey) })) },
          },
    error,
  };
}
