import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { inChromium, openPage } from "../support/browser.ts";
import { readPNG, tiles } from "../support/png.ts";
import { serveStudio } from "../support/studio.ts";

const FOLDER = "docs/pictures/studio";

/** The mean difference of tiles that is allowed, of 255. Between the tabs it is 9.4, and between the themes 213. */
const TOLERANCE = 1;

/** A few cases of the storefront, of which one is wrong. */
const SUITE = `alias: ./storefront.yaml
cases:
  - name: beta users
    request: { cookies: { beta: "on" } }
    expect: { version: v43 }
  - name: opted out
    request: { headers: { x-canary: never } }
    expect: { version: v40 }
  - name: the new checkout
    request: { path: /cart, attributes: { tenant: acme } }
    expect: { version: v43 }
`;

function difference(one: Buffer, other: Buffer): number {
  const [left, right] = [one, other].map((file) => tiles(readPNG(file), 64, 40)) as [readonly number[], readonly number[]];
  return left.reduce((sum, light, tile) => sum + Math.abs(light - (right[tile] ?? 0)), 0) / left.length;
}

inChromium("the pictures of docs/studio.md", () => {
  let url: string;

  beforeAll(async () => {
    url = await serveStudio("docs/examples/storefront.yaml");
  });

  // `UPDATE_SCREENSHOTS=1` stores new ones.
  test.each([
    ["ask", 1280, "light"],
    ["ask", 1280, "dark"],
    ["split", 1280, "light"],
    ["suite", 1280, "light"],
    ["ask", 390, "dark"],
  ] as const)("%s, %i pixels wide, %s", async (part, width, theme) => {
    const { page, complaints } = await openPage({ width, theme });
    await page.goto(url);
    await page.getByRole("heading", { name: "Answer" }).waitFor();
    if (part === "ask") {
      await page.getByRole("button", { name: "Cookie beta" }).click();
      await page.getByLabel("Cookie beta: Value").fill("on");
      await page.getByText("v43", { exact: true }).first().waitFor();
    } else if (part === "suite") {
      await page.getByRole("tab", { name: "Suite" }).click();
      await page
        .locator(".suite input")
        .setInputFiles({ name: "storefront.alias-test.yaml", mimeType: "text/yaml", buffer: Buffer.from(SUITE) });
      await page.getByRole("heading", { name: "Mistakes that no case notices" }).waitFor();
      await page.evaluate("document.querySelector('.panel').scrollTop = 0");
    } else {
      await page.getByRole("tab", { name: "Split" }).click();
    }
    await page.evaluate("document.activeElement?.blur()");
    await page.mouse.move(0, 0);
    await page.waitForTimeout(500);
    const seen = await page.screenshot({ animations: "disabled", caret: "hide" });
    const path = join(FOLDER, `${part}-${width}-${theme}.png`);
    if (process.env["UPDATE_SCREENSHOTS"] === "1") {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(path, seen);
    }
    expect(existsSync(path)).toBe(true);
    expect(difference(seen, readFileSync(path))).toBeLessThanOrEqual(TOLERANCE);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("the measure of difference sees another tab, and another theme", () => {
    const stored = (name: string): Buffer => readFileSync(join(FOLDER, `${name}.png`));
    expect(difference(stored("ask-1280-light"), stored("split-1280-light"))).toBeGreaterThan(2 * TOLERANCE);
    expect(difference(stored("ask-1280-light"), stored("ask-1280-dark"))).toBeGreaterThan(50);
  });
});
