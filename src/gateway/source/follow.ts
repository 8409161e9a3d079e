import { type Diagnostic, plural } from "../../document/index.ts";
import type { AliasTable } from "../table.ts";
import type { Applied, Rejected, Update } from "../update.ts";
import { readSnapshot, SnapshotWriter } from "./snapshot.ts";
import type { AliasSource, SourceChanges, SourceEvent, SourceSet } from "./source.ts";
import { type SourceStatus, STARTING } from "./status.ts";
import { reasonOf } from "./wait.ts";

/** How to follow a source. */
export interface FollowOptions {
  /** Ends the following. */
  readonly signal?: AbortSignal;
  /** A file for what is served, from which a gateway starts while its source is down. Its directory must be there. */
  readonly snapshot?: string;
  /** Refuses a config that is sound, but that this gateway cannot serve: it is then kept as it was. */
  readonly check?: (alias: string, config: unknown) => readonly Diagnostic[];
  /** Told of each status that is not the one before. */
  readonly onStatus?: (status: SourceStatus) => void;
  /** Told what each update of the source did. */
  readonly onUpdate?: (update: FollowedUpdate) => void;
}

/** What became of an update of a source. */
export interface FollowedUpdate extends Applied {
  /** Whether it came from the snapshot. */
  readonly isSnapshot: boolean;
}

/**
 * Gives a table what a source tells, until the signal is aborted. An alias that cannot be read, or is refused, keeps the config that is
 * served. A set without any alias is never taken for the deletion of all: it is held until the source has some again. With a snapshot,
 * the table is filled from it at once, and whenever the source has changed it is written anew.
 *
 * Rejects only where the source throws, which the sources of this package do not.
 */
export async function follow(table: AliasTable, source: AliasSource, options: FollowOptions = {}): Promise<void> {
  const follower = new Follower(table, options);
  await follower.start();
  const iterator = source[Symbol.asyncIterator]();
  const { signal } = options;
  const left = new Promise<undefined>((resolve) => {
    if (signal?.aborted === true) resolve(undefined);
    signal?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), left]);
      if (next === undefined || next.done === true) break;
      follower.take(next.value);
    }
  } finally {
    await iterator.return?.();
    await follower.done();
  }
}

/** The configs that tables have been given, so that who follows another source for the same table knows them. */
const configsOf = new WeakMap<AliasTable, Map<string, unknown>>();

class Follower {
  readonly #table: AliasTable;
  readonly #options: FollowOptions;
  readonly #writer: SnapshotWriter | undefined;
  /** The configs that are served. */
  readonly #served: Map<string, unknown>;
  #revision: number | undefined;
  #status: SourceStatus = STARTING;
  /** How the source is; the snapshot may make it worse. */
  #base: Pick<SourceStatus, "state" | "reason"> = STARTING;
  /** Why the last update was not taken whole; undefined if it was. */
  #held: string | undefined;
  #unwritten: string | undefined;

  constructor(table: AliasTable, options: FollowOptions) {
    this.#table = table;
    this.#options = options;
    this.#served = configsOf.get(table) ?? new Map<string, unknown>();
    configsOf.set(table, this.#served);
    if (options.snapshot !== undefined)
      this.#writer = new SnapshotWriter(options.snapshot, (error) => {
        this.#unwritten = error === undefined ? undefined : `the snapshot cannot be written: ${reasonOf(error)}`;
        this.#tell();
      });
  }

  /** Fills the table from the snapshot, if there is one. */
  async start(): Promise<void> {
    const { snapshot: path } = this.#options;
    if (path === undefined) return;
    try {
      const snapshot = await readSnapshot(path);
      if (snapshot === undefined) return;
      this.#apply(snapshot, true);
      this.#tell({ state: "degraded", reason: "started from the snapshot, and the source has not answered yet" });
    } catch (error) {
      this.#tell({ state: "degraded", reason: `the snapshot cannot be read: ${reasonOf(error)}` });
    }
  }

  take(event: SourceEvent): void {
    if ("problem" in event) return this.#tell({ state: "degraded", reason: event.problem });
    if (!("confirmed" in event)) this.#held = this.#taken(event);
    if (this.#held === undefined) this.#tell({ state: "healthy", reason: undefined }, Date.now());
    else this.#tell({ state: "degraded", reason: this.#held });
  }

  /** Applies an update, and says what of it is not served. */
  #taken(event: SourceSet | SourceChanges): string | undefined {
    const unreadable = Object.keys(event.unreadable ?? {}).length;
    if ("aliases" in event && unreadable === 0 && this.#served.size > 0 && Object.keys(event.aliases).length === 0)
      return `the source has no alias any more: ${plural(this.#served.size, "alias is", "aliases are")} kept`;
    const { rejected, stale, revision } = this.#apply(event, false);
    if (stale && event.revision < revision) return `the source went back to revision ${event.revision}, and ${revision} is served on`;
    return rejected.length > 0 ? `refused, and kept as before: ${listed(rejected.map(({ alias }) => alias))}` : undefined;
  }

  #apply(event: SourceSet | SourceChanges, isSnapshot: boolean): FollowedUpdate {
    const refused = new Map(Object.entries(event.unreadable ?? {}));
    const isSet = "aliases" in event;
    const sound: Record<string, unknown> = Object.create(null);
    for (const [alias, config] of Object.entries(isSet ? event.aliases : event.changes)) {
      const complaints = config === null ? [] : (this.#options.check?.(alias, config) ?? []);
      if (complaints.length > 0) refused.set(alias, complaints);
      else sound[alias] = config;
    }
    // What is not in a set has been deleted, so what is refused is in it as it is served.
    if (isSet) for (const alias of refused.keys()) if (this.#served.has(alias)) sound[alias] = this.#served.get(alias);
    const { revision } = event;
    const update = isSet ? { revision, aliases: sound, restored: event.restored === true } : { revision, changes: sound };
    // The table reads configs as what they are, from outside, and says what is wrong with them.
    const applied = this.#table.apply(update as Update);
    if (!applied.stale) this.#remember(sound, applied);
    if (!isSnapshot && !applied.stale)
      this.#writer?.write(() => ({ revision: applied.revision, aliases: Object.fromEntries(this.#served) }));
    const rejected = [...applied.rejected, ...[...refused].map(([alias, diagnostics]): Rejected => ({ alias, diagnostics }))];
    const kept = [...applied.kept, ...[...refused.keys()].filter((alias) => this.#served.has(alias))];
    const followed = { ...applied, rejected, kept, isSnapshot };
    this.#options.onUpdate?.(followed);
    return followed;
  }

  /** Keeps the configs that are served now. */
  #remember(given: Readonly<Record<string, unknown>>, { revision, accepted, rejected }: Applied): void {
    const without = new Set(rejected.map(({ alias }) => alias));
    for (const [alias, config] of Object.entries(given)) {
      if (without.has(alias)) continue;
      if (config === null) this.#served.delete(alias);
      else this.#served.set(alias, config);
    }
    for (const alias of accepted) if (!Object.hasOwn(given, alias)) this.#served.delete(alias);
    this.#revision = revision;
  }

  /** Sets how the source is, and tells the status where it is another one. */
  #tell(base: Pick<SourceStatus, "state" | "reason"> = this.#base, confirmed: number | undefined = this.#status.confirmed): void {
    this.#base = base;
    const isSound = base.state !== "healthy" || this.#unwritten === undefined;
    const before = this.#status;
    const next: SourceStatus = {
      ...(isSound ? base : { state: "degraded", reason: this.#unwritten }),
      revision: this.#revision,
      confirmed,
    };
    this.#status = next;
    if ((["state", "reason", "revision", "confirmed"] as const).some((key) => next[key] !== before[key])) this.#options.onStatus?.(next);
  }

  /** Resolved once the last snapshot has been written. */
  async done(): Promise<void> {
    await this.#writer?.done();
  }
}

/** Aliases that a reason names. */
const SHOWN = 5;

function listed(aliases: readonly string[]): string {
  const more = aliases.length > SHOWN ? ` and ${aliases.length - SHOWN} more` : "";
  return `${aliases
    .slice(0, SHOWN)
    .map((alias) => `\`${alias}\``)
    .join(", ")}${more}`;
}
