import type { Field } from "../../request/index.ts";
import type { Match, Plan, Rule, Split, Sticky } from "../../plan/index.ts";
import { HASHES, SEED_SIZE, TABLE } from "./encode.ts";
import { readSheet } from "./sheet.ts";

/** What the numbers of a program stand for. */
export interface Referents {
  readonly text: (number: number) => string;
  readonly field: (number: number) => Field;
  readonly values: (matcher: number) => readonly string[];
  readonly sheet: (number: number) => string;
}

/** The plan that a program was written from; the program is one that is whole. `from` is where its sheet stands. */
export function decode(code: Int32Array, from: number, name: string | undefined, known: Referents): Plan {
  let at = from;
  const next = (): number => code[at++] as number;
  const pointer = (parent: string, number: number): string => (number < 0 ? known.text(-1 - number) : parent + number);
  const { versions, outcomes, error } = readSheet(known.sheet(next()));
  const rules: Rule[] = [];
  for (let left = next() >> 9; left > 0; left--) {
    const head = next();
    const matches: Match[] = [];
    const strategy = `${outcomes[head >> 2]?.at}/rules/`;
    for (let count = next(); count > 0; count--) {
      const how = next();
      const field = known.field(next());
      const values = (how & 15) === TABLE ? known.values(next()) : [known.text(next())];
      matches[how >>> 12] = { field, values, at: pointer(strategy, next()) };
    }
    rules.push({ test: { kind: (head & 2) === 0 ? "all" : "any", matches }, outcome: head >> 2 });
  }
  const split = readSplit(next, name, pointer, known);
  return { kind: "plan", name, versions, outcomes, rules, split, error };
}

function readSplit(
  next: () => number,
  name: string | undefined,
  pointer: (parent: string, number: number) => string,
  known: Referents,
): Split {
  const head = next();
  if ((head & 1) === 0) return { kind: "fixed", outcome: head >> 2 };
  const arms = Array.from({ length: head >> 2 }, () => {
    const arm = next();
    return { until: arm & 0x3fff, outcome: arm >> 14 };
  });
  if ((head & 2) === 0) return { kind: "arms", arms, sticky: undefined };
  const missing = next();
  const keys = next();
  const seed = next();
  for (let skipped = 0; skipped < SEED_SIZE; skipped++) next();
  const sticky: Sticky = {
    keys: Array.from({ length: keys >> 3 }, () => {
      next();
      const field = known.field(next());
      return { field, at: pointer("/stickiness/keys/", next()) };
    }),
    seed: seed === -1 ? (name as string) : known.text(seed),
    hash: HASHES[keys & 7] as Sticky["hash"],
    missing: missing === 0 ? "random" : missing - 1,
  };
  return { kind: "arms", arms, sticky };
}
