import type { Pointer } from "../index.ts";
import type { Point } from "../testing/index.ts";
import type { Problem } from "./editor/problems.ts";
import type { Action, State } from "./state.ts";
import type { AliasText, Reading } from "./read.ts";
import type { Tasks } from "./worker/tasks.ts";
import type { Say } from "./words.ts";

/** What every part of the page is given. */
export interface Page {
  readonly state: State;
  readonly act: (action: Action) => void;
  readonly say: Say;
  readonly tasks: Tasks;
  /** Simulations have a worker of their own, so that the alias can be changed meanwhile. */
  readonly trials: Tasks;
  readonly source: AliasText;
  readonly reading: Reading;
  /** The colour of a version: the number of a class. The primary has 0. */
  readonly colour: (version: string) => number;
  /** Lights what stands at a pointer in the editor, or nothing. */
  readonly light: (at: Pointer | undefined) => void;
  /** Brings what stands at a pointer into view in the editor. */
  readonly show: (at: Pointer) => void;
  /** Shows in the margin of the editor what a suite reaches, or nothing. */
  readonly cover: (points: readonly Point[] | undefined) => void;
  /** What the button of a fix says. */
  readonly fixLabel: (problem: Problem) => string;
}

/** Numbers of the classes that have a colour of a version. */
const COLOURS = 8;

/** The colour of each version that two plans may name: the primary has 0, the others the rest in turn. */
export function coloursOf(versions: readonly string[]): (version: string) => number {
  const index = new Map([...new Set(versions)].map((version, at) => [version, at === 0 ? 0 : ((at - 1) % (COLOURS - 1)) + 1] as const));
  return (version) => index.get(version) ?? 0;
}
