import { afterAll, beforeAll, describe, expect, test } from "vitest";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { lookAgain, type LiveAnswer, type Splits, watchedIn } from "../../src/studio/live/look.ts";
import { inChromium, openPage } from "../support/browser.ts";
import { command, scratch } from "../support/command.ts";
import { until } from "../support/daemon.ts";
import { namedUpstream } from "../support/gateway.ts";

const { file } = scratch();

describe("the verdict of a split", () => {
  const answer = (v1: number, v2: number, more: object = {}): LiveAnswer => ({
    source: { state: "healthy", reason: null, revision: 1, age: 0 },
    aliases: [
      {
        alias: "shop",
        served: true,
        slots: { v1: 9_000, v2: 1_000 },
        sticky: false,
        counts: [
          { version: "v1", reason: "split", count: v1 },
          { version: "v2", reason: "split", count: v2 },
          { version: "v2", reason: "rule", count: 7 },
        ],
        ...more,
      },
    ],
    rejected: [],
    changes: [],
  });
  const after = (...answers: readonly LiveAnswer[]): ReturnType<typeof watchedIn> => {
    const splits = answers.reduce<Splits>(lookAgain, new Map());
    return watchedIn(splits, answers.at(-1) as LiveAnswer);
  };

  test("is of what was drawn since the page looks on", () => {
    expect(after(answer(500, 500))).toMatchObject([{ verdict: "unseen", draws: 0 }]);
    expect(after(answer(500, 500), answer(1_400, 600))).toMatchObject([
      {
        verdict: "fits",
        draws: 1_000,
        versions: [
          { version: "v1", slots: 9_000, drawn: 900, decided: 1_400 },
          { version: "v2", slots: 1_000, drawn: 100, decided: 607 },
        ],
      },
    ]);
    expect(after(answer(0, 0), answer(500, 500))).toMatchObject([{ verdict: "alarm" }]);
  });

  test("is none for a sticky split, and for one that draws nothing", () => {
    expect(after(answer(0, 0), answer(500, 500, { sticky: true }))).toMatchObject([{ verdict: "sticky" }]);
    expect(
      after({
        ...answer(0, 0),
        aliases: [
          { alias: "a", served: true },
          { alias: "b", served: false },
        ],
      }),
    ).toMatchObject([{ verdict: "fixed", served: true }, { served: false }]);
  });

  test("begins anew where the weights change", () => {
    const other = { slots: { v1: 5_000, v2: 5_000 } };
    expect(after(answer(0, 0), answer(500, 500, other))).toMatchObject([{ verdict: "unseen" }]);
  });
});

/** Runs `serve` with the aliases of a folder; the addresses of its listeners. */
async function serveGateway(
  name: string,
  admin: unknown,
): Promise<{ readonly url: string; readonly admin: string; readonly write: (text: string) => void }> {
  const [v1, v2] = await Promise.all([namedUpstream("v1"), namedUpstream("v2")]);
  const write = (text: string): void => void file(`${name}/aliases/shop.yaml`, text);
  write("name: shop\nversion: v1\nadditional_version_weights: { v2: 50 }\n");
  file(`${name}/token`, "a-token-of-this-test-with-enough-characters\n");
  const routes = [{ alias: "shop", upstreams: { v1: v1.url, v2: v2.url } }];
  const path = file(`${name}/gateway.json`, { listen: "127.0.0.1:0", admin, aliases: "./aliases", routes });
  const interruption = new AbortController();
  let stdout = "";
  const done = command(["serve", path], { interrupted: interruption.signal, onOutput: (output) => (stdout = output.stdout) });
  afterAll(async () => {
    interruption.abort();
    await done;
    v1.close();
    v2.close();
  });
  await until(() => stdout.includes('"event":"listening"'));
  const line = stdout.split("\n").find((each) => each.includes('"event":"listening"')) ?? "{}";
  const addresses = JSON.parse(line) as { readonly listen: { readonly port: number }; readonly admin: { readonly port: number } };
  const [url, adminUrl] = [addresses.listen, addresses.admin].map(({ port }) => `http://127.0.0.1:${port}/`) as [string, string];
  await until(async () => (await fetch(`${adminUrl}readyz`)).ok);
  return { url, admin: adminUrl, write };
}

async function violations(page: Page): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`,
  );
}

inChromium("the page of a gateway", () => {
  let open: Awaited<ReturnType<typeof serveGateway>>;
  let guarded: Awaited<ReturnType<typeof serveGateway>>;

  beforeAll(async () => {
    open = await serveGateway("open", "127.0.0.1:0");
    guarded = await serveGateway("guarded", { listen: "127.0.0.1:0", token_file: "./token" });
  }, 120_000);

  test("shows shares against weights, a change with what moved, and asks the plan that is served", async () => {
    const { page, complaints, requests } = await openPage({ width: 1280 });
    await page.goto(open.admin);
    await page.getByText("What is served is what the source has").waitFor();
    await page.getByText("Nothing was drawn since this page looks on").waitFor();
    for (let count = 0; count < 40; count++) await (await fetch(open.url)).text();
    await page.getByText("The split fits its weights").waitFor();
    await page.getByText("40 draws").waitFor();
    expect(await violations(page)).toEqual([]);

    open.write("name: shop\nversion: v1\nadditional_version_weights: { v2: 75 }\n");
    await page.getByText("shop: 25.00 % moved, 25.00 % had to.").waitFor();
    open.write("name: shop\nversion: v1\nadditional_version_weights: { v9: 75 }\n");
    await page.getByText("shop was refused:").first().waitFor();

    await page.getByRole("button", { name: "Explain a request" }).click();
    await page.getByRole("heading", { name: "Answer" }).waitFor();
    await page.getByRole("slider", { name: "Slot of the draw" }).fill("7000");
    await page.locator(".verdict strong", { hasText: "v2" }).waitFor();
    // A text that is tested and proved is not there.
    expect(await page.getByRole("button", { name: "Save as a case" }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(requests.filter((each) => !each.startsWith(open.admin) && !/^(?:data|blob):/.test(each))).toEqual([]);
    await page.close();
  });

  test("is as wide as a phone, in the dark, and goes on where the gateway does not answer for a while", async () => {
    const { page } = await openPage({ width: 390, theme: "dark" });
    await page.route("**/live", (route) => route.abort());
    await page.goto(open.admin);
    await page.getByText("The gateway does not answer").waitFor();
    await page.unroute("**/live");
    await page.getByRole("heading", { name: "Recent changes" }).waitFor();
    await page.getByText("The gateway does not answer").waitFor({ state: "detached" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  test("asks for the token that its listener wants, and shows nothing without it", async () => {
    const { page } = await openPage({ width: 1280 });
    await page.goto(guarded.admin);
    const field = page.getByLabel("Token of this gateway");
    await field.fill("wrong");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("does not take this token").waitFor();
    expect(await page.getByRole("heading", { name: "Aliases", exact: true }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await field.fill("a-token-of-this-test-with-enough-characters");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByRole("heading", { name: "Aliases", exact: true }).waitFor();
    await page.getByRole("button", { name: "Explain a request" }).click();
    await page.getByRole("heading", { name: "Answer" }).waitFor();
    await page.close();
  });

  test("is sent with a policy, and the answers behind it are for those with the token", async () => {
    const page = await fetch(guarded.admin);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(await page.text()).toContain('id="live"');
    for (const path of ["live", "plan?alias=shop", "aliases"]) expect((await fetch(guarded.admin + path)).status).toBe(401);
    expect((await fetch(`${open.admin}plan?alias=none`)).status).toBe(404);
    expect((await fetch(open.admin, { method: "POST" })).status).toBe(405);
    expect(await (await fetch(`${open.admin}plan?alias=shop`)).json()).toMatchObject({ kind: "plan", versions: ["v1", "v2"] });
  });
});
