import type { Exposure } from "./exposure.ts";
import type { MalformedLine } from "./traffic/visit.ts";

/**
 * The name of `Exposure` in 0.1.0.
 * @deprecated use `Exposure`
 */
export type Meetings = Exposure;

/**
 * The name of `MalformedLine` in 0.1.0.
 * @deprecated use `MalformedLine`
 */
export type Torn = MalformedLine;
