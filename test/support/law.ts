import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../src/index.ts";
import { type BackEnd, backEnds, type Compile } from "./backends.ts";

/** The same examples at every run; `LAW_SEED` takes others, and `LAW_RUNS` so many times as many. A failure prints seed and path. */
const seed = Number(process.env["LAW_SEED"] ?? 1_000_003);
const factor = Number(process.env["LAW_RUNS"] ?? 1);
if (process.env["LAW_SEED"] !== undefined) console.info(`LAW_SEED=${seed}`);

/** Counts how often an example had something that a law is about. */
export type Meet = (what: string, times?: number) => void;

/**
 * A test that holds for everything that `arbitrary` makes: `check` throws, or returns false, where it does not. A law about
 * what only some examples have says with `meet` when it was there, and fails where `atLeast` was not reached over all examples:
 * it would hold because it says nothing.
 */
export function law<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  check: (example: T, meet: Meet) => boolean | void,
  runs = 300,
  atLeast: Readonly<Record<string, number>> = {},
): void {
  test(name, { timeout: 60_000 * Math.max(1, factor) }, () => {
    const met = new Map<string, number>();
    const meet: Meet = (what, times = 1) => void met.set(what, (met.get(what) ?? 0) + times);
    fc.assert(
      fc.property(arbitrary, (example) => check(example, meet)),
      { seed, numRuns: Math.max(1, Math.round(runs * factor)) },
    );
    for (const [what, least] of Object.entries(atLeast))
      expect(met.get(what) ?? 0, `times that the law met ${what}`).toBeGreaterThanOrEqual(Math.floor(least * factor));
  });
}

/** A back end broken on purpose. */
export interface Fault {
  /** Goes on from `a back end that …`. */
  readonly name: string;
  readonly breaks: (compile: Compile) => Compile;
}

/**
 * A law about aliases that are run: it holds on every back end, or `on` these, and a back end with the fault is caught by it.
 * Without that, a law might hold because it says nothing.
 */
export function everywhere<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  { catches, runs = 200, on = backEnds }: { readonly catches: Fault; readonly runs?: number; readonly on?: readonly BackEnd[] },
  check: (compile: Compile, example: T) => void,
): void {
  const onEach = (example: T): void => {
    for (const backEnd of on) {
      try {
        check(backEnd.compile, example);
      } catch (error) {
        throw new Error(`on the back end: ${backEnd.name}`, { cause: error });
      }
    }
  };
  law(name, arbitrary, onEach, runs);
  test(`${name}: caught is a back end that ${catches.name}`, () => {
    const broken = catches.breaks(compile as Compile);
    const { failed } = fc.check(
      fc.property(arbitrary, (example) => check(broken, example)),
      { seed, numRuns: runs, endOnFailure: true },
    );
    expect(failed).toBe(true);
  });
}
