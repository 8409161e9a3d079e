import type { Decision } from "../decision.ts";

/** Decides a request whose headers are found; what one step cannot decide goes on to the next. */
export type Step<R> = (carrier: object, request: R, draw: number | undefined, texts: Texts) => Decision;

/** The texts that the rules have read and the split wants too; shared and empty where there are none. */
export type Texts = (string | undefined)[];
/** No texts at all. */
export const NO_TEXTS: Texts = [];
