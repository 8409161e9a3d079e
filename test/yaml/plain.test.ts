import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Located, readPlain } from "../../src/yaml/plain.ts";
import { readYaml } from "../../src/yaml/yaml.ts";
import { pointer } from "../../src/document/diagnostic.ts";
import { law } from "../support/law.ts";

/** Everything that a reading tells: each value with its place and its key's. */
function told(text: string): unknown {
  const place = readPlain(text);
  if (place === undefined) return undefined;
  const offsets: [string, unknown, number, number][] = [];
  const walk = (at: string, { value, from, key, children }: Located): void => {
    offsets.push([at, children === undefined ? value : Array.isArray(value), from, key]);
    for (const [name, child] of children ?? []) walk(pointer(at, name), child);
  };
  walk("", place);
  return { value: place.value, offsets };
}

/** The same as the library tells it, for the places that the plain reading found. */
function toldByLibrary(text: string, { offsets }: { readonly offsets: readonly (readonly [string, unknown, number, number])[] }): unknown {
  const read = readYaml(text);
  if (!read.ok) return read.diagnostics;
  if (read.value.duplicates.length > 0) return read.value.duplicates;
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offsetOf = ({ line, column }: { readonly line: number; readonly column: number }): number => (starts[line - 1] ?? 0) + column - 1;
  const at = (path: string): unknown =>
    path
      .split("/")
      .slice(1)
      .reduce((value, key) => (value as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")], read.value.value);
  const leaf = (value: unknown): unknown => (typeof value === "object" && value !== null ? Array.isArray(value) : value);
  return {
    value: read.value.value,
    offsets: offsets.map(([path]) => [path, leaf(at(path)), offsetOf(read.value.locate(path)), offsetOf(read.value.locate(path, "key"))]),
  };
}

/** What the plain reading says, the library says too; it may say nothing. */
function agrees(text: string): boolean {
  const plain = told(text);
  if (plain === undefined) return false;
  expect(toldByLibrary(text, plain as Parameters<typeof toldByLibrary>[1])).toEqual(plain);
  return true;
}

/** Mostly what a plain reading takes, for one odd word leaves the whole document to the library. */
const plainly = [
  "v1",
  "a b",
  "/cart",
  "x-env",
  "on",
  "null",
  "true",
  "1",
  "-1",
  "1.5",
  "a:b",
  "http://x",
  "it's",
  "é",
  "a,b",
  "",
  " a ",
  "0.1.2",
];
const words = fc.oneof(
  { arbitrary: fc.constantFrom(...plainly), weight: 40 },
  fc.constantFrom(
    ..."on off yes null Null ~ true TRUE 1 -1 1.5 -0 007 0x1F 1e3 .5 1_000 .inf 2024-01-01 12:30 a:b http://x a#b -a v1".split(" "),
  ),
  fc.constantFrom(
    "",
    " ",
    "a b",
    "a: b",
    "a #b",
    "- a",
    "*a",
    "&a",
    "!a",
    "it's",
    'say "x"',
    "é",
    "a,b",
    "{a}",
    "[",
    "a\nb",
    "\\",
    "__proto__",
    "?",
    "? a",
    "a\tb",
    "=",
  ),
  fc.string({ maxLength: 6 }),
);
const keys = fc.oneof(
  { arbitrary: fc.constantFrom("alias", "cases", "x-env", "/", "v1.5", "null", "on"), weight: 40 },
  fc.constantFrom("1", "__proto__", "a b", ""),
  words,
);
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    words,
    fc.constantFrom(0, 1.5, -2, true, false, null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 3 }),
  ),
}));
const styles = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  flow: fc.boolean(),
  lineWidth: fc.constantFrom(0, 20),
});

/** Documents of YAML, as people and programs write them. */
const documents = fc.tuple(fc.dictionary(keys, values, { minKeys: 1, maxKeys: 4 }), styles).map(([value, { flow, ...style }]) => {
  const text = stringify(value, { ...style, ...(flow && { collectionStyle: "flow" as const }) });
  return text.replaceAll(/\n(?=[\w"-])/g, "\n\n# a comment\n");
});

const suite = readFileSync("docs/examples/storefront.alias-test.yaml", "utf8");
const slips = ["", " ", "  ", "\n", "\n  ", ":", ": ", " #", "-", "- ", ",", "{", "}", "[", "]", '"', "'", "0", "a"];

/** A text with a slip of the hand. */
function slipped(text: string, [at, gone, put]: readonly [number, number, string]): string {
  const place = Math.floor(at * text.length);
  return text.slice(0, place) + put + text.slice(place + gone);
}
const slip = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 2 }), fc.constantFrom(...slips));

/** How many of these are plain. */
function countOf(texts: Iterable<string>): number {
  let plain = 0;
  for (const text of texts) if (agrees(text)) plain++;
  return plain;
}

/** Every sequence of up to so many of some pieces, but for none. */
function* sequences(pieces: readonly string[], most: number): Generator<string> {
  if (most === 0) return;
  for (const piece of pieces) {
    yield piece;
    for (const rest of sequences(pieces, most - 1)) yield piece + rest;
  }
}

/** A phrase as a value and a key, in blocks and in flow collections. */
const PLACES = [
  (phrase: string) => `a: ${phrase}`,
  (phrase: string) => `- ${phrase}\n- b`,
  (phrase: string) => `a: { b: ${phrase}, c: d }`,
  (phrase: string) => `a: [${phrase}, b]`,
  (phrase: string) => `${phrase}: a`,
];

describe("the plain reading of YAML agrees with the library", () => {
  test("on every short phrase in every place", () => {
    const phrases = [..."a0-.:#,'\"{[} /_~+eé"];
    for (const place of PLACES) expect(countOf([...sequences(phrases, 2)].map(place))).toBeGreaterThan(20);
    for (const place of PLACES) countOf([...sequences(["a", "0", "-", ".", ":", "#", ",", "'", " ", "x"], 3)].map(place));
  });

  test("on words that the core schema may take for something else", () => {
    const texts =
      "on off yes no null Null NULL nUll ~ true True TRUE false 1 -1 +1 1.5 -0 0 00 007 0x1F 0o7 1e3 1e 1E+3 .5 5. 1_000 .inf -.inf .nan . .. 1.2.3 2024-01-01 12:30 9999999999999999 0.1234567890123456789 a:b ::a -a --a v1";
    for (const place of PLACES) countOf(texts.split(" ").map(place));
  });

  test("on every way to lay out three lines", () => {
    const lines = ["a:", "b: 1", "- c", "- d: 1", "-", "- - e", "# f", "", "g", "a: { h: 1 }", "'b': [", "- 'i' : 1"];
    const indented = lines.flatMap((line) => [`${line}\n`, `  ${line}\n`, `    ${line}\n`]);
    expect(countOf(sequences(indented, 2))).toBeGreaterThan(50);
    const fewer = indented.filter((line) => !/- -|f|g|i|b'/.test(line));
    expect(countOf(sequences(fewer, 3))).toBeGreaterThan(100);
  });

  law("on documents", documents, (text) => void agrees(text), 1000);

  law("on documents with a slip", fc.tuple(documents, slip), ([text, edit]) => void agrees(slipped(text, edit)), 1000);

  const head = suite.split("\n").slice(3, 15).join("\n");
  law("on a suite with a slip", slip, (edit) => void agrees(slipped(head, edit)), 1000);

  test("and reads the suites of the examples, and what `suggest` writes", () => {
    expect(agrees(suite)).toBe(true);
    expect(agrees(readFileSync("docs/examples/partial.alias-test.yaml", "utf8"))).toBe(true);
    const written = { title: "a", cases: [{ id: "1", request: { headers: { a: "on" } }, expect: { version: "v1", at: "/version" } }] };
    expect(agrees(stringify(written, { compat: "yaml-1.1" }))).toBe(true);
  });

  test("in a text that is long enough for it", () => {
    const long = `cases:\n${"  - { name: a, expect: { version: v1 } }\n".repeat(2000)}`;
    expect(long.length).toBeGreaterThan(65_536);
    expect(readPlain(long)).toBeDefined();
    const read = readYaml(long);
    expect(read).toMatchObject({ ok: true });
    expect(read.ok && read.value.locate("/cases/1999/expect/version", "key")).toEqual({ line: 2001, column: 26 });
    expect(readYaml(`${long}  - !x y\n`)).toMatchObject({
      ok: false,
      diagnostics: [{ code: "syntax", position: { line: 2002, column: 5 } }],
    });
  });
});
