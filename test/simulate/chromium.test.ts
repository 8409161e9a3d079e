import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHTML } from "../../src/simulate/report/html.ts";
import { findChromium, openTab, type Tab } from "../support/chromium.ts";
import { report } from "./plot-data.ts";
import { readPNG, tiles } from "../support/png.ts";

const program = findChromium();
const required = process.env["CI_CHROMIUM"] === "required";
if (program === undefined && !required)
  console.info("skipped: there is no chromium on the PATH; CI_CHROMIUM=required makes that a failure");

/** Stored pictures are a quarter as wide and high. `UPDATE_SCREENSHOTS=1` stores new ones. */
const SCALE = 0.25;

/**
 * The mean difference of tiles that is allowed, of 255. Between two runs on one machine it is 0; with another font it was 0.2 to
 * 0.5; without the last plot it is 1.4.
 */
const TOLERANCE = 1;

test("Chromium is there where it is required", () => {
  expect(required && program === undefined).toBe(false);
});

describe.skipIf(program === undefined)("in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const requests: string[] = [];
  let tab: Tab;

  beforeAll(async () => {
    tab = await openTab(program ?? "");
    tab.onEvent((method, params) => {
      if (method === "Network.requestWillBeSent") requests.push((params["request"] as { readonly url: string }).url);
    });
    await tab.ask("Network.enable");
    await tab.ask("Page.enable");
  });

  afterAll(async () => {
    await tab.close();
    rmSync(folder, { recursive: true });
  });

  /** Shows a page and waits for two frames of it. */
  async function show(html: string, width: number, theme: string): Promise<string> {
    const file = join(folder, `${width}-${theme}.html`);
    writeFileSync(file, html);
    await tab.ask("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
    await tab.ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
    const loaded = new Promise<void>((resolve) => {
      tab.onEvent((method) => {
        if (method === "Page.loadEventFired") resolve();
      });
    });
    const url = pathToFileURL(file).href;
    requests.length = 0;
    await tab.ask("Page.navigate", { url });
    await loaded;
    await evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
    return url;
  }

  async function evaluate(expression: string): Promise<unknown> {
    const { result } = await tab.ask("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    return (result as { readonly value?: unknown }).value;
  }

  async function picture(width: number): Promise<Buffer> {
    const height = (await evaluate("document.documentElement.scrollHeight")) as number;
    const clip = { x: 0, y: 0, width, height, scale: SCALE };
    const { data } = await tab.ask("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    return Buffer.from(data as string, "base64");
  }

  /** The mean difference of two pictures, of 255. */
  function difference(one: Buffer, other: Buffer): number {
    const [left, right] = [tiles(readPNG(one), 12, 60), tiles(readPNG(other), 12, 60)];
    return left.reduce((sum, light, tile) => sum + Math.abs(light - (right[tile] ?? 0)), 0) / left.length;
  }

  const stored = (width: number, theme: string): string => `test/golden/plot-report-${width}-${theme}.png`;

  describe.each([1280, 390])("%i pixels wide", (width) => {
    test.each(["light", "dark"])("%s", async (theme) => {
      const url = await show(reportHTML(report), width, theme);
      expect(requests.filter((each) => each !== url && !each.startsWith("data:"))).toEqual([]);
      expect(requests).toContain(url);
      expect(await evaluate("innerWidth")).toBe(width);
      expect(await evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      const cut = `[...document.querySelectorAll("svg")].filter((svg) => { const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text:not(.box text)")].some((text) => { const box = text.getBoundingClientRect();
          return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1; }); })
        .map((svg) => svg.querySelector("title").textContent)`;
      expect(await evaluate(cut)).toEqual([]);
      const outside = `[...document.querySelectorAll(".plot:not(.over) .box")].filter((box) => { const { left, right } = box.getBoundingClientRect();
        return left < 0 || right > innerWidth; }).length`;
      expect(await evaluate(outside)).toBe(0);

      const seen = await picture(width);
      const { light } = readPNG(seen);
      expect(new Set(light).size).toBeGreaterThan(50);
      const dark = light.filter((each) => each < 128).length / light.length;
      if (theme === "dark") expect(dark).toBeGreaterThan(0.7);
      else expect(dark).toBeLessThan(0.3);

      if (process.env["UPDATE_SCREENSHOTS"] === "1") writeFileSync(stored(width, theme), seen);
      expect(existsSync(stored(width, theme))).toBe(true);
      expect(difference(seen, readFileSync(stored(width, theme)))).toBeLessThanOrEqual(TOLERANCE);
    });
  });

  test("a mark shows its text under the pointer, and no other one", async () => {
    await show(reportHTML(report), 1280, "light");
    const shown = `[...document.querySelectorAll(".box")].filter((box) => getComputedStyle(box).visibility === "visible" && box.getClientRects().length > 0)
      .map((box) => box.querySelector("text").textContent)`;
    expect(await evaluate(shown)).toEqual([]);
    const place = `(() => { const hit = [...document.querySelectorAll(".hit")].find((each) => each.getClientRects().length > 0);
      hit.scrollIntoView({ block: "center" });
      const { left, top, width, height } = hit.getBoundingClientRect(); return { x: left + width / 2, y: top + height / 2 }; })()`;
    const at = (await evaluate(place)) as object;
    await tab.ask("Input.dispatchMouseEvent", { type: "mouseMoved", ...at });
    expect(await evaluate(shown)).toHaveLength(1);
  });

  test("the numbers of a plot are behind it, without a script", async () => {
    await show(reportHTML(report), 390, "dark");
    const heights = `[...document.querySelectorAll("details")].map((each) => { const before = each.querySelector("table").getClientRects().length;
      each.querySelector("summary").click(); return [before, each.querySelector("table").getBoundingClientRect().height > 40]; })`;
    const found = (await evaluate(heights)) as readonly (readonly [number, boolean])[];
    expect(found).toHaveLength(report.sections.length);
    expect(found.every(([, after]) => after)).toBe(true);
    expect(await evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });

  test("the measure of difference sees a plot that is missing, and another theme", async () => {
    await show(reportHTML({ ...report, sections: report.sections.slice(0, -1) }), 1280, "light");
    const less = await picture(1280);
    expect(difference(less, readFileSync(stored(1280, "light")))).toBeGreaterThan(TOLERANCE);
    expect(difference(readFileSync(stored(1280, "dark")), readFileSync(stored(1280, "light")))).toBeGreaterThan(100);
  });

  test("a request to the network would be seen", async () => {
    await show('<!DOCTYPE html><img src="http://127.0.0.1:9/x.png">', 390, "light");
    expect(requests).toContain("http://127.0.0.1:9/x.png");
  });
});
