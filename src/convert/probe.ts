import type { Pointer } from "../document/index.ts";
import { type Field, fieldName } from "../request/index.ts";
import { all, match, type Match, type Plan, type Rule, runsOf, type Test } from "../plan/index.ts";
import { alphabetOf, EFFORT, everything, narrow, narrowMatches, type Region, search, valuesOf, witnessOf } from "../prove/index.ts";
import { type Decider, deciderOf, libraryModel, type Model } from "./decide.ts";
import { type Oddity, odditiesOf } from "./oddity.ts";
import type { Lossy } from "./report.ts";
import { isWire, readByNode, type WireRequest, wireOf } from "./wire.ts";

/** Requests of one kind that a rule or a key decides. */
interface Probe {
  readonly at: Pointer;
  readonly construct: string;
  /** What such requests have, as the rest of a sentence: `requests with …`. */
  readonly why: string;
  readonly requests: Iterable<WireRequest>;
  /** Whether a key decides them. */
  readonly isKey: boolean;
}

/** So many matches of one field are probed: others are read alike. */
const MOST_MATCHES = 8;

/** So many rules are probed; a request for each is searched for. */
const MOST_RULES = 64;

/** Keys that are tried until two draws differ: at a weight of 0.01 %, one in 5,000 does. */
const MOST_KEYS = 50_000;

/** So many keys that both sides read and hash alike are tried before another kind of request is. */
const MOST_ALIKE = 64;

/**
 * Where a router decides otherwise than this library: for every field and sticky key of a plan, requests that it decides are run on both,
 * as they are and with each oddity that such a field may have. Each kind of request that shows a difference is told once. What is known of
 * how the other side reads and draws spares the search for keys where there is nothing to find; where it draws by another hash, every key
 * differs, and of the oddities only those are told for which it also reads another key.
 */
export function differences(plan: Plan, other: Decider, model: Model = libraryModel(plan)): readonly Lossy[] {
  const own = libraryModel(plan);
  const library = deciderOf(plan, own);
  const keys = plan.split.kind === "arms" ? (plan.split.sticky?.keys ?? []) : [];
  const { readKey = model.read } = model;
  const isRead = (request: WireRequest): boolean => keys.some(({ field }) => readKey(field, request) !== own.read(field, request));
  const isDrawn = (request: WireRequest): boolean =>
    keys.some(({ field }) => {
      const key = own.read(field, request);
      return key !== undefined && own.drawOf(key) !== model.drawOf(key);
    });
  const found = new Map<string, Lossy>();
  let otherHash = false;
  for (const { at, construct, why, requests, isKey } of probesOf(plan)) {
    const name = `${construct}\n${why}`;
    if (found.has(name)) continue;
    let alike = 0;
    for (const request of requests) {
      if (!isWire(request)) continue;
      const differs = !isKey || isRead(request) || (!otherHash && isDrawn(request));
      if (!differs && ++alike > MOST_ALIKE) break;
      const [alias, answer] = [library(request), other(request)];
      if (!differs || alias === answer) continue;
      found.set(name, { at, construct, why, example: { request, alias, other: answer } });
      if (why === ANY_KEY) otherHash = true;
      break;
    }
  }
  return [...found.values()];
}

/** What the requests of a hash have: nothing but a key. */
const ANY_KEY = "any key";

function* probesOf(plan: Plan): Generator<Probe> {
  const times = new Map<string, number>();
  for (const [at, field, base] of bases(plan)) {
    const construct = fieldName(field);
    const time = times.get(construct) ?? 0;
    times.set(construct, time + 1);
    if (time >= MOST_MATCHES) continue;
    yield { at, construct, why: "that value", requests: [base], isKey: false };
    const value = readByNode(field, base);
    if (value === undefined) continue;
    for (const { why, of } of odditiesOf(field)) yield { at, construct, why, requests: of(base, field, value), isKey: false };
  }
  yield* probesOfKeys(plan);
}

function* probesOfKeys(plan: Plan): Generator<Probe> {
  const { split } = plan;
  if (split.kind === "fixed" || split.sticky === undefined) return;
  // Where one version has all of the split, a key does not tell versions apart, and that there is none may.
  const { hash } = split.sticky;
  const keys = runsOf(plan).length === 1 ? [] : split.sticky.keys;
  const asIs: Oddity["of"] = (request) => [request];
  for (const [index, { field, at }] of keys.entries()) {
    const earlier = keys.slice(0, index).map((key) => key.field);
    const construct = `sticky key ${fieldName(field)}`;
    const requests = (keyOf: (number: number) => string, of: Oddity["of"]): Iterable<WireRequest> => keyed(plan, field, earlier, keyOf, of);
    const probe = (why: string, keyOf: (number: number) => string, of: Oddity["of"] = asIs): Probe => {
      return { at, construct, why, requests: requests(keyOf, of), isKey: true };
    };
    yield { ...probe(ANY_KEY, (number) => `user-${number}`), at: "/stickiness/hash", construct: `hash ${hash}` };
    yield probe("a key that is not ASCII", (number) => `\xc3\xa9-${number}`);
    yield probe("a key with bytes that are no UTF-8", (number) => `\xff-${number}`);
    yield probe("a key that is empty", () => "");
    for (const { why, of } of odditiesOf(field)) yield probe(why, (number) => `k${number}`, of);
  }
  const base = baseOf(plan);
  const requests = base === undefined ? [] : [base];
  yield { at: "/stickiness/on_missing", construct: "no sticky key", why: "no sticky key", requests, isKey: false };
}

/**
 * For every match, requests that it decides: no rule ahead holds, and of an `any` no other match where that can be. Where the match is
 * missed, what is behind it decides, which may be the same version; so in a second request the first rule for another one holds too.
 */
function* bases(plan: Plan): Generator<readonly [Pointer, Field, WireRequest]> {
  const alphabet = alphabetOf([plan]);
  const rules = plan.rules.slice(0, MOST_RULES);
  const version = (rule: Rule): string | undefined => plan.outcomes[rule.outcome]?.version;
  let rest: Region | undefined = everything(alphabet);
  for (const [index, rule] of rules.entries()) {
    const other = rules.slice(index + 1).find((later) => version(later) !== version(rule));
    const both: Region | undefined = other && rest && narrow(rest, other.test, true);
    for (const each of rule.test.matches) {
      for (const region of [rest, both]) {
        const request: WireRequest | undefined = region && requestFor(region, rule.test, each);
        if (request !== undefined) yield [each.at, each.field, request];
      }
    }
    rest = rest && narrow(rest, rule.test, false);
  }
}

function requestFor(region: Region, { kind, matches }: Test, each: Match): WireRequest | undefined {
  const alone = narrowMatches(
    region,
    matches.map((one) => [one, kind === "all" || one === each]),
  );
  const found = alone ?? narrowMatches(region, [[each, true]]);
  return found && requestIn(found);
}

function requestIn(region: Region): WireRequest | undefined {
  const found = search(region, { left: EFFORT });
  return found.kind === "found" ? wireOf(witnessOf(valuesOf(region.alphabet, found.letters))) : undefined;
}

/** A request that no rule decides, with a value in a field where one is given. */
function baseOf(plan: Plan, has?: readonly [Field, string]): WireRequest | undefined {
  const asked = has === undefined ? [] : [{ test: all(match(has[0], [has[1]], "")), outcome: 0 }];
  let region: Region | undefined = everything(alphabetOf([{ ...plan, rules: [...plan.rules, ...asked] }]));
  for (const { test } of plan.rules) region = region && narrow(region, test, false);
  for (const { test } of asked) region = region && narrow(region, test, true);
  return region && requestIn(region);
}

/** Stands for a key in a request that is made once, and in which other keys are then put. */
const STAND_IN = "canary-key";

/** Requests that no rule decides and whose sticky key is one after the other. */
function* keyed(
  plan: Plan,
  field: Field,
  earlier: readonly Field[],
  keyOf: (number: number) => string,
  of: Oddity["of"],
): Generator<WireRequest> {
  if (field.kind === "attribute" || field.kind === "method" || earlier.some((one) => fieldName(one) === fieldName(field))) return;
  const base = baseOf(plan, [field, field.kind === "path" ? `/${STAND_IN}` : STAND_IN]);
  if (base === undefined) return;
  for (let number = 0; number < MOST_KEYS; number++) {
    const key = keyOf(number);
    const request: WireRequest = {
      ...base,
      target: base.target.replaceAll(STAND_IN, encoded(key)),
      headers: base.headers.map(([name, value]) => [name, value.replaceAll(STAND_IN, key)]),
    };
    const value = readByNode(field, request);
    if (value !== undefined) yield* of(request, field, value);
    if (key === "") return;
  }
}

/** The bytes of a key as a query or a path has them. */
function encoded(key: string): string {
  return key.replaceAll(/[^\x21-\x7e]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
