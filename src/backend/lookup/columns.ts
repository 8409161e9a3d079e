import { type Access, accessOf, type Reader, sourceName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import { type Classify, classify, SOUGHT_PARAMETERS } from "./classify.ts";
import { type Column, type Dispatch, dispatchOf } from "./dispatch.ts";

/** Texts of a request that are wanted twice; null where one has not been read. */
export type Texts = (string | undefined | null)[];

/** One text of the request and the columns that look into it. */
export interface TextColumns<R> {
  readonly access: Access<R>;
  /** Where the split wants the text: its place among the texts, or -1. */
  readonly shared: number;
  readonly columns: readonly { readonly numberOf: Classify; readonly all: Int32Array; readonly any: Int32Array }[];
}

/** The rules of a plan by bits, with the texts that they look into. */
export interface Columns<R> extends Pick<Dispatch, "words" | "start" | "outcomes"> {
  readonly sources: readonly TextColumns<R>[];
}

/** The rules of a plan by bits. `shared` names the texts that the split wants too. */
export function columnsOf<R>(plan: Plan, reader: Reader<R>, shared: readonly string[]): Columns<R> {
  const { columns, words, start, outcomes } = dispatchOf(plan);
  const bySource = new Map<string, Column[]>();
  for (const column of columns) {
    const name = sourceName(column.field);
    const known = bySource.get(name);
    if (known === undefined) bySource.set(name, [column]);
    else known.push(column);
  }
  const sources = [...bySource].map(([name, [first, ...others]]) => {
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
  return { words, start, outcomes, sources };
}

/** The outcome of the first rule that holds, or -1. Puts the texts that the split wants in `texts`. Allocates its words for each decision. */
export function firstRule<R>({ words, start, outcomes, sources }: Columns<R>, carrier: object, request: R, texts: Texts): number {
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
    if (held !== 0) return outcomes[32 * word + 31 - Math.clz32(held & -held)] as number;
  }
  return -1;
}
