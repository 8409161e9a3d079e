import { compile } from "../compile.ts";
import type { Field, Plan } from "../plan.ts";
import { readerOf } from "./field.ts";
import { begun, emptySummary, type History, include, observe, type Summary } from "./history.ts";
import { type Random, randomOf } from "./random.ts";
import { isSampled } from "./sample.ts";
import { dealtBy, repeatOf } from "./split.ts";
import type { Batch } from "./traffic/visit.ts";

/** What to count. Plain data. */
export interface TallyOptions {
  readonly seed: string;
  /** Requests are counted apart by the value of this field. */
  readonly segment?: Field | undefined;
  /** Whether a user is never in two batches, so that a batch can be added up when it is done. */
  readonly whole: boolean;
}

/** What is known of some users, or sessions: added up, or one by one where more of the same may follow. */
export type Crowd = Summary | ReadonlyMap<string, History>;

/** What one batch of visits came to. Plain data, but for maps: it can be sent to another thread. */
export interface Tally {
  readonly requests: number;
  /** Requests by outcome. */
  readonly counts: readonly number[];
  /** Of these, the ones with a draw that stands for itself: random or recorded. By outcome. */
  readonly random: readonly number[];
  /** The outcome of each sticky key that came to the draw. */
  readonly keys: ReadonlyMap<string, number>;
  /** Requests by outcome for each value of the segment's field; undefined for those without. */
  readonly segments: ReadonlyMap<string | undefined, readonly number[]>;
  readonly users: Crowd;
  readonly sessions: Crowd;
  readonly recorded: Recorded;
}

/** Versions that were recorded, beside what the alias decides. */
export interface Recorded {
  /** Requests with a recorded version that the alias leaves nothing of to chance, and of these the ones where it is the alias's. */
  readonly compared: number;
  readonly agreed: number;
  /** By version: the recorded answers of the requests that come to a random draw. */
  readonly drawn: ReadonlyMap<string, number>;
}

/** Draws for a whole batch, the same for every plan that is run on it: a visit has the draw at its index. */
export function drawsOf(seed: string, block: number, length: number): Float64Array {
  const random = randomOf(seed, "draws", block);
  const draws = new Float64Array(length);
  for (let at = 0; at < length; at++) draws[at] = random();
  return draws;
}

/** Tells the outcome of each visit, and takes draws from outside, for whoever runs several plans on the same visits. */
export interface Shared {
  readonly draws: Float64Array;
  readonly decided: Uint32Array;
}

/** The levels of the samples that keys, users and sessions end up in. */
export interface Levels {
  readonly keys: number;
  readonly users: number;
  readonly sessions: number;
}

/** Samples that hold everything. */
const EVERYTHING: Levels = { keys: 0, users: 0, sessions: 0 };

/**
 * Makes the function that runs a plan on batches. The draws of a batch depend on the seed and the number of its block only.
 * Keys, users and sessions that a sample of their level would drop are not told of.
 */
export function tallier(
  plan: Plan,
  { seed, segment, whole }: TallyOptions,
): (batch: Batch, block: number, levels?: Levels, shared?: Shared) => Tally {
  let random: Random = () => 0;
  let at = 0;
  const route = compile(plan, { random: () => random() });
  const dealt = dealtBy(plan);
  const repeat = repeatOf(plan);
  const versions = plan.outcomes.map(({ version }) => plan.versions.indexOf(version));
  const isDrawn = plan.outcomes.map(({ reason }) => reason === "split");
  const keyOf = keyReader(dealt?.keys ?? []);
  const segmentOf = segment && readerOf(segment);
  const zeros = (): number[] => plan.outcomes.map(() => 0);

  return ({ visits }, block, levels = EVERYTHING, shared) => {
    if (shared) random = () => shared.draws[at] ?? 0;
    else random = randomOf(seed, "draws", block);
    const counts = zeros();
    const single = zeros();
    const keys = new Map<string, number>();
    const segments = new Map<string | undefined, number[]>();
    const users = new Follower();
    const sessions = new Follower();
    const drawn = new Map<string, number>();
    let compared = 0;
    let agreed = 0;
    let lastKey: string | undefined;

    for (at = 0; at < visits.length; at++) {
      const visit = visits[at] as Batch["visits"][number];
      const { request, draw, session, served } = visit;
      const { index } = route(request, draw);
      counts[index] = (counts[index] as number) + 1;
      if (shared) shared.decided[at] = index;
      const bySplit = isDrawn[index] as boolean;
      let { user } = visit;
      let chance = bySplit;
      if (keyOf !== undefined && (bySplit || user === undefined)) {
        const key = draw === undefined ? keyOf(request) : undefined;
        chance = bySplit && key === undefined;
        if (chance) single[index] = (single[index] as number) + 1;
        else if (bySplit && key !== undefined && key !== lastKey) {
          lastKey = key;
          keys.set(key, index);
        }
        user ??= key;
      }
      if (user !== undefined) users.follow(user, versions[index] as number, bySplit);
      if (session !== undefined) sessions.follow(session, versions[index] as number, bySplit);
      if (segmentOf !== undefined) {
        const value = segmentOf(request);
        const counted = segments.get(value) ?? zeros();
        counted[index] = (counted[index] as number) + 1;
        segments.set(value, counted);
      }
      if (served === undefined) continue;
      if (chance && draw === undefined) drawn.set(served, (drawn.get(served) ?? 0) + 1);
      else {
        compared++;
        if (plan.outcomes[index]?.version === served) agreed++;
      }
    }

    const crowd = (follower: Follower, level: number): Crowd =>
      whole ? follower.summary(plan.versions.length, repeat) : sampled(follower.known, level);
    return {
      requests: visits.length,
      counts,
      random: keyOf === undefined ? counts.map((count, index) => (isDrawn[index] === true ? count : 0)) : single,
      keys: sampled(keys, levels.keys),
      segments,
      users: crowd(users, levels.users),
      sessions: crowd(sessions, levels.sessions),
      recorded: { compared, agreed, drawn },
    };
  };
}

/** The first of the fields that a request has, and not empty: the key that a sticky draw is taken from. */
function keyReader(fields: readonly Field[]): ReturnType<typeof readerOf> | undefined {
  const readers = fields.map(readerOf);
  if (readers.length === 0) return undefined;
  return (request) => {
    for (const read of readers) {
      const key = read(request);
      if (key !== undefined && key !== "") return key;
    }
    return undefined;
  };
}

/** Follows users, or sessions. The one who came last is at hand, for most requests follow one of the same. */
class Follower {
  readonly known = new Map<string, History>();
  #last: string | undefined;
  #history: History | undefined;

  follow(who: string, version: number, drawn: boolean): void {
    if (who !== this.#last) {
      this.#last = who;
      this.#history = this.known.get(who);
      if (this.#history === undefined) {
        this.#history = begun(version, drawn);
        this.known.set(who, this.#history);
        return;
      }
    }
    observe(this.#history as History, version, drawn);
  }

  summary(versions: number, repeat: (draws: number) => number): Summary {
    const summary = emptySummary(versions);
    for (const history of this.known.values()) include(summary, history, repeat);
    return summary;
  }
}

function sampled<T>(known: ReadonlyMap<string, T>, level: number): ReadonlyMap<string, T> {
  return level === 0 ? known : new Map([...known].filter(([key]) => isSampled(key, level)));
}
