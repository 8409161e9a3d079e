import { expect, test } from "vitest";
import { type Compilable, compile, compileAll, type Diagnostic, plan, type PlanOptions } from "../../src/index.ts";
import { AliasTable } from "../../src/gateway/index.ts";
import { compile as jit } from "../../src/route/jit.ts";

const FULL = { version: "v1", additional_version_weights: { v2: 100 } };

/** What is told, as code and place. */
function telling(): { readonly told: string[]; readonly onWarning: (warning: Diagnostic) => void } {
  const told: string[] = [];
  return { told, onWarning: ({ code, severity, at }) => told.push(`${severity} ${code} ${at}`) };
}

test.each<[string, (config: Compilable, options: PlanOptions) => unknown]>([
  ["compile", compile],
  ["compile of jit", jit],
  ["plan", plan],
])("`onWarning` of %s is told what `parse` warns of, once", (_, take) => {
  const { told, onWarning } = telling();
  take(FULL, { onWarning });
  expect(told).toEqual(["warning weight-full /additional_version_weights"]);
  take(plan(FULL), { onWarning });
  take({ version: "v1" }, { onWarning });
  expect(() => take({ ...FULL, version: "" }, { onWarning })).toThrow("version");
  expect(told).toHaveLength(1);
});

test("of several aliases the place begins with the key", () => {
  const { told, onWarning } = telling();
  compileAll({ "a/b": FULL, c: { version: "v1" } }, { onWarning });
  new AliasTable({ onWarning }).apply({ revision: 1, aliases: { "a/b": FULL, c: { version: "v1" } } });
  expect(told).toEqual(Array.from({ length: 2 }, () => "warning weight-full /a~1b/additional_version_weights"));
});

test("what it throws is ignored", () => {
  const route = compile(FULL, {
    onWarning: () => {
      throw new Error("no");
    },
  });
  expect(route({ headers: {} }, 0.5).version).toBe("v2");
});
