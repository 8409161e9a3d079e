import { expect, test } from "vitest";
import { parseText } from "../../src/alias/surface.ts";
import * as yaml from "../../src/yaml/index.ts";

type Fuzz = (
  from: typeof yaml & { readonly parseText: typeof parseText },
  options: { readonly seed: string; readonly runs: number },
) => Promise<Readonly<Record<"read" | "refused" | "aliases" | "long", number>>>;

const { fuzz }: { readonly fuzz: Fuzz } = await import(new URL("../nightly/yaml.mjs", import.meta.url).href);

test("texts that are nearly YAML are never read wrongly: a short run of test/nightly/yaml.mjs", async () => {
  const found = await fuzz({ ...yaml, parseText }, { seed: "suite", runs: 1_000 });
  expect(Math.min(found.read, found.refused)).toBeGreaterThan(200);
  expect(Math.min(found.aliases, found.long)).toBeGreaterThan(10);
});
