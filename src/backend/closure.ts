import {
  type Access,
  accessOf,
  cookieEnd,
  cookieStart,
  type Field,
  pathEnd,
  pathStart,
  queryDecoded,
  type Reader,
  sourceName,
} from "../request/index.ts";
import { SLOTS } from "../alias/index.ts";
import { absorbSeed, type Arm, type Match, type Plan, slotOfKey, type Sticky, type Test } from "../plan/index.ts";
import type { Decision } from "./decision.ts";
import { fallback, type Runtime } from "./fallback.ts";
import { type Classify, classify } from "./lookup/classify.ts";
import { type Column, type Dispatch, dispatchOf } from "./lookup/dispatch.ts";

/** Decides a request whose headers are found; what one step cannot decide goes on to the next. */
type Step<R> = (carrier: object, request: R, draw: number | undefined, texts: Texts) => Decision;

/** The texts that the rules have read and the split wants too; shared and empty where there are none. */
type Texts = (string | undefined)[];
const NO_TEXTS: Texts = [];

/** Whether a test holds. */
type Holds<R> = (carrier: object, request: R) => boolean;

/**
 * A plan as nested closures: no code is generated, so it runs where `eval` is refused. `unoptimized` is the plan before it was
 * optimized. Rules that look at different things are asked one after the other; as soon as two want the same header, a
 * dispatch reads it once for both.
 */
export function closure<R>(
  plan: Plan,
  unoptimized: Plan,
  decisions: readonly Decision[],
  host: Runtime<R>,
): (request: R, draw?: number) => Decision {
  const { open } = host.reader;
  const failed = fallback(unoptimized, decisions, host);
  const first = firstStep(plan, decisions, host);
  return (request, draw) => {
    try {
      const carrier = open(request);
      return carrier === undefined ? failed(request, draw) : first(carrier, request, draw, NO_TEXTS);
    } catch (error) {
      return failed(request, draw, error);
    }
  };
}

function firstStep<R>(plan: Plan, decisions: readonly Decision[], host: Runtime<R>): Step<R> {
  const asked = plan.rules.flatMap(({ test }) => test.matches.map(({ field }) => sourceName(field)));
  const keys = plan.split.kind === "arms" ? (plan.split.sticky?.keys ?? []).map(({ field }) => sourceName(field)) : [];
  const sources = [...asked, ...keys];
  if (new Set(sources).size === sources.length) {
    const split = splitStep(plan, decisions, host, []);
    return plan.rules.reduceRight<Step<R>>(
      (next, { test, outcome }) => ruleStep(host.reader, test, decisions[outcome] as Decision, next),
      split,
    );
  }
  const shared = [...new Set(keys)].filter((source) => asked.includes(source));
  return dispatchStep(plan, decisions, host.reader, shared, splitStep(plan, decisions, host, shared));
}

function ruleStep<R>(reader: Reader<R>, test: Test, decision: Decision, next: Step<R>): Step<R> {
  const [only] = test.matches;
  if (only !== undefined && test.matches.length === 1 && only.field.kind === "header" && only.values.length === 1) {
    const { get, owns } = accessOf(reader, only.field);
    const [value] = only.values;
    if (owns === undefined) {
      return (carrier, request, draw, texts) => (get(carrier, request) === value ? decision : next(carrier, request, draw, texts));
    }
    return (carrier, request, draw, texts) =>
      get(carrier, request) === value && owns(carrier, request) ? decision : next(carrier, request, draw, texts);
  }
  const holds = testHolds(reader, test);
  return (carrier, request, draw, texts) => (holds(carrier, request) ? decision : next(carrier, request, draw, texts));
}

function testHolds<R>(reader: Reader<R>, { kind, matches }: Test): Holds<R> {
  const owners = matches.map((match) => owner(reader, match));
  if (kind === "all")
    return every([...matches.map((match) => matchHolds(reader, match)), ...owners].filter((holds) => holds !== undefined));
  return some(matches.map((match, index) => every([matchHolds(reader, match), owners[index]].filter((holds) => holds !== undefined))));
}

/**
 * Whether all hold, asked from the left. Four are written out: three matches and their owners take 0.83 of what they take as pairs
 * of pairs with one alias in the process, where the engine learns what each place calls, and 0.88 with a hundred.
 */
function every<R>([a, b, c, d, ...rest]: readonly Holds<R>[]): Holds<R> {
  if (a === undefined) return () => true;
  if (b === undefined) return a;
  if (c === undefined) return (carrier, request) => a(carrier, request) && b(carrier, request);
  if (d === undefined) return (carrier, request) => a(carrier, request) && b(carrier, request) && c(carrier, request);
  if (rest.length === 0)
    return (carrier, request) => a(carrier, request) && b(carrier, request) && c(carrier, request) && d(carrier, request);
  const others = every(rest);
  return (carrier, request) =>
    a(carrier, request) && b(carrier, request) && c(carrier, request) && d(carrier, request) && others(carrier, request);
}

/** Whether one of them holds, in the same way. */
function some<R>([a, b, c, d, ...rest]: readonly Holds<R>[]): Holds<R> {
  if (a === undefined) return () => false;
  if (b === undefined) return a;
  if (c === undefined) return (carrier, request) => a(carrier, request) || b(carrier, request);
  if (d === undefined) return (carrier, request) => a(carrier, request) || b(carrier, request) || c(carrier, request);
  if (rest.length === 0)
    return (carrier, request) => a(carrier, request) || b(carrier, request) || c(carrier, request) || d(carrier, request);
  const others = some(rest);
  return (carrier, request) =>
    a(carrier, request) || b(carrier, request) || c(carrier, request) || d(carrier, request) || others(carrier, request);
}

/** Whether a field has one of the values, its own or not. */
function matchHolds<R>(reader: Reader<R>, { field, values }: Match): Holds<R> {
  const { get } = accessOf(reader, field);
  const [value] = values;
  if (field.kind === "header" && values.length === 1) return (carrier, request) => get(carrier, request) === value;
  const numberOf = classify(field, values);
  return (carrier, request) => {
    const text = get(carrier, request);
    return text !== undefined && numberOf(text) !== 0;
  };
}

/** Whether that value is the request's own: asked once everything else holds, for it takes 20 ns. */
function owner<R>(reader: Reader<R>, { field }: Match): Holds<R> | undefined {
  return accessOf(reader, field).owns;
}

/** One text of the request and the columns that look into it. */
interface TextColumns<R> {
  readonly access: Access<R>;
  /** Where the split wants the text: its place among the texts, or -1. */
  readonly shared: number;
  readonly columns: readonly { readonly numberOf: Classify; readonly all: Int32Array; readonly any: Int32Array }[];
}

function dispatchStep<R>(plan: Plan, decisions: readonly Decision[], reader: Reader<R>, shared: readonly string[], next: Step<R>): Step<R> {
  const dispatch = dispatchOf(plan);
  const sources = sourcesOf(dispatch, reader, shared);
  const answers = dispatch.outcomes.map((outcome) => decisions[outcome] as Decision);
  const fresh = (): Texts => (shared.length === 0 ? NO_TEXTS : shared.map(() => undefined));
  if (dispatch.words === 1) return oneWord(dispatch.start[0] ?? 0, sources, answers, fresh, next);
  if (dispatch.words === 2) return twoWords(dispatch.start, sources, answers, fresh, next);
  return manyWords(dispatch, sources, answers, fresh, next);
}

function sourcesOf<R>({ columns }: Dispatch, reader: Reader<R>, shared: readonly string[]): readonly TextColumns<R>[] {
  const bySource = new Map<string, Column[]>();
  for (const column of columns) {
    const name = sourceName(column.field);
    const known = bySource.get(name);
    if (known === undefined) bySource.set(name, [column]);
    else known.push(column);
  }
  return [...bySource].map(([name, [first, ...others]]) => ({
    access: accessOf(reader, (first as Column).field),
    shared: shared.indexOf(name),
    columns: [first as Column, ...others].map(({ field, values, all, any }) => ({ numberOf: classify(field, values), all, any })),
  }));
}

function oneWord<R>(
  start: number,
  sources: readonly TextColumns<R>[],
  answers: readonly Decision[],
  fresh: () => Texts,
  next: Step<R>,
): Step<R> {
  return (carrier, request, draw) => {
    const texts = fresh();
    let all = start;
    let any = 0;
    for (let i = 0; i < sources.length; i++) {
      const { access, shared, columns } = sources[i] as TextColumns<R>;
      const text = access.get(carrier, request);
      if (shared !== -1) texts[shared] = text;
      for (let j = 0; j < columns.length; j++) {
        const column = columns[j] as TextColumns<R>["columns"][number];
        let number = text === undefined ? 0 : column.numberOf(text);
        if (number !== 0 && access.owns !== undefined && !access.owns(carrier, request)) number = 0;
        all &= column.all[number] as number;
        any |= column.any[number] as number;
      }
    }
    const held = all | any;
    return held === 0 ? next(carrier, request, draw, texts) : (answers[31 - Math.clz32(held & -held)] as Decision);
  };
}

function twoWords<R>(
  start: Int32Array,
  sources: readonly TextColumns<R>[],
  answers: readonly Decision[],
  fresh: () => Texts,
  next: Step<R>,
): Step<R> {
  const [start0 = 0, start1 = 0] = start;
  return (carrier, request, draw) => {
    const texts = fresh();
    let all0 = start0;
    let all1 = start1;
    let any0 = 0;
    let any1 = 0;
    for (let i = 0; i < sources.length; i++) {
      const { access, shared, columns } = sources[i] as TextColumns<R>;
      const text = access.get(carrier, request);
      if (shared !== -1) texts[shared] = text;
      for (let j = 0; j < columns.length; j++) {
        const column = columns[j] as TextColumns<R>["columns"][number];
        let number = text === undefined ? 0 : column.numberOf(text);
        if (number !== 0 && access.owns !== undefined && !access.owns(carrier, request)) number = 0;
        number *= 2;
        all0 &= column.all[number] as number;
        all1 &= column.all[number + 1] as number;
        any0 |= column.any[number] as number;
        any1 |= column.any[number + 1] as number;
      }
    }
    const held0 = all0 | any0;
    if (held0 !== 0) return answers[31 - Math.clz32(held0 & -held0)] as Decision;
    const held1 = all1 | any1;
    return held1 === 0 ? next(carrier, request, draw, texts) : (answers[63 - Math.clz32(held1 & -held1)] as Decision);
  };
}

/** For more than 64 rules; allocates its words for each decision. */
function manyWords<R>(
  { words, start }: Dispatch,
  sources: readonly TextColumns<R>[],
  answers: readonly Decision[],
  fresh: () => Texts,
  next: Step<R>,
): Step<R> {
  return (carrier, request, draw) => {
    const texts = fresh();
    const all = Int32Array.from(start);
    const any = new Int32Array(words);
    for (const { access, shared, columns } of sources) {
      const text = access.get(carrier, request);
      if (shared !== -1) texts[shared] = text;
      for (const column of columns) {
        let number = text === undefined ? 0 : column.numberOf(text);
        if (number !== 0 && access.owns?.(carrier, request) === false) number = 0;
        for (let word = 0; word < words; word++) {
          all[word] = (all[word] as number) & (column.all[number * words + word] as number);
          any[word] = (any[word] as number) | (column.any[number * words + word] as number);
        }
      }
    }
    for (let word = 0; word < words; word++) {
      const held = (all[word] as number) | (any[word] as number);
      if (held !== 0) return answers[32 * word + 31 - Math.clz32(held & -held)] as Decision;
    }
    return next(carrier, request, draw, texts);
  };
}

/** Slots are integers, which V8 passes on without a box: nothing is allocated. */
function splitStep<R>(plan: Plan, decisions: readonly Decision[], host: Runtime<R>, shared: readonly string[]): Step<R> {
  const { split } = plan;
  if (split.kind === "fixed") {
    const decision = decisions[split.outcome] as Decision;
    return () => decision;
  }
  const pick = picker(split.arms, decisions);
  const error = decisions[plan.error] as Decision;
  const { random } = host;
  const isMathRandom = random === Math.random;
  const given = (draw: unknown): Decision => (typeof draw === "number" && draw >= 0 && draw < 1 ? pick((draw * SLOTS) | 0) : error);
  const drawn: Step<R> = (_carrier, _request, draw) => {
    if (draw !== undefined) return given(draw);
    if (!isMathRandom) return given(random());
    const value = Math.random();
    return typeof value === "number" && value >= 0 && value < 1 ? pick((value * SLOTS) | 0) : error;
  };
  if (split.sticky === undefined) return drawn;
  const { keys, missing } = split.sticky;
  const without = missing === "random" ? undefined : (decisions[missing] as Decision);
  const [only, ...others] = keys;
  if (only?.field.kind === "header" && others.length === 0 && shared.length === 0) {
    const { get, owns = always } = accessOf(host.reader, only.field);
    const seed = absorbSeed(split.sticky.seed);
    // The usual case, without the calls of the general one: with a hundred aliases it takes nine tenths of that.
    return (carrier, request, draw, texts) => {
      if (draw !== undefined) return drawn(carrier, request, draw, texts);
      const key = get(carrier, request);
      if (key === undefined || key === "" || !owns(carrier, request)) return without ?? drawn(carrier, request, draw, texts);
      return pick(slotOfKey(seed, key, 0, key.length));
    };
  }
  const slotIn = keys.reduceRight<SlotIn<R>>(
    (next, { field }) => keySlot(host.reader, split.sticky as Sticky, field, shared, next),
    () => -1,
  );
  return (carrier, request, draw, texts) => {
    if (draw !== undefined) return drawn(carrier, request, draw, texts);
    const slot = slotIn(carrier, request, texts);
    return slot !== -1 ? pick(slot) : (without ?? drawn(carrier, request, draw, texts));
  };
}

function always(): boolean {
  return true;
}

/** The slot of a sticky draw, or -1 where the request has no key. */
type SlotIn<R> = (carrier: object, request: R, texts: Texts) => number;

function keySlot<R>(reader: Reader<R>, sticky: Sticky, field: Field, shared: readonly string[], next: SlotIn<R>): SlotIn<R> {
  const access = accessOf(reader, field);
  const { owns } = access;
  const place = shared.indexOf(sourceName(field));
  const get = place === -1 ? access.get : undefined;
  const slotInText = textSlot(field, sticky.seed);
  return (carrier, request, texts) => {
    const text = get === undefined ? texts[place] : get(carrier, request);
    if (text === undefined) return next(carrier, request, texts);
    const slot = slotInText(text);
    return slot === -1 || (owns !== undefined && !owns(carrier, request)) ? next(carrier, request, texts) : slot;
  };
}

/** From the text in which the key stands to its slot; -1 where the key is not there, or empty. */
function textSlot(field: Field, seed: string): (text: string) => number {
  const absorbed = absorbSeed(seed);
  const slot = (text: string, from: number, to: number): number => (from === to ? -1 : slotOfKey(absorbed, text, from, to));
  switch (field.kind) {
    case "cookie": {
      const { name } = field;
      return (text) => {
        const from = cookieStart(text, name);
        return from === -1 ? -1 : slot(text, from, cookieEnd(text, from));
      };
    }
    case "path":
      return (text) => {
        const from = pathStart(text);
        return slot(text, from, pathEnd(text, from));
      };
    case "query": {
      const { name } = field;
      return (text) => {
        const value = queryDecoded(text, name) ?? "";
        return slot(value, 0, value.length);
      };
    }
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return (text) => slot(text, 0, text.length);
  }
}

/** From a slot to the decision of the arm that it falls into. */
function picker(arms: readonly Arm[], decisions: readonly Decision[]): (slot: number) => Decision {
  const untils = arms.map(({ until }) => until);
  const answers = arms.map(({ outcome }) => decisions[outcome] as Decision);
  const [first, second, third] = answers as [Decision, Decision, Decision];
  const [until0 = SLOTS, until1 = SLOTS] = untils;
  if (arms.length === 1) return () => first;
  if (arms.length === 2) return (slot) => (slot < until0 ? first : second);
  if (arms.length === 3) return (slot) => (slot < until0 ? first : slot < until1 ? second : third);
  return (slot) => {
    let arm = 0;
    while (slot >= (untils[arm] as number)) arm++;
    return answers[arm] as Decision;
  };
}
