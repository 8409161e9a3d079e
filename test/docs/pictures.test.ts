import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PARTS } from "../house/parts.ts";
import { decisionPicture } from "./decision-picture.ts";
import { partsPicture } from "./parts-picture.ts";

test("docs/pictures/parts.svg is drawn from the table of parts", async () => {
  await expect(partsPicture()).toMatchFileSnapshot("../../docs/pictures/parts.svg");
});

test("docs/pictures/decision.svg is drawn from the example of the README", async () => {
  await expect(decisionPicture()).toMatchFileSnapshot("../../docs/pictures/decision.svg");
});

test("the README and the document on the design show them", () => {
  expect(readFileSync("README.md", "utf8")).toContain("](docs/pictures/decision.svg)");
  expect(readFileSync("docs/internals/design.md", "utf8")).toContain("](../pictures/parts.svg)");
});

test("the table of parts in the document is that of test/house/parts.ts", () => {
  const rows = [...readFileSync("docs/internals/design.md", "utf8").matchAll(/^\| `(\w+)\/` \| (.*) \| (.*) \|$/gm)];
  const shown = rows.map(([, part = "", says = "", imports = ""]) => [part, { says, imports: imports.match(/\w+(?=`)/g) ?? [] }] as const);
  expect(Object.fromEntries(shown)).toEqual(PARTS);
});
