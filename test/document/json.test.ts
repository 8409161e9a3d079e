import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readText, type Text } from "../../src/document/json.ts";
import { BUDGETS } from "../../src/alias/budgets.ts";
import { parseText } from "../../src/alias/text.ts";
import { isAlias, parse } from "../../src/alias/parse.ts";
import { configs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

/** A text that is no JSON, and the line and column, message and help of the only thing that is said. */
type Row = [text: string, place: string, message: string, help: string];

const ESCAPES = 'there are `\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four hex digits';
const NUMBER = "write digits, perhaps with a `.` between them, and no zero in front";
const COMMENT = "remove it; an alias has a `description`";
const EMPTY = 'an alias is at least `{ "version": "v1" }`';

const syntax: readonly Row[] = [
  ["", "1:1", "the text is empty", EMPTY],
  [" \t\r\n ", "2:2", "the text is empty", EMPTY],
  ['\uFEFF{ "version": "v1" }', "1:1", "a byte order mark", "save the file as UTF-8 without one"],
  ['// the shop\n{ "version": "v1" }', "1:1", "JSON has no comments: `//`", COMMENT],
  ['{ /* primary */ "version": "v1" }', "1:3", "JSON has no comments: `/*`", COMMENT],
  ['{ "version": "v1" # primary\n}', "1:19", "JSON has no comments: `#`", COMMENT],
  ['{ "version": "v1", }', "1:18", "a comma before `}`", "remove the comma"],
  ['{ "additional_version_order": ["v2",\n] }', "1:36", "a comma before `]`", "remove the comma"],
  ["{ 'version': \"v1\" }", "1:3", "a string in single quotes", "write `\"` in place of `'`"],
  ["{ \"version\": 'v1' }", "1:14", "a string in single quotes", "write `\"` in place of `'`"],
  ['{ version: "v1" }', "1:3", "expected a key in double quotes, found `version`", 'write `"version"`, in double quotes'],
  ['{ 1: "v1" }', "1:3", "expected a key in double quotes, found `1`", 'write `"1"`, in double quotes'],
  ['{ : "v1" }', "1:3", "expected a key in double quotes, found `:`", "add a key in double quotes"],
  ["{ , }", "1:3", "expected a key in double quotes, found `,`", "remove the comma too many"],
  ['{ "version": "v1",, "name": "a" }', "1:19", "expected a key in double quotes, found `,`", "remove the comma too many"],
  ["[1,,2]", "1:4", "expected a value, found `,`", "remove the comma too many"],
  ['{ "version" "v1" }', "1:13", 'expected `:` after the key `version`, found `"v1"`', "add `:` after the key `version`"],
  ['{ "version" }', "1:13", "expected `:` after the key `version`, found `}`", "add `:` after the key `version`"],
  ['{ "version": }', "1:14", "expected a value, found `}`", "add a value"],
  ['{ "version": v1 }', "1:14", "expected a value, found `v1`", 'write `"v1"`, in double quotes'],
  ['{ "version": True }', "1:14", "expected a value, found `True`", "did you mean `true`?"],
  ['{ "version": flase }', "1:14", "expected a value, found `flase`", "did you mean `false`?"],
  ['{ "version": nulll }', "1:14", "expected a value, found `nulll`", "did you mean `null`?"],
  ['{ "version": None }', "1:14", "expected a value, found `None`", "write `null`"],
  ['{ "version": undefined }', "1:14", "expected a value, found `undefined`", "write `null`"],
  ['{ "version": NaN }', "1:14", "expected a value, found `NaN`", 'write `"NaN"`, in double quotes'],
  ['{ "version": Infinity }', "1:14", "expected a value, found `Infinity`", 'write `"Infinity"`, in double quotes'],
  ['{ "version": +1 }', "1:14", "expected a value, found `+1`", "add a value"],
  ['{ "version": .5 }', "1:14", "expected a value, found `.5`", "add a value"],
  ['{ "version": \u{1F600} }', "1:14", "expected a value, found `\u{1F600}`", "add a value"],
  ['{ "version": \uD800 }', "1:14", "expected a value, found `\\u{d800}`", "add a value"],
  ["[\u00a01]", "1:2", "expected a value, found `\\u{a0}`", "add a value"],
  ["01", "1:1", "`01` is no number", NUMBER],
  ["-", "1:1", "`-` is no number", NUMBER],
  ["-x", "1:1", "`-x` is no number", NUMBER],
  ["1.", "1:1", "`1.` is no number", NUMBER],
  ["1.e5", "1:1", "`1.e5` is no number", NUMBER],
  ["1e", "1:1", "`1e` is no number", NUMBER],
  ["0x10", "1:1", "`0x10` is no number", NUMBER],
  ["1_000", "1:1", "`1_000` is no number", NUMBER],
  ["10%", "1:3", "more text after the end of the value: `%`", "remove it: a text has one value"],
  ['{ "version": "v1" } { }', "1:21", "more text after the end of the value: `{`", "remove it: a text has one value"],
  ['{ "version": "v1" }}', "1:20", "more text after the end of the value: `}`", "remove it: a text has one value"],
  ['{ "version": "v1" "name": "a" }', "1:19", 'expected `,` or `}`, found `"name"`', "add `,` or `}`"],
  ["[1 2]", "1:4", "expected `,` or `]`, found `2`", "add `,` or `]`"],
  ["[1}", "1:3", "expected `,` or `]`, found `}`", "add `,` or `]`"],
  ['{\n "version": "v1"\n', "3:1", "the text ends before the `{` of line 1, column 1 is closed", "add the missing `}`"],
  ["[1,", "1:4", "the text ends where a value is expected", "add what is missing"],
  ["[1", "1:3", "the text ends before the `[` of line 1, column 1 is closed", "add the missing `]`"],
  ['{ "version"', "1:12", "the text ends where `:` after the key `version` is expected", "add what is missing"],
  ['{ "version": ', "1:14", "the text ends where a value is expected", "add what is missing"],
  ['{ "a": 1, ', "1:11", "the text ends where a key in double quotes is expected", "add what is missing"],
  ['{ "version": "v1 }', "1:14", "the text ends within a string", 'add the missing `"`'],
  ['{ "version": "v1\n" }', "1:17", "a control character in a string: `\\u{a}`", 'end the string with `"`, or write `\\n` for a line end'],
  ['"\r"', "1:2", "a control character in a string: `\\u{d}`", 'end the string with `"`, or write `\\n` for a line end'],
  ['"\t"', "1:2", "a control character in a string: `\\u{9}`", "write it as an escape"],
  ['"\0"', "1:2", "a control character in a string: `\\u{0}`", "write it as an escape"],
  ['"\x1F"', "1:2", "a control character in a string: `\\u{1f}`", "write it as an escape"],
  ['"a\\x41"', "1:3", "`\\x` is no escape", ESCAPES],
  ['"\\u00g0"', "1:2", "`\\u` is no escape", ESCAPES],
  ['"\\u00"', "1:2", "`\\u` is no escape", ESCAPES],
  ['"\\', "1:2", "`\\` is no escape", ESCAPES],
];

describe("a text that is no JSON", () => {
  for (const [text, place, message, help] of syntax) {
    test(`${JSON.stringify(text)}: ${message}`, () => {
      const [line, column] = place.split(":").map(Number);
      const diagnostics = [{ code: "syntax", severity: "error", at: "", message, help, position: { line, column } }];
      expect(parseText(text)).toEqual({ ok: false, diagnostics });
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
    });
  }

  test("is all that is said", () => {
    const { diagnostics } = parseText('{ "version": 1, "version": 2, "colour": 3, }');
    expect(diagnostics.map(({ code }) => code)).toEqual(["syntax"]);
  });

  test("shows no more of the text than it must", () => {
    for (const text of [`{ ${"x".repeat(10_000)}: 1 }`, `[${"y".repeat(10_000)}]`, "9".repeat(10_000) + "x", `[1 ${"z".repeat(10_000)}]`]) {
      const [diagnostic] = parseText(text).diagnostics;
      expect(diagnostic?.code).toBe("syntax");
      expect(`${diagnostic?.message}${diagnostic?.help}`.length).toBeLessThan(250);
    }
  });
});

/** The places of the diagnostics of a text. */
function placesOf(text: string, options = {}): readonly string[] {
  return parseText(text, options).diagnostics.map(({ code, at, position }) => `${position?.line}:${position?.column} ${code} ${at}`);
}

function read(json: string, budgets = BUDGETS): Text {
  const text = readText(json, budgets);
  if (!text.ok) throw new Error(JSON.stringify(text.diagnostics));
  return text.value;
}

test("a JSON text that is read has no complaints, not even about what it is", () => {
  expect(readText("[1]").diagnostics).toEqual([]);
});

describe("positions", () => {
  const text = `{
  "version": "v1",
  "colour": "blue",\r
  "additional_version_weights": {\r    "v2": 150, "v1": 1, "v 3": 3
  },
  "additional_version_strategy": {
    "v2": { "rules": [ { "rule_type": "Heder",
      "param": "x", "op": "=" } ] },
    "a/b~c": { "combine_type": "and" }
  },
  "stickiness": [],
  "additional_version_order": ["v2", "v2", "v 4"]
}`;

  test("are those of the value or the key that a diagnostic is about, or of the nearest value around it", () => {
    expect(placesOf(text)).toEqual([
      "3:3 unknown-key /colour",
      "5:11 weight /additional_version_weights/v2",
      "5:16 primary-weight /additional_version_weights/v1",
      "5:25 additional-version-name /additional_version_weights/v 3",
      "8:39 rule-type /additional_version_strategy/v2/rules/0/rule_type",
      "8:24 missing-key /additional_version_strategy/v2/rules/0/value",
      "10:14 rules-empty /additional_version_strategy/a~1b~0c/rules",
      "13:38 order-repeat /additional_version_order/1",
      "13:44 additional-version-name /additional_version_order/2",
      "12:17 wrong-type /stickiness",
    ]);
  });

  test("of keys in the service's profile", () => {
    const config = `{ "version": "v1",
      "additional_version_weights": { "latest": 1, "v2": 1, "v3": 1 },
      "additional_version_strategy": { "v1": { "rules": [] } },
      "stickiness": {} }`;
    expect(placesOf(config, { profile: "functiongraph" })).toEqual([
      "4:7 own-key /stickiness",
      "3:38 weights-and-strategy /additional_version_strategy",
      "2:39 additional-version-latest /additional_version_weights/latest",
      "2:61 additional-versions /additional_version_weights/v3",
      "3:40 primary-strategy /additional_version_strategy/v1",
      "3:57 rules-empty /additional_version_strategy/v1/rules",
    ]);
  });

  test("are had for any pointer", () => {
    const { locate } = read(text);
    expect(locate("")).toEqual({ line: 1, column: 1 });
    expect(locate("", "key")).toEqual({ line: 1, column: 1 });
    expect(locate("/version")).toEqual({ line: 2, column: 14 });
    expect(locate("/version", "key")).toEqual({ line: 2, column: 3 });
    expect(locate("/version/x/y")).toEqual({ line: 2, column: 14 });
    expect(locate("/nothing", "key")).toEqual({ line: 1, column: 1 });
    expect(locate("/additional_version_strategy/a~1b~0c")).toEqual({ line: 10, column: 14 });
    expect(locate("/additional_version_order/1", "key")).toEqual({ line: 13, column: 38 });
    expect(locate("/additional_version_order/9")).toEqual({ line: 13, column: 31 });
  });

  test("count UTF-16 units, and lines that end with LF, CR LF or CR", () => {
    expect(read('{ "\u{1F600}": [] }').locate("/\u{1F600}")).toEqual({ line: 1, column: 9 });
    expect(read('\n\n\r\n\r\r {"a":\u20281}'.replace("\u2028", "")).locate("/a")).toEqual({ line: 6, column: 7 });
    expect(read('{"\u2028":1}').locate("/\u2028")).toEqual({ line: 1, column: 6 });
  });
});

describe("keys that repeat", () => {
  test("are errors, together with the rest, of which the last one is read", () => {
    const text = `{
  "version": "v1", "version": "v 2",
  "additional_version_weights": { "v2": 150, "\\u0076\\u0032": 10, "v2": 20 }
}`;
    const { ok, diagnostics } = parseText(text);
    expect(ok).toBe(false);
    expect(placesOf(text)).toEqual([
      "2:20 duplicate-key /version",
      "3:46 duplicate-key /additional_version_weights/v2",
      "3:66 duplicate-key /additional_version_weights/v2",
      "2:31 version-name /version",
    ]);
    expect(diagnostics[0]).toEqual({
      code: "duplicate-key",
      severity: "error",
      at: "/version",
      message: "the key `version` is there already, in line 2, column 3",
      help: "keep one of them",
      position: { line: 2, column: 20 },
    });
    expect(diagnostics[2]?.message).toBe("the key `v2` is there already, in line 3, column 46");
  });

  test("alone refuse an alias", () => {
    expect(placesOf('{ "version": "v1", "version": "v1" }')).toEqual(["1:20 duplicate-key /version"]);
    expect(parseText('{ "version": "v1", "version": "v1" }').ok).toBe(false);
    expect(placesOf('{ "version": "v1", "x": { "__proto__": 1, "__proto__": 2 } }', { unknownKeys: "warn" })).toEqual([
      "1:43 duplicate-key /x/__proto__",
      "1:20 unknown-key /x",
    ]);
  });

  test("count as diagnostics", () => {
    const text = `{ "version": "v1", "colour": 1, ${'"name": "a", '.repeat(200)} "name": "a" }`;
    expect(parseText(text).diagnostics).toHaveLength(101);
    expect(parseText(text).diagnostics.at(-1)).toEqual({
      code: "over-budget",
      severity: "error",
      at: "",
      message: "more than 100 diagnostics, the rest are left out",
      help: "correct these first, or raise the budget `diagnostics`",
      position: { line: 1, column: 1 },
    });
    const few = '{ "version": "v1", "colour": 1, "name": "a", "name": "a" }';
    expect(placesOf(few, { budgets: { diagnostics: 2 } })).toEqual(["1:46 duplicate-key /name", "1:20 unknown-key /colour"]);
    expect(placesOf(few, { budgets: { diagnostics: 1 } })).toEqual(["1:46 duplicate-key /name", "1:1 over-budget "]);
  });
});

describe("budgets", () => {
  test("of text", () => {
    const text = '{ "version": "v1" }';
    expect(parseText(text, { budgets: { text: text.length } }).ok).toBe(true);
    expect(parseText(text, { budgets: { text: text.length - 1 } })).toEqual({
      ok: false,
      diagnostics: [
        {
          code: "over-budget",
          severity: "error",
          at: "",
          message: "more than 18 characters of text",
          help: "make it smaller, or raise the budget `text`",
          position: { line: 1, column: 1 },
        },
      ],
    });
    expect(parseText(`${text}${" ".repeat(1_048_576 - text.length)}`).ok).toBe(true);
    expect(placesOf(`${text}${" ".repeat(1_048_577 - text.length)}`)).toEqual(["1:1 over-budget "]);
  });

  test("of depth", () => {
    expect(readText(`${"[".repeat(8)}${"]".repeat(8)}`).ok).toBe(true);
    expect(parseText('{ "a": 1, "additional_version_order": [[[[[[[\n[[]]]]]]]]] }')).toEqual({
      ok: false,
      diagnostics: [
        {
          code: "over-budget",
          severity: "error",
          at: "/additional_version_order/0/0/0/0/0/0/0",
          message: "more than 8 lists and objects within each other",
          help: "an alias needs 5",
          position: { line: 2, column: 1 },
        },
      ],
    });
    expect(parseText('{ "version": "v1" }', { budgets: { depth: 0 } }).diagnostics[0]?.message).toBe(
      "more than 0 lists and objects within each other",
    );
  });

  test("of depth, and never more than 500", () => {
    const budgets = { ...BUDGETS, depth: Infinity };
    expect(readText(`${"[".repeat(500)}${"]".repeat(500)}`, budgets).ok).toBe(true);
    expect(readText(`${'{"a":'.repeat(501)}1${"}".repeat(501)}`, budgets).diagnostics[0]?.message).toBe(
      "more than 500 lists and objects within each other",
    );
  });

  /** What takes linear time ends at once; what takes quadratic time meets the timeout of the suite. */
  const big: readonly [string, string][] = [
    ["100,000 levels", "[".repeat(100_000)],
    ["100,000 levels of objects", '{"a":'.repeat(100_000)],
    ["100 MiB", "x".repeat(100 * 1_048_576)],
    ["1 MiB of numbers", `[${"1,".repeat(500_000)}1]`],
    ["1 MiB of keys that repeat", `{${'"a":1,'.repeat(160_000)}"a":1}`],
    ["1 MiB of space", " ".repeat(1_048_576)],
    ["1 MiB of escapes", `{"version":"${"\\u0041".repeat(170_000)}"}`],
    [
      "1 MiB of line ends before faults",
      `${"\n".repeat(1_000_000)}{${Array.from({ length: 200 }, (_, index) => `"k${index}":1`).join(",\n")}}`,
    ],
    ["1 MiB of a string without an end", `"${"a".repeat(1_000_000)}`],
    ["1 MiB of digits", "1".repeat(1_000_000)],
    ["1 MiB of letters", "a".repeat(1_000_000)],
  ];
  for (const [title, text] of big) {
    test(`${title} end`, () => {
      expect(parseText(text).ok).toBe(false);
    });
  }
});

describe("what a text becomes", () => {
  test("an alias, as from a value", () => {
    const config = {
      name: "prod",
      version: "v1",
      additional_version_weights: { "10": 5, "9": 5 },
      last_modified: "2018-03-21T10:06:30+08:00",
    };
    const checked = parseText(JSON.stringify(config, null, 2));
    expect(checked).toEqual(parse(config));
    expect(checked.ok && isAlias(checked.value)).toBe(true);
  });

  test("with warnings at their places", () => {
    const checked = parseText('{ "version": "v1",\n  "colour": 1 }', { unknownKeys: "warn" });
    expect(checked.ok).toBe(true);
    expect(checked.diagnostics).toMatchObject([{ code: "unknown-key", severity: "warning", position: { line: 2, column: 3 } }]);
  });

  test("`__proto__` is a key as any other", () => {
    const { value, duplicates } = read('{ "__proto__": { "version": "v1" }, "constructor": 1 }');
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(duplicates).toEqual([]);
    expect(placesOf('{ "__proto__": { "version": "v1" } }')).toEqual(["1:3 unknown-key /__proto__", "1:1 missing-key /version"]);
    expect(placesOf('{ "version": "v1", "additional_version_weights": { "__proto__": 5 } }')).toEqual([
      "1:52 additional-version-name /additional_version_weights/__proto__",
    ]);
    expect(({} as { readonly version?: unknown }).version).toBeUndefined();
  });

  test("a number too large is a weight that is none", () => {
    expect(placesOf('{ "version": "v1", "additional_version_weights": { "v2": 1e400, "v3": -0, "v4": 1E1 } }')).toEqual([
      "1:58 weight /additional_version_weights/v2",
    ]);
  });

  test("more values than there is room for are refused", () => {
    const budgets = { text: 32 * 1_048_576, depth: 8, diagnostics: 100 };
    const list = (values: number): string => `[${"0,".repeat(values - 2)}0]`;
    expect(readText(list(1_500_000), budgets)).toMatchObject({ ok: true });
    expect(readText(list(1_500_001), budgets)).toMatchObject({ ok: false, diagnostics: [{ message: "more than 1500000 values" }] });
  });

  test("only a string is a text", () => {
    for (const value of [undefined, null, 1, {}, ["{}"], new Uint8Array(2)]) {
      expect(parseText(value as string)).toEqual({
        ok: false,
        diagnostics: [
          { code: "wrong-type", severity: "error", at: "", message: "expected a JSON text", help: "give a string; `parse` takes a value" },
        ],
      });
    }
  });
});

describe("laws", () => {
  const deep = { ...BUDGETS, depth: 100 };
  const space = fc.constantFrom("", " ", "\n", "\t ", "\r\n");
  const damaged = fc
    .tuple(
      fc.oneof(
        fc.json({ maxDepth: 3 }),
        configs.map((config) => JSON.stringify(config)),
      ),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat(3),
          fc.constantFrom(..."{}[]:,\"'\\ \n\t/u0019.-+eE", "null", "true", "\uFEFF", "\u00a0", "\u2028", "\0"),
        ),
        {
          maxLength: 3,
        },
      ),
      space,
    )
    .map(([json, edits, blank]) => {
      let text = blank + json + blank;
      for (const [where, removed, added] of edits) {
        const at = where % (text.length + 1);
        text = text.slice(0, at) + added + text.slice(at + removed);
      }
      return text;
    });

  let accepted = 0;
  let refused = 0;
  law(
    "the texts and values of `JSON.parse`, and no others",
    damaged,
    (text) => {
      const result = readText(text, deep);
      let expected: unknown;
      try {
        expected = JSON.parse(text);
        accepted++;
      } catch {
        refused++;
        expect(result.ok).toBe(false);
        expect(result.diagnostics).toMatchObject([{ code: "syntax", position: { line: expect.any(Number), column: expect.any(Number) } }]);
        return;
      }
      expect(result.ok && ordinary(result.value.value)).toEqual(ordinary(expected));
    },
    5_000,
  );

  test.skipIf(Number(process.env["LAW_RUNS"] ?? 1) < 1)("are tried on texts of both kinds", () => {
    expect(Math.min(accepted, refused)).toBeGreaterThan(1_000);
  });

  law(
    "whatever the text, there is an answer, and each diagnostic has a place in it",
    fc.oneof(damaged, fc.string({ unit: "binary" })),
    (text) => {
      const { ok, diagnostics } = parseText(text, { budgets: { diagnostics: 3 } });
      expect(ok).toBe(!diagnostics.some(({ severity }) => severity === "error"));
      const lines = text.split(/\r\n?|\n/);
      for (const { position } of diagnostics) {
        const { line, column } = position ?? { line: 0, column: 0 };
        expect(line >= 1 && line <= lines.length).toBe(true);
        expect(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1).toBe(true);
      }
    },
  );

  law("a config means the same as a text and as a value", fc.tuple(configs, fc.constantFrom(0, 2, "\t")), ([config, indent]) => {
    const { diagnostics, ...rest } = parseText(JSON.stringify(config, null, indent));
    const value = parse(JSON.parse(JSON.stringify(config)));
    expect({
      ...rest,
      diagnostics: diagnostics.map(({ position, ...diagnostic }) => (position === undefined ? position : diagnostic)),
    }).toEqual(value);
  });

  law("each key and value is found where it stands", configs, (config) => {
    const text = JSON.stringify(config, null, 1);
    const { value, locate } = read(text);
    const offsets = [0];
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) offsets.push(end + 1);
    const at = ({ line, column }: { readonly line: number; readonly column: number }): string =>
      text.slice((offsets[line - 1] ?? 0) + column - 1);
    const visit = (inner: unknown, pointer: string): void => {
      if (typeof inner !== "object" || inner === null) {
        expect(at(locate(pointer)).startsWith(JSON.stringify(inner))).toBe(true);
        return;
      }
      expect(at(locate(pointer)).startsWith(Array.isArray(inner) ? "[" : "{")).toBe(true);
      for (const [key, child] of Object.entries(inner)) {
        const place = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        if (!Array.isArray(inner)) expect(at(locate(place, "key")).startsWith(`${JSON.stringify(key)}:`)).toBe(true);
        visit(child, place);
      }
    };
    visit(value, "");
  });
});

/** As pairs, so that a key `__proto__` and the prototype of an object make no difference. */
function ordinary(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordinary);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : value;
  return { pairs: Object.entries(value).map(([key, inner]) => [key, ordinary(inner)]) };
}
