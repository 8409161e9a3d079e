import type { Plan } from "../plan/index.ts";
import type { Model } from "./decide.ts";
import type { Lossy, Refused } from "./report.ts";

/** How to write a config. */
export interface WriteOptions {
  /** `HOST:PORT` to listen on: what is written is then a whole configuration that answers each request with its version. */
  readonly standalone?: string;
}

/** A config that was written, and what it means there. */
export interface Written {
  readonly text: string;
  /** What cannot be said; the text is of no use then. */
  readonly refused: readonly Refused[];
  /** How the router reads requests and draws. */
  readonly model?: Model;
  /** Differences that are known without a model. */
  readonly lossy?: readonly Lossy[];
}

/** A form that an alias can be written in. */
export interface Target {
  readonly name: string;
  /** What it is, and what it sets, for the help. */
  readonly says: string;
  /** Whether `standalone` is possible. */
  readonly standalone: boolean;
  readonly write: (plan: Plan, options: WriteOptions) => Written;
  /** Documents that must be there already for what is written to mean anything. */
  readonly beside?: (plan: Plan) => readonly object[];
}
