import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { toFragment } from "../../src/studio/fragment.ts";
import { PARTS, type State, TABS } from "../../src/studio/state.ts";
import { inChromium, openPage } from "../support/browser.ts";
import { serveStudio } from "../support/studio.ts";

/** Texts that run something where they become markup, a style, an address or code. */
const HOSTILE = [
  "<img src=x onerror=boom()>",
  "<svg onload=boom()>",
  "</script><script>boom()</script>",
  "</style><script>boom()</script>",
  "javascript:boom()",
  '"><script>boom()</script>',
  "' onfocus='boom()' autofocus='",
  "`${boom()}`",
  "{{constructor.constructor('boom()')()}}",
  "<iframe srcdoc='<script>parent.boom()</script>'>",
  '<a href="javascript:boom()">x</a>',
  "<style>*{background:url(//evil.example)}</style>",
  "\u202e<b>\u0000\u2028",
  "__proto__",
  "constructor",
];

const hostile = fc.constantFrom(...HOSTILE);
const name = hostile.map((each) => each.replaceAll(/[^!-~]/g, ""));

/** Aliases that can be used, with such texts wherever a text may stand. */
const alias = fc
  .record({ one: name, two: name, value: hostile, param: hostile, seed: hostile, description: hostile })
  .map(({ one, two, value, param, seed, description }) => ({
    version: `v${one}`,
    description,
    additional_version_weights: { [`w${two}`]: 10 },
    additional_version_strategy: {
      [`s${one}`]: {
        combine_type: "or",
        rules: [
          { rule_type: "Query", param, op: "=", value },
          { rule_type: "Attribute", param, op: "=", value },
        ],
      },
    },
    stickiness: { keys: [{ rule_type: "Attribute", param }], seed, on_missing: "primary" },
  }));

const states: fc.Arbitrary<State> = fc
  .record({
    docs: fc.array(
      fc.record({
        name: hostile,
        text: fc.oneof({ weight: 4, arbitrary: alias.map((each) => JSON.stringify(each)) }, { weight: 1, arbitrary: hostile }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    rows: fc.array(fc.record({ part: fc.constantFrom(...PARTS), name: hostile, value: hostile }), { maxLength: 4 }),
    tab: fc.constantFrom(...TABS),
    suite: fc.oneof(
      hostile,
      fc.record({ name: hostile, title: hostile, at: hostile, header: hostile }).map(({ name, title, at, header }) =>
        JSON.stringify({
          title,
          cases: [
            { name, request: { attributes: { a: header } }, expect: { reason: "error" } },
            { id: at, expect: { at } },
          ],
        }),
      ),
    ),
  })
  .map(({ docs, rows, tab, suite }) => ({
    docs: docs.map((doc, id) => ({ id, ...doc, kept: doc.text })),
    active: 0,
    other: undefined,
    profile: "extended",
    tab,
    rows,
    slot: undefined,
    suite,
  }));

inChromium("hostile texts are shown, and do nothing", () => {
  let url: string;

  beforeAll(async () => {
    url = await serveStudio();
  });

  test("in names, values, requests and links", async () => {
    const { page, complaints, requests } = await openPage({ width: 1280 });
    await page.addInitScript("globalThis.boom = () => { globalThis.ran = true; }");
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        const fragment = (await toFragment(state)) ?? "";
        await page.goto("about:blank");
        await page.goto(url + fragment);
        await page.getByRole("tabpanel").waitFor();
        for (const tab of await page.getByRole("tab").all()) {
          await tab.click();
          // Everything that can be asked for without being sent.
          await page.evaluate("document.querySelectorAll('.reach button').forEach((button) => button.click())");
        }
        expect(await page.evaluate("globalThis.ran")).toBeUndefined();
        expect(
          await page.evaluate(
            "[document, document.querySelector('.editor').shadowRoot].flatMap((root) => [...root.querySelectorAll('script, iframe, img, a, style, object, embed')]).filter((each) => !each.closest('head') && !each.matches('.cm-widgetBuffer')).map((each) => each.outerHTML)",
          ),
        ).toEqual([]);
      }),
      { numRuns: 12, interruptAfterTimeLimit: 120_000 },
    );
    expect(complaints).toEqual([]);
    expect(requests.filter((each) => !each.startsWith(url) && !/^(?:data:|blob:|about:)/.test(each))).toEqual([]);
    await page.close();
  }, 180_000);

  test("a text that did become markup would be seen", async () => {
    const { page, complaints } = await openPage({ width: 1280 });
    await page.goto(url);
    await page.getByRole("tabpanel").waitFor();
    await page.evaluate(`document.querySelector(".panel").insertAdjacentHTML("beforeend", "<img src=x onerror=boom()>")`);
    expect(await page.locator(".panel img").count()).toBe(1);
    await expect.poll(() => complaints.join()).toContain("Content Security Policy");
    await page.close();
  });
});
