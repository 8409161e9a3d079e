/** A source of aliases behind a URL, asked again and again with its ETag: the surface of `canary-router/gateway/http`. */
import { BUDGETS } from "../../alias/index.ts";
import { readText, shown } from "../../document/index.ts";
import { toBase64 } from "./base64.ts";
import { clockRevisions } from "./clock.ts";
import { type AliasSource, type SourceSet, sourceOf } from "./source.ts";
import { backOff, deadline, reasonOf, wait } from "./wait.ts";

/** How to ask a URL. Times are in milliseconds. */
export interface HttpOptions {
  /** Between two questions; 5,000 where left out. */
  readonly interval?: number;
  /** For one answer, its body included; 10,000 where left out. */
  readonly timeout?: number;
  /** Sent with each question, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Characters of one answer; 64 Mi where left out. */
  readonly limit?: number;
}

/** The longest wait that an answer can ask for with `Retry-After`. */
const LONGEST_RETRY = 300_000;

/** An alias has five lists and objects within each other; the answer has two around it. */
const DEPTH = 10;

/**
 * The aliases of a URL. It answers with JSON: `{ "aliases": { "checkout": { "version": "v1" } } }`, which may have a `revision`, a whole
 * number that grows; without one, the time of the answer stands for it. With an ETag, an answer that has not changed is 304 and costs
 * nothing. A URL that fails is asked less and less often, and no sooner than its `Retry-After`.
 */
export function http(url: string | URL, options: HttpOptions = {}): AliasSource {
  const { interval = 5_000, timeout = 10_000, headers = {}, limit = 67_108_864 } = options;
  const target = new URL(url);
  const credentials = target.username === "" ? {} : { authorization: basic(target) };
  target.username = "";
  target.password = "";
  return sourceOf(async (emit, signal) => {
    const revisions = clockRevisions();
    let etag: string | undefined;
    let failures = 0;
    while (!signal.aborted) {
      const asked = deadline(timeout, signal);
      let pause = interval;
      let retry = 0;
      try {
        const conditional = etag === undefined ? {} : { "if-none-match": etag };
        const response = await fetch(target, {
          headers: { accept: "application/json", ...credentials, ...headers, ...conditional },
          signal: asked.signal,
        });
        if (response.status === 304 && etag !== undefined) await emit({ confirmed: true });
        else if (response.status === 200) {
          await emit(setOf(await textOf(response, limit), limit, revisions));
          etag = response.headers.get("etag") ?? undefined;
        } else {
          await response.body?.cancel();
          retry = retryAfter(response.headers.get("retry-after"));
          throw new Error(`it answers ${response.status}`);
        }
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        failures++;
        // What comes after a problem is told whole.
        etag = undefined;
        const reason = asked.signal.aborted ? reasonOf(asked.signal.reason) : reasonOf(error);
        await emit({ problem: `${target.href}: ${reason}` });
        pause = Math.max(retry, backOff(failures));
      } finally {
        asked.end();
      }
      await wait(pause, signal);
    }
  });
}

function basic({ username, password }: URL): string {
  return `Basic ${toBase64(new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`))}`;
}

/** Milliseconds; 0 if there is no such header, or it cannot be read. */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return milliseconds > 0 ? Math.min(milliseconds, LONGEST_RETRY) : 0;
}

/** The text of an answer; throws as soon as it is longer than the limit. */
async function textOf(response: Response, limit: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > limit) throw new Error(`the answer has more than ${limit} characters`);
  }
  return text + decoder.decode();
}

/** Reads an answer. Throws for what is no set of aliases. */
function setOf(text: string, limit: number, revisions: () => number): SourceSet {
  const read = readText(text, { ...BUDGETS, text: limit, depth: DEPTH });
  if (!read.ok) throw new Error(`the answer is not JSON: ${read.diagnostics[0]?.message}`);
  const { value, duplicates } = read.value;
  const [repeated] = duplicates;
  if (repeated !== undefined) throw new Error(`the answer: ${repeated.message}`);
  const { aliases, revision, ...others } = isRecord(value) ? value : {};
  if (!isRecord(aliases)) throw new Error("the answer has no object `aliases`");
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`the answer has an unknown key ${shown(unknown)}`);
  if (revision === undefined || revision === null) return { revision: revisions(), restored: true, aliases };
  if (typeof revision !== "number" || !Number.isSafeInteger(revision) || revision < 0)
    throw new Error("the `revision` of the answer is no whole number");
  return { revision, aliases };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
