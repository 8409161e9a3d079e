import type { Field, NodeRequest } from "../../request/index.ts";
import { murmur3 } from "../../plan/index.ts";
import { type Count, fieldsOf, meanOf, MOST_EACH, type Population, type Trait } from "../population.ts";
import { type Random, randomOf } from "../random.ts";
import type { Batch, Visit } from "./visit.ts";

/** Requests of a task, about: enough that the ten generators of a task cost nothing, few enough to stay in the caches. */
const BLOCK = 8_192;

/** Fields of all requests of a task, about: requests of a thousand fields take 50 kB each, and a task of 8,192 of them took more than 400 MB. */
const FIELDS = 32 * BLOCK;

/** Users whose requests make a task. Users are whole: no task has a part of one. */
export function usersPerBlock(population: Population): number {
  const { sessions, requests } = population;
  const block = Math.min(BLOCK, FIELDS / Math.max(1, fieldsOf(population).length));
  return Math.max(1, Math.round(block / (meanOf(sessions) * meanOf(requests))));
}

/**
 * Draws the requests of a task of users, numbered from 0. A user's requests follow each other, and those that are alike are
 * one object. Users of different seeds have different ids, so that another seed is another sample of people.
 */
export function modelReader(population: Population, seed: string): (task: number) => Batch {
  const { users, identity, session, traits } = population;
  const size = usersPerBlock(population);
  const fields = fieldsOf(population);
  const build = builder(
    fields,
    traits.filter(({ per }) => per === "request").flatMap((trait) => trait.fields),
  );
  const first = (identity ? 1 : 0) + (session ? 1 : 0);
  const placed = traits.map((trait, index) => ({
    trait,
    from: traits.slice(0, index).reduce((at, { fields: before }) => at + before.length, first),
  }));
  const perSession = session !== undefined || traits.some(({ per }) => per === "session");
  const perRequest = traits.some(({ per }) => per === "request");
  const prefix = murmur3(seed).toString(36);

  return (task) => {
    const visits: Visit[] = [];
    const cells: (string | undefined)[] = fields.map(() => undefined);
    const randoms = traits.map((_, index) => randomOf(seed, `trait ${index}`, task));
    const sessionsOf = counter(population.sessions, randomOf(seed, "sessions", task));
    const requestsOf = counter(population.requests, randomOf(seed, "requests", task));
    const draw = (per: Trait["per"]): void => {
      for (const [index, { trait, from }] of placed.entries()) {
        if (trait.per !== per) continue;
        const values = choose(trait, randoms[index] as Random);
        for (let at = 0; at < values.length; at++) cells[from + at] = values[at];
      }
    };

    for (let number = task * size; number < Math.min(users, (task + 1) * size); number++) {
      const user = `u${prefix}-${number}`;
      if (identity) cells[0] = user;
      draw("user");
      let request: NodeRequest | undefined;
      for (let sessions = sessionsOf(); sessions > 0; sessions--) {
        const id = `${user}.${sessions}`;
        if (session) cells[first - 1] = id;
        draw("session");
        if (perSession) request = undefined;
        let visit: Visit | undefined;
        for (let requests = requestsOf(); requests > 0; requests--) {
          if (perRequest) draw("request");
          if (perRequest || request === undefined) request = build(cells, request);
          if (visit?.request !== request) visit = { request, user, session: id, draw: undefined, served: undefined, time: undefined };
          visits.push(visit);
        }
      }
    }
    return { visits, lines: 0, malformed: [], skipped: [] };
  };
}

function choose({ values, until }: Trait, random: Random): readonly (string | undefined)[] {
  return values[firstAbove(until, random())] ?? [];
}

/** Draws counts. A geometric one is 1 + ⌊ln(1 − u) / ln(1 − 1/mean)⌋, cut where it would be absurd. */
function counter(count: Count, random: Random): () => number {
  switch (count.kind) {
    case "fixed":
      return () => count.count;
    case "geometric": {
      const rate = Math.log1p(-1 / count.mean);
      return () => Math.min(MOST_EACH, 1 + Math.floor(Math.log1p(-random()) / rate));
    }
    case "listed":
      return () => count.counts[firstAbove(count.until, random())] ?? 1;
  }
}

/** The index of the first number that is above the share; the numbers rise to 1. */
function firstAbove(until: readonly number[], share: number): number {
  let low = 0;
  let high = until.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (share < (until[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The parts of a request that are built apart: what is the same for two requests is one object in both. */
interface Parts {
  readonly headers: (cells: Cells) => NodeRequest["headers"];
  readonly attributes: (cells: Cells) => NodeRequest["attributes"];
  readonly url: (cells: Cells) => string;
  readonly method: (cells: Cells) => string;
}

type Cells = readonly (string | undefined)[];

/**
 * Makes the function that builds a request which has the values of the cells in the fields. It is given a request that differs in
 * the `changing` fields only, where there is one.
 */
function builder(fields: readonly Field[], changing: readonly Field[]): (cells: Cells, like: NodeRequest | undefined) => NodeRequest {
  const parts = partsOf(fields);
  const changes = (wanted: readonly Field["kind"][]): boolean => changing.some(({ kind }) => wanted.includes(kind));
  const headersChange = changes(["header", "cookie", "authority"]);
  const attributesChange = changes(["attribute"]);
  const urlChanges = changes(["query", "path"]);
  return (cells, like) => ({
    headers: like === undefined || headersChange ? parts.headers(cells) : like.headers,
    url: like === undefined || urlChanges ? parts.url(cells) : like.url,
    method: parts.method(cells),
    attributes: like === undefined || attributesChange ? parts.attributes(cells) : like.attributes,
  });
}

function partsOf(fields: readonly Field[]): Parts {
  const places = fields.map((field, at) => ({ field, at }));
  const of = (
    ...kinds: readonly Field["kind"][]
  ): readonly { readonly name: string; readonly kind: Field["kind"]; readonly at: number }[] =>
    places
      .filter(({ field }) => kinds.includes(field.kind))
      .map(({ field, at }) => ({ kind: field.kind, at, name: "name" in field ? field.name : "host" }));
  const inHeaders = of("header", "cookie", "authority");
  const inAttributes = of("attribute");
  const inQuery = of("query");
  const [path] = of("path");
  const [method] = of("method");
  // Objects without a prototype are slow in V8, and needed for this name only.
  const empty = (): { [name: string]: string } =>
    fields.some((field) => "name" in field && field.name === "__proto__") ? Object.create(null) : {};

  return {
    headers: (cells) => {
      const headers = empty();
      for (const { kind, name, at } of inHeaders) {
        const value = cells[at];
        if (value === undefined) continue;
        if (kind === "cookie") headers["cookie"] = `${headers["cookie"] === undefined ? "" : `${headers["cookie"]}; `}${name}=${value}`;
        else headers[name] = value;
      }
      return headers;
    },
    attributes: (cells) => {
      if (inAttributes.length === 0) return undefined;
      const attributes = empty();
      for (const { name, at } of inAttributes) {
        const value = cells[at];
        if (value !== undefined) attributes[name] = value;
      }
      return attributes;
    },
    url: (cells) => {
      let url = (path && cells[path.at]) ?? "/";
      let separator = "?";
      for (const { name, at } of inQuery) {
        const value = cells[at];
        if (value === undefined) continue;
        url += `${separator}${encoded(name)}=${encoded(value)}`;
        separator = "&";
      }
      return url;
    },
    method: (cells) => (method && cells[method.at]) ?? "GET",
  };
}

/** Text in a query. Half of a surrogate pair is no character, and is replaced as UTF-8 does. */
function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\uFFFD"));
}
