import { describe, expect, test } from "vitest";
import { plan } from "../../src/index.ts";
import { type Field, valueIn } from "../../src/request/field.ts";
import { all, any, match, type Plan, type Test } from "../../src/plan/plan.ts";
import { classify } from "../../src/backend/lookup/classify.ts";
import { dispatchOf } from "../../src/backend/lookup/dispatch.ts";
import { findHash, findPart, findWhole, type Hash } from "../../src/backend/lookup/hash.ts";
import { findQuery, queryIs, slotOfQuery } from "../../src/backend/lookup/query.ts";
import { queryDecoded, queryStart } from "../../src/request/query.ts";
import { absorbSeed, slotOfKey } from "../../src/plan/murmur3.ts";

const count = <T>(length: number, of: (index: number) => T): readonly T[] => Array.from({ length }, (_, index) => of(index));

/** A value with a long head and tail that all have, so that what differs is out of reach. */
const hidden = (index: number): string => `${"h".repeat(24)}${String.fromCharCode(97 + index)}${"t".repeat(24)}`;

describe("a hash", () => {
  test("is not there without values, with an empty one, or where more than four are alike", () => {
    expect(findHash([])).toBeUndefined();
    expect(findHash(["a", "", "b"])).toBeUndefined();
    expect(findHash(count(5, hidden))).toBeUndefined();
    expect(findHash(count(4, hidden))).toBeDefined();
    expect(findHash([...count(4, hidden), ...count(4, (index) => `${hidden(index)}!`)])).toBeDefined();
  });

  test.each<[readonly string[], readonly number[]]>([
    [["a"], []],
    [["a", "bb", "ccc"], []],
    [["a", "b"], [0]],
    [["xa", "xb"], [-1]],
    [["ax", "bx"], [0]],
    [["xax", "xbx"], [1]],
    [
      ["x1", "x2", "y1", "y2"],
      [0, -1],
    ],
    [["x1", "yy2", "x2", "yy1"], [-1]],
    [[`${"x".repeat(23)}a${"x".repeat(40)}`, `${"x".repeat(23)}b${"x".repeat(40)}`], [23]],
    [[`${"x".repeat(40)}a${"x".repeat(23)}`, `${"x".repeat(40)}b${"x".repeat(23)}`], [-24]],
    [[`${"x".repeat(24)}a${"x".repeat(40)}`, `${"x".repeat(24)}b${"x".repeat(40)}`], []],
  ])("of %j looks at the units %j", (values, positions) => {
    expect([...findHash(values)!.positions]).toEqual(positions);
  });

  test("looks at eight units at most, and only within the shortest value", () => {
    const bits = (index: number): string => index.toString(2).padStart(10, "0");
    const wide = findHash(count(1024, bits))!;
    expect(wide.positions.length).toBe(8);
    const short = findHash(["ab", ...count(20, (index) => `${index + 10}cdef`)])!;
    expect([...short.positions].every((position) => position >= -2 && position < 2)).toBe(true);
    expect(short).toMatchObject({ min: 2, max: 6 });
  });

  test("has twice as many cells as values, or up to four times", () => {
    const cells = (length: number): number => findHash(count(length, (index) => `v${index}`))!.index.length;
    expect([1, 2, 3, 4, 5, 8, 9].map(cells)).toEqual([4, 4, 8, 8, 16, 16, 32]);
  });

  test("is chosen on a sample, and on a larger one where that does not do", () => {
    // Every eighth value differs at the start only, so a sample of those says nothing of the others.
    const values = count(1024, (index) => (index % 8 === 0 ? `${index + 1000}-0000` : `1000-${index + 1000}`));
    const hash = findHash(values)!;
    values.forEach((value, index) => expect(findWhole(hash, value)).toBe(index + 1));
  });

  const families: Readonly<Record<string, readonly string[]>> = {
    "one value": ["only"],
    lengths: count(40, (index) => "x".repeat(index + 1)),
    ends: count(300, (index) => `user-${index}`),
    starts: count(300, (index) => `${index}-user`),
    alike: count(4, hidden),
    "alike among others": [...count(4, hidden), ...count(60, (index) => `${index}${"t".repeat(47)}`.slice(0, 49))],
    many: count(3000, (index) => `${(index * 7919) % 10_007}/${index}`),
  };
  test.each(Object.entries(families))("finds each value and no other, in a text of its own and in part of one: %s", (_, values) => {
    const hash = findHash(values)!;
    const number = new Map(values.map((value, index) => [value, index + 1]));
    const near = values.flatMap((value) => [
      `${value}x`,
      value.slice(1),
      value.slice(0, -1),
      `y${value.slice(1)}`,
      `${value.slice(0, -1)}y`,
    ]);
    const wrong = [...values, ...near, "", "x".repeat(1000)].filter((text) => {
      const [expected, { length }] = [number.get(text) ?? 0, text];
      const found = [findWhole(hash, text), findPart(hash, `id=${text};z`, 3, 3 + length), findPart(hash, text, 0, length)];
      return found.some((each) => each !== expected);
    });
    expect(wrong).toEqual([]);
  });
});

describe("classify", () => {
  const values: readonly (readonly string[])[] = [1, 2, 3, 4, 40].map((length) => count(length, (index) => `v${index}`));
  /** Told apart by one unit; by no single one; by a hash of some; and by none within reach. */
  const sets = [
    count(6, hidden),
    ["ab", "ba", "aa"],
    ["ab", "ba", "aa", "bb"],
    count(6, (index) => `${"h".repeat(70)}${index}${"t".repeat(70)}`),
  ];
  const texts: readonly [Field, (value: string) => readonly string[]][] = [
    [{ kind: "header", name: "a" }, (value) => [value, `${value} `]],
    [{ kind: "attribute", name: "a" }, (value) => [value]],
    [{ kind: "method" }, (value) => [value]],
    [{ kind: "authority" }, (value) => [value]],
    [
      { kind: "cookie", name: "a" },
      (value) => [
        `a=${value}`,
        `a=${value} ; b=v0`,
        `b=v0; a=${value}`,
        `aa=v0;a=\t${value}`,
        `a=${value}; a=v0`,
        `b=${value}`,
        `a; a=${value}`,
        `a=${value}x`,
        `a=${value.slice(0, -1)}`,
        value,
        `${value};b=1`,
        `a${value}`,
      ],
    ],
    [{ kind: "path" }, (value) => [value, `http://h/${value}`, `${value}?v0`, `${value}#v0`, `/${value}`]],
    [
      { kind: "query", name: "a" },
      (value) => [
        `/?a=${value}`,
        `/?b=v0&a=${value}&c`,
        `/?a=${value}#v0`,
        `/?a=${value}&a=v0`,
        `/?a=%76${value.slice(1)}`,
        `/?%61=${value}`,
        `/?b=${value}`,
        `/?a=${value}+`,
        "/?a",
        "/",
      ],
    ],
    [{ kind: "query", name: "\ud800" }, (value) => [`/?\ud800=${value}`, `/?%ED%A0%80=${value}`]],
  ];
  test.each(texts)("numbers the values of %j", (field, textsOf) => {
    for (const known of [...values, ...sets, ["\ufffd", "v0"], ["é", "v0"], count(5, (index) => `é${index}`)]) {
      const find = classify(field, known);
      for (const text of [...known, "v5", "v100", "w", "", "\ud800"].flatMap(textsOf)) {
        const value = valueIn(field, text);
        expect(find(text), text).toBe(value === undefined ? 0 : known.indexOf(value) + 1);
      }
    }
  });

  test("knows the empty value of a query", () => {
    const empty = classify({ kind: "query", name: "a" }, ["", "b", "c", "d"]);
    expect(["/?a", "/?a=", "/?b&a", "/?a=d", "/?a=e", "/?b", "/"].map(empty)).toEqual([1, 1, 1, 4, 0, 0, 0]);
    const decoded = classify({ kind: "query", name: "a" }, ["", "é", "c", "d"]);
    expect(["/?a", "/?a=", "/?a=%C3%A9", "/?a=%", "/?b"].map(decoded)).toEqual([1, 1, 2, 0, 0]);
  });
});

describe("dispatch", () => {
  const header = (name: string, ...values: readonly string[]) => match({ kind: "header", name }, values, "");
  const planOf = (...tests: readonly Test[]): Plan => ({
    ...plan({ version: "v1" }),
    rules: tests.map((each, index) => ({ test: each, outcome: 10 + index })),
  });

  test("has a bit for each rule, in a column for each field, in a row for each value and one for others", () => {
    const dispatch = dispatchOf(
      planOf(
        all(header("a", "1", "2"), header("b", "x")),
        any(header("a", "2"), header("b", "y")),
        all(header("b", "x", "y")),
        all(header("a", "1")),
        any(header("c", "z"), header("a", "3")),
      ),
    );
    expect(dispatch).toEqual({
      words: 1,
      start: Int32Array.of(0b01101),
      outcomes: [10, 11, 12, 13, 14],
      columns: [
        {
          field: { kind: "header", name: "a" },
          values: ["1", "2", "3"],
          all: Int32Array.of(0b00100, 0b01101, 0b00101, 0b00100),
          any: Int32Array.of(0, 0, 0b00010, 0b10000),
        },
        {
          field: { kind: "header", name: "b" },
          values: ["x", "y"],
          all: Int32Array.of(0b01000, 0b01101, 0b01100),
          any: Int32Array.of(0, 0, 0b00010),
        },
        {
          field: { kind: "header", name: "c" },
          values: ["z"],
          all: Int32Array.of(0b01101, 0b01101),
          any: Int32Array.of(0, 0b10000),
        },
      ],
    });
  });

  test("without rules has a word", () => {
    expect(dispatchOf(planOf())).toEqual({ words: 1, start: Int32Array.of(0), outcomes: [], columns: [] });
  });

  test("has a word for every 32 rules", () => {
    const words = [1, 31, 32, 33, 64, 65].map((length) => dispatchOf(planOf(...count(length, () => all(header("a", "1"))))).words);
    expect(words).toEqual([1, 1, 1, 2, 2, 3]);
    const alike = dispatchOf(planOf(...count(35, (index) => all(header(index < 34 ? "a" : "b", "1")))));
    expect(alike.start).toEqual(Int32Array.of(-1, 0b111));
    expect(alike.columns.map((column) => column.all)).toEqual([Int32Array.of(0, 0b100, -1, 0b111), Int32Array.of(-1, 0b011, -1, 0b111)]);
    const { start, columns } = dispatchOf(planOf(...count(34, (index) => (index === 32 ? any : all)(header("a", String(index))))));
    expect(start).toEqual(Int32Array.of(-1, 0b10));
    expect(columns[0]?.all.subarray(2 * 34, 2 * 35)).toEqual(Int32Array.of(0, 0b10));
    expect(columns[0]?.any.subarray(2 * 33, 2 * 34)).toEqual(Int32Array.of(0, 0b01));
    expect(columns[0]?.all.subarray(2 * 32, 2 * 33)).toEqual(Int32Array.of(1 << 31, 0));
  });
});

describe("a query parameter in place", () => {
  const values = ["", "a", "ab", "b", "ba"];
  const texts = ["", "a", "ab", "b", "ba", "abc", "%61", "a%62", "+", "\ud800", "é", "%"];
  const targets = texts.flatMap((text) =>
    [`/?q=${text}`, `/?x=1&q=${text}`, `/?q=${text}&q=z`, `/?q=${text}#f`, `/?q`, `/?q%3d=1&q=${text}`].map((target) => target),
  );
  const seed = absorbSeed("seed");

  test("has the values that it has decoded", () => {
    const hash = findHash(values.slice(1)) as Hash;
    for (const target of targets) {
      const from = queryStart(target, "q");
      const value = queryDecoded(target, "q");
      if (from === -1) {
        expect(value).toBeUndefined();
        continue;
      }
      expect(values.filter((each) => queryIs(target, "q", from, each))).toEqual(values.filter((each) => each === value));
      expect(findQuery(hash, target, "q", from)).toBe(values.indexOf(value ?? "") > 0 ? values.indexOf(value ?? "") : 0);
      const slot = value === "" || value === undefined ? -1 : slotOfKey(seed, value, 0, value.length);
      expect(slotOfQuery(seed, target, "q", from)).toBe(slot);
    }
  });
});
