/** How much of what stands in a line the cases of a suite reach. */
export type Reached = "all" | "some" | "none";

/** A mark in the margin of a line. */
export interface Mark {
  /** An offset in the line. */
  readonly from: number;
  readonly reached: Reached;
  /** What the mark says where the pointer rests on it. */
  readonly text: string;
}
