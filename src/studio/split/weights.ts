import { type Alias, type Plan, pointer, type Version } from "../../index.ts";
import { type Change, replaceValue } from "../editor/edit.ts";
import type { Written } from "../editor/written.ts";
import { type Piece, SLOTS } from "../slots.ts";

/** A weight that can be dragged: the edge of its arm that faces the primary. */
export interface Edge {
  readonly version: Version;
  readonly slots: number;
  /** The slot at which the edge is. */
  readonly at: number;
  /** The most slots that the version can have beside the others. */
  readonly most: number;
  /** Whether the arm lies to the right of its edge. */
  readonly fromRight: boolean;
}

/**
 * The edges of the declared weights, in the order of ranks. The layout is that of the semantics (5.2): the first rank grows up from
 * slot 0, the second down from the last slot, the others follow the first.
 */
export function edgesOf({ weights, order, primary }: Alias, { versions }: Plan): readonly Edge[] {
  const slotsOf = new Map(weights.map(({ version, slots }) => [version, slots]));
  const ranked = versions.filter((version) => version !== primary && (slotsOf.has(version) || order.includes(version)));
  const total = weights.reduce((sum, { slots }) => sum + slots, 0);
  const edges: Edge[] = [];
  let low = 0;
  ranked.forEach((version, rank) => {
    const slots = slotsOf.get(version);
    const fromRight = rank === 1;
    if (!fromRight) low += slots ?? 0;
    if (slots !== undefined) edges.push({ version, slots, at: fromRight ? SLOTS - slots : low, most: SLOTS - total + slots, fromRight });
  });
  return edges;
}

/** The slots that a version has once its edge is at another slot, in steps. */
export function slotsAt({ slots, at, most, fromRight }: Edge, slot: number, step: number): number {
  const moved = slots + (fromRight ? at - slot : slot - at);
  return Math.max(0, Math.min(Math.floor(most / step) * step, Math.round(moved / step) * step));
}

/** The change of the text that gives a version so many slots; undefined where its weight is not written as one number. */
export function changeWeight(written: Written, version: Version, slots: number): Change | undefined {
  return replaceValue(written, pointer("/additional_version_weights", version), String(slots / 100));
}

/** The arms of a plan; one where nothing is split. */
export function piecesOf({ split, outcomes }: Plan): readonly Piece[] {
  const version = (index: number): Version => outcomes[index]?.version ?? "";
  if (split.kind === "fixed") return [{ version: version(split.outcome), from: 0, until: SLOTS }];
  return split.arms.map(({ until, outcome }, index) => ({ version: version(outcome), from: split.arms[index - 1]?.until ?? 0, until }));
}

/** The slots whose version changes, as the version that they get. */
export function changedPieces(before: readonly Piece[], after: readonly Piece[]): readonly Piece[] {
  return before.flatMap((one) =>
    after.flatMap((other) => {
      const [from, until] = [Math.max(one.from, other.from), Math.min(one.until, other.until)];
      return from < until && one.version !== other.version ? [{ version: other.version, from, until }] : [];
    }),
  );
}
