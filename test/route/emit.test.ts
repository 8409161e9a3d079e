import { describe, expect, test } from "vitest";
import { emitModule } from "../../src/route/emit.ts";
import { type AliasConfig, ConfigError, plan, type Reader } from "../../src/index.ts";
import { nodeReader } from "../../src/request/node.ts";

const rule = (rule_type: string, param: string) => ({ rule_type, param, op: "=", value: "1" });
const strategy = (...rules: readonly object[]) =>
  ({ version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules } } }) as AliasConfig;

/** The lines of a module that begin a declaration. */
const declared = (text: string): readonly string[] =>
  [...text.matchAll(/^(?:export )?(?:const|function) (\w+)/gm)].map(([, name]) => name!);

describe("a module", () => {
  test("begins with the name of the alias, as text that cannot be code", () => {
    expect(emitModule({ name: "checkout", version: "v1" }).split("\n")[0]).toBe(
      '// "checkout", compiled by canary-router: what is decided, and why, is listed first.',
    );
    expect(emitModule({ version: "v1" })).toMatch(/^\/\/ "an alias without a name", compiled/);
    const hostile = { ...plan({ version: "v1" }), name: "a\nprocess.exit()\u2028" };
    expect(emitModule(hostile).split("\n")[0]).toMatch(/^\/\/ "a\\nprocess\.exit\(\)\\u2028", compiled/);
  });

  test("has the reference behind it where more than one text is read, and only there", () => {
    // What takes the headers and refuses those of another kind.
    const headers = ["nodeHeaders", "headersOf", "named"];
    expect(declared(emitModule({ version: "v1" }))).toEqual(["decisions", "route", ...headers]);
    expect(declared(emitModule(strategy(rule("Header", "x-a"))))).toEqual([
      "decisions",
      "route",
      "nodeHeaders",
      "joined",
      "headersOf",
      "named",
    ]);
    expect(emitModule(strategy(rule("Header", "x-a")))).toMatch(/\n {2}\} catch \{\n {4}return decisions\[2\];\n {2}\}\n\}\n/);
    const backed = emitModule(strategy(rule("Header", "x-a"), rule("Cookie", "b")));
    expect(declared(backed)).toContain("routeByReference");
    expect(backed).toMatch(
      /\n {2}\} catch \{\n {4}return routeByReference\(request, arguments\[1\]\);\n {2}\}\n\}\n\nexport default route;\n/,
    );
  });

  test("has every part that is called, and each once", () => {
    const all = emitModule({
      ...strategy(rule("Header", "x-a"), rule("Cookie", "b"), rule("Query", "q"), rule("Attribute", "t"), rule("Header", ":path")),
      name: "a",
      additional_version_weights: { v3: 5 },
      stickiness: { keys: [rule("Cookie", "uid")].map(({ rule_type, param }) => ({ rule_type, param })), on_missing: "random" },
    });
    const names = declared(all);
    expect(new Set(names).size).toBe(names.length);
    const parameters = ["read", "random", "drawOfKey"];
    const defined = new Set([...[...all.matchAll(/(?:function|const|let) (\w+)/g)].map(([, name]) => name!), ...parameters]);
    const code = all.replaceAll(/\/\*[^]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"/gm, "");
    const called = [...code.matchAll(/(?<![.\w])([a-z]\w*)\(/g)].map(([, name]) => name!);
    const words = ["if", "for", "while", "switch", "catch", "return"];
    expect(called.filter((name) => !defined.has(name) && !words.includes(name))).toEqual([]);
    expect(defined).toContain("slotOfKey");
  });

  test("of a reader whose parts have no text is refused", () => {
    const { header, parts } = nodeReader;
    const reader: Reader<never> = {
      ...nodeReader,
      header: (name) => ({ get: header(name).get, text: () => "mine(carrier)" }),
      parts: { ...parts, mine: () => undefined },
    };
    const complaint = "the reader's part `mine` has no text: a module can only be emitted for a reader of the library";
    expect(() => emitModule(strategy(rule("Header", "x-a")), { reader })).toThrow(new TypeError(complaint));
    expect(emitModule({ version: "v1" }, { reader })).not.toContain("mine");
  });

  test("of a config that is wrong is refused with what is wrong", () => {
    expect(() => emitModule({ version: "" })).toThrow(ConfigError);
    expect(() => emitModule({ version: "v1", additional_version_weights: { v2: 0.5 } }, { profile: "functiongraph" })).toThrow(ConfigError);
  });
});
