import { type Access, accessOf, type Reader, sourceName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import { NO_TEXTS, type Step, type Texts } from "./step.ts";
import type { Decision } from "../decision.ts";
import { type Classify, classify, SOUGHT_PARAMETERS } from "../lookup/classify.ts";
import { type Column, type Dispatch, dispatchOf } from "../lookup/dispatch.ts";

/** One text of the request and the columns that look into it. */
interface TextColumns<R> {
  readonly access: Access<R>;
  /** Where the split wants the text: its place among the texts, or -1. */
  readonly shared: number;
  readonly columns: readonly { readonly numberOf: Classify; readonly all: Int32Array; readonly any: Int32Array }[];
}

/** The step of all rules at once, by bits: for rules that look at the same texts. `shared` names the texts that the split wants too. */
export function dispatchStep<R>(
  plan: Plan,
  decisions: readonly Decision[],
  reader: Reader<R>,
  shared: readonly string[],
  next: Step<R>,
): Step<R> {
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
  return [...bySource].map(([name, [first, ...others]]) => {
    const crowded = others.length >= SOUGHT_PARAMETERS;
    return {
      access: accessOf(reader, (first as Column).field),
      shared: shared.indexOf(name),
      columns: [first as Column, ...others].map(({ field, values, all, any }) => ({
        numberOf: classify(field, values, crowded),
        all,
        any,
      })),
    };
  });
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
