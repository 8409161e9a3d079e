import { ConfigError, type Diagnostic, isWellFormed, shown } from "../document/index.ts";
import { nodeReader, type NodeRequest, type Reader } from "../request/index.ts";
import { type Compilable, isSamePlan, type Plan, planOf } from "../plan/index.ts";
import { type Decision, guardCallback, type Route } from "../backend/index.ts";
import { compile, type CompileOptions, runtimeOf, warningsAt } from "../route/index.ts";
import { movement } from "../prove/index.ts";
import { type Count, Counts } from "./counts.ts";
import { type EventCount, HOST_EVENTS, type HostEvent } from "./events.ts";
import { changedTooMany, checkRails, type GuardRails, losesPrimary, movedTooMuch } from "./guard.ts";
import { Tiers } from "./tiers.ts";
import type { Applied, Moved, Rejected, Update } from "./update.ts";

/** How a table compiles, and what it does not let through. The place of a warning begins with the key of its alias. */
export interface TableOptions<R = NodeRequest> extends CompileOptions<R>, GuardRails {
  /** What compiles an alias that is met often: `compile` of `canary-router`, or that of `canary-router/jit` where code may be generated. */
  readonly compile?: (plan: Plan, options: CompileOptions<R>) => Route<R>;
  /**
   * The most aliases that are compiled at a time, 64 where left out. Of more, those that were met last stay compiled. An alias is
   * compiled once it is met often: 128 times within 8,192 decisions of the table. All others are decided by one flat program.
   */
  readonly hot?: number;
}

/** What an update changes. */
interface Change {
  readonly key: string;
  /** The place of what is served so far. */
  readonly before: number | undefined;
  /** The place of what shall be served; undefined where the alias is removed. */
  readonly after: number | undefined;
  /** What the alias means before and after, where it does both. */
  readonly plans: readonly [before: Plan, after: Plan] | undefined;
}

/** The longest key, in UTF-16 units: an alias URN takes at most about 300. */
const LONGEST_KEY = 1_024;
/** `LRUMap` takes its room when it is made: 20 bytes for each. */
const MOST_HOT = 1_000_000;
/** As many as can be met so often at a time that they are compiled. */
const HOT = 64;

/**
 * Aliases by key, swapped while traffic flows. A key is a name or an alias URN. An update is read first, whole; then it is put in
 * place by one assignment, so that no request meets a part of it. An alias with errors leaves the one that is served in place.
 * `route` never throws.
 */
export class AliasTable<R = NodeRequest> {
  readonly #options: TableOptions<R>;
  readonly #tiers: Tiers<R>;
  readonly #counts = new Counts();
  #places: ReadonlyMap<string, number> = new Map();
  #revision = -1;
  #isApplying = false;
  /** How often something has been put in place. */
  #swaps = 0;
  readonly #events = new Map<string, Float64Array>();

  /** @throws RangeError for an option that is no number in its range */
  constructor(options: TableOptions<R> = {}) {
    const { hot = HOT } = options;
    checkRails(options);
    if (!(Number.isSafeInteger(hot) && hot >= 1 && hot <= MOST_HOT))
      throw new RangeError(`\`hot\` is a whole number of aliases, from 1 to ${MOST_HOT}`);
    this.#options = options;
    this.#tiers = new Tiers(runtimeOf(options), compilerOf(options), hot);
  }

  /** How the requests are read that the table decides. */
  get reader(): Reader<R> {
    return this.#options.reader ?? (nodeReader as unknown as Reader<R>);
  }

  /** The revision of the last update that was taken; -1 before the first. */
  get revision(): number {
    return this.#revision;
  }

  /** The number of aliases. */
  get size(): number {
    return this.#places.size;
  }

  /** The number of aliases that are compiled now. */
  get compiled(): number {
    return this.#tiers.compiled;
  }

  /** Whether there is such an alias. */
  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** The keys, in the order in which they came. */
  keys(): IterableIterator<string> {
    return this.#places.keys();
  }

  /** The route of an alias as it is now: the same one while the alias is. It does not count, and does not change when the alias does. */
  get(key: string): Route<R> | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#tiers.route(place);
  }

  /** What an alias means now. It is made anew for each call. */
  plan(key: string): Plan | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#tiers.plan(place);
  }

  /** Decides a request and counts the decision. Undefined where there is no such alias. */
  route(key: string, request: R, draw?: number): Decision | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const swaps = this.#swaps;
    const decision = this.#tiers.decide(place, request, draw);
    if (this.#swaps === swaps) this.#counts.add(place, decision.index);
    // A callback of the decision has changed some alias, perhaps this one.
    else this.count(key, decision);
    return decision;
  }

  /** Counts a decision of the route that `get` gives. One that the alias, as it is now, cannot give is not counted. */
  count(key: string, { index, version, reason }: Decision): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    const outcome = this.#tiers.outcome(place, index);
    if (outcome?.version === version && outcome.reason === reason) this.#counts.add(place, index);
  }

  /** The counts of every alias, those of 0 included. */
  *counts(): IterableIterator<Count> {
    for (const alias of this.#places.keys()) {
      // Who takes them may change the table in between.
      const place = this.#places.get(alias);
      if (place !== undefined) yield* this.#counts.of(alias, place, this.#tiers.outcomes(place));
    }
  }

  /** Counts what a host has met beside a decision. For an alias that is not in the table, nothing is counted. */
  countEvent(key: string, event: HostEvent): void {
    if (!this.#places.has(key)) return;
    const counts = this.#events.get(key) ?? new Float64Array(HOST_EVENTS.length);
    const index = HOST_EVENTS.indexOf(event);
    counts[index] = (counts[index] as number) + 1;
    this.#events.set(key, counts);
  }

  /** The events that hosts have met, without those of 0. They never fall while the alias is there. */
  *events(): IterableIterator<EventCount> {
    for (const [alias, counts] of this.#events)
      for (const [index, event] of HOST_EVENTS.entries()) {
        const count = counts[index] as number;
        if (count > 0) yield { alias, event, count };
      }
  }

  /**
   * Takes an update, and says what became of each alias. `options` replace the guard rails of the table for this update.
   * Where `aliases` is given, an alias that is not in it is removed. An update whose revision is not above that of the table is stale.
   * @throws TypeError for an update that is none: a revision that is no whole number from 0, neither `aliases` nor `changes`
   * @throws RangeError for a guard rail that is no number in its range
   * @throws Error where a callback of the table calls it within another update
   */
  apply(update: Update, options: GuardRails = {}): Applied {
    if (this.#isApplying) throw new Error("an update cannot be applied within another update: wait until that has been applied");
    this.#isApplying = true;
    try {
      return this.#apply(update, options);
    } finally {
      this.#isApplying = false;
    }
  }

  #apply(update: Update, options: GuardRails): Applied {
    checkRails(options);
    const { isSet, configs } = configsOf(update);
    const isRestored = isSet && (update as { readonly restored?: boolean }).restored === true;
    if (update.revision <= this.#revision && !isRestored) return { ...NOTHING, revision: this.#revision, stale: true };
    const rails = { ...this.#options, ...options };
    const rejected: Rejected[] = [];
    const changes: Change[] = [];
    for (const [key, config] of configs) {
      // A set has every alias that is there, so that `null` in it is no deletion: it is what cannot be read as an alias.
      const change = config === null && !isSet ? this.#removal(key) : this.#read(key, config as Compilable, rails);
      if (change === undefined) continue;
      if ("diagnostics" in change) rejected.push(change);
      else changes.push(change);
    }
    if (isSet) {
      const keys = new Set(configs.map(([key]) => key));
      for (const [key, before] of this.#places) if (!keys.has(key)) changes.push({ key, before, after: undefined, plans: undefined });
    }
    const tooMany = changedTooMany(rails, changes.length, changes.filter(({ after }) => after === undefined).length);
    if (tooMany !== undefined) {
      for (const { key, after } of changes) {
        rejected.push({ alias: key, diagnostics: [tooMany] });
        this.#drop(after);
      }
      changes.length = 0;
    } else this.#revision = update.revision;
    this.#swap(changes);
    const kept = rejected.filter(({ alias }) => this.#places.has(alias)).map(({ alias }) => alias);
    const moved = changes.flatMap(({ key, plans }) => (plans === undefined ? [] : [movedOf(key, plans)]));
    return { revision: this.#revision, stale: false, accepted: changes.map(({ key }) => key), rejected, kept, moved };
  }

  #removal(key: string): Change | undefined {
    const before = this.#places.get(key);
    return before === undefined ? undefined : { key, before, after: undefined, plans: undefined };
  }

  /** Reads what an update says of one alias, and takes it in beside what is served; undefined where it changes nothing. */
  #read(key: string, config: Compilable, rails: GuardRails): Change | Rejected | undefined {
    const before = this.#places.get(key);
    const diagnostics = keyDiagnostics(key);
    if (diagnostics.length > 0) return { alias: key, diagnostics };
    try {
      const plan = planOf(config, warningsAt(key, this.#options));
      const plans = before === undefined ? undefined : ([this.#tiers.plan(before), plan] as const);
      if (plans !== undefined && isSamePlan(...plans)) return undefined;
      const complaint = (plans && movedTooMuch(rails, () => movement(...plans))) ?? losesPrimary(rails, plan);
      if (complaint !== undefined) return { alias: key, diagnostics: [complaint] };
      const after = this.#tiers.add(plan);
      this.#counts.take(after, plan.outcomes.length);
      return { key, before, after, plans };
    } catch (error) {
      if (error instanceof ConfigError) return { alias: key, diagnostics: error.diagnostics };
      throw error;
    }
  }

  /** Puts the changes in place. One alone is an assignment in the table; several are made in a copy of it. */
  #swap(changes: readonly Change[]): void {
    const next = changes.length <= 1 ? (this.#places as Map<string, number>) : new Map(this.#places);
    for (const { key, before, after, plans } of changes) {
      if (after === undefined) {
        next.delete(key);
        this.#events.delete(key);
      } else {
        next.set(key, after);
        if (before !== undefined && plans !== undefined) this.#counts.carry(before, plans[0].outcomes, after, plans[1].outcomes);
      }
    }
    this.#places = next;
    this.#swaps += 1;
    for (const { before } of changes) this.#drop(before);
  }

  #drop(place: number | undefined): void {
    if (place === undefined) return;
    this.#counts.give(place, this.#tiers.outcomes(place).length);
    this.#tiers.remove(place);
  }
}

/** How an alias is compiled that is met often. Where the host's own way throws, as generated code does where it is forbidden, it is by closures. */
function compilerOf<R>(options: TableOptions<R>): (plan: Plan) => Route<R> {
  const { compile: own, onError } = options;
  return (plan) => {
    try {
      if (own !== undefined) return own(plan, options);
    } catch (error) {
      guardCallback(onError)(error);
    }
    return compile(plan, options);
  };
}

const NOTHING = { accepted: [], rejected: [], kept: [], moved: [] } as const;

/** What an update says, key by key, and whether that is every alias. */
function configsOf(update: Update): { readonly isSet: boolean; readonly configs: readonly (readonly [string, Compilable | null])[] } {
  const { revision, aliases, changes } = update as { readonly revision?: unknown; readonly aliases?: unknown; readonly changes?: unknown };
  if (!Number.isSafeInteger(revision) || (revision as number) < 0)
    throw new TypeError("the revision of an update is a whole number, from 0");
  const isSet = aliases !== undefined;
  const configs = aliases ?? changes;
  // A Map or a list has no configs by key, and would be a set without any alias.
  const isObject = typeof configs === "object" && configs !== null && !(Symbol.iterator in configs);
  if (isSet === (changes !== undefined) || !isObject)
    throw new TypeError("an update has either `aliases` or `changes`, an object of configs by key");
  return { isSet, configs: Object.entries(configs) as [string, Compilable | null][] };
}

function keyDiagnostics(key: string): readonly Diagnostic[] {
  const message =
    key === ""
      ? "the key of an alias is empty"
      : key.length > LONGEST_KEY
        ? `the key ${shown(key)} is longer than ${LONGEST_KEY} characters`
        : isWellFormed(key)
          ? undefined
          : `the key ${shown(key)} has half of a surrogate pair`;
  if (message === undefined) return [];
  return [{ code: "alias-key", severity: "error", at: "", message, help: "write the name of the alias, or its URN" }];
}

/** The movement is exact and may take a while, so it is computed where somebody reads it. */
function movedOf(alias: string, plans: NonNullable<Change["plans"]>): Moved {
  let known: Moved["movement"] | undefined;
  return {
    alias,
    get movement() {
      return (known ??= movement(...plans));
    },
  };
}
