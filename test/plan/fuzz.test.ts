import { expect, test } from "vitest";
import * as library from "../../src/index.ts";
import { emitModule } from "../../src/route/emit.ts";
import { compile as jit } from "../../src/route/jit.ts";

type Fuzz = (
  from: Pick<typeof library, "plan" | "compile" | "ConfigError"> & { readonly jit: typeof jit; readonly emitModule: typeof emitModule },
  options: { readonly seed: string; readonly runs: number },
) => Promise<Readonly<Record<"accepted" | "refused" | "accessors", number>>>;

const { fuzz }: { readonly fuzz: Fuzz } = await import(new URL("../nightly/plans.mjs", import.meta.url).href);

// The fuzzer makes functions of emitted modules.
test.skipIf(process.execArgv.includes("--disallow-code-generation-from-strings"))(
  "plans that are nearly sound are never taken wrongly: a short run of test/nightly/plans.mjs",
  async () => {
    const found = await fuzz({ ...library, jit, emitModule }, { seed: "suite", runs: 1_500 });
    expect(Math.min(found.accepted, found.refused, found.accessors)).toBeGreaterThan(200);
  },
);
