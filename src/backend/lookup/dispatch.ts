import { type Field, fieldName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";

/** One field of a dispatch: for each of its values, which rules it satisfies. */
export interface Column {
  readonly field: Field;
  /** Distinct; the number of a value is its position plus 1, and 0 stands for any other value and for none. */
  readonly values: readonly string[];
  /**
   * For value n and word w at n * words + w, a bit for each rule: in `all`, those that want every match and whose match here
   * this value satisfies, or that do not look here; in `any`, those that want one match and have it here.
   */
  readonly all: Int32Array;
  readonly any: Int32Array;
}

/**
 * The rules of a plan as bits, 32 to a word, the first rule lowest: packet classification by bit vectors (Lakshman and
 * Stiliadis, SIGCOMM 1998). Whatever their number, each field costs one look-up; `all` words intersect from `start`, `any`
 * words unite, and the lowest bit that is left in either names the rule.
 */
export interface Dispatch {
  readonly columns: readonly Column[];
  readonly words: number;
  /** The bits of the rules that want every match. */
  readonly start: Int32Array;
  /** The outcome of each bit. */
  readonly outcomes: readonly number[];
}

/** The dispatch of a plan whose tests ask each field once. */
export function dispatchOf(plan: Plan): Dispatch {
  const words = Math.max(1, Math.ceil(plan.rules.length / 32));
  const start = new Int32Array(words);
  const fields = new Map<string, { readonly field: Field; readonly numbers: Map<string, number> }>();
  plan.rules.forEach(({ test }, rule) => {
    if (test.kind === "all") set(start, 0, rule);
    for (const { field, values } of test.matches) {
      const name = fieldName(field);
      const known = fields.get(name) ?? { field, numbers: new Map<string, number>() };
      fields.set(name, known);
      for (const value of values) if (!known.numbers.has(value)) known.numbers.set(value, known.numbers.size + 1);
    }
  });
  const matches = plan.rules.map(({ test }) => new Map(test.matches.map((match) => [fieldName(match.field), match])));
  const columns = [...fields].map(([name, { field, numbers }]): Column => {
    const all = new Int32Array((numbers.size + 1) * words);
    const any = new Int32Array((numbers.size + 1) * words);
    plan.rules.forEach(({ test }, rule) => {
      const match = matches[rule]?.get(name);
      if (test.kind === "any") for (const value of match?.values ?? []) set(any, (numbers.get(value) ?? 0) * words, rule);
      else if (match === undefined) for (let number = 0; number <= numbers.size; number++) set(all, number * words, rule);
      else for (const value of match.values) set(all, (numbers.get(value) ?? 0) * words, rule);
    });
    return { field, values: [...numbers.keys()], all, any };
  });
  return { columns, words, start, outcomes: plan.rules.map(({ outcome }) => outcome) };
}

function set(bits: Int32Array, word: number, rule: number): void {
  bits[word + (rule >> 5)] = (bits[word + (rule >> 5)] ?? 0) | (1 << (rule & 31));
}
