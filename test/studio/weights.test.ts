import fc from "fast-check";
import { expect, test } from "vitest";
import { type Alias, type AliasConfig, movement, parse, plan } from "../../src/index.ts";
import { changed } from "../../src/studio/editor/edit.ts";
import { writtenOf } from "../../src/studio/editor/written.ts";
import { changedPieces, changeWeight, edgesOf, piecesOf, slotsAt } from "../../src/studio/split/weights.ts";

/** Weights whose sum is at most 10,000 slots, with versions that are ranked by an order or by name. */
const aliases = fc
  .tuple(fc.array(fc.nat(3_000), { minLength: 1, maxLength: 5 }), fc.shuffledSubarray(["v2", "v3", "v4", "v5", "v6", "v7"]))
  .map(([slots, order]) => {
    let left = 10_000;
    const weights = slots.map((each, index) => {
      const own = Math.min(each, left);
      left -= own;
      return [`v${index + 2}`, own / 100] as const;
    });
    return { version: "v1", additional_version_weights: Object.fromEntries(weights), additional_version_order: order };
  });

function aliasOf(config: object): Alias {
  const checked = parse(config);
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  return checked.value;
}

test("the edge of a weight is where its arm ends, and follows it to any slot", () => {
  fc.assert(
    fc.property(aliases, fc.nat(10_000), (config, slot) => {
      const alias = aliasOf(config);
      const pieces = piecesOf(plan(alias));
      for (const edge of edgesOf(alias, plan(alias))) {
        const arm = pieces.find(({ version }) => version === edge.version);
        if (arm !== undefined) expect(edge.fromRight ? arm.from : arm.until).toBe(edge.at);
        const slots = slotsAt(edge, slot, 1);
        const text = JSON.stringify(config);
        const change = changeWeight(writtenOf(text, true), edge.version, slots);
        if (change === undefined) throw new Error("no change");
        const next = aliasOf(JSON.parse(changed(text, change)) as object);
        const moved = edgesOf(next, plan(next)).find(({ version }) => version === edge.version);
        expect(moved?.slots).toBe(slots);
        if (slots > 0 && slots < edge.most) expect(moved?.at).toBe(slot);
      }
    }),
  );
});

test("what is drawn as moved is what is counted", () => {
  fc.assert(
    fc.property(aliases, aliases, (one, other) => {
      const [before, after] = [piecesOf(plan(aliasOf(one))), piecesOf(plan(aliasOf(other)))];
      const owner = (pieces: typeof before, slot: number): string | undefined =>
        pieces.find(({ from, until }) => from <= slot && slot < until)?.version;
      const drawn = changedPieces(before, after);
      const { moved } = movement(one as AliasConfig, other as AliasConfig);
      expect(drawn.reduce((sum, { from, until }) => sum + until - from, 0)).toBe(moved);
      for (const slot of [0, 1, 499, 2_500, 5_000, 9_998, 9_999]) {
        const changes = owner(before, slot) !== owner(after, slot);
        expect(drawn.find(({ from, until }) => from <= slot && slot < until)?.version).toBe(changes ? owner(after, slot) : undefined);
      }
    }),
  );
});
