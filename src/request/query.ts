import { pathEnd } from "./target.ts";

/**
 * Where the value of the first query parameter of that name begins in a request target; -1 where there is none, and
 * -2 where the value or a name before it has escapes and only `queryDecoded` can tell. A parameter without `=` has the empty value at its end. `name` holds no character
 * that decoding changes.
 */
export function queryStart(target: string, name: string): number {
  let at = pathEnd(target, 0);
  if (at === target.length || target.charCodeAt(at) !== 63) return -1;
  const hash = target.indexOf("#", at);
  const end = hash === -1 ? target.length : hash;
  while (at < end) {
    at++;
    let next = target.indexOf("&", at);
    if (next === -1 || next > end) next = end;
    let equals = at;
    let escaped = false;
    for (; equals < next; equals++) {
      const unit = target.charCodeAt(equals);
      if (unit === 61) break;
      if (unit === 37 || unit === 43) escaped = true;
    }
    if (escaped) return -2;
    if (equals - at === name.length && target.startsWith(name, at)) {
      const from = equals < next ? equals + 1 : next;
      for (let i = from; i < next; i++) {
        const unit = target.charCodeAt(i);
        if (unit === 37 || unit === 43) return -2;
      }
      return from;
    }
    at = next;
  }
  return -1;
}

/** Where the query value that begins at `from` ends. */
export function queryEnd(target: string, from: number): number {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 38 || unit === 35) return at;
  }
  return target.length;
}

/**
 * The query that was decoded last. An alias may ask for many parameters of one request: its query is decoded once, and from the second
 * parameter on each is looked up.
 */
const lastQuery: { target: string | undefined; parameters: URLSearchParams | undefined; values: Map<string, string> | undefined } = {
  target: undefined,
  parameters: undefined,
  values: undefined,
};

/**
 * The first query parameter of that name, decoded as `application/x-www-form-urlencoded` (the WHATWG URL standard).
 * A name with a lone surrogate matches nothing: decoding never yields one.
 */
export function queryDecoded(target: string, name: string): string | undefined {
  if (lastQuery.target !== target || lastQuery.parameters === undefined) {
    lastQuery.target = target;
    lastQuery.parameters = new URLSearchParams(queryOf(target));
    lastQuery.values = undefined;
    return isUnicode(name) ? (lastQuery.parameters.get(name) ?? undefined) : undefined;
  }
  if (lastQuery.values === undefined) {
    const values = new Map<string, string>();
    for (const [key, value] of lastQuery.parameters) if (!values.has(key)) values.set(key, value);
    lastQuery.values = values;
  }
  return isUnicode(name) ? lastQuery.values.get(name) : undefined;
}

/** The names of the query parameters of a request target, decoded, each once. */
export function queryNames(target: string): ReadonlySet<string> {
  return new Set(new URLSearchParams(queryOf(target)).keys());
}

/** The query of a request target, with a `&` ahead: it keeps a leading `?` of the query from being dropped, and adds nothing. */
function queryOf(target: string): string {
  const start = pathEnd(target, 0);
  if (start === target.length || target.charCodeAt(start) !== 63) return "";
  const hash = target.indexOf("#", start);
  return `&${target.slice(start + 1, hash === -1 ? target.length : hash)}`;
}

/** Whether a text has no lone surrogate. */
function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Whether decoding leaves this text alone, so that it can be compared with the query as it stands. */
export function isPlain(text: string): boolean {
  return /^[^\p{Surrogate}\ufffd]*$/u.test(text);
}
