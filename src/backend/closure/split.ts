import {
  accessOf,
  cookieEnd,
  cookieStart,
  type Field,
  isPlain,
  pathEnd,
  pathStart,
  queryDecoded,
  queryStart,
  type Reader,
  sourceName,
} from "../../request/index.ts";
import { SLOTS } from "../../alias/index.ts";
import { absorbSeed, type Arm, keyDraw, type Plan, slotOf, slotOfKey, type Sticky } from "../../plan/index.ts";
import { slotOfQuery } from "../lookup/query.ts";
import type { Texts } from "../lookup/columns.ts";
import type { Step } from "./step.ts";
import type { Decision } from "../decision.ts";
import type { Runtime } from "../fallback.ts";

/** Slots are integers, which V8 passes on without a box: nothing is allocated. */
export function splitStep<R>(plan: Plan, decisions: readonly Decision[], host: Runtime<R>, shared: readonly string[]): Step<R> {
  const { split } = plan;
  if (split.kind === "fixed") {
    const decision = decisions[split.outcome] as Decision;
    return () => decision;
  }
  const pick = picker(split.arms, decisions);
  const error = decisions[plan.error] as Decision;
  const { random } = host;
  const isMathRandom = random === Math.random;
  const at = (slot: number): Decision => (slot === -1 ? error : pick(slot));
  const drawn: Step<R> = (_carrier, _request, draw) => {
    if (draw !== undefined) return at(slotOf(draw));
    return isMathRandom ? at(slotOf(Math.random())) : at(slotOf(random()));
  };
  if (split.sticky === undefined) return drawn;
  const { keys, hash, missing } = split.sticky;
  const without = missing === "random" ? undefined : (decisions[missing] as Decision);
  const [only, ...others] = keys;
  if (hash === "murmur3" && only?.field.kind === "header" && others.length === 0 && shared.length === 0) {
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
  const chain = (some: typeof keys): SlotIn<R> =>
    some.reduceRight<SlotIn<R>>(
      (next, { field }) => keySlot(host.reader, split.sticky as Sticky, field, shared, next),
      () => -1,
    );
  const slotIn = keys.length <= CHAINED_KEYS ? chain(keys) : inTurn(chunksOf(keys, CHAINED_KEYS).map(chain));
  return (carrier, request, draw, texts) => {
    if (draw !== undefined) return drawn(carrier, request, draw, texts);
    const slot = slotIn(carrier, request, texts);
    return slot !== -1 ? pick(slot) : (without ?? drawn(carrier, request, draw, texts));
  };
}

/** So many keys are asked by functions that call each other; ten thousand calls are more than the stack holds. */
const CHAINED_KEYS = 64;

function chunksOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}

function inTurn<R>(chains: readonly SlotIn<R>[]): SlotIn<R> {
  return (carrier, request, texts) => {
    for (const slotIn of chains) {
      const slot = slotIn(carrier, request, texts);
      if (slot !== -1) return slot;
    }
    return -1;
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
  const slotInText = textSlot(field, sticky);
  return (carrier, request, texts) => {
    const text = get === undefined ? (texts[place] ?? undefined) : get(carrier, request);
    if (text === undefined) return next(carrier, request, texts);
    const slot = slotInText(text);
    return slot === -1 || (owns !== undefined && !owns(carrier, request)) ? next(carrier, request, texts) : slot;
  };
}

/** From the text in which the key stands to its slot; -1 where the key is not there, or empty. */
function textSlot(field: Field, sticky: Sticky): (text: string) => number {
  const slotOfPart = partSlot(sticky);
  const slot = (text: string, from: number, to: number): number => (from === to ? -1 : slotOfPart(text, from, to));
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
      if (sticky.hash === "murmur3" && isPlain(name)) {
        const seed = absorbSeed(sticky.seed);
        return (text) => {
          const from = queryStart(text, name);
          return from === -1 ? -1 : slotOfQuery(seed, text, name, from);
        };
      }
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

/** From a key that stands in a text to its slot. */
function partSlot(sticky: Sticky): (text: string, from: number, to: number) => number {
  if (sticky.hash === "murmur3") {
    const seed = absorbSeed(sticky.seed);
    return (text, from, to) => slotOfKey(seed, text, from, to);
  }
  const drawOf = keyDraw(sticky);
  return (text, from, to) => slotOf(drawOf(text.slice(from, to)));
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
    let low = 0;
    for (let high = untils.length - 1; low < high;) {
      const middle = (low + high) >> 1;
      if (slot < (untils[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return answers[low] as Decision;
  };
}
