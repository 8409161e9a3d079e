import { DOCUMENT_BUDGETS, type DocumentBudgets } from "../document/index.ts";

/** Bounds on the work that a config can cause. Lengths count UTF-16 units; a config that is no text may have `text` in all its `in` lists together. */
export interface Budgets extends DocumentBudgets {
  /** Versions beside the primary. */
  readonly versions: number;
  /** Rules of all strategies, and sticky keys. */
  readonly rules: number;
  /** Items of all `in` lists, the empty ones too. */
  readonly items: number;
}

/** The budgets where the options name none. */
export const BUDGETS: Budgets = { ...DOCUMENT_BUDGETS, versions: 64, rules: 10_000, items: 100_000 };
