import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

test("all of the page is at most 350 kB, gzipped, and in these files", () => {
  const files = readdirSync("dist/studio");
  expect(files.toSorted()).toEqual(["index.html", "studio.css", "studio.js"]);
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(`dist/studio/${file}`)).length, 0);
  expect(size).toBeLessThanOrEqual(350_000);
  expect(size).toBeGreaterThan(100_000);
});

test("nothing of it is made by `eval`", () => {
  expect(readFileSync("dist/studio/studio.js", "utf8")).not.toMatch(/\beval\(|new Function\(/);
});
