import type { Reader } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import { NO_TEXTS, type Step } from "./step.ts";
import type { Decision } from "../decision.ts";
import { type Columns, columnsOf, firstRule, type TextColumns, type Texts } from "../lookup/columns.ts";

/** The step of all rules at once, by bits: for rules that look at the same texts. `shared` names the texts that the split wants too. */
export function dispatchStep<R>(
  plan: Plan,
  decisions: readonly Decision[],
  reader: Reader<R>,
  shared: readonly string[],
  next: Step<R>,
): Step<R> {
  const columns = columnsOf(plan, reader, shared);
  const { words, start, sources, outcomes } = columns;
  const fresh = (): Texts => (shared.length === 0 ? NO_TEXTS : shared.map(() => undefined));
  if (words > 2) return manyWords(columns, decisions, fresh, next);
  const answers = outcomes.map((outcome) => decisions[outcome] as Decision);
  return words === 1 ? oneWord(start[0] ?? 0, sources, answers, fresh, next) : twoWords(start, sources, answers, fresh, next);
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
function manyWords<R>(columns: Columns<R>, decisions: readonly Decision[], fresh: () => Texts, next: Step<R>): Step<R> {
  return (carrier, request, draw) => {
    const texts = fresh();
    const outcome = firstRule(columns, carrier, request, texts);
    return outcome === -1 ? next(carrier, request, draw, texts) : (decisions[outcome] as Decision);
  };
}
