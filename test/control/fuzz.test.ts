import { expect, test } from "vitest";
import * as control from "../../src/control/index.ts";

type Fuzz = (
  from: typeof control,
  options: { readonly runs: number; readonly seed: string },
) => Promise<Readonly<Record<string, number | string>>>;

const { fuzz }: { readonly fuzz: Fuzz } = await import(new URL("../nightly/alias-api.mjs", import.meta.url).href);

test("requests that are right do what they say, and those that are nearly right are answered or refused: a short run of test/nightly/alias-api.mjs", async () => {
  const found = await fuzz(control, { runs: 2_000, seed: "suite" });
  for (const status of ["200", "204", "400", "401", "403", "404", "405", "406", "409"]) expect(found[status], status).toBeGreaterThan(0);
});
