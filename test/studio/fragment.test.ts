import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readFragment, toFragment } from "../../src/studio/fragment.ts";
import { PARTS, type State, TABS } from "../../src/studio/state.ts";

/** The text of a document has no carriage return, for the editor has none. */
const text = fc.string({ unit: "binary" }).map((each) => each.replaceAll(/\r\n?/g, "\n"));
const states: fc.Arbitrary<State> = fc
  .record({
    docs: fc.array(fc.record({ name: text, text, kept: text }), { minLength: 1, maxLength: 3 }),
    active: fc.nat(2),
    profile: fc.constantFrom("extended" as const, "functiongraph" as const),
    tab: fc.constantFrom(...TABS),
    rows: fc.array(fc.record({ part: fc.constantFrom(...PARTS), name: text, value: text }), { maxLength: 5 }),
    slot: fc.option(fc.nat(9_999), { nil: undefined }),
    other: fc.option(fc.nat(2), { nil: undefined }),
    suite: text,
  })
  .map((state) => ({
    ...state,
    docs: state.docs.map((doc, id) => ({ id, ...doc })),
    active: Math.min(state.active, state.docs.length - 1),
  }))
  .map((state) => ({
    ...state,
    other: state.other === state.active || (state.other ?? 0) >= state.docs.length ? undefined : state.other,
  }));

test("a state comes back from its fragment", async () => {
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      const fragment = await toFragment(state);
      expect(fragment).toMatch(/^#1\.[\w-]+$/);
      expect({ other: undefined, slot: undefined, ...(await readFragment(fragment ?? "")) }).toEqual(state);
    }),
  );
});

test("any text is read, or refused, without an exception, and what is read is whole", async () => {
  const pack = (value: string): string => `#1.${deflateRawSync(value).toString("base64url")}`;
  const values = fc.oneof(
    fc.json().map(pack),
    fc.string().map(pack),
    fc.string().map((each) => `#1.${each}`),
    fc
      .record({ docs: fc.anything(), rows: fc.anything(), active: fc.anything(), tab: fc.anything() })
      .map((each) => pack(JSON.stringify(each, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)))),
  );
  await fc.assert(
    fc.asyncProperty(values, async (fragment) => {
      const read = await readFragment(fragment);
      for (const doc of read?.docs ?? [])
        expect([typeof doc.name, typeof doc.text, typeof doc.kept]).toEqual(["string", "string", "string"]);
      if (read?.docs !== undefined) expect(read.docs[read.active ?? -1]).toBeDefined();
    }),
    { numRuns: 500 },
  );
});

test("what would unpack to far more than a link carries is refused, before it is unpacked", async () => {
  const bomb = deflateRawSync(Buffer.alloc(200_000_000, 32), { level: 9 });
  const before = process.memoryUsage().arrayBuffers;
  expect(await readFragment(`#1.${bomb.toString("base64url")}`)).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});

test("a fragment that is cut is refused", async () => {
  const whole = deflateRawSync(JSON.stringify({ tab: "split" }));
  const fragmentOf = (bytes: Buffer): string => `#1.${bytes.toString("base64url")}`;
  expect(await readFragment(fragmentOf(whole))).toEqual({ tab: "split" });
  expect(await readFragment(fragmentOf(whole.subarray(0, -2)))).toBeUndefined();
});

test("what is too long for a link has none", async () => {
  const noise = randomBytes(60_000).toString("hex");
  const state: State = {
    docs: [{ id: 0, name: "a", text: noise, kept: noise }],
    active: 0,
    other: undefined,
    profile: "extended",
    tab: "ask",
    rows: [],
    slot: undefined,
    suite: "",
  };
  expect(await toFragment(state)).toBeUndefined();
});
