/** A source of aliases in etcd, which are read once and then watched: the surface of `canary-router/gateway/etcd`. */
import { fromBase64, toBase64 } from "./base64.ts";
import { type AliasSource, type Emit, type SourceSet, sourceOf } from "./source.ts";
import { type AliasText, decodeText, readTexts } from "./text.ts";
import { backOff, deadline, reasonOf, wait } from "./wait.ts";

/** Where etcd is, and what is read there. Times are in milliseconds. */
export interface EtcdOptions {
  /** One URL or several of one cluster, which are tried in turn; `http://127.0.0.1:2379` where left out. */
  readonly endpoints?: string | readonly string[];
  /** Every key that begins with it is an alias, named by the rest; `canary/` where left out. */
  readonly prefix?: string;
  readonly username?: string;
  readonly password?: string;
  /** For one answer; 5,000 where left out. */
  readonly timeout?: number;
  /** Between two comparisons of what the watch has told with what the store has, for a watch that fell silent; 30,000 where left out. */
  readonly interval?: number;
}

/** Keys of one answer: with values of 1.5 MB, the most that etcd takes, it stays under 200 MB. */
const PAGE = 128;

/** Before a watch that has ended is begun again, in milliseconds: something between may end each at once. */
const PAUSE = 100;

/** What etcd answers where what was asked for has been compacted (gRPC `OUT_OF_RANGE`). */
const OUT_OF_RANGE = 11;

/** gRPC `UNAUTHENTICATED`: the token has expired. */
const UNAUTHENTICATED = 16;

interface KeyValue {
  readonly key: string;
  readonly mod_revision: string;
  readonly value?: string;
}

interface Header {
  readonly cluster_id?: string;
  readonly revision?: string;
}

interface RangeAnswer {
  readonly header: Header;
  readonly kvs?: readonly KeyValue[];
  readonly more?: boolean;
  readonly count?: string;
}

interface WatchAnswer {
  readonly result?: {
    readonly header: Header;
    readonly created?: boolean;
    readonly canceled?: boolean;
    readonly cancel_reason?: string;
    readonly compact_revision?: string;
    readonly events?: readonly { readonly type?: "DELETE"; readonly kv: KeyValue }[];
  };
  readonly error?: { readonly message?: string; readonly grpc_code?: number };
}

/** Thrown where the whole set must be read again: the history was compacted, or the store was wiped or restored. */
class Lost extends Error {
  override readonly name: string = "Lost";
}

/**
 * The aliases under a prefix of etcd 3.4 or later, by its JSON gateway: a range, then a watch from its revision, so nothing between the
 * two is lost. A value is the text of an alias, JSON or YAML. A transaction is one update. A watch that ends is begun again where it ended;
 * after a compaction, or where the store was wiped, everything is read again.
 */
export function etcd(options: EtcdOptions = {}): AliasSource {
  return sourceOf(async (emit, signal) => {
    const store = new Store(options, signal);
    let failures = 0;
    /** The revision up to which everything is known; undefined where the whole set must be read. */
    let known: bigint | undefined;
    while (!signal.aborted) {
      try {
        if (known === undefined) {
          const { set, revision } = await store.read();
          await emit(set);
          known = revision;
          failures = 0;
        }
        await store.watch(known, emit, (revision) => {
          known = revision;
          failures = 0;
        });
        await wait(PAUSE, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof Lost) {
          known = undefined;
          continue;
        }
        // What was watched up to `known` is watched from there again, so a problem loses nothing, but what follows it is told whole.
        known = undefined;
        failures++;
        await emit({ problem: `etcd at ${store.endpoint}: ${reasonOf(error)}` });
        store.turn();
        await wait(backOff(failures), signal);
      }
    }
  });
}

/** One cluster, asked at one of its endpoints. */
class Store {
  readonly #endpoints: readonly string[];
  readonly #range: { readonly key: string; readonly range_end: string };
  readonly #prefix: Uint8Array;
  readonly #options: EtcdOptions;
  readonly #timeout: number;
  readonly #interval: number;
  readonly #signal: AbortSignal;
  #turn = 0;
  #token: string | undefined;

  constructor(options: EtcdOptions, signal: AbortSignal) {
    const { endpoints = "http://127.0.0.1:2379", prefix = "canary/", timeout = 5_000, interval = 30_000 } = options;
    this.#endpoints = [endpoints].flat().map((endpoint) => endpoint.replace(/\/+$/, ""));
    this.#prefix = new TextEncoder().encode(prefix);
    this.#range = { key: toBase64(this.#prefix), range_end: toBase64(endOf(this.#prefix)) };
    this.#options = options;
    this.#timeout = timeout;
    this.#interval = interval;
    this.#signal = signal;
  }

  get endpoint(): string {
    return this.#endpoints[this.#turn % this.#endpoints.length] ?? "";
  }

  /** The next endpoint, and no token of the last. */
  turn(): void {
    this.#turn++;
    this.#token = undefined;
  }

  /** Everything under the prefix, of one revision, however many answers it takes. */
  async read(): Promise<{ readonly set: SourceSet; readonly revision: bigint }> {
    const texts: (readonly [string, AliasText])[] = [];
    let key = this.#range.key;
    let revision: bigint | undefined;
    for (;;) {
      const asked = { ...this.#range, key, limit: PAGE, ...(revision !== undefined && { revision: String(revision) }) };
      const answer = await this.#ask<RangeAnswer>("kv/range", asked);
      revision ??= revisionOf(answer.header);
      for (const kv of answer.kvs ?? []) texts.push([this.#keyOf(kv), decodeText(bytesOf(kv.value))]);
      const last = answer.kvs?.at(-1);
      if (answer.more !== true || last === undefined) break;
      key = toBase64(Uint8Array.from([...bytesOf(last.key), 0]));
    }
    return { set: { revision: numberOf(revision), restored: true, ...readTexts(texts) }, revision };
  }

  /**
   * Watches from a revision on, until the watch ends: `reached` is told each revision up to which everything has been emitted. Returns where
   * the watch ended as watches do, so that it can be begun again.
   */
  async watch(from: bigint, emit: Emit, reached: (revision: bigint) => void): Promise<void> {
    const ending = new AbortController();
    const signal = AbortSignal.any([this.#signal, ending.signal]);
    const created = deadline(this.#timeout, signal);
    let known = from;
    let check: Promise<void> | undefined;
    try {
      const { key, range_end } = this.#range;
      const body = { create_request: { key, range_end, start_revision: String(from + 1n) } };
      const response = await this.#fetch("watch", body, created.signal);
      if (!response.ok || response.body === null) throw await this.#failure(response);
      for await (const line of linesOf(response.body)) {
        const answer = parseLine(line) as WatchAnswer;
        if (answer.error !== undefined) throw new Error(answer.error.message ?? "the watch failed");
        const { result } = answer;
        if (result === undefined) throw new Error("the answer to a watch has no `result`");
        if (result.canceled === true) throw this.#canceled(result.compact_revision, result.cancel_reason);
        if (result.created === true) {
          created.met();
          // A store that was wiped has not come as far yet, and would be silent until it has.
          if (revisionOf(result.header) < from) throw new Lost();
          await emit({ confirmed: true });
          reached(known);
          check ??= this.#compare(() => known, emit, signal).catch((error: unknown) => ending.abort(error));
        }
        if (result.events === undefined) continue;
        const texts = result.events.map(
          ({ type, kv }) => [this.#keyOf(kv), type === "DELETE" ? null : decodeText(bytesOf(kv.value))] as const,
        );
        const { aliases: changes, unreadable } = readTexts(new Map(texts));
        known = result.events.reduce((most, { kv }) => (BigInt(kv.mod_revision) > most ? BigInt(kv.mod_revision) : most), known);
        await emit({ revision: numberOf(known), changes, unreadable });
        reached(known);
      }
    } catch (error) {
      if (this.#signal.aborted) return;
      if (ending.signal.aborted) throw ending.signal.reason;
      if (created.signal.aborted && isAbort(error)) throw created.signal.reason;
      // `fetch` ends a body that is silent for 300 s, and an endpoint that dies ends it too: the next watch tells which it was.
      if (error instanceof TypeError && check !== undefined) return;
      throw error;
    } finally {
      created.end();
      ending.abort();
      await check;
    }
  }

  /**
   * Compares now and then what the watch has told with what the store has: throws `Lost` where the store has more for longer than an answer
   * takes, or has a revision that is lower.
   */
  async #compare(known: () => bigint, emit: Emit, signal: AbortSignal): Promise<void> {
    for (;;) {
      await wait(this.#interval, signal);
      if (signal.aborted) return;
      const newest = await this.#newest();
      if (newest > known()) await wait(this.#timeout, signal);
      if (signal.aborted) return;
      if (newest > known()) throw new Lost();
      await emit({ confirmed: true });
    }
  }

  /** The revision of the newest key under the prefix. */
  async #newest(): Promise<bigint> {
    const asked = { ...this.#range, limit: 1, keys_only: true, sort_target: "MOD", sort_order: "DESCEND" };
    const { kvs } = await this.#ask<RangeAnswer>("kv/range", asked);
    return BigInt(kvs?.[0]?.mod_revision ?? 0);
  }

  #canceled(compacted: string | undefined, reason: string | undefined): Error {
    if (compacted !== undefined && compacted !== "0") return new Lost();
    this.#token = undefined;
    return new Error(reason ?? "the watch was cancelled");
  }

  #keyOf({ key }: KeyValue): string {
    return new TextDecoder().decode(bytesOf(key).subarray(this.#prefix.length));
  }

  /** One question and its answer; asked again once where the token has expired. */
  async #ask<Answer>(path: string, body: object, again = true): Promise<Answer> {
    const { signal, end } = deadline(this.#timeout, this.#signal);
    try {
      const response = await this.#fetch(path, body, signal);
      if (response.ok) return (await response.json()) as Answer;
      const failure = await this.#failure(response);
      if (!(failure instanceof Expired) || !again) throw failure;
      this.#token = undefined;
    } catch (error) {
      throw signal.aborted && isAbort(error) ? signal.reason : error;
    } finally {
      end();
    }
    return this.#ask(path, body, false);
  }

  async #fetch(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const { username, password } = this.#options;
    if (username !== undefined) this.#token ??= await this.#authenticate(username, password ?? "", signal);
    return fetch(`${this.endpoint}/v3/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(this.#token !== undefined && { authorization: this.#token }) },
      body: JSON.stringify(body),
      signal,
    });
  }

  async #authenticate(name: string, password: string, signal: AbortSignal): Promise<string> {
    const body = JSON.stringify({ name, password });
    const response = await fetch(`${this.endpoint}/v3/auth/authenticate`, { method: "POST", body, signal });
    if (!response.ok) throw await this.#failure(response);
    const { token } = (await response.json()) as { readonly token?: string };
    if (token === undefined) throw new Error("it gives no token");
    return token;
  }

  /** An answer that is none, as an error. */
  async #failure(response: Response): Promise<Error> {
    const text = (await response.text()).slice(0, 1_000);
    let found: { readonly code?: number; readonly message?: string; readonly error?: string } = {};
    try {
      found = JSON.parse(text) as typeof found;
    } catch {
      // Something between answers, such as a proxy.
    }
    if (found.code === OUT_OF_RANGE) return new Lost();
    const message = found.message ?? found.error ?? `it answers ${response.status}`;
    return found.code === UNAUTHENTICATED || response.status === 401 ? new Expired(message) : new Error(message);
  }
}

/** Thrown where a token is no longer good. */
class Expired extends Error {}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.message.startsWith("no answer within"));
}

function revisionOf({ revision = "0" }: Header): bigint {
  return BigInt(revision);
}

/** A revision as a number; 2^53 writes take 285 years at a million a second. */
function numberOf(revision: bigint): number {
  return Number(revision);
}

/** The bytes of a key or of a value, which is left out where it is empty. */
function bytesOf(text = ""): Uint8Array {
  return fromBase64(text);
}

/** The first key behind all that begin with a prefix; `\0` is the end of all keys. */
function endOf(prefix: Uint8Array): Uint8Array {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix[last] ?? 0;
    if (byte < 0xff) return Uint8Array.from([...prefix.subarray(0, last), byte + 1]);
  }
  return Uint8Array.of(0);
}

/** The lines of a body; its chunks are cut anywhere. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const chunk of body) {
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    parts.push(first);
    for (const next of rest) {
      const line = parts.join("");
      parts = [next];
      if (line.trim() !== "") yield line;
    }
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error("the answer to a watch is not JSON");
  }
}
