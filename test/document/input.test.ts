import { describe, expect, test } from "vitest";
import { parse } from "../../src/index.ts";

describe("a null whose key has a colon", () => {
  const helpOf = (key: string): string | undefined =>
    parse({ version: "v1", additional_version_weights: { [key]: null } }).diagnostics.find(({ code }) => code === "wrong-type")?.help;

  test.each([
    ["v2:5", "v2: 5"],
    ["canary:a:5", "canary: a:5"],
  ])("`%s` is a missing space in YAML", (key, written) => {
    expect(helpOf(key)).toBe(`YAML wants a space behind the colon: write \`${written}\``);
  });

  test.each(["v2", "v2:", ":5", "a v2:5", "v2:5 a", "v2: 5"])("`%s` is not", (key) => {
    expect(helpOf(key)).toBeUndefined();
  });
});
