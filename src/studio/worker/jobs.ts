import { analyze, type Claim, type Equivalence, equivalent, type Movement, movement, type Plan, rebalance } from "../../index.ts";
import { runTrial, type Trial, type TrialReport } from "../simulate/run.ts";
import { configOf, read, type AliasText } from "../read.ts";
import { missingCases, type MutationRun, runMutants, runSuite, type SuiteRun, type SuiteText } from "../suite/run.ts";
import type { CaseConfig } from "../../testing/index.ts";

/** What becomes of the traffic where one alias takes the place of another. */
export interface Comparison {
  readonly movement: Movement;
  readonly equivalence: Equivalence;
  /** The second alias laid out so that the least moves. */
  readonly rebalanced: Plan;
}

/** A version that no alias has: names have no spaces. */
const MARK = "the marked version";

/** What takes long enough to be done in a worker: each takes and gives plain data. */
export const JOBS = {
  /** What is proved of an alias; nothing where it has errors. */
  claims: (source: AliasText): readonly Claim[] => {
    const config = configOf(source);
    return config === undefined ? [] : analyze(config, { profile: source.profile });
  },

  /**
   * Which requests get an outcome: the alias is compared with itself, where that outcome names another version. `equivalent` is the
   * proof that none does, and `different` has one that was run.
   */
  reach: (source: AliasText, outcome: number): Equivalence => {
    const plan = planOf(source);
    const outcomes = plan.outcomes.map((each) => (each.index === outcome ? { ...each, version: MARK } : each));
    return equivalent(plan, { ...plan, versions: [...plan.versions, MARK], outcomes });
  },

  compare: (before: AliasText, after: AliasText): Comparison => {
    const [one, other] = [planOf(before), planOf(after)];
    return { movement: movement(one, other), equivalence: equivalent(one, other), rebalanced: rebalance(one, other) };
  },

  suite: (suite: SuiteText): SuiteRun => runSuite(suite),

  mutants: (suite: SuiteText): MutationRun => runMutants(suite),

  complete: (suite: SuiteText): readonly CaseConfig[] => missingCases(suite),

  /** Routes traffic before it is live. `onProgress` is told of the requests so far. */
  simulate: async (trial: Trial, onProgress: (requests: number) => void = () => {}): Promise<TrialReport> => runTrial(trial, onProgress),
} as const;

/** The names of jobs, what they take and what they give. */
export type Jobs = typeof JOBS;

function planOf(source: AliasText): Plan {
  const { plan } = read(source);
  if (plan === undefined) throw new Error("the alias has errors");
  return plan;
}
