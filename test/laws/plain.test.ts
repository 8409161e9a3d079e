import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Place, readPlain } from "../../src/cli/plain.ts";
import { readYaml } from "../../src/cli/yaml.ts";
import { pointer } from "../../src/diagnostic.ts";
import { law } from "../support/law.ts";

/** Everything that a reading tells: each value with its place and its key's. */
function told(text: string): unknown {
  const place = readPlain(text);
  if (place === undefined) return undefined;
  const offsets: [string, unknown, number, number][] = [];
  const walk = (at: string, { value, from, key, children }: Place): void => {
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
const slips = [
  "",
  " ",
  "  ",
  "\n",
  "\n  ",
  ":",
  ": ",
  "#",
  " #",
  "-",
  "- ",
  ",",
  ", ",
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "\\",
  "&a ",
  "*a",
  "!t ",
  "|",
  ">",
  "? ",
  "---\n",
  "%",
  "\t",
  "\r",
  "0",
  "a",
];

/** A text with a few slips of the hand. */
function slipped(text: string, edits: readonly (readonly [number, number, string])[]): string {
  return edits.reduce((edited, [at, gone, put]) => {
    const place = Math.floor(at * edited.length);
    return edited.slice(0, place) + put + edited.slice(place + gone);
  }, text);
}
const edits = fc.array(
  fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 3 }), fc.constantFrom(...slips)),
  { minLength: 1, maxLength: 3 },
);

describe("the plain reading of YAML agrees with the library", () => {
  law("on documents", documents, (text) => void agrees(text), 1500);

  law("on documents with slips", fc.tuple(documents, edits), ([text, slip]) => void agrees(slipped(text, slip)), 3000);

  const head = suite.split("\n").slice(0, 20).join("\n");
  law("on a suite with slips", edits, (slip) => void agrees(slipped(head, slip)), 1500);

  test("and reads the suites of the examples, and what `suggest` writes", () => {
    expect(agrees(suite)).toBe(true);
    expect(agrees(readFileSync("docs/examples/partial.alias-test.yaml", "utf8"))).toBe(true);
    expect(
      agrees(
        stringify(
          { title: "a", cases: [{ id: "1", request: { headers: { a: "on" } }, expect: { version: "v1", at: "/version" } }] },
          { compat: "yaml-1.1" },
        ),
      ),
    ).toBe(true);
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
