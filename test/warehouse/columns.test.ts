import { describe, expect, test } from "vitest";
import { readColumns } from "../../src/warehouse/index.ts";

describe("columns", () => {
  test("are named as fields are, header names in any case, and sources and the draw besides", () => {
    const written = { "header X-Canary": "h", "Cookie beta": "b", ":PATH": "p", cookies: "c", url: "u", draw: "d" };
    const read = readColumns(written);
    expect(read.ok && { ...read.value }).toEqual({
      "header x-canary": "h",
      "cookie beta": "b",
      ":path": "p",
      cookies: "c",
      url: "u",
      draw: "d",
    });
  });

  test.each([
    [{ "headr x": "h" }, "column", "/headr x"],
    [{ cookie: "c" }, "column", "/cookie"],
    [{ "header x": 1 }, "wrong-type", "/header x"],
    [{ "header x": " " }, "column", "/header x"],
    [{ "header x": "a\0" }, "column", "/header x"],
    [{ "header x": "a", "header X": "b" }, "column", "/header X"],
    [["a"], "wrong-type", ""],
    ["a", "wrong-type", ""],
  ])("%j is refused", (written, code, at) => {
    const read = readColumns(written);
    expect(read.ok).toBe(false);
    expect(read.diagnostics.map((each) => [each.code, each.at])).toEqual([[code, at]]);
  });

  test("a word that is nearly one is told", () => {
    expect(readColumns({ cookie: "c" }).diagnostics[0]?.help).toBe("did you mean `cookies`?");
  });
});
