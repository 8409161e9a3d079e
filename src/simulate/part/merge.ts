import { plural } from "../../document/index.ts";
import type { Field } from "../../request/index.ts";
import type { Compilable } from "../../plan/index.ts";
import { Gathering } from "../gather.ts";
import type { Simulation } from "../result.ts";
import type { Rollout } from "../../rollout/index.ts";
import { SAMPLE_BYTES } from "../sample.ts";
import { type RolloutSimulation, simulationOf } from "../simulate.ts";
import type { Result } from "../task.ts";
import { decodeResult } from "./encode.ts";
import { Digest, END_KEY, HEAD_KEY, type PartEnd, type PartHead, RESULTS_KEY } from "./part.ts";

/** A text that is no part, or parts that do not make one simulation. */
export class PartError extends Error {
  override readonly name: string = "PartError";
}

/** The text of a part: its name, for messages, and its lines. */
export interface PartText {
  readonly name: string;
  readonly lines: AsyncIterable<string>;
}

/** How to merge. */
export interface MergeOptions {
  /** As for `simulate`. */
  readonly memory?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (requests: number, lines: number) => void;
}

/** What the parts of a simulation make together. */
export interface Merged {
  readonly simulation: Simulation | RolloutSimulation;
  readonly subject: Compilable | Rollout;
  /** The field by which requests were also counted. */
  readonly segment: Field | undefined;
  readonly notes: Readonly<Record<string, string>>;
}

/**
 * Merges all parts of a simulation, in any order. The result is that of `simulate` on the whole traffic, to the last bit: results
 * are added in the order of the pieces. The parts are read side by side, so memory does not depend on their length.
 * @throws PartError for what is no part, is damaged or was interrupted, for parts of different simulations, and for a part that is missing
 * or there twice
 */
export async function mergeParts(texts: readonly PartText[], options: MergeOptions = {}): Promise<Merged> {
  const readers = texts.map(({ name, lines }) => new PartReader(name, lines));
  try {
    return await merged(readers, options);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

async function merged(readers: readonly PartReader[], { memory = SAMPLE_BYTES, signal, onProgress }: MergeOptions): Promise<Merged> {
  const ordered = await inOrder(readers);
  const [first] = ordered;
  if (first === undefined) throw new PartError("there is no part");
  const { subject, job, risk, notes } = first.head;
  const gathering = new Gathering(job, memory);
  for (let piece = 0; ; piece++) {
    signal?.throwIfAborted();
    const result = await ordered[piece % ordered.length]?.next();
    if (result === undefined) break;
    gathering.add(result);
    onProgress?.(gathering.requests, gathering.read);
  }
  for (const reader of ordered) await reader.finish();
  checkEnds(ordered);
  gathering.format = first.end.format;
  return { simulation: simulationOf(subject, job, gathering.close(), risk), subject, segment: job.segment, notes };
}

/** The parts by their numbers: each once, and all of one simulation. */
async function inOrder(readers: readonly PartReader[]): Promise<readonly PartReader[]> {
  for (const reader of readers) await reader.begin();
  const [first] = readers;
  if (first === undefined) return [];
  const byNumber = new Map<number, PartReader>();
  for (const reader of readers) {
    for (const [what, tell] of SHARED) {
      const [one, other] = [tell(first.head), tell(reader.head)];
      if (one !== other)
        throw new PartError(`${first.name} and ${reader.name} are of different simulations: ${what} ${different(one, other)}`);
    }
    const { part } = reader.head;
    const known = byNumber.get(part);
    if (known !== undefined) throw new PartError(`${known.name} and ${reader.name} are both part ${part} of ${reader.head.of}`);
    byNumber.set(part, reader);
  }
  const { of } = first.head;
  const numbers = Array.from({ length: of }, (_, index) => index + 1);
  const missing = numbers.filter((number) => !byNumber.has(number));
  if (missing.length > 0) {
    const named = missing.length > 10 ? `${missing.slice(0, 10).join(", ")}, …` : missing.join(", ");
    throw new PartError(`${plural(missing.length, "part")} of ${of} ${missing.length === 1 ? "is" : "are"} missing: ${named}`);
  }
  return numbers.flatMap((number) => byNumber.get(number) ?? []);
}

/** What parts of one simulation have in common. */
const SHARED: readonly (readonly [what: string, tell: (head: PartHead) => string])[] = [
  ["the number of parts", ({ of }) => String(of)],
  ["the seed", ({ job }) => job.seed],
  ["the alias or rollout", ({ subject, job }) => JSON.stringify([subject, job.plans])],
  ["the traffic and its users", ({ job }) => JSON.stringify(job.source)],
  ["the segment", ({ job }) => JSON.stringify(job.segment ?? null)],
  ["the risk", ({ risk }) => String(risk)],
];

/** Short texts are shown. */
function different(one: string, other: string): string {
  return Math.max(one.length, other.length) > 40 ? "is not the same" : `is \`${one}\` and \`${other}\``;
}

/** What can only be compared at the end: that all have read the same traffic, and all of it. */
function checkEnds(readers: readonly PartReader[]): void {
  const [first] = readers;
  for (const { name, head, end, count } of readers) {
    if (end.partial) throw new PartError(`${name}: was interrupted, so part ${head.part} of ${head.of} is not whole`);
    if (first !== undefined && (end.traffic !== first.end.traffic || end.pieces !== first.end.pieces))
      throw new PartError(`${first.name} and ${name} are of different simulations: they have not read the same traffic`);
    const wanted = Math.max(0, Math.ceil((end.pieces - head.part + 1) / head.of));
    if (count !== wanted) throw new PartError(`${name}: is damaged: it has ${plural(count, "result")} of ${wanted}`);
  }
}

/** Reads the text of a part, line by line. */
class PartReader {
  readonly name: string;
  /** How many results have been read. */
  count = 0;
  readonly #lines: AsyncIterator<string>;
  readonly #digest = new Digest();
  #head: PartHead | undefined;
  #end: PartEnd | undefined;

  constructor(name: string, lines: AsyncIterable<string>) {
    this.name = name;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  get head(): PartHead {
    if (this.#head === undefined) throw new PartError(`${this.name}: was not begun`);
    return this.#head;
  }

  get end(): PartEnd {
    if (this.#end === undefined) throw new PartError(`${this.name}: breaks off`);
    return this.#end;
  }

  async begin(): Promise<void> {
    const line = await this.#line();
    const rest = line?.startsWith(HEAD_KEY) === true && line.endsWith(",") ? line.slice(HEAD_KEY.length, -1) : undefined;
    const head = rest === undefined ? undefined : (parsed(rest) as PartHead | undefined);
    if (head === undefined || !isHead(head)) throw new PartError(`${this.name}: is no part of a simulation`);
    this.#head = head;
    if ((await this.#line()) !== RESULTS_KEY) throw new PartError(`${this.name}: breaks off`);
  }

  /** The next result; undefined at the end. */
  async next(): Promise<Result | undefined> {
    if (this.#end !== undefined) return undefined;
    const line = await this.#line();
    if (line === undefined) throw new PartError(`${this.name}: breaks off`);
    if (line.startsWith(END_KEY)) {
      this.#close(line);
      return undefined;
    }
    const text = line.endsWith(",") ? line.slice(0, -1) : line;
    this.#digest.add(text);
    this.count++;
    try {
      return decodeResult(text);
    } catch {
      throw new PartError(`${this.name}: is damaged`);
    }
  }

  /** Reads up to the end. */
  async finish(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  #close(line: string): void {
    const end = parsed(line.slice(END_KEY.length, -1)) as PartEnd | undefined;
    if (end === undefined || !line.endsWith("}")) throw new PartError(`${this.name}: breaks off`);
    if (end.results !== this.#digest.text()) throw new PartError(`${this.name}: is damaged: its results are not those that were written`);
    this.#end = end;
  }

  async #line(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    return done === true ? undefined : value;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHead(head: PartHead): boolean {
  return (
    typeof head === "object" &&
    head !== null &&
    Number.isSafeInteger(head.of) &&
    Number.isSafeInteger(head.part) &&
    head.part >= 1 &&
    head.part <= head.of &&
    Array.isArray(head.job?.plans) &&
    typeof head.notes === "object"
  );
}
