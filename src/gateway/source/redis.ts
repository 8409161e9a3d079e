/** A source of aliases in a hash of Redis: the surface of `canary-router/gateway/redis`. */
import { createClient, MultiErrorReply } from "redis";
import { clockRevisions } from "./clock.ts";
import { type AliasSource, type Emit, type SourceSet, sourceOf } from "./source.ts";
import { type AliasText, readTexts } from "./text.ts";
import { backOff, reasonOf, wait } from "./wait.ts";

/** Where Redis is, and what is read there. Times are in milliseconds. */
export interface RedisOptions {
  /** As `redis://user:password@127.0.0.1:6379/0`, or `rediss:` for TLS; `redis://127.0.0.1:6379` where left out. */
  readonly url?: string;
  /** The hash: a field is the name of an alias, its value the text of its config, JSON or YAML; `canary:aliases` where left out. */
  readonly key?: string;
  /** The channel that is told of each change, by any message; `canary:aliases` where left out. */
  readonly channel?: string;
  /** For one answer, and to connect; 5,000 where left out. */
  readonly timeout?: number;
  /** How often to read without being told; 30,000 where left out. */
  readonly interval?: number;
}

/**
 * The aliases of a hash of Redis 6 or later. A writer sets its fields, counts the key `KEY:revision` up in the same `MULTI`, and
 * publishes to the channel. What is published while the gateway is away is lost, so the hash is read again whenever a connection is
 * ready, and now and then besides. Without the count, the time of reading stands for the revision.
 */
export function redis(options: RedisOptions = {}): AliasSource {
  return sourceOf(async (emit, signal) => {
    const revisions = clockRevisions();
    let failures = 0;
    while (!signal.aborted) {
      try {
        await session(options, revisions, emit, signal, () => (failures = 0));
      } catch (error) {
        if (signal.aborted) break;
        failures++;
        await emit({ problem: `redis at ${shownUrl(options.url)}: ${reasonOf(error)}` });
        await wait(backOff(failures), signal);
      }
    }
  });
}

const URL_DEFAULT = "redis://127.0.0.1:6379";

/** The host and the port, without the password. */
function shownUrl(url: string = URL_DEFAULT): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Reads on one pair of connections, until one of them fails: then it throws. */
async function session(
  options: RedisOptions,
  revisions: () => number,
  emit: Emit,
  signal: AbortSignal,
  succeeded: () => void,
): Promise<void> {
  const { url = URL_DEFAULT, key = "canary:aliases", channel = "canary:aliases", timeout = 5_000, interval = 30_000 } = options;
  let failure: unknown;
  let published = 0;
  let wake = (): void => {};
  const fail = (error: unknown): void => {
    failure ??= error;
    wake();
  };
  const [client, listener] = [newClient(url, timeout), newClient(url, timeout)];
  for (const each of [client, listener]) each.on("error", fail).on("end", () => fail(new Error("the connection has ended")));
  try {
    await Promise.all([client.connect(), listener.connect()]);
    await listener.subscribe(channel, () => {
      published++;
      wake();
    });
    let last: string | undefined;
    while (!signal.aborted) {
      const seen = published;
      const { set, content } = await readHash(client, key, revisions, timeout);
      if (failure !== undefined) throw failure;
      await emit(content === last ? { confirmed: true } : set);
      last = content;
      succeeded();
      if (published === seen) await wait(interval, signal, (woken) => (wake = woken));
      if (failure !== undefined) throw failure;
    }
  } finally {
    for (const each of [client, listener]) if (each.isOpen) each.destroy();
  }
}

interface Read {
  readonly set: SourceSet;
  /** Equal where what was read is. */
  readonly content: string;
}

/** The hash and its count, of one moment. */
async function readHash(client: Client, key: string, revisions: () => number, timeout: number): Promise<Read> {
  const asked = client.multi().get(`${key}:revision`).hGetAll(key).exec().catch(firstOf);
  const [count, fields] = (await within(asked, timeout)) as unknown as [string | null, Readonly<Record<string, string>>];
  if (count !== null && !/^\d{1,15}$/.test(count)) throw new Error(`\`${key}:revision\` is no whole number`);
  const texts = Object.entries(fields).map(([name, text]): readonly [string, AliasText] => [name, text]);
  const revision = count === null ? revisions() : Number(count);
  return { set: { revision, restored: true, ...readTexts(texts) }, content: JSON.stringify([count, texts.toSorted(byName)]) };
}

/** The error of a `MULTI` says only that there are some. */
function firstOf(error: unknown): never {
  throw error instanceof MultiErrorReply ? error.errors().next().value : error;
}

type Client = ReturnType<typeof newClient>;

/** A connection that is given up where it fails, with everything that waits for it: the next one reads again. */
function newClient(url: string, timeout: number) {
  const socket = { connectTimeout: timeout, reconnectStrategy: false as const };
  return createClient({ url, disableOfflineQueue: true, socket, commandOptions: { timeout } });
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** A promise, or an error where it takes longer: a server that is stopped keeps its connections. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1_000} s`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
