import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { command, type Ended, scratch } from "../support/command.ts";
import { freePort } from "../support/daemon.ts";
import { KEY, listen, type Listening, prepare, TOKEN, URN } from "../support/control.ts";

const { file } = scratch();
let service: Listening;
const KEYS = { HUAWEICLOUD_SDK_AK: KEY.access, HUAWEICLOUD_SDK_SK: KEY.secret };

async function alias(args: readonly string[], { stdin = "", env = KEYS as Readonly<Record<string, string>> } = {}): Promise<Ended> {
  const ended = await command(["alias", ...args, "--endpoint", service.url], { stdin, env });
  expect(ended.stdout + ended.stderr).not.toContain(KEY.secret);
  return ended;
}

const next = file("next.json", { version: "v1", additional_version_weights: { v2: 20 } });
const first = file("first.yaml", "name: live\nversion: v1\nadditional_version_weights: { v2: 10 }\n");

beforeAll(async () => {
  service = await listen({ rate: 1e6, preconditions: true });
});
beforeEach(async () => {
  await service.stop();
  service = await listen({ rate: 1e6, preconditions: true });
  await prepare(service.store);
});
afterAll(async () => service.stop());

test("an alias is created, changed, promoted and rolled back, each time with what moves", async () => {
  expect(await alias(["set", URN, "live", first, "--yes"])).toMatchObject({
    code: 0,
    stdout: "creates the alias live with the primary version v1\n",
  });
  expect(await alias(["list", URN])).toMatchObject({ code: 0, stdout: "live  v1  v2 10 %\n" });
  expect((await alias(["diff", URN, "live", next])).stdout).toContain("10.00 % of the split moves");
  expect((await alias(["set", URN, "live", next, "--yes"])).stdout).toContain("v1 → v2  10.00 %");
  expect((await alias(["promote", URN, "live", "--yes"])).stdout).toContain("80.00 % of the split moves");
  expect(JSON.parse((await alias(["show", URN, "live"])).stdout)).toMatchObject({ version: "v2" });
  expect((await alias(["rollback", URN, "live", "--yes"])).code).toBe(0);
  expect(JSON.parse((await alias(["show", URN, "live"])).stdout)).toMatchObject({ version: "v1", additional_version_weights: { v2: 20 } });
  const history = JSON.parse((await alias(["show", URN, "live", "--history"])).stdout) as readonly {
    readonly revision: number;
    readonly action: string;
  }[];
  expect(history.map(({ action }) => action)).toEqual(["update", "update", "update", "create"]);
  const created = history.at(-1)?.revision ?? 0;
  expect((await alias(["rollback", URN, "live", "--to", String(created), "--yes"])).code).toBe(0);
  expect(JSON.parse((await alias(["show", URN, "live"])).stdout)).toMatchObject({ additional_version_weights: { v2: 10 } });
});

describe("nothing is sent", () => {
  test.each([
    ["n\n", 1],
    ["", 1],
    ["y\n", 0],
  ])("unless it was said: %j", async (stdin, code) => {
    await alias(["set", URN, "live", first, "--yes"]);
    expect(await alias(["set", URN, "live", next], { stdin })).toMatchObject({ code });
    const { additional_version_weights: weights } = JSON.parse((await alias(["show", URN, "live"])).stdout) as {
      readonly additional_version_weights: object;
    };
    expect(weights).toEqual({ v2: code === 0 ? 20 : 10 });
  });

  test("where nothing would change", async () => {
    await alias(["set", URN, "live", first, "--yes"]);
    expect(await alias(["set", URN, "live", first])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("what is refused", () => {
  test.each<[name: string, args: readonly string[], env: Readonly<Record<string, string>>, code: number, message: string]>([
    ["no credentials", ["list", URN], {}, 2, "there are no credentials"],
    ["a short URN without a project", ["list", "shop"], KEYS, 2, "names no project"],
    ["another secret", ["list", URN], { ...KEYS, HUAWEICLOUD_SDK_SK: "another-secret" }, 1, "FSS.0401"],
    ["an alias that is not there", ["show", URN, "none"], KEYS, 2, "the function has no alias `none`"],
    ["a config of another alias", ["set", URN, "other", first, "--yes"], KEYS, 2, "the config names the alias `live`"],
    ["what the API refuses", ["set", URN, "a", file("v9.json", { version: "v9" }), "--yes"], KEYS, 1, "FSS.1052"],
  ])("%s", async (_, args, env, code, message) => {
    const ended = await alias(args, { env });
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(code);
  });

  test("no version to promote, and several", async () => {
    await service.stop();
    service = await listen({ rate: 1e6, profile: "extended" });
    await prepare(service.store);
    await alias(["set", URN, "live", file("one.json", { version: "v1" }), "--yes"]);
    expect((await alias(["promote", URN, "live", "--yes"])).stderr).toContain("no version beside its primary");
    await alias(["set", URN, "live", file("two.json", { version: "v1", additional_version_weights: { v2: 1, v3: 2 } }), "--yes"]);
    expect((await alias(["promote", URN, "live", "--yes"])).stderr).toContain("several versions");
    expect((await alias(["promote", URN, "live", "--to", "v3", "--yes"])).code).toBe(0);
    expect((await alias(["rollback", URN, "live", "--to", "99", "--yes"])).stderr).toContain("no revision `99`");
  });

  test("an API that is not there", async () => {
    const { code, stderr } = await command(["alias", "list", URN, "--endpoint", `http://127.0.0.1:${await freePort()}`], { env: KEYS });
    expect([code, stderr]).toEqual([2, expect.stringContaining("ECONNREFUSED")]);
  });
});

test("a token does as well, and a short URN with the project of the environment", async () => {
  await alias(["set", URN, "live", first, "--yes"]);
  const env = { HUAWEICLOUD_AUTH_TOKEN: TOKEN, HUAWEICLOUD_SDK_PROJECT_ID: URN.split(":")[3] ?? "" };
  expect(await alias(["list", "shop"], { env })).toMatchObject({ code: 0, stdout: "live  v1  v2 10 %\n" });
});
