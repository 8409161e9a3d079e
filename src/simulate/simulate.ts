import type { Field } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import { changesOf, type GroupedTraffic, totalsOf } from "./grouped.ts";
import { type Gathered, Gathering } from "./gather.ts";
import { type Lines, reportOf, type Simulation } from "./result.ts";
import type { Rollout } from "../rollout/index.ts";
import { SAMPLE_BYTES } from "./sample.ts";
import { createTaskRunner, type Job, type Result, type Task, versionsOf } from "./task.ts";
import { formatOf, isContiguous, type Traffic } from "./traffic/traffic.ts";

/** Runs tasks, and gives the results in the order of the tasks. It takes a task only when it can run it. */
export type Crew = (job: Job, tasks: AsyncIterable<Task>) => AsyncIterable<Result>;

/** How to simulate. */
export interface SimulateOptions {
  /** The seed of all random numbers. The same seed gives the same result. */
  readonly seed: string;
  /** Requests are also counted by the value of this field. */
  readonly segment?: Field;
  /** A p-value below this is reported as a deviation. The default is 0.0005, which Fabijan et al. (KDD 2019) use for sample ratios. */
  readonly risk?: number;
  /**
   * Bytes for what is known of each sticky key, and of each user and session of a log. Where more come, an even sample is kept. The
   * default is 268,435,456: enough for 3.1 million sticky keys. A rollout divides them among its stages.
   */
  readonly memory?: number;
  /** Who runs the tasks: this thread by default, or `workers(n)`. The result is the same. */
  readonly crew?: Crew;
  /** Ends the simulation. The result so far is returned, marked as partial. */
  readonly signal?: AbortSignal;
  /** Called after every piece of traffic, which has some thousand requests. */
  readonly onProgress?: (requests: number, lines: number) => void;
}

/** The result of traffic on a rollout. All stages get the same requests and the same draws. */
export interface RolloutSimulation {
  readonly seed: string;
  readonly requests: number;
  readonly partial: boolean;
  readonly stages: readonly { readonly name: string; readonly simulation: Simulation }[];
  /** From each stage to the next. */
  readonly changes: readonly {
    readonly from: string;
    readonly to: string;
    /** Requests that the next stage answers with another version. */
    readonly requests: number;
    readonly matrix: readonly { readonly from: Version; readonly to: Version; readonly requests: number }[];
    /** Users with such a request: those of the traffic, or else the keys of sticky draws. Undefined where nothing tells them apart. */
    readonly users: number | undefined;
  }[];
  /**
   * The part of the users who move that was counted: below 1 for logs with more of them than memory holds, where `users` is an estimate
   * from an even sample. The standard error of a count of c in the sample is then at most √c.
   */
  readonly usersSampled: number;
  /** Requests whose version changes and returns over the stages: A → B → A. */
  readonly bounced: number;
}

const RISK = 0.0005;

/**
 * Routes traffic, and compares what each version got with what was expected, with a test of whether chance explains the difference.
 * A rollout is simulated in all of its stages. Memory does not grow with the traffic.
 * @throws ConfigError with everything that is wrong with the config; what reading the traffic throws
 */
export async function simulate(rollout: Rollout, traffic: Traffic | GroupedTraffic, options: SimulateOptions): Promise<RolloutSimulation>;
export async function simulate(config: Compilable, traffic: Traffic | GroupedTraffic, options: SimulateOptions): Promise<Simulation>;
export async function simulate(
  subject: Compilable | Rollout,
  traffic: Traffic | GroupedTraffic,
  options: SimulateOptions,
): Promise<Simulation | RolloutSimulation> {
  const { seed, segment, risk } = options;
  const plans = plansOf(subject);
  if ("group" in traffic) return simulateGroups(subject, plans, traffic, options);
  const job: Job = { source: traffic.source, plans, seed, segment };
  return simulationOf(subject, job, await gather(job, traffic, options), risk);
}

/** The plans of an alias, or of the stages of a rollout. */
export function plansOf(subject: Compilable | Rollout): readonly Plan[] {
  return isRollout(subject) ? subject.stages.map((stage) => stage.plan) : [planOf(subject)];
}

/** The result of what was gathered. */
export function simulationOf(
  subject: Compilable | Rollout,
  { source, plans, seed }: Job,
  { totals, partial, lines, format, unmatched, changes, bounced, usersSampled }: Gathered,
  risk: number = RISK,
): Simulation | RolloutSimulation {
  const reports = totals.map((total) => reportOf(total, { seed, partial, lines, format, unmatched, risk }));
  const [report] = reports;
  if (!isRollout(subject)) return report as Simulation;

  const versions = versionsOf(plans);
  const { stages } = subject;
  const told = isContiguous(source) || reports.some(({ users }) => users !== undefined);
  return {
    seed,
    requests: report?.requests ?? 0,
    partial,
    stages: reports.map((simulation, index) => ({ name: stages[index]?.name ?? "", simulation })),
    changes: changes.map(({ cells, users }, index) => ({
      from: stages[index]?.name ?? "",
      to: stages[index + 1]?.name ?? "",
      requests: cells.reduce((sum, count) => sum + count, 0),
      matrix: cells.flatMap((requests, cell) => {
        const from = versions[Math.floor(cell / versions.length)] ?? "";
        return requests === 0 ? [] : [{ from, to: versions[cell % versions.length] ?? "", requests }];
      }),
      users: told ? users : undefined,
    })),
    bounced,
    usersSampled,
  };
}

/** The result of traffic that is counted elsewhere. */
async function simulateGroups(
  subject: Compilable | Rollout,
  plans: readonly Plan[],
  traffic: GroupedTraffic,
  { seed, segment, risk = RISK, signal, onProgress }: SimulateOptions,
): Promise<Simulation | RolloutSimulation> {
  const groups = await traffic.group(plans, { segment, signal });
  const { unmatched, movers } = groups;
  const context = { seed, partial: false, lines: NO_LINES, format: undefined, unmatched, risk };
  const reports = totalsOf(plans, groups).map((total) => reportOf(total, context));
  const [report] = reports;
  onProgress?.(report?.requests ?? 0, 0);
  if (!isRollout(subject)) return report as Simulation;
  const names = subject.stages.map(({ name }) => name);
  const { changes, bounced } = changesOf(plans, groups);
  return {
    seed,
    requests: report?.requests ?? 0,
    partial: false,
    stages: reports.map((simulation, index) => ({ name: names[index] ?? "", simulation })),
    changes: changes.map((matrix, index) => ({
      from: names[index] ?? "",
      to: names[index + 1] ?? "",
      requests: matrix.reduce((sum, { requests }) => sum + requests, 0),
      matrix,
      users: movers[index],
    })),
    bounced,
    usersSampled: 1,
  };
}

const NO_LINES: Lines = { read: 0, malformed: 0, first: [], share: 0, skipped: 0, skippedFor: [] };

function isRollout(subject: Compilable | Rollout): subject is Rollout {
  return "kind" in subject && subject.kind === "rollout";
}

/** Sums the results of all pieces, in order. */
async function gather(job: Job, { pieces }: Traffic, options: SimulateOptions): Promise<Gathered> {
  const { crew = alone, memory = SAMPLE_BYTES, signal, onProgress } = options;
  const gathering = new Gathering(job, memory);
  try {
    for await (const result of crew(job, tasksOf(gathering, pieces, signal))) {
      gathering.add(result);
      onProgress?.(gathering.requests, gathering.read);
    }
  } catch (error) {
    // A stream that the same signal has stopped ends with an exception.
    if (signal?.aborted !== true) throw error;
    gathering.partial = true;
  }
  return gathering.close();
}

async function* tasksOf(
  gathering: Gathering,
  pieces: Traffic["pieces"],
  signal: AbortSignal | undefined,
): AsyncGenerator<Task, void, undefined> {
  const isStopped = (): boolean => signal?.aborted === true;
  let task = 0;
  if (!isStopped())
    for await (const piece of pieces) {
      gathering.format ??= formatOf(piece);
      yield { index: task, piece, levels: gathering.levels() };
      task++;
      // After the piece: what a log that the signal ends has given is routed still.
      if (isStopped()) break;
    }
  if (isStopped()) gathering.partial = true;
}

/** Milliseconds of work without a break. A break lets timers, signals and other requests run. */
const STRETCH = 50;

/** Runs the tasks in this thread. */
export async function* alone(job: Job, tasks: AsyncIterable<Task>): AsyncGenerator<Result, void, undefined> {
  const work = createTaskRunner(job);
  let began = performance.now();
  for await (const task of tasks) {
    yield work(task);
    if (performance.now() - began < STRETCH) continue;
    await new Promise((resolve) => setTimeout(resolve));
    began = performance.now();
  }
}
