import type { Field } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import { compile } from "../route/index.ts";
import { readerOf } from "./field.ts";
import { type Crowd, Follower, passing, returning } from "./follow.ts";
import { isDrawn, markOf } from "./history.ts";
import { type Random, randomOf } from "./random.ts";
import { recordingReader } from "./recording-reader.ts";
import { sampled } from "./sample.ts";
import { servedCounter, type ServedLevels, type ServedTally } from "./served/count.ts";
import { drawOutcomesOf, sameVersionProbability } from "./split.ts";
import type { timesOf } from "./times.ts";
import type { Batch } from "./traffic/visit.ts";

/** What to count. Plain data. */
export interface TallyOptions {
  readonly seed: string;
  /** Whether requests are counted by segment. */
  readonly segmented: boolean;
  /** Whether all requests of a user, and all of a session, follow each other. */
  readonly contiguous: boolean;
  /** Whether what was served is compared with this plan. */
  readonly served?: boolean;
}

/** The counts of one batch of visits. Plain data and maps, which can be sent to another thread. */
export interface Tally {
  readonly requests: number;
  /** Requests by outcome. */
  readonly counts: readonly number[];
  /** Those whose draw was random or recorded, by outcome. */
  readonly random: readonly number[];
  /** How many of these draws were recorded. */
  readonly recordedDraws: number;
  /** The same as `random` in each span of time, one span after the other; empty if there are none. */
  readonly randomTimes: readonly number[];
  /** Each sticky key that reached the draw and may come again: its outcome, and the span of time in which it came first, as `span * outcomes + outcome`. */
  readonly keys: ReadonlyMap<string, number>;
  /** The number of sticky keys that do not come again, by outcome. */
  readonly ownKeys: readonly number[];
  /** The same in each span of time; empty if there are none, or no such keys. */
  readonly ownKeyTimes: readonly number[];
  /** The outcome of each request, where requests are counted by segment: for a value of its own in each, counts would take a hundred times as much. */
  readonly outcomes: Uint16Array | undefined;
  readonly users: Crowd;
  readonly sessions: Crowd;
  /** What was served; undefined if no request records it. */
  readonly served: ServedTally | undefined;
}

/** The requests of a batch by the value of a field. The same for every plan. */
export interface Segments {
  /** The values in the order in which they come; undefined for requests without one. */
  readonly values: readonly (string | undefined)[];
  /** The index of the value of each request. */
  readonly of: Uint32Array;
}

/** Makes the function that tells the requests of a batch apart by a field. */
export function segmenter(field: Field): (batch: Batch) => Segments {
  const read = readerOf(field);
  return ({ visits }) => {
    const indices = new Map<string | undefined, number>();
    const of = Uint32Array.from(visits, ({ request }) => {
      const value = read(request);
      const index = indices.get(value) ?? indices.size;
      indices.set(value, index);
      return index;
    });
    return { values: [...indices.keys()], of };
  };
}

/** The draws of a batch, the same for every plan: each visit has the draw at its index. */
export function drawsOf(seed: string, task: number, length: number): Float64Array {
  const random = randomOf(seed, "draws", task);
  const draws = new Float64Array(length);
  for (let at = 0; at < length; at++) draws[at] = random();
  return draws;
}

/** The levels of the samples of keys, users and sessions. */
export interface Levels {
  readonly keys: number;
  readonly users: number;
  readonly sessions: number;
  readonly served: ServedLevels;
}

/** Samples that hold everything. */
const EVERYTHING: Levels = { keys: 0, users: 0, sessions: 0, served: { keys: 0, users: 0, sessions: 0 } };

/**
 * Makes the function that runs a plan on batches. Draws that are not given depend only on the seed and the number of the task. Keys,
 * users and sessions that a sample of their level drops are left out. `timed` has the times of the visits, the same for every plan. `marks` has the marks of the visits, and is used again for the
 * next batch.
 */
export function tallier(
  plan: Plan,
  { seed, segmented, contiguous, served: compares = true }: TallyOptions,
): (
  batch: Batch,
  task: number,
  levels?: Levels,
  draws?: Float64Array,
  timed?: ReturnType<typeof timesOf>,
) => { readonly tally: Tally; readonly marks: Uint32Array } {
  let random: Random = () => 0;
  let place = 0;
  let marks = new Uint32Array(0);
  const keyFields = drawOutcomesOf(plan)?.keys ?? [];
  const { reader, key: recordedKey } = recordingReader(keyFields);
  const route = compile(plan, { reader, random: () => random() });
  const repeat = sameVersionProbability(plan);
  const markOfOutcome = plan.outcomes.map(({ version, reason }) => markOf(plan.versions.indexOf(version), reason === "split"));
  const keyOf = keyReader(keyFields);
  const servedOf = compares ? servedCounter(plan, contiguous) : undefined;
  const zeros = (): number[] => plan.outcomes.map(() => 0);

  return ({ visits }, task, levels = EVERYTHING, draws, timed) => {
    random = draws ? () => draws[place] ?? 0 : randomOf(seed, "draws", task);
    if (marks.length < visits.length) marks = new Uint32Array(visits.length);
    const counts = zeros();
    const single = zeros();
    const keys = new Map<string, number>();
    const ownKeys = zeros();
    const width = plan.outcomes.length;
    const randomTimes = Array.from({ length: width * (timed?.times.requests.length ?? 0) }, () => 0);
    const outcomes = segmented ? new Uint16Array(visits.length) : undefined;
    const follower = (level: number): Follower =>
      new Follower(marks, contiguous ? passing(plan.versions.length, repeat, task) : returning(level));
    const users = follower(levels.users);
    const sessions = follower(levels.sessions);
    const answered = servedOf?.(task, levels.served, visits.length, timed?.times.requests.length ?? 0);
    let recordedDraws = 0;
    let lastKey: string | undefined;
    let lastOwn: string | undefined;

    for (let at = 0; at < visits.length; at++) {
      const visit = visits[at] as Batch["visits"][number];
      const { request, draw, session, served } = visit;
      if (draws !== undefined) place = at;
      const { index } = route(request, draw);
      const span = timed === undefined ? 0 : (timed.of[at] as number);
      counts[index] = (counts[index] as number) + 1;
      const mark = markOfOutcome[index] as number;
      marks[at] = mark;
      const bySplit = isDrawn(mark);
      let { user } = visit;
      let chance = bySplit;
      let key: string | undefined;
      if (draw !== undefined && bySplit) recordedDraws++;
      if (keyOf !== undefined && (bySplit || user === undefined)) {
        key = bySplit && draw === undefined ? recordedKey() : keyOf(request);
        user ??= key;
        chance = bySplit && (key === undefined || draw !== undefined);
        if (chance) single[index] = (single[index] as number) + 1;
        else if (bySplit && key !== undefined) {
          if (contiguous && key === user) {
            if (key !== lastOwn) ownKeys[index] = (ownKeys[index] as number) + 1;
            lastOwn = key;
          } else if (key !== lastKey) {
            if (!keys.has(key)) keys.set(key, span * width + index);
            lastKey = key;
          }
        }
      }
      if (chance && timed !== undefined) randomTimes[span * width + index] = (randomTimes[span * width + index] as number) + 1;
      if (user !== users.who) users.turn(user, at);
      if (session !== sessions.who) sessions.turn(session, at);
      if (outcomes !== undefined) outcomes[at] = index;
      if (served !== undefined && served !== "" && served !== "-") {
        answered?.add(served, { index, random: chance && draw === undefined, key, user, session, span });
      }
    }
    users.turn(undefined, visits.length);
    sessions.turn(undefined, visits.length);

    const tally: Tally = {
      requests: visits.length,
      counts,
      random: keyOf === undefined ? counts.map((count, index) => (isDrawn(markOfOutcome[index] as number) ? count : 0)) : single,
      randomTimes,
      keys: sampled(keys, levels.keys),
      ownKeys,
      ownKeyTimes: [],
      outcomes,
      users: users.crowd(),
      sessions: sessions.crowd(),
      recordedDraws,
      served: answered?.close(),
    };
    return { tally, marks };
  };
}

/** The sticky key of a request: the first of the fields that is present and not empty. */
export function keyReader(fields: readonly Field[]): ReturnType<typeof readerOf> | undefined {
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
