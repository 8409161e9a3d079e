import { LRUMap, LRUMapWithDelete } from "mnemonist";
import { ConfigError, type Diagnostic, shown } from "../document/index.ts";
import { nodeReader, type NodeRequest, type Reader } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import type { Decision, Reason, Route } from "../backend/index.ts";
import { compile, type CompileOptions } from "../route/index.ts";
import { movement } from "../prove/index.ts";
import { Cells } from "./cells.ts";
import { type EventCount, HOST_EVENTS, type HostEvent } from "./events.ts";
import { changedTooMany, type GuardRails, losesPrimary, movedTooMuch } from "./guard.ts";
import { pack, type Packed, unpack } from "./packed.ts";
import type { Applied, Moved, Rejected, Update } from "./update.ts";

/** How a table compiles, and what it does not let through. */
export interface TableOptions<R = NodeRequest> extends CompileOptions<R>, GuardRails {
  /** What compiles an alias that requests ask for: `compile` of `canary-router`, or that of `canary-router/jit` where code may be generated. */
  readonly compile?: (plan: Plan, options: CompileOptions<R>) => Route<R>;
  /**
   * The most aliases that are compiled at a time, 16,384 where left out. Of more, those that were met last stay compiled. An alias
   * is compiled when it is first met.
   */
  readonly hot?: number;
}

/** How often an alias has answered with a version for a reason. */
export interface Count {
  readonly alias: string;
  readonly version: Version;
  readonly reason: Reason;
  /** Since the alias came into the table; it never falls while the alias is there. */
  readonly count: number;
}

/** What an outcome is counted as. */
type Counted = Pick<Count, "version" | "reason">;

/** An alias that is served. One that changes gets another entry. */
interface Entry<R> {
  readonly plan: Packed;
  /** What each outcome is counted as. Aliases that agree in it share the list. */
  readonly counted: readonly Counted[];
  /** The cell of the first outcome; -1 once the alias has changed or is gone. */
  base: number;
  /** The counts of what the alias had in earlier revisions and has no more, by `nameOf`. */
  readonly retired: ReadonlyMap<string, number> | undefined;
  /** Undefined while the alias is not compiled. */
  route: Route<R> | undefined;
}

/** A key that the update changes. `written` is undefined for one that is removed. */
interface Change {
  readonly key: string;
  readonly written: { readonly outcomes: Plan["outcomes"]; readonly packed: Packed } | undefined;
}

/** The longest key, in UTF-16 units: an alias URN takes at most about 300. */
const LONGEST_KEY = 1_024;
/** `LRUMap` takes its room when it is made: 20 bytes for each. */
const MOST_HOT = 1_000_000;
/** A compiled alias of three rules and a sticky split takes 5.9 kB (bench/table.mjs), so that those of a full table take 97 MB. */
const HOT = 16_384;
/** Lists of what is counted that are shared: fleets have few different ones. */
const SHARED_LISTS = 1_024;
/** One in so many decisions of an outcome says to the hot set that the alias is met: a list for each would take as long as the decision. */
const TOUCH_EVERY = 16;

/**
 * Aliases by key, swapped while traffic flows. A key is a name or an alias URN. An update is read first, whole; then it is put in
 * place by one assignment, so that no request meets a part of it. An alias with errors leaves the one that is served in place.
 * `route` never throws.
 */
export class AliasTable<R = NodeRequest> {
  readonly #options: TableOptions<R>;
  readonly #compile: (plan: Plan, options: CompileOptions<R>) => Route<R>;
  #entries: ReadonlyMap<string, Entry<R>> = new Map();
  #revision = -1;
  readonly #cells = new Cells();
  readonly #hot: LRUMapWithDelete<string, Entry<R>>;
  /** Whether there are more aliases than may be compiled. */
  #crowded = false;
  readonly #events = new Map<string, Float64Array>();
  readonly #lists = new LRUMap<string, readonly Counted[]>(SHARED_LISTS);

  /** @throws RangeError for an option that is no number in its range */
  constructor(options: TableOptions<R> = {}) {
    const { maxMoved, maxChanged, hot = HOT } = options;
    if (maxMoved !== undefined && !(maxMoved >= 0 && maxMoved <= 100)) throw new RangeError("`maxMoved` is a percentage, from 0 to 100");
    if (maxChanged !== undefined && !(Number.isSafeInteger(maxChanged) && maxChanged >= 0))
      throw new RangeError("`maxChanged` is a whole number of aliases, from 0");
    if (!(Number.isSafeInteger(hot) && hot >= 1 && hot <= MOST_HOT))
      throw new RangeError(`\`hot\` is a whole number of aliases, from 1 to ${MOST_HOT}`);
    this.#options = options;
    this.#compile = options.compile ?? compile;
    this.#hot = new LRUMapWithDelete(hot);
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
    return this.#entries.size;
  }

  /** Whether there is such an alias. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The keys, in the order in which they came. */
  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** The route of an alias as it is now. It does not count, and does not change when the alias does. */
  get(key: string): Route<R> | undefined {
    const entry = this.#entries.get(key);
    return entry && (entry.route ?? this.#warm(key, entry));
  }

  /** What an alias means now. It is made anew for each call, and the alias is not compiled. */
  plan(key: string): Plan | undefined {
    const entry = this.#entries.get(key);
    return entry && unpack(entry.plan);
  }

  /** Decides a request and counts the decision. Undefined where there is no such alias. */
  route(key: string, request: R, draw?: number): Decision | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const decision = (entry.route ?? this.#warm(key, entry))(request, draw);
    this.#count(key, entry, decision.index);
    return decision;
  }

  /** Counts a decision of the route that `get` gives. One of an alias that has changed since, or is gone, is not counted. */
  count(key: string, decision: Decision): void {
    const entry = this.#entries.get(key);
    if (entry?.route?.decisions[decision.index] === decision) this.#count(key, entry, decision.index);
  }

  /** The counts of every alias, those of 0 included. */
  *counts(): IterableIterator<Count> {
    for (const [alias, { base, counted, retired }] of this.#entries) {
      const totals = new Map<string, Count>();
      const add = ({ version, reason }: Counted, count: number): void => {
        const name = nameOf({ version, reason });
        totals.set(name, { alias, version, reason, count: (totals.get(name)?.count ?? 0) + count });
      };
      for (const [index, each] of counted.entries()) add(each, this.#cells.counts[base + index] ?? 0);
      for (const [name, count] of retired ?? []) add(countedOf(name), count);
      yield* totals.values();
    }
  }

  /** Counts what a host has met beside a decision. For an alias that is not in the table, nothing is counted. */
  countEvent(key: string, event: HostEvent): void {
    if (!this.#entries.has(key)) return;
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
   */
  apply(update: Update, options: GuardRails = {}): Applied {
    const wanted = configsOf(update);
    const isRestored = "aliases" in update && update.restored === true;
    if (update.revision <= this.#revision && !isRestored) return { ...NOTHING, revision: this.#revision, stale: true };
    const rails = { ...this.#options, ...options };
    const rejected: Rejected[] = [];
    const changes: Change[] = [];
    for (const [key, config] of wanted) {
      const change = this.#read(key, config, rails);
      if (change === undefined) continue;
      if ("diagnostics" in change) rejected.push(change);
      else changes.push(change);
    }
    if ("aliases" in update) {
      const keys = new Set(wanted.map(([key]) => key));
      for (const key of this.#entries.keys()) if (!keys.has(key)) changes.push({ key, written: undefined });
    }
    const tooMany = changedTooMany(rails, changes.length, changes.filter(({ written }) => written === undefined).length);
    if (tooMany !== undefined) {
      rejected.push(...changes.map(({ key }) => ({ alias: key, diagnostics: [tooMany] })));
      changes.length = 0;
    } else this.#revision = update.revision;
    const moved = this.#swap(changes);
    const kept = rejected.filter(({ alias }) => this.#entries.has(alias)).map(({ alias }) => alias);
    return { revision: this.#revision, stale: false, accepted: changes.map(({ key }) => key), rejected, kept, moved };
  }

  /** Reads what an update says of one alias; undefined where it changes nothing. */
  #read(key: string, config: Compilable | null, rails: GuardRails): Change | Rejected | undefined {
    const before = this.#entries.get(key);
    if (config === null) return before && { key, written: undefined };
    const diagnostics = keyDiagnostics(key);
    if (diagnostics.length > 0) return { alias: key, diagnostics };
    try {
      const plan = planOf(config, this.#options);
      const packed = pack(plan);
      if (before?.plan === packed) return undefined;
      const complaint = (before && movedTooMuch(rails, () => movement(unpack(before.plan), plan))) ?? losesPrimary(rails, plan);
      return complaint === undefined ? { key, written: { outcomes: plan.outcomes, packed } } : { alias: key, diagnostics: [complaint] };
    } catch (error) {
      if (error instanceof ConfigError) return { alias: key, diagnostics: error.diagnostics };
      throw error;
    }
  }

  /** Puts the changes in place. One alone is an assignment in the table; several are made in a copy of it. */
  #swap(changes: readonly Change[]): readonly Moved[] {
    const moved: Moved[] = [];
    const next = changes.length <= 1 ? (this.#entries as Map<string, Entry<R>>) : new Map(this.#entries);
    for (const { key, written } of changes) {
      const before = next.get(key);
      if (written === undefined) {
        next.delete(key);
        this.#events.delete(key);
      } else {
        const entry = this.#entryOf(written, before);
        next.set(key, entry);
        if (before !== undefined) moved.push(movedOf(key, before.plan, entry.plan));
      }
      if (before === undefined) continue;
      this.#cells.give(before.base, before.counted.length);
      before.base = -1;
      this.#hot.delete(key);
    }
    this.#entries = next;
    this.#crowded = next.size > this.#hot.capacity;
    return moved;
  }

  /** An entry with the counts of the one before it. */
  #entryOf({ outcomes, packed }: NonNullable<Change["written"]>, before: Entry<R> | undefined): Entry<R> {
    const names = outcomes.map(nameOf);
    const list = names.join();
    let counted = this.#lists.get(list);
    if (counted === undefined) this.#lists.set(list, (counted = outcomes.map(({ version, reason }) => ({ version, reason }))));
    const base = this.#cells.take(names.length);
    const { counts } = this.#cells;
    const retired = new Map(before?.retired);
    for (const [index, each] of before?.counted.entries() ?? []) {
      const count = counts[(before?.base ?? 0) + index] ?? 0;
      if (count > 0) retired.set(nameOf(each), (retired.get(nameOf(each)) ?? 0) + count);
    }
    for (const [name, count] of retired) {
      const index = names.indexOf(name);
      if (index === -1) continue;
      counts[base + index] = count;
      retired.delete(name);
    }
    return { plan: packed, counted, base, retired: retired.size > 0 ? retired : undefined, route: undefined };
  }

  /** Compiles an alias that is met, and leaves the one that was met least recently uncompiled where there are too many. */
  #warm(key: string, entry: Entry<R>): Route<R> {
    const route = this.#compile(planOf(unpack(entry.plan), this.#options), this.#options);
    entry.route = route;
    const popped = this.#hot.setpop(key, entry);
    if (popped?.evicted === true) popped.value.route = undefined;
    return route;
  }

  #count(key: string, { base }: Entry<R>, index: number): void {
    // A callback of the decision may have changed the alias.
    if (base === -1) return;
    const { counts } = this.#cells;
    const count = (counts[base + index] as number) + 1;
    counts[base + index] = count;
    if (this.#crowded && count % TOUCH_EVERY === 0) this.#hot.get(key);
  }
}

/** A version and a reason as one text. */
function nameOf({ version, reason }: Counted): string {
  return `${reason} ${version}`;
}

function countedOf(name: string): Counted {
  const blank = name.indexOf(" ");
  return { version: name.slice(blank + 1), reason: name.slice(0, blank) as Reason };
}

const NOTHING = { accepted: [], rejected: [], kept: [], moved: [] } as const;

/** What an update says, key by key. */
function configsOf(update: Update): readonly (readonly [string, Compilable | null])[] {
  const given = update as { readonly revision?: unknown; readonly aliases?: unknown; readonly changes?: unknown };
  if (!Number.isSafeInteger(given.revision) || (given.revision as number) < 0)
    throw new TypeError("the revision of an update is a whole number, from 0");
  const [aliases, changes] = [given.aliases, given.changes];
  const configs = aliases ?? changes;
  if ((aliases === undefined) === (changes === undefined) || typeof configs !== "object" || configs === null)
    throw new TypeError("an update has either `aliases` or `changes`, an object of configs by key");
  return Object.entries(configs) as [string, Compilable | null][];
}

function keyDiagnostics(key: string): readonly Diagnostic[] {
  if (key !== "" && key.length <= LONGEST_KEY) return [];
  const message = key === "" ? "the key of an alias is empty" : `the key ${shown(key)} is longer than ${LONGEST_KEY} characters`;
  return [{ code: "alias-key", severity: "error", at: "", message, help: "write the name of the alias, or its URN" }];
}

/** The movement is exact and may take a while, so it is computed where somebody reads it. */
function movedOf(alias: string, before: Packed, after: Packed): Moved {
  let known: Moved["movement"] | undefined;
  return {
    alias,
    get movement() {
      return (known ??= movement(unpack(before), unpack(after)));
    },
  };
}
