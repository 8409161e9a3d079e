import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";
import { KEY, PROJECT, TOKEN, URN } from "../support/control.ts";
import { startServing } from "../support/serving.ts";
import { sdk } from "../support/sdk.ts";
import { tokenHash } from "../../src/control/index.ts";

const { folder, file } = scratch();

/** Runs `control` until `use` has ended; gives it the URL. */
async function serving(
  args: readonly string[],
  use: (url: string) => Promise<void>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { url, stop } = startServing("control", args);
  try {
    await use(await url);
  } finally {
    await stop();
  }
  return stop();
}

function credentials(name: string, mode = 0o600): string {
  const path = file(name, { projects: [{ id: PROJECT, keys: [KEY], tokens: [`sha256:${tokenHash(TOKEN)}`] }] });
  chmodSync(path, mode);
  return path;
}

test("an alias is made by the SDK over a store that a command has prepared", async () => {
  const store = join(folder, "first.db");
  expect(await command(["control", "function", URN, "--versions", "v1,v2", "--store", store])).toEqual({
    code: 0,
    stdout: `${URN}: latest, v1, v2\n`,
    stderr: "",
  });
  const ended = await serving(["--store", store, "--credentials", credentials("c.yaml"), "--log"], async (url) => {
    await sdk(url).createVersionAlias({ function_urn: URN, body: { name: "live", version: "v1" } } as never);
    // While the server runs.
    expect(await command(["control", "function", URN, "--versions", "v3", "--store", store])).toMatchObject({
      stdout: `${URN}: latest, v1, v2, v3\n`,
    });
    await sdk(url).updateVersionAlias({
      function_urn: URN,
      alias_name: "live",
      body: { version: "v1", additional_version_weights: { v3: 5 } },
    } as never);
  });
  expect(ended.code).toBe(0);
  const lines = ended.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { method: "POST", status: 200, who: KEY.access },
    { method: "PUT", status: 200, who: KEY.access },
  ]);
  expect(ended.stdout + ended.stderr).not.toContain(KEY.secret);
});

test("credentials are read again when their file changes", async () => {
  const path = file("rotated.yaml", { projects: [{ id: PROJECT, tokens: [`sha256:${tokenHash("old")}`] }] });
  chmodSync(path, 0o600);
  const status = async (url: string, token: string): Promise<number> =>
    (await fetch(`${url}/v2/${PROJECT}/fgs/functions`, { headers: { "x-auth-token": token } })).status;
  const { stderr } = await serving(["--store", join(folder, "rotated.db"), "--credentials", path], async (url) => {
    expect([await status(url, "old"), await status(url, "new")]).toEqual([200, 401]);
    file("rotated.yaml", { projects: [{ id: PROJECT, tokens: [`sha256:${tokenHash("new")}`] }] });
    await expect.poll(async () => status(url, "new"), { timeout: 20_000 }).toBe(200);
    expect(await status(url, "old")).toBe(401);
    file("rotated.yaml", "projects: [");
    await expect.poll(async () => status(url, "new"), { timeout: 2_000 }).toBe(200);
  });
  expect(stderr).toContain("new credentials are in force");
});

test.each<[name: string, args: () => readonly string[], message: string]>([
  [
    "neither credentials nor --insecure",
    () => ["--store", join(folder, "x.db")],
    "`control` needs either `--credentials CREDENTIALS` or `--insecure`",
  ],
  [
    "--insecure for other machines",
    () => ["--store", join(folder, "x.db"), "--insecure", "--listen", "0.0.0.0:0"],
    "`--insecure` listens on loopback only",
  ],
  [
    "credentials that others can read",
    () => ["--store", join(folder, "x.db"), "--credentials", credentials("open.yaml", 0o644)],
    "others can read this file",
  ],
  ["credentials that are not there", () => ["--store", join(folder, "x.db"), "--credentials", join(folder, "none.yaml")], "no such file"],
  ["an address that is none", () => ["--store", join(folder, "x.db"), "--insecure", "--listen", "localhost"], "is no address"],
  [
    "an address of another machine",
    () => ["--store", join(folder, "x.db"), "--credentials", credentials("c.yaml"), "--listen", "192.0.2.1:0"],
    "this machine has no such address",
  ],
  ["a store that is none", () => ["--store", file("text.db", "hello"), "--insecure"], "is no database of this store"],
  ["a folder that is not there", () => ["--store", join(folder, "none", "x.db"), "--insecure"], "no such file"],
])("%s is refused", async (_, args, message) => {
  const { code, stderr } = await command(["control", ...args()]);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test("credentials with errors are refused, and no secret is shown", async () => {
  const path = file("wrong.yaml", { projects: [{ id: "a/b", keys: [{ access: "A", secret: "hunter2" }], tokens: ["plain-token"] }] });
  chmodSync(path, 0o600);
  const { code, stderr } = await command(["control", "--store", join(folder, "x.db"), "--credentials", path]);
  expect(code).toBe(1);
  expect(stderr).toContain("error[project-id]");
  expect(stderr).toContain("error[secret-key]");
  expect(stderr).not.toMatch(/hunter2|plain-token/);
});

test("a URN that is not a full one is refused", async () => {
  expect(await command(["control", "function", "shop", "--store", join(folder, "x.db")])).toMatchObject({ code: 2 });
  expect(await command(["control", "function", URN, "--versions", "-", "--store", join(folder, "x.db")])).toMatchObject({ code: 1 });
});

test("a second word that is none is refused", async () => {
  expect((await command(["control", "functoin"])).stderr).toContain("`control` takes no argument, so not `functoin`");
});
