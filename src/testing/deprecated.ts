import type { MutantResult } from "./mutate.ts";

/**
 * The name of `MutantResult` in 0.1.0.
 * @deprecated use `MutantResult`
 */
export type Outcome = MutantResult;
