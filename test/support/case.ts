/** What a case must come to; what it leaves out is not looked at. */
interface Expectation {
  readonly version?: string;
  readonly reason?: string;
  readonly at?: string;
  /** Percent of the draws that each version gets for this request. */
  readonly split?: Readonly<Record<string, number>>;
  /** `code pointer`, and ` line:column` where the alias is a text: every error, in any order. */
  readonly errors?: readonly string[];
  /** The same for warnings; the alias must be accepted. */
  readonly warnings?: readonly string[];
  /** The service's code for the errors. */
  readonly service?: string;
}

/** One numbered case of `docs/semantics.md`. */
export interface Case {
  readonly id: string;
  readonly name: string;
  readonly alias: unknown;
  /** The alias as JSON text, in place of `alias`. */
  readonly text?: string;
  readonly options?: {
    readonly profile?: "functiongraph";
    readonly unknownKeys?: "warn";
    readonly budgets?: Readonly<Record<string, number>>;
  };
  readonly request: unknown;
  /** The draw that the caller gives; undefined where it gives none. */
  readonly draw?: unknown;
  /** What the random source returns; a case without it must not ask. */
  readonly random?: unknown;
  readonly expect: Expectation;
}

/** A file of the corpus: `alias` is that of every case without one; a case without a request asks for `{ "headers": {} }`. */
export interface Suite {
  readonly title: string;
  readonly alias?: unknown;
  readonly cases: readonly (Omit<Case, "alias" | "request"> & Partial<Pick<Case, "alias" | "request">>)[];
}

/** The cases of a file of the corpus, each with its alias and its request. */
export function casesOf({ alias, cases }: Suite): readonly Case[] {
  return cases.map((each) => ({ alias, request: { headers: {} }, ...each }));
}
