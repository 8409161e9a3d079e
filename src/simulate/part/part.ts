import { murmur3 } from "../../plan/index.ts";
import type { Compilable } from "../../plan/index.ts";
import type { Rollout } from "../../rollout/index.ts";
import { alone, plansOf, type SimulateOptions } from "../simulate.ts";
import type { Job, Task } from "../task.ts";
import { formatOf, type LogFormat, type Piece, type Traffic } from "../traffic/traffic.ts";
import { encodeResult } from "./encode.ts";

/** Which part of a simulation: `part` of `of`, from 1. */
export interface PartNumber {
  readonly part: number;
  readonly of: number;
}

/** What the parts of one simulation share, and which part this is. Plain data. */
export interface PartHead extends PartNumber {
  /** The alias or the rollout that is simulated. */
  readonly subject: Compilable | Rollout;
  readonly job: Job;
  readonly risk: number | undefined;
  /** What the caller wants to know when the parts are merged, such as the name of the log. */
  readonly notes: Readonly<Record<string, string>>;
}

/** What is known at the end of a part. */
export interface PartEnd {
  /** Pieces of the whole traffic, and a hash of the log's text. */
  readonly pieces: number;
  readonly traffic: string;
  readonly format: LogFormat | undefined;
  readonly partial: boolean;
  /** A hash of the lines of this part's results. */
  readonly results: string;
}

/** How to simulate a part. */
export interface PartOptions extends Omit<SimulateOptions, "memory"> {
  readonly notes?: Readonly<Record<string, string>>;
}

/** How the first line of a part begins, behind which its head stands. Together the lines are JSON. */
export const HEAD_KEY = '{"part":';
/** The second line, behind which each result has a line. */
export const RESULTS_KEY = '"results":[';
/** How the last line begins, behind which its end stands. */
export const END_KEY = '],"end":';

/**
 * Simulates one of several parts, and gives the lines of a text that `mergeParts` takes. The part has every piece whose number leaves the
 * rest `part - 1` by `of`; a piece is 256 KiB of a log, or some users of a population. So each machine reads all of the log, but routes only its
 * part. The text has the keys and the ids of users that the pieces have. Memory does not depend on the length of the traffic.
 * @throws RangeError where `part` is no whole number from 1 to `of`; what `simulate` throws
 */
export async function* simulatePart(
  subject: Compilable | Rollout,
  { source, pieces }: Traffic,
  { part, of }: PartNumber,
  { seed, segment, risk, crew = alone, signal, onProgress, notes = {} }: PartOptions,
): AsyncGenerator<string, void, undefined> {
  if (!Number.isSafeInteger(of) || !Number.isSafeInteger(part) || part < 1 || part > of)
    throw new RangeError(`there is no part ${part} of ${of}`);
  const job: Job = { source, plans: plansOf(subject), seed, segment };
  const head: PartHead = { part, of, subject, job, risk, notes };
  yield `${HEAD_KEY}${JSON.stringify(head)},`;
  const levels = job.plans.map(() => EVERYTHING);
  const traffic = new Digest();
  const results = new Digest();
  let format: LogFormat | undefined;
  let seen = 0;
  const isStopped = (): boolean => signal?.aborted === true;

  async function* tasks(): AsyncGenerator<Task, void, undefined> {
    if (isStopped()) return;
    for await (const piece of pieces) {
      format ??= formatOf(piece);
      traffic.add(textOf(piece));
      const index = seen++;
      if (index % of === part - 1) yield { index, piece, levels };
      if (isStopped()) break;
    }
  }

  let requests = 0;
  let read = 0;
  let line = RESULTS_KEY;
  try {
    for await (const result of crew(job, tasks())) {
      const text = encodeResult(result);
      results.add(text);
      yield line === RESULTS_KEY ? line : `${line},`;
      line = text;
      requests += result.tallies[0]?.requests ?? 0;
      read += result.lines;
      onProgress?.(requests, read);
    }
  } catch (error) {
    // A stream that the same signal has stopped ends with an exception.
    if (!isStopped()) throw error;
  }
  yield line;
  const end: PartEnd = { pieces: seen, traffic: traffic.text(), format, partial: isStopped(), results: results.text() };
  yield `${END_KEY}${JSON.stringify(end)}}`;
}

/** Samples that hold everything: what the parts have together decides what a sample keeps. */
const EVERYTHING: Task["levels"][number] = { keys: 0, users: 0, sessions: 0, served: { keys: 0, users: 0, sessions: 0 } };

/** What tells a piece from that of another log. The numbers of a population are the same in all. */
function textOf(piece: Piece): string {
  if (typeof piece === "number") return "";
  return "text" in piece ? piece.text : JSON.stringify(piece);
}

/** A hash of texts in their order, of 64 bits: against mistakes, and not against malice. */
export class Digest {
  #first = 0;
  #second = 0x5eed_1e55;

  add(text: string): void {
    this.#first = murmur3(text, this.#first);
    this.#second = murmur3(text, this.#second);
  }

  text(): string {
    return [this.#first, this.#second].map((word) => word.toString(16).padStart(8, "0")).join("");
  }
}
