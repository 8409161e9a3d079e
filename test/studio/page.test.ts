import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";
import { inChromium, openPage } from "../support/browser.ts";
import { serveStudio } from "../support/studio.ts";

const { folder, file } = scratch();

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds wrong with the page, in its editor too. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)`);
  return (found as readonly Violation[]).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** Replaces the text of the editor as a person does who selects all and pastes. */
async function write(page: Page, text: string): Promise<void> {
  const content = page.locator(".left .cm-content");
  await content.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

async function textOf(page: Page): Promise<string> {
  return page.evaluate(`document.querySelector(".editor").shadowRoot.querySelector(".cm-content").cmTile.view.state.doc.toString()`);
}

const STICKY = `name: shop
version: v1
additional_version_weights:
  v2: 10
stickiness:
  keys: [{ rule_type: Header, param: X-User }]
  on_missing: primary
`;

inChromium("the page", () => {
  let url: string;
  let twoFiles: string;

  beforeAll(async () => {
    url = await serveStudio();
    twoFiles = await serveStudio(file("before.yaml", STICKY), file("after.yaml", STICKY.replace("v2: 10", "v2: 25")));
  });

  test.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("%i pixels wide, %s: every part is accessible, and nothing is wider than the page", async (width, theme) => {
    const { page, complaints, requests } = await openPage({ width, theme });
    await page.goto(url);
    await page.getByRole("heading", { name: "Answer" }).waitFor();
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      await page.waitForTimeout(200);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
    await write(page, '{ "version": "v1", "additional_version_weight": { "v2": 5 } }');
    await page.getByText("did you mean").first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe(theme);
    expect(complaints).toEqual([]);
    expect(requests.filter((each) => !each.startsWith(url) && !/^(?:data|blob):/.test(each))).toEqual([]);
    await page.close();
  });

  test("axe sees what is wrong: a button without a name", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(url);
    await page.getByRole("tab", { name: "Ask" }).waitFor();
    await page.evaluate(`document.querySelector(".panel").append(document.createElement("button"))`);
    expect((await violations(page)).join()).toContain("button-name");
    await page.close();
  });

  test("a complaint is underlined and listed, and its fix mends it", async () => {
    const { page, complaints } = await openPage({ width: 1280 });
    await page.goto(url);
    await write(page, "version: v1\nadditional_version_weight: { v2: 5 }\n");
    await page.getByText("unknown key").waitFor();
    expect(await page.locator(".cm-lintRange-error").textContent()).toBe("additional_version_weight");
    await page.getByRole("button", { name: "Write additional_version_weights" }).click();
    await page.getByText("No problems").waitFor();
    expect(await textOf(page)).toBe("version: v1\nadditional_version_weights: { v2: 5 }\n");
    await page.keyboard.press("Control+z");
    await page.getByText("unknown key").waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a claim is proved while one types, its strategy can be dropped, and its witness is asked", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(url);
    const rule = (version: string, value: string): string =>
      `  ${version}: { rules: [{ rule_type: Header, param: X-Team, op: in, value: "${value}" }] }\n`;
    await write(page, `version: v1\nadditional_version_strategy:\n${rule("v2", "red,blue")}${rule("v3", "red")}`);
    await page.locator("code", { hasText: "strategy-shadowed" }).waitFor();
    expect(await page.locator(".problems .tag").first().textContent()).toBe("proved");
    await page.locator(".reach li", { hasText: "the strategy for v3" }).getByRole("button", { name: "Find one" }).click();
    await page.getByText("None: proved for every request").waitFor();
    await page.locator(".reach li", { hasText: "the strategy for v2" }).getByRole("button", { name: "Find one" }).click();
    await page.locator(".reach").getByRole("button", { name: "Ask this request" }).click();
    await page.locator(".verdict strong", { hasText: "v2" }).waitFor();
    await page.getByRole("button", { name: "Remove v3" }).click();
    await page.getByText("No problems").waitFor();
    expect(await textOf(page)).not.toContain("v3");
    await page.close();
  });

  test("keys and words are completed from the schema, and versions from the alias", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(url);
    await write(page, "version: v1\nadditional_version_weights:\n  v2: 5\nadditional_v");
    const options = page.locator(".cm-tooltip-autocomplete li");
    await page.keyboard.press("Control+Space");
    await options.first().waitFor();
    expect((await options.allTextContents()).map((text) => text.split(/(?=[A-Z])/)[0])).toContain("additional_version_strategy");
    await page.keyboard.press("Escape");
    await write(
      page,
      'version: v1\nadditional_version_strategy:\n  v2:\n    rules:\n      - rule_type: Header\n        param: a\n        op: "="\n        value: x\n      - rule_type: C',
    );
    await options.filter({ hasText: "Cookie" }).waitFor();
    await page.keyboard.press("Enter");
    expect(await textOf(page)).toMatch(/rule_type: Cookie$/);
    await page.close();
  });

  test("a pasted curl is asked, what decides is lit in the editor, and the draw can be moved", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(url);
    await page.getByRole("button", { name: "Paste" }).click();
    await page.getByRole("textbox", { name: /curl/ }).fill("curl 'https://shop.example/cart?preview=v43' -H 'X-User-Id: 7' --data-raw x");
    await page.getByText("Read as curl · Not used: --data-raw").waitFor();
    await page.getByRole("button", { name: "Use it" }).click();
    await page.locator(".verdict strong", { hasText: "v43" }).waitFor();
    expect(await page.locator(".cm-lit-first").textContent()).toContain("v43:");
    await page.getByRole("button", { name: "Remove Query preview" }).click();
    await page.getByText(/of “storefront” and header x-user-id/).waitFor();
    const slider = page.getByRole("slider", { name: "Slot of the draw" });
    await slider.fill("9900");
    await page.locator(".verdict strong", { hasText: "v42" }).waitFor();
    await slider.fill("100");
    await page.locator(".verdict strong", { hasText: "v41" }).waitFor();
    await page.getByRole("button", { name: "As the alias draws" }).click();
    await page.getByText(/of “storefront” and header x-user-id/).waitFor();
    await page.close();
  });

  test("an edge is moved by keys and by the pointer, and what moves is counted", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(twoFiles);
    await page.getByRole("tab", { name: "Split" }).click();
    const edge = page.getByRole("slider", { name: "Weight of v2" });
    await edge.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await page.locator(".figures", { hasText: "1.01 %" }).waitFor();
    expect(await textOf(page)).toBe(STICKY.replace("v2: 10", "v2: 11.01"));
    const box = await page.locator(".track").last().boundingBox();
    const handle = await edge.boundingBox();
    if (box === null || handle === null) throw new Error("nothing to drag");
    await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, handle.y, { steps: 5 });
    await page.mouse.up();
    const [, written] = /v2: ([\d.]+)/.exec(await textOf(page)) ?? [];
    expect(Math.abs(Number(written) - 50)).toBeLessThan(0.3);
    await page
      .locator(".figures dd")
      .first()
      .filter({ hasText: `${(Number(written) - 10).toFixed(2)} %` })
      .waitFor();
    // Two aliases: the other file is the one before, and the difference has a witness.
    await page.getByLabel("Compared with").selectOption("after.yaml");
    await page.getByText("No. This request shows it:").waitFor();
    await page.locator(".compare").getByRole("button", { name: "Ask this request" }).click();
    await page.getByRole("heading", { name: "Answer" }).waitFor();
    await page.close();
  });

  test("a layout that moves more than it must is rebalanced", async () => {
    const three = (v2: number, v4: number): string => `version: v1\nadditional_version_weights: { v2: ${v2}, v3: 20, v4: ${v4} }\n`;
    const pair = await serveStudio(file("one.yaml", three(10, 20)), file("two.yaml", three(20, 20)));
    const { page } = await openPage({ width: 1280 });
    await page.goto(pair);
    await page.getByRole("button", { name: "two.yaml", exact: true }).click();
    await page.getByRole("tab", { name: "Split" }).click();
    await page.getByLabel("Compared with").selectOption("one.yaml");
    await page.locator(".figures dd").first().filter({ hasText: "20.00 %" }).waitFor();
    expect(await page.locator(".figures dd").allTextContents()).toEqual(["20.00 %", "10.00 %", "10.00 %"]);
    await page.getByRole("button", { name: "Rebalance" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the plan" }).click();
    const plan = JSON.parse(readFileSync(await (await download).path(), "utf8"));
    expect(plan).toMatchObject({ kind: "plan", versions: ["v1", "v2", "v3", "v4"] });
    await page.close();
  });

  test("a model and a log are simulated, through steps, can be stopped, and what is wrong is said", async () => {
    const { page, complaints } = await openPage({ width: 1280, theme: "dark" });
    await page.goto(url);
    await page.getByRole("tab", { name: "Simulate" }).click();
    const run = page.getByRole("button", { name: "Simulate", exact: true });
    await page.getByLabel("Requests", { exact: true }).fill("5000");
    await run.click();
    await page.locator(".figure-box svg.plot").first().waitFor();
    await page.getByLabel("Version that is rolled out").selectOption("v41");
    await run.click();
    await page.getByRole("heading", { name: "The slots of each step" }).waitFor();
    expect(await violations(page)).toEqual([]);
    // So many that it is still running when it is stopped.
    await page.getByLabel("Requests", { exact: true }).fill("100000000");
    await run.click();
    await page.getByRole("button", { name: "Stop" }).click();
    await expect.poll(() => run.isEnabled()).toBe(true);
    await page.getByLabel("Step 1: Lasts").fill("soon");
    await run.click();
    await page.locator(".fault", { hasText: "soon" }).waitFor();
    await page.getByLabel("Version that is rolled out").selectOption("");
    const log = file("access.log", '192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET /cart HTTP/1.1" 200 5\n'.repeat(50));
    await page.locator("label.button input").last().setInputFiles(log);
    await page.getByText("never leaves this machine").waitFor();
    await run.click();
    await page.getByText("50 requests were simulated").waitFor();
    await page.locator("label.button input").last().setInputFiles(file("noise.log", "hello\nthere\n"));
    await run.click();
    await page.locator(".fault", { hasText: "could not be simulated" }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a case is saved from Ask, runs as one types, is seen in the margin, and the file that is saved is run by the command", async () => {
    const { page, complaints } = await openPage({ width: 1280 });
    const alias = `${STICKY}additional_version_strategy:
  v3:
    rules: [{ rule_type: Cookie, param: beta, op: "=", value: "on" }]
`;
    await page.goto(await serveStudio(file("shop.yaml", alias)));
    await page.getByRole("button", { name: "Cookie beta" }).click();
    await page.locator(".verdict strong", { hasText: "v3" }).waitFor();
    await page.getByRole("textbox", { name: "Name of the case" }).fill("beta users get v3");
    await page.getByRole("button", { name: "Save as a case" }).click();
    await page.getByText("Saved in Suite").waitFor();
    await page.getByLabel("Expected").selectOption("v2");
    await page.getByRole("button", { name: "Save as a case" }).click();

    await page.getByRole("tab", { name: "Suite" }).click();
    await page.getByText("1 failed, 1 passed").waitFor();
    await page.locator(".results .fault", { hasText: "expected v2" }).waitFor();
    expect(await violations(page)).toEqual([]);
    // The strategy decided but never failed; neither arm was reached, nor the place for users without a key.
    expect(await page.locator(".left .cm-reached-some").count()).toBe(2);
    expect(await page.locator(".left .cm-reached-none").count()).toBe(3);
    expect(await page.locator(".left .cm-reached-some").first().getAttribute("title")).toBe("the strategy for v3: decided 2, failed 0");
    await page.locator(".results", { hasText: "is 9.99" }).waitFor();

    const suite = page.locator(".suite .cm-content");
    await suite.click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("3");
    await page.getByText("2 passed").waitFor();
    await page.getByRole("button", { name: "Add the missing cases" }).click();
    await page.getByText("Every mistake that was tried is noticed.").waitFor();
    expect(await page.locator(".left .cm-reached-all").count()).toBe(5);

    const folderOfBoth = mkdtempSync(join(folder, "saved-"));
    for (const name of ["Save the suite", "Save"]) {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name, exact: true }).click();
      const saved = await download;
      await saved.saveAs(join(folderOfBoth, saved.suggestedFilename()));
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(process.cwd(), "dist/bin/main.js"), "test", "--mutate", "--min-coverage", "100"],
      { cwd: folderOfBoth },
    );
    expect(stdout).toMatch(/shop\.alias-test\.yaml: \d+ cases passed/);

    // The link has the suite too.
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(() => page.evaluate("history.state?.own === true")).toBe(true);
    await page.reload();
    await page.getByText("Every mistake that was tried is noticed.").waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("what is wrong with a suite is underlined and mended, and a suite is opened", async () => {
    const { page, complaints } = await openPage({ width: 390, theme: "dark" });
    await page.goto(url);
    await page.getByRole("tab", { name: "Suite" }).click();
    await page.getByText("There are no cases yet").waitFor();
    await page.locator(".suite input").setInputFiles(file("old.yaml", "casess:\r\n  - expect: { version: v41 }\r\n"));
    await page.getByText("did you mean").waitFor();
    expect(await page.locator(".suite .cm-lintRange-error").first().textContent()).toBe("casess");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Write cases" }).click();
    await page.getByText("1 failed").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a link carries the state, says so to another person, and is not fooled by a bad one", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(url);
    await write(page, STICKY);
    await page.getByRole("tab", { name: "Split" }).click();
    // The address bar has the state at once.
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(() => page.evaluate("history.state?.own === true && location.hash.length > 100")).toBe(true);
    const link = await page.evaluate<string>("location.href");
    await page.reload();
    await page.getByRole("slider", { name: "Weight of v2" }).waitFor();
    expect(await page.getByText("Nothing of it was run or sent").count()).toBe(0);

    const other = await openPage({ width: 390 });
    await other.page.goto(link);
    await other.page.getByText("Nothing of it was run or sent").waitFor();
    expect(await textOf(other.page)).toBe(STICKY);
    await other.page.close();

    const broken = await openPage({ width: 390 });
    await broken.page.goto(`${url}#1.AAAA`);
    await broken.page.getByText("The link could not be read").waitFor();
    expect(broken.complaints).toEqual([]);
    await broken.page.close();
    await page.close();
  });

  test("a worker that cannot run is said plainly, the text is kept, and it starts again", async () => {
    const { page } = await openPage({ width: 1280 });
    // The page asks for its script first, and then for the same one as that of its worker.
    let asked = 0;
    await page.route("**/studio.js", (route) =>
      asked++ === 0 ? route.continue() : route.fulfill({ contentType: "text/javascript", body: "throw new Error('no memory')" }),
    );
    await page.goto(url);
    await page.getByText("The worker that proves and counts has ended").waitFor();
    await page.unroute("**/studio.js");
    await write(page, "version: v1\nadditional_version_weights: { v2: 0 }\n");
    await page.locator("code", { hasText: "version-unreached" }).waitFor();
    await page.close();
  });

  test("the page is in Chinese for those who read it, and keeps the choice", async () => {
    const { page } = await openPage({ width: 1280, language: "zh-CN" });
    await page.goto(url);
    await page.getByRole("tab", { name: "分流" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
    await page.getByLabel("语言").selectOption("en");
    await page.reload();
    await page.getByRole("tab", { name: "Split" }).waitFor();
    await page.close();
  });

  test("in one file it is the same page, proves in a worker, and loads nothing", async () => {
    const out = join(folder, "page.html");
    expect(await command(["studio", file("a.yaml", "version: v1\nadditional_version_weights: { v2: 0 }\n"), "--out", out])).toMatchObject({
      code: 0,
    });
    const { page, complaints, requests } = await openPage({ width: 1280 });
    const address = pathToFileURL(out).href;
    await page.goto(address);
    await page.locator("code", { hasText: "version-unreached" }).waitFor();
    expect(complaints).toEqual([]);
    expect(requests.filter((each) => each !== address && !/^(?:data|blob):/.test(each))).toEqual([]);
    await page.evaluate(`document.body.append(Object.assign(document.createElement("script"), { textContent: "globalThis.ran = true" }))`);
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    await page.close();
  });

  test("a file with the line ends of Windows has its marks, and a fix lands where it belongs", async () => {
    const text = "# one\r\n# two\r\nversion: v1\r\nadditional_version_weight:\r\n  v2: 5\r\n";
    const { page } = await openPage({ width: 1280 });
    await page.goto(await serveStudio(file("crlf.yaml", text)));
    await page.getByRole("button", { name: "additional_version_weights" }).first().click();
    await expect.poll(() => textOf(page)).toBe("# one\n# two\nversion: v1\nadditional_version_weights:\n  v2: 5\n");
    await page.close();
  });
});
