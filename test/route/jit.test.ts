import { afterEach, expect, test, vi } from "vitest";
import type { compile } from "../../src/route/jit.ts";

const config = {
  version: "v1",
  additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "needle" }] } },
};

afterEach(() => {
  vi.unstubAllGlobals();
});

/** From here on code is refused as `errorOf` says; returns how often it was tried. */
function refuse(errorOf: (code: string) => Error | undefined): () => number {
  let tried = 0;
  vi.stubGlobal("Function", function Refused(...texts: readonly string[]) {
    tried++;
    const error = errorOf(texts.at(-1) ?? "");
    if (error !== undefined) throw error;
  });
  return () => tried;
}

/** Compiles anew, with what `jit` remembers forgotten. */
async function fresh(): Promise<typeof compile> {
  vi.resetModules();
  return (await import("../../src/route/jit.ts")).compile;
}

test.each([new RangeError("too deep"), new SyntaxError("too many"), new TypeError("not this one")])(
  "an alias whose code an engine cannot take is decided by closures, and the next one is tried anew: %s",
  async (error) => {
    const compileFresh = await fresh();
    const tried = refuse((code) => (code.includes("needle") ? error : undefined));
    for (let aliases = 0; aliases < 2; aliases++) expect(compileFresh(config)({ headers: { "x-a": "needle" } }).version).toBe("v2");
    // Each is tried, and then code without a statement.
    expect(tried()).toBe(4);
  },
);

test("where the stack is used up, it is tried anew", async () => {
  const compileFresh = await fresh();
  const tried = refuse(() => new RangeError("Maximum call stack size exceeded"));
  for (let aliases = 0; aliases < 2; aliases++) expect(compileFresh(config)({ headers: { "x-a": "needle" } }).version).toBe("v2");
  expect(tried()).toBe(4);
});

test.each([new EvalError("refused"), new TypeError("Cannot eval with evalTaming set to noEval"), new Error("no compiler")])(
  "where generating code is refused, closures decide, and it is not tried again: %s",
  async (error) => {
    const compileFresh = await fresh();
    const tried = refuse(() => error);
    for (let aliases = 0; aliases < 3; aliases++) {
      const route = compileFresh(config);
      expect(route({ headers: { "x-a": "needle" } }).version).toBe("v2");
      expect(route({ headers: {} }).version).toBe("v1");
      expect(String(route)).not.toContain("needle");
    }
    expect(tried()).toBe(2);
  },
);
