import {
  type Access,
  accessOf,
  cookieEnd,
  cookieIs,
  cookieStart,
  type Field,
  fieldName,
  pathEnd,
  pathStart,
  queryDecoded,
  queryEnd,
  queryStart,
} from "../../request/index.ts";
import { keyDraw, type Outcome, type Plan, slotOf, slotOfKey } from "../../plan/index.ts";
import { optimize } from "../../optimize/index.ts";
import { type Classify, classify } from "../lookup/classify.ts";
import { type Columns, columnsOf, firstRule, type Texts } from "../lookup/columns.ts";
import { queryIs } from "../lookup/query.ts";
import type { Decision } from "../decision.ts";
import { fallback, type Runtime } from "../fallback.ts";
import { decode } from "./decode.ts";
import { COOKIE, DECODED, encode, HASHES, KEY_SIZE, MATCH_SIZE, PATH, QUERY, type References, SEED_SIZE, WHOLE } from "./encode.ts";
import { Pool } from "./pool.ts";
import { decisionOf, decisionsOf, errorOf, outcomesOf, type Sheet, sheetText } from "./sheet.ts";
import { Store } from "./store.ts";

/** A field, and how its text is reached. */
interface Reached<R> {
  readonly field: Field;
  readonly access: Access<R>;
}

/** A field and values; the table that finds them is made when it is first asked. */
interface Matcher {
  readonly field: Field;
  readonly values: readonly string[];
  find: Classify | undefined;
}

const NO_MEMOS: Texts = [];

/**
 * The plans of many aliases as one program: one array of integers, in which texts, fields and versions are numbers. `bench/table.mjs` measures what an
 * alias takes, and `bench/fleet.mjs` where aliases that are met in turn take less time so than as closures. Decisions are made when they are first
 * answered. An alias is known by its place, a number from `add` that is used again once it is removed.
 *
 * A request, a reader or a callback may call back in the middle of a decision. Programs may then be added and removed, and are moved later.
 */
export class Program<R> {
  readonly #host: Runtime<R>;
  readonly #isMathRandom: boolean;
  readonly #store = new Store();
  readonly #texts = new Pool<string>();
  readonly #fields = new Pool<Reached<R>>();
  readonly #matchers = new Pool<Matcher>();
  readonly #sheets = new Pool<Sheet>();
  /** The name of each alias, by place. */
  readonly #names: (string | undefined)[] = [];
  /** Plans that cannot be read back from their program, by place, and the rules of those that are wide. */
  readonly #plans = new Map<number, Plan>();
  readonly #wide = new Map<number, Columns<R>>();
  /** Places that were removed in the middle of a decision. */
  readonly #removed: number[] = [];
  #running = 0;
  /** Memos that no decision uses. */
  #memos: Texts | undefined;
  /** The state of a seed, as it stands in a program. */
  readonly #seed = { hash: 0, carry: 0, bits: 0, bytes: 0, lead: 0 };

  constructor(host: Runtime<R>) {
    this.#host = host;
    this.#isMathRandom = host.random === Math.random;
  }

  /** Takes a plan. Returns its place. */
  add(plan: Plan): number {
    this.#tidy();
    const run = optimize(plan);
    const { words, isWide, isWhole, memos } = encode(plan, run, this.#acquiring);
    const place = this.#store.add(words);
    this.#names[place] = plan.name;
    if (!isWhole) this.#plans.set(place, plan);
    if (isWide) this.#wide.set(place, columnsOf(run, this.#host.reader, memos));
    return place;
  }

  /** Gives a place up. No decision may be asked of it afterwards; one that is under way ends well. */
  remove(place: number): void {
    this.#removed.push(place);
    this.#tidy();
  }

  /** The plan that was added, made anew. */
  plan(place: number): Plan {
    const known = this.#plans.get(place);
    if (known !== undefined) return known;
    const { code, offsets } = this.#store;
    return decode(code, (offsets[place] as number) + 2, this.#names[place], {
      text: (number) => this.#texts.items[number] as string,
      field: (number) => (this.#fields.items[number] as Reached<R>).field,
      values: (number) => (this.#matchers.items[number] as Matcher).values,
      sheet: (number) => (this.#sheets.items[number] as Sheet).text,
    });
  }

  /** Every decision of an alias: the objects that `decide` answers with. */
  decisions(place: number): readonly Decision[] {
    return decisionsOf(this.#sheetAt(place));
  }

  /** The decision with this number: the object that `decide` answers with. Undefined where there is none. */
  decision(place: number, index: number): Decision | undefined {
    return decisionOf(this.#sheetAt(place), index);
  }

  /** What an alias can answer: the list of `decisions` where it is there, and else made anew. */
  outcomes(place: number): readonly Outcome[] {
    return outcomesOf(this.#sheetAt(place));
  }

  /** Decides a request. Never throws. */
  decide(place: number, request: R, draw: number | undefined): Decision {
    this.#running += 1;
    try {
      const carrier = this.#host.reader.open(request);
      if (carrier === undefined) return this.#byReference(place, request, draw);
      const { code, offsets } = this.#store;
      const at = (offsets[place] as number) + 2;
      const sheet = this.#sheets.items[code[at] as number] as Sheet;
      const outcome = this.#run(code, place, at + 1, carrier, request, draw);
      if (outcome === -1) return errorOf(sheet);
      return sheet.decisions?.[outcome] ?? (decisionOf(sheet, outcome) as Decision);
    } catch (error) {
      return this.#byReference(place, request, draw, error);
    } finally {
      this.#running -= 1;
    }
  }

  /** How much is held: integers of the array, and items of the pools. */
  get size(): { readonly used: number; readonly length: number; readonly shared: number } {
    return { ...this.#store.size, shared: this.#texts.size + this.#fields.size + this.#matchers.size + this.#sheets.size };
  }

  #sheetAt(place: number): Sheet {
    const { code, offsets } = this.#store;
    return this.#sheets.items[code[(offsets[place] as number) + 2] as number] as Sheet;
  }

  #byReference(place: number, request: R, draw: number | undefined, ...error: readonly unknown[]): Decision {
    return fallback(this.plan(place), this.decisions(place), this.#host)(request, draw, ...error);
  }

  /** The outcome of a request. `from` is where the head of the program stands. */
  #run(code: Int32Array, place: number, from: number, carrier: object, request: R, draw: number | undefined): number {
    const head = code[from] as number;
    const memos = (head & 0xff) === 0 ? NO_MEMOS : this.#borrow(head & 0xff);
    let at = from + 1;
    if ((head & 0x100) !== 0) {
      const outcome = firstRule(this.#wide.get(place) as Columns<R>, carrier, request, memos);
      if (outcome !== -1) return this.#giveBack(memos, outcome);
    }
    for (let left = head >> 9; left > 0; left--) {
      const rule = code[at] as number;
      let holds = (rule & 1) === 0;
      let match = at + 2;
      at = match + (code[at + 1] as number) * MATCH_SIZE;
      for (; match < at; match += MATCH_SIZE) {
        if (this.#matches(code, match, carrier, request, memos) === holds) continue;
        holds = !holds;
        break;
      }
      if (holds) return this.#giveBack(memos, rule >> 2);
    }
    return this.#giveBack(memos, this.#split(code, place, at, carrier, request, draw, memos));
  }

  #matches(code: Int32Array, at: number, carrier: object, request: R, memos: Texts): boolean {
    const how = code[at] as number;
    const { field, access } = this.#fields.items[code[at + 1] as number] as Reached<R>;
    const text = textOf(access, (how >> 4) & 0xff, carrier, request, memos);
    return (
      text !== undefined &&
      this.#hasValue(how & 15, field, text, code[at + 2] as number) &&
      (access.owns === undefined || access.owns(carrier, request))
    );
  }

  /** Whether a field has the value, or one of those of a matcher, in the text in which it stands. */
  #hasValue(how: number, field: Field, text: string, number: number): boolean {
    if (how === WHOLE) return text === this.#texts.items[number];
    if (how > DECODED) {
      const matcher = this.#matchers.items[number] as Matcher;
      matcher.find ??= classify(matcher.field, matcher.values);
      return matcher.find(text) !== 0;
    }
    const value = this.#texts.items[number] as string;
    switch (how) {
      case COOKIE: {
        const from = cookieStart(text, nameOf(field));
        return from !== -1 && cookieIs(text, from, value);
      }
      case PATH: {
        const from = pathStart(text);
        return text.startsWith(value, from) && pathEnd(text, from) === from + value.length;
      }
      case QUERY: {
        const from = queryStart(text, nameOf(field));
        return from !== -1 && queryIs(text, nameOf(field), from, value);
      }
      default:
        return queryDecoded(text, nameOf(field)) === value;
    }
  }

  /** The outcome of the split that stands at `at`; -1 where the draw is none. */
  #split(code: Int32Array, place: number, at: number, carrier: object, request: R, draw: number | undefined, memos: Texts): number {
    const head = code[at] as number;
    if ((head & 1) === 0) return head >> 2;
    const arms = at + 1;
    const count = head >> 2;
    let slot = -1;
    if (draw !== undefined) slot = slotOf(draw);
    else {
      if ((head & 2) !== 0) {
        const sticky = arms + count;
        slot = this.#slotOfKeys(code, place, sticky, carrier, request, memos);
        const missing = code[sticky] as number;
        if (slot === -1 && missing !== 0) return missing - 1;
      }
      if (slot === -1) slot = this.#isMathRandom ? slotOf(Math.random()) : slotOf(this.#host.random());
    }
    if (slot === -1) return -1;
    let low = arms;
    for (let high = arms + count - 1; low < high;) {
      const middle = (low + high) >> 1;
      if (slot < ((code[middle] as number) & 0x3fff)) high = middle;
      else low = middle + 1;
    }
    return (code[low] as number) >> 14;
  }

  /** The slot of the first sticky key that the request has; -1 where it has none. */
  #slotOfKeys(code: Int32Array, place: number, sticky: number, carrier: object, request: R, memos: Texts): number {
    const keys = code[sticky + 1] as number;
    let at = sticky + 3 + SEED_SIZE;
    for (let left = keys >> 3; left > 0; left--, at += KEY_SIZE) {
      const how = code[at] as number;
      const { field, access } = this.#fields.items[code[at + 1] as number] as Reached<R>;
      let text = textOf(access, (how >> 4) & 0xff, carrier, request, memos);
      if (text === undefined) continue;
      let from = 0;
      let to = text.length;
      switch (how & 15) {
        case COOKIE:
          from = cookieStart(text, nameOf(field));
          to = from === -1 ? -1 : cookieEnd(text, from);
          break;
        case PATH:
          from = pathStart(text);
          to = pathEnd(text, from);
          break;
        case QUERY:
          from = queryStart(text, nameOf(field));
          if (from >= 0) to = queryEnd(text, from);
          else if (from === -1) to = -1;
          else {
            text = queryDecoded(text, nameOf(field)) ?? "";
            from = 0;
            to = text.length;
          }
          break;
        case DECODED:
          text = queryDecoded(text, nameOf(field)) ?? "";
          to = text.length;
          break;
      }
      if (from === to || (access.owns !== undefined && !access.owns(carrier, request))) continue;
      return (keys & 7) === 0 ? this.#slotOfKey(code, sticky + 3, text, from, to) : this.#slotOf(code, place, sticky, text.slice(from, to));
    }
    return -1;
  }

  /** By murmur3, from the state of the seed that stands at `at`. */
  #slotOfKey(code: Int32Array, at: number, text: string, from: number, to: number): number {
    const seed = this.#seed;
    seed.hash = code[at] as number;
    seed.carry = code[at + 1] as number;
    seed.bits = (code[at + 2] as number) & 0xff;
    seed.lead = (code[at + 2] as number) >> 8;
    seed.bytes = code[at + 3] as number;
    return slotOfKey(seed, text, from, to);
  }

  /** By another hash. */
  #slotOf(code: Int32Array, place: number, sticky: number, key: string): number {
    const number = code[sticky + 2] as number;
    const seed = number === -1 ? (this.#names[place] as string) : (this.#texts.items[number] as string);
    return slotOf(keyDraw({ hash: HASHES[(code[sticky + 1] as number) & 7] as (typeof HASHES)[number], seed })(key));
  }

  #borrow(count: number): Texts {
    const memos = this.#memos ?? [];
    this.#memos = undefined;
    for (let memo = 0; memo < count; memo++) memos[memo] = UNREAD;
    return memos;
  }

  #giveBack(memos: Texts, outcome: number): number {
    if (memos === NO_MEMOS) return outcome;
    for (let memo = 0; memo < memos.length; memo++) memos[memo] = UNREAD;
    this.#memos = memos;
    return outcome;
  }

  /** Gives up what was removed and closes gaps, where no decision is under way. */
  #tidy(): void {
    if (this.#running > 0) return;
    for (let place = this.#removed.pop(); place !== undefined; place = this.#removed.pop()) {
      const plan = this.plan(place);
      encode(plan, optimize(plan), this.#releasing);
      this.#plans.delete(place);
      this.#wide.delete(place);
      this.#names[place] = undefined;
      this.#store.remove(place);
    }
    this.#store.tidy();
  }

  readonly #acquiring: References = {
    text: (text) => this.#texts.acquire(text, () => text),
    field: (field) => this.#fields.acquire(fieldName(field), () => ({ field, access: accessOf(this.#host.reader, field) })),
    matcher: (field, values) => this.#matchers.acquire(matcherName(field, values), () => ({ field, values, find: undefined })),
    sheet: (plan) => {
      const text = sheetText(plan);
      return this.#sheets.acquire(text, () => ({ text, decisions: undefined }));
    },
  };

  /** The same walk through a plan releases what it held. */
  readonly #releasing: References = {
    text: (text) => this.#texts.release(text),
    field: (field) => this.#fields.release(fieldName(field)),
    matcher: (field, values) => this.#matchers.release(matcherName(field, values)),
    sheet: (plan) => this.#sheets.release(sheetText(plan)),
  };
}

/** A memo that has not been read. It is no text that a request could have, for it is compared by what it is. */
const UNREAD = null;

function textOf<R>(access: Access<R>, memo: number, carrier: object, request: R, memos: Texts): string | undefined {
  if (memo === 0) return access.get(carrier, request);
  const known = memos[memo - 1];
  if (known !== UNREAD) return known;
  const text = access.get(carrier, request);
  memos[memo - 1] = text;
  return text;
}

function nameOf(field: Field): string {
  return "name" in field ? field.name : "";
}

function matcherName(field: Field, values: readonly string[]): string {
  return JSON.stringify([fieldName(field), ...values]);
}
