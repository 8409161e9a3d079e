import type { Texts } from "../lookup/columns.ts";
import type { Decision } from "../decision.ts";

/** Decides a request whose headers are found; what one step cannot decide goes on to the next. */
export type Step<R> = (carrier: object, request: R, draw: number | undefined, texts: Texts) => Decision;

/** No texts at all. */
export const NO_TEXTS: Texts = [];
