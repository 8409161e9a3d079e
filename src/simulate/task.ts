import type { Field } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { versionOf } from "./history.ts";
import { fieldFinder, type FieldOption, namedFields } from "./matches.ts";
import { drawOutcomesOf } from "./split.ts";
import { drawsOf, keyReader, type Levels, segmenter, type Segments, tallier, type Tally } from "./tally.ts";
import { type Times, timesOf } from "./times.ts";
import { isContiguous, type Piece, pieceReader, type TrafficSource } from "./traffic/traffic.ts";
import type { MalformedLine, SkippedLines, Visit } from "./traffic/visit.ts";

/** What to simulate. Plain data: a worker receives it once. */
export interface Job {
  readonly source: TrafficSource;
  /** Several plans are run on the same visits with the same draws. */
  readonly plans: readonly Plan[];
  readonly seed: string;
  readonly segment: Field | undefined;
}

/** One piece of traffic, numbered from 0. */
export interface Task {
  readonly index: number;
  readonly piece: Piece;
  /** For each plan. */
  readonly levels: readonly Levels[];
}

/** The result of one piece. It depends only on the job, the piece, its number, and on what `levels` leaves out. */
export interface Result {
  readonly segments: Segments | undefined;
  /** Undefined if a request has no time, and for traffic whose users are contiguous, which is generated. */
  readonly times: Times | undefined;
  readonly tallies: readonly Tally[];
  readonly changes: readonly Change[];
  readonly bounced: number;
  /** Users with requests that change version, and from which stages on; empty where `changes` counts them. */
  readonly movers: ReadonlyMap<string, readonly number[]>;
  readonly lines: number;
  readonly malformed: number;
  /** The first of the malformed lines, counted from the first line of the piece. */
  readonly first: readonly MalformedLine[];
  readonly skipped: readonly SkippedLines[];
  /** The options whose field some request had, in this piece or an earlier one of the same runner. */
  readonly matched: readonly FieldOption[];
}

/** Visits that the next plan answers with another version, by the two versions. */
interface Change {
  /** At the index `before * versions + after`, of the indices of the two versions. */
  readonly cells: readonly number[];
  /** Users with such a visit; 0 if the requests of a user may be in several pieces. */
  readonly users: number;
}

/** How many malformed lines are listed. */
export const MALFORMED_SHOWN = 20;

/** The versions of some plans in order, without repeats. */
export function versionsOf(plans: readonly Plan[]): readonly Version[] {
  return [...new Set(plans.flatMap(({ versions }) => versions))];
}

/** Makes the function that runs tasks. */
export function createTaskRunner({ source, plans, seed, segment }: Job): (task: Task) => Result {
  const read = pieceReader(source, seed);
  const find = fieldFinder(namedFields(source, segment));
  const contiguous = isContiguous(source);
  const runs = plans.map((plan, index) => tallier(plan, { seed, segmented: segment !== undefined, contiguous, served: index === 0 }));
  const segmentsOf = segment && segmenter(segment);
  const versions = versionsOf(plans);
  const keyOf = keyReader(plans.map((plan) => drawOutcomesOf(plan)?.keys ?? []).find((keys) => keys.length > 0) ?? []);
  const moversOf = (answers: readonly Uint32Array[], visits: readonly Visit[]): Result["movers"] =>
    contiguous ? new Map() : moversIn(answers, visits, ({ user, request }) => user ?? keyOf?.(request));
  const indices = plans.map((plan) => plan.versions.map((version) => versions.indexOf(version)));

  return ({ index: task, piece, levels }) => {
    const batch = read(piece);
    const { visits, lines, malformed, skipped } = batch;
    const segments = segmentsOf?.(batch);
    const timed = contiguous ? undefined : timesOf(visits);
    const told = {
      segments,
      times: timed?.times,
      lines,
      malformed: malformed.length,
      first: malformed.slice(0, MALFORMED_SHOWN),
      skipped,
      matched: find(visits),
    };
    const draws = plans.length === 1 ? undefined : drawsOf(seed, task, visits.length);
    const done = runs.map((run, index) => run(batch, task, levels[index], draws, timed));
    const tallies = done.map(({ tally }) => tally);
    if (draws === undefined) return { tallies, changes: [], bounced: 0, movers: new Map(), ...told };
    const answers = done.map(({ marks }, index) => marks.subarray(0, visits.length).map((mark) => indices[index]?.[versionOf(mark)] ?? 0));
    const changes = answers.slice(1).map((after, index) => changeOf(answers[index] ?? after, after, visits, versions.length, contiguous));
    return { tallies, changes, bounced: bouncedIn(answers, visits.length), movers: moversOf(answers, visits), ...told };
  };
}

function changeOf(before: Uint32Array, after: Uint32Array, visits: readonly Visit[], versions: number, contiguous: boolean): Change {
  const cells = Array.from({ length: versions * versions }, () => 0);
  let users = 0;
  let last: string | undefined;
  for (let at = 0; at < visits.length; at++) {
    const from = before[at] as number;
    const to = after[at] as number;
    if (from === to) continue;
    const cell = from * versions + to;
    cells[cell] = (cells[cell] ?? 0) + 1;
    const user = visits[at]?.user;
    if (!contiguous || user === last) continue;
    last = user;
    users++;
  }
  return { cells, users };
}

/** Users with a visit that the next stage answers with another version, by the stages before. */
function moversIn(
  answers: readonly Uint32Array[],
  visits: readonly Visit[],
  userOf: (visit: Visit) => string | undefined,
): Result["movers"] {
  const movers = new Map<string, number[]>();
  for (const [at, visit] of visits.entries()) {
    let user: string | undefined;
    for (let stage = 1; stage < answers.length; stage++) {
      if (answers[stage]?.[at] === answers[stage - 1]?.[at]) continue;
      user ??= userOf(visit);
      if (user === undefined) break;
      const moved = movers.get(user);
      if (moved === undefined) movers.set(user, [stage - 1]);
      else if (!moved.includes(stage - 1)) moved.push(stage - 1);
    }
  }
  return movers;
}

/** Counts the visits whose version changes and returns: A → B → A. */
function bouncedIn(answers: readonly Uint32Array[], visits: number): number {
  let bounced = 0;
  for (let at = 0; at < visits; at++) {
    for (let stage = 2; stage < answers.length; stage++) {
      const version = answers[stage]?.[at];
      if (version === answers[stage - 1]?.[at]) continue;
      if (!answers.slice(0, stage).some((earlier) => earlier[at] === version)) continue;
      bounced++;
      break;
    }
  }
  return bounced;
}
