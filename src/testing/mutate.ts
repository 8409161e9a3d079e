import type { Pointer } from "../document/index.ts";
import { toRequest } from "../request/index.ts";
import { type AliasConfig, parse } from "../alias/index.ts";
import { type Plan, toPlan } from "../plan/index.ts";
import { compare, type Difference, EFFORT } from "../prove/index.ts";
import { addCase, type CaseTable, kills, tableOf } from "./case-table.ts";
import { type Examples, examplesOf } from "./examples.ts";
import { type MadeMutant, type Mutant, mutantsOf } from "./mutants.ts";
import type { Request } from "./candidates.ts";
import { type Room, takes } from "./room.ts";
import type { Case, Expectation, Suite, SuiteConfig } from "./suite.ts";
import { type Subject, subjectOf, type Variant, variantOf } from "./variant.ts";
import { suiteOf } from "./verify.ts";

/**
 * What some suites say of a mutant. `killed`: a case fails. `refused`: the config is invalid, so it would never be used.
 * `equivalent`: proved to route every request alike, so no suite could tell. `survived`: every case passes, though
 * `difference` is a request that would not. `unknown`: every case passes, and nothing is proved.
 */
export type MutantResult =
  | { readonly kind: "killed" | "refused" | "equivalent" | "unknown"; readonly mutant: Mutant }
  /** The difference is made when it is asked for, for a suite that notices little has very many. */
  | { readonly kind: "survived"; readonly mutant: Mutant; readonly difference: Difference };

/** The results of all mutants of a config. */
export interface MutationReport {
  readonly outcomes: readonly MutantResult[];
  /** The killed part of the mutants that a suite could notice, from 0 to 1; 1 if there are none. */
  readonly score: number;
  /** Cases that fail on the config as it is. They are left out: they fail on its mutants too, and would count as noticing each. */
  readonly failing: readonly Case[];
}

/** How to run the mutants of a config. */
export interface MutationOptions {
  /** Is called after each mutant with how many are done, and how many there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Makes typical mistakes in a config, one at a time, and lists those that no case of the suites notices: a rule or
 * a strategy is gone, `and` is `or`, a value is off by one character, an item of a list is gone, a name is misspelt, a weight
 * is off by one slot, two versions are swapped, the order is turned, the stickiness is another. Cases with an alias of their
 * own are left out, for they do not look at this config, and so are cases that fail on the config as it is.
 * @throws ConfigError with everything that is wrong with the config or the suite
 */
export function mutate(
  config: AliasConfig,
  suites: SuiteConfig | Suite | readonly (SuiteConfig | Suite)[],
  { onProgress }: MutationOptions = {},
): MutationReport {
  const subject = subjectOf(config);
  const table = tableOf(subject, casesAbout(config, subject.plan, [suites].flat()));
  const search = searchOf(subject, COMPARED_RULES);
  const made = mutantsOf(config);
  const outcomes = made.map((each, index): MutantResult => {
    const result = resultOf(subject, table, search, each);
    onProgress?.(index + 1, made.length);
    return result;
  });
  return { outcomes, score: scoreOf(outcomes), failing: table.failing };
}

/** The killed part of the mutants that a suite could notice, from 0 to 1; 1 if there are none. */
export function scoreOf(outcomes: readonly MutantResult[]): number {
  const killed = outcomes.filter(({ kind }) => kind === "killed").length;
  const lived = outcomes.filter(({ kind }) => kind === "survived" || kind === "unknown").length;
  return killed + lived === 0 ? 1 : killed / (killed + lived);
}

/** The cases that are about this config: those that name no alias, or one that is the same plan. */
export function casesAbout(config: AliasConfig, plan: Plan, suites: readonly (SuiteConfig | Suite)[]): readonly Case[] {
  const text = JSON.stringify(plan);
  const same = new Map<Plan, boolean>([[plan, true]]);
  return suites
    .flatMap((suite) => suiteOf(config, suite).cases)
    .filter(({ plan: own }) => {
      if (own === undefined) return true;
      const known = same.get(own) ?? JSON.stringify(own) === text;
      same.set(own, known);
      return known;
    });
}

/** How requests are found that tell a mutant from the config. */
interface DifferenceSearch {
  readonly examples: Examples;
  /** What comparing whole plans may still cost. */
  left: number;
}

/** Rules of plans that are read and compared whole, over all mutants: 20 µs each where there are many, 5 s together. */
const COMPARED_RULES = 250_000;

function searchOf(subject: Subject, left: number): DifferenceSearch {
  return { examples: examplesOf(subject), left };
}

/** What some cases say of a mutant. */
function resultOf(subject: Subject, table: CaseTable, search: DifferenceSearch, { mutant, change }: MadeMutant): MutantResult {
  const make = (): Variant | undefined => variantOf(subject, change, () => mutant.config);
  const variant = make();
  if (variant === undefined) return { kind: "refused", mutant };
  if (kills(subject, table, variant)) return { kind: "killed", mutant };
  const difference = search.examples.difference(variant, make);
  return difference === undefined ? compared(subject, search, mutant) : new Survived(mutant, difference);
}

/** A class, for the reason that mutants are one. */
class Survived {
  readonly kind = "survived";
  readonly mutant: Mutant;
  readonly #make: () => Difference;

  constructor(mutant: Mutant, make: () => Difference) {
    this.mutant = mutant;
    this.#make = make;
  }

  get difference(): Difference {
    return this.#make();
  }
}

/** The result of a mutant for which no request was found: whole plans are compared, while there is room for it. */
function compared({ plan }: Subject, search: DifferenceSearch, mutant: Mutant): MutantResult {
  const size = 10 + plan.rules.reduce((sum, { test }) => sum + test.matches.length, 0);
  if (search.left < size) return { kind: "unknown", mutant };
  search.left -= size;
  const read = parse(mutant.config);
  if (!read.ok) return { kind: "refused", mutant };
  const result = compare(plan, toPlan(read.value), { left: EFFORT });
  if (result.kind !== "different") return { kind: result.kind, mutant };
  const { request, draw, before, after } = result;
  return { kind: "survived", mutant, difference: { request, draw, before, after } };
}

/** So many mutants are looked at where nobody asks for all: about 4 s. An alias with more has some thousand rules. */
const COMPLETED_MUTANTS = 20_000;

/** A request that notices a mutant. */
interface Added extends Request {
  /** The place of the mistake. */
  readonly at: Pointer;
}

/** How to complete a suite. */
export interface CompletionOptions extends MutationOptions {
  /** Looks at every mutant, however many there are. By default, where there are more than 20,000 none is looked at. */
  readonly complete?: boolean | undefined;
}

/**
 * Requests that notice the mutants which survive some cases, so that with them none survives for which a request is found, as far as there
 * is room; the cases that fail on the config as it is; and whether the mutants were looked at.
 */
export function survivorsOf(
  config: AliasConfig,
  cases: readonly Case[],
  room: Room,
  { complete = false, onProgress }: CompletionOptions,
): { readonly added: readonly Added[]; readonly failing: readonly Case[]; readonly complete: boolean } {
  const made = mutantsOf(config);
  if (made.length > COMPLETED_MUTANTS && !complete) return { added: [], failing: [], complete: false };
  const subject = subjectOf(config);
  const table = tableOf(subject, cases);
  const search = searchOf(subject, COMPARED_RULES / 4);
  const added: Added[] = [];
  let isFull = false;
  for (const [index, mutant] of made.entries()) {
    const result = resultOf(subject, table, search, mutant);
    onProgress?.(index + 1, made.length);
    if (result.kind !== "survived") continue;
    const { at } = mutant.mutant;
    if (isFull) {
      room.omitted.push({ at, why: "room" });
      continue;
    }
    const { request, draw, before } = result.difference;
    const taken = takes(room, at, request);
    isFull = taken === "room";
    if (taken !== "taken") continue;
    added.push({ at, request, draw });
    addCase(subject, table, { at: "", title: "", plan: subject.plan, request: toRequest(request), draw, expect: expectationOf(before) });
  }
  return { added, failing: table.failing, complete: true };
}

function expectationOf(slots: Difference["before"]): Expectation {
  const some = Object.entries(slots);
  const [only, another] = some;
  const version = another === undefined ? only?.[0] : undefined;
  return { version, split: version === undefined ? new Map(some) : undefined, reason: undefined, at: undefined };
}
