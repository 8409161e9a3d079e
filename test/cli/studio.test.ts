import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";
import { serveStudio } from "../support/studio.ts";

const { folder, file } = scratch();
const alias = file("a.yaml", "version: v1\n");

test("the page is served on loopback with its policy, and the files as data", async () => {
  const url = await serveStudio(alias, file("<script>.json", { version: "</script><script>alert(1)</script>" }));
  const response = await fetch(url);
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const html = await response.text();
  expect(html.match(/<script/g)).toHaveLength(2);
  const [, data = ""] = /id="files">(.*)<\/script>/.exec(html) ?? [];
  expect(JSON.parse(data)).toEqual([
    { name: "a.yaml", text: "version: v1\n" },
    { name: "<script>.json", text: JSON.stringify({ version: "</script><script>alert(1)</script>" }, null, 2) },
  ]);
  for (const name of ["studio.js", "studio.css"]) expect((await fetch(url + name)).status).toBe(200);
  expect((await fetch(`${url}../package.json`)).status).toBe(404);
  expect((await fetch(url, { method: "POST" })).status).toBe(405);
  expect(await (await fetch(url, { method: "HEAD" })).text()).toBe("");
});

test("a page of another host whose name leads here gets nothing", async () => {
  const url = new URL(await serveStudio(alias));
  const asked = request({ host: url.hostname, port: url.port, headers: { host: `evil.example:${url.port}` } }).end();
  const [{ statusCode }] = (await once(asked, "response")) as [{ readonly statusCode: number }];
  expect(statusCode).toBe(421);
});

test("one file has everything, its policy names its scripts, and is not written over what is no such page", async () => {
  const out = join(folder, "page.html");
  expect(await command(["studio", alias, "--out", out])).toEqual({ code: 0, stdout: "", stderr: `canary-router: wrote ${out}\n` });
  const html = readFileSync(out, "utf8");
  expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  expect(html).toMatch(/script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/);
  expect(html).not.toContain("unsafe");
  expect((await command(["studio", "--out", "-"])).stdout).toContain("<!-- canary-router studio -->");
  expect((await command(["studio", alias, "--out", out])).code).toBe(0);
  writeFileSync(out, "mine");
  expect(await command(["studio", alias, "--out", out])).toMatchObject({ code: 2, stderr: expect.stringContaining("--force") });
  expect(readFileSync(out, "utf8")).toBe("mine");
  expect((await command(["studio", alias, "--out", out, "--force"])).code).toBe(0);
});

test.each([
  [["--force"], "does nothing without `--out"],
  [["--out", "x.html", "--listen", "127.0.0.1:1"], "two ways to show the page"],
  [["--listen", "0.0.0.0:0"], "listens on loopback only"],
  [["--listen", "nonsense"], "is no address"],
  [[join(folder, "none.yaml")], "no such file"],
  [[file("empty.yaml", "")], "the file is empty"],
  [[file("large.yaml", "#".repeat(1_048_577))], "more than 1048576 characters"],
  [["--out", join(folder, "none", "x.html")], "its folder is not there"],
])("%j is refused: %s", async (args, message) => {
  expect(await command(["studio", ...args])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
});

test("standard input is a file too", async () => {
  const { stdout } = await command(["studio", "-", "--out", "-"], { stdin: "version: v7\n" });
  expect(stdout).toContain('[{"name":"stdin","text":"version: v7\\n"}]');
});
