import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { indexOf, pageOf, readEntries } from "./api.ts";

const entries = readEntries();

describe("every export of the package has a doc comment", () => {
  test.each(entries.map((entry) => [entry.name, entry] as const))("%s", (_, { doc, exports }) => {
    expect(doc).not.toBe("");
    expect(exports.filter((each) => each.doc === "").map(({ name }) => name)).toEqual([]);
  });
});

describe("docs/api is what the sources say; `npx vitest run test/docs/api.test.ts -u` writes it", () => {
  test.each(entries.map((entry) => [entry.page, entry] as const))("%s", async (page, entry) => {
    await expect(pageOf(entry)).toMatchFileSnapshot(`../../docs/api/${page}.md`);
  });

  test("the page that leads to the others", async () => {
    await expect(indexOf(entries)).toMatchFileSnapshot("../../docs/api.md");
  });

  test("every entry of package.json has a page, and no page is left over", () => {
    expect(readdirSync("docs/api").toSorted()).toEqual(entries.map(({ page }) => `${page}.md`).toSorted());
  });
});
