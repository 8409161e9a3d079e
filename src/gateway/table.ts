import { ConfigError, type Diagnostic, shown } from "../document/index.ts";
import type { NodeRequest } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import type { Decision, Reason, Route } from "../backend/index.ts";
import { compile, type CompileOptions } from "../route/index.ts";
import { movement } from "../prove/index.ts";
import { changedTooMany, type GuardRails, losesPrimary, movedTooMuch } from "./guard.ts";
import type { Applied, Moved, Rejected, Update } from "./update.ts";

/** How a table compiles, and what it does not let through. */
export interface TableOptions<R = NodeRequest> extends CompileOptions<R>, GuardRails {}

/** How often an alias has answered with a version for a reason. */
export interface Count {
  readonly alias: string;
  readonly version: Version;
  readonly reason: Reason;
  /** Since the alias came into the table; it never falls while the alias is there. */
  readonly count: number;
}

/** An alias that is served, and its counts. */
interface Entry<R> {
  route: Route<R>;
  /** The cell of each outcome of the route. */
  cells: Uint32Array;
  /** The cell of each pair of version and reason that the alias has ever had. */
  readonly names: Map<string, number>;
  counts: Float64Array;
}

/** A key that the update changes, once it is compiled. `route` is undefined for one that is removed. */
interface Change<R> {
  readonly key: string;
  readonly route: Route<R> | undefined;
}

/** The longest key, in UTF-16 units: an alias URN takes at most about 300. */
const LONGEST_KEY = 1_024;

/**
 * Aliases by key, swapped while traffic flows. A key is a name or an alias URN. Everything of an update is compiled first; then it is
 * put in place without a pause in which a request could be decided, so that no request meets a part of an update. An alias that
 * does not compile leaves the one that is served in place. `route` never throws.
 */
export class AliasTable<R = NodeRequest> {
  readonly #options: TableOptions<R>;
  readonly #entries = new Map<string, Entry<R>>();
  #revision = -1;

  /** @throws RangeError for a guard rail that is no number in its range */
  constructor(options: TableOptions<R> = {}) {
    const { maxMoved, maxChanged } = options;
    if (maxMoved !== undefined && !(maxMoved >= 0 && maxMoved <= 100)) throw new RangeError("`maxMoved` is a percentage, from 0 to 100");
    if (maxChanged !== undefined && !(Number.isSafeInteger(maxChanged) && maxChanged >= 0))
      throw new RangeError("`maxChanged` is a whole number of aliases, from 0");
    this.#options = options;
  }

  /** The revision of the last update that was taken; -1 before the first. */
  get revision(): number {
    return this.#revision;
  }

  /** The number of aliases. */
  get size(): number {
    return this.#entries.size;
  }

  /** The keys, in the order in which they came. */
  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** The route of an alias as it is now. It does not count, and does not change when the alias does. */
  get(key: string): Route<R> | undefined {
    return this.#entries.get(key)?.route;
  }

  /** Decides a request and counts the decision. Undefined where there is no such alias. */
  route(key: string, request: R, draw?: number): Decision | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const decision = entry.route(request, draw);
    const cell = entry.cells[decision.index] as number;
    entry.counts[cell] = (entry.counts[cell] as number) + 1;
    return decision;
  }

  /** The counts of every alias, those of 0 included. */
  *counts(): IterableIterator<Count> {
    for (const [alias, { names, counts }] of this.#entries)
      for (const [name, cell] of names) {
        const [version, reason] = JSON.parse(name) as [Version, Reason];
        yield { alias, version, reason, count: counts[cell] ?? 0 };
      }
  }

  /**
   * Takes an update, and says what became of each alias. `options` replace the guard rails of the table for this update.
   * Where `aliases` is given, an alias that is not in it is removed. An update whose revision is not above that of the table is stale.
   * @throws TypeError for an update that is none: a revision that is no whole number from 0, neither `aliases` nor `changes`
   */
  apply(update: Update, options: GuardRails = {}): Applied {
    const wanted = configsOf(update);
    if (update.revision <= this.#revision) return { ...NOTHING, revision: this.#revision, stale: true };
    const rails = { ...this.#options, ...options };
    const rejected: Rejected[] = [];
    const changes: Change<R>[] = [];
    for (const [key, config] of wanted) {
      const change = this.#read(key, config, rails);
      if (change === undefined) continue;
      if ("diagnostics" in change) rejected.push(change);
      else changes.push(change);
    }
    if ("aliases" in update) {
      const keys = new Set(wanted.map(([key]) => key));
      for (const key of this.#entries.keys()) if (!keys.has(key)) changes.push({ key, route: undefined });
    }
    const tooMany = changedTooMany(rails, changes.length, changes.filter(({ route }) => route === undefined).length);
    if (tooMany !== undefined) {
      rejected.push(...changes.map(({ key }) => ({ alias: key, diagnostics: [tooMany] })));
      changes.length = 0;
    } else this.#revision = update.revision;
    const moved = changes.flatMap(({ key, route }) => {
      const before = this.#entries.get(key)?.route.plan;
      return before === undefined || route === undefined ? [] : [movedOf(key, before, route.plan)];
    });
    for (const { key, route } of changes) this.#put(key, route);
    const kept = rejected.filter(({ alias }) => this.#entries.has(alias)).map(({ alias }) => alias);
    return { revision: this.#revision, stale: false, accepted: changes.map(({ key }) => key), rejected, kept, moved };
  }

  /** Compiles what an update says of one alias; undefined where it changes nothing. */
  #read(key: string, config: Compilable | null, rails: GuardRails): Change<R> | Rejected | undefined {
    const before = this.#entries.get(key)?.route;
    if (config === null) return before && { key, route: undefined };
    const diagnostics = keyDiagnostics(key);
    if (diagnostics.length > 0) return { alias: key, diagnostics };
    try {
      const plan = planOf(config, this.#options);
      if (before !== undefined && isSame(before.plan, plan)) return undefined;
      const complaint = (before && movedTooMuch(rails, movement(before.plan, plan))) ?? losesPrimary(rails, plan);
      return complaint === undefined ? { key, route: compile<Plan, R>(plan, this.#options) } : { alias: key, diagnostics: [complaint] };
    } catch (error) {
      if (error instanceof ConfigError) return { alias: key, diagnostics: error.diagnostics };
      throw error;
    }
  }

  #put(key: string, route: Route<R> | undefined): void {
    if (route === undefined) {
      this.#entries.delete(key);
      return;
    }
    const entry = this.#entries.get(key);
    const names = entry?.names ?? new Map<string, number>();
    const cells = Uint32Array.from(route.decisions, ({ version, reason }) => {
      const name = JSON.stringify([version, reason]);
      const cell = names.get(name) ?? names.size;
      names.set(name, cell);
      return cell;
    });
    const counts = new Float64Array(names.size);
    if (entry === undefined) {
      this.#entries.set(key, { route, cells, names, counts });
      return;
    }
    counts.set(entry.counts);
    entry.route = route;
    entry.cells = cells;
    entry.counts = counts;
  }
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

function isSame(before: Plan, after: Plan): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after);
}

/** The movement is exact and may take a while, so it is computed where somebody reads it. */
function movedOf(alias: string, before: Plan, after: Plan): Moved {
  let known: Moved["movement"] | undefined;
  return {
    alias,
    get movement() {
      return (known ??= movement(before, after));
    },
  };
}
