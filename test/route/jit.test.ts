import { afterEach, expect, test, vi } from "vitest";
import { compile } from "../../src/route/jit.ts";

const config = {
  version: "v1",
  additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "needle" }] } },
};

afterEach(() => {
  vi.unstubAllGlobals();
});

/** From here on code is not generated; returns how often it was tried. */
function refuse(error: Error): () => number {
  let tried = 0;
  vi.stubGlobal("Function", function Refused() {
    tried++;
    throw error;
  });
  return () => tried;
}

// In this order: a refusal is remembered.
test("an alias whose code an engine cannot take is decided by closures, and the next one is tried anew", () => {
  const tried = refuse(new RangeError("too deep"));
  for (let aliases = 0; aliases < 2; aliases++) expect(compile(config)({ headers: { "x-a": "needle" } }).version).toBe("v2");
  expect(tried()).toBe(2);
});

test("where generating code is refused, closures decide, and it is not tried again", () => {
  const tried = refuse(new EvalError("refused"));
  for (let aliases = 0; aliases < 3; aliases++) {
    const route = compile(config);
    expect(route({ headers: { "x-a": "needle" } }).version).toBe("v2");
    expect(route({ headers: {} }).version).toBe("v1");
    expect(String(route)).not.toContain("needle");
  }
  expect(tried()).toBe(1);
});
