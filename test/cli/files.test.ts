import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";

const { folder, file } = scratch();

const ALIAS = { version: "v1", additional_version_weights: { v2: 10 } };
const CASE = { expect: { split: { v1: 90, v2: 10 } } };
const alias = file("shop.json", ALIAS);
const suite = file("shop.alias-test.json", { alias: "./shop.json", cases: [CASE] });
const population = file("users.yaml", "users: 20\nsessions: 1\nrequests: 1\n");

/** A FIFO, or undefined where there are none. */
function fifo(name: string): string {
  const path = join(folder, name);
  execFileSync("mkfifo", [path]);
  return path;
}

/** Each way to write a file: the arguments before its name. */
const WRITERS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["out.js", ["compile", alias, "-o"]],
  ["out.html", ["simulate", alias, "--workers", "1", "--population", population, "--html"]],
  ["out.json", ["test", suite, "--coverage-file"]],
  ["out.info", ["test", suite, "--coverage-file"]],
];

describe.each(WRITERS)("%s", (name, args) => {
  const path = join(folder, name);

  test("is written over where it is an earlier one, and keeps its mode", async () => {
    expect(await command([...args, path])).toMatchObject({ code: 0 });
    const text = readFileSync(path, "utf8");
    chmodSync(path, 0o640);
    expect(await command([...args, path])).toMatchObject({ code: 0 });
    expect([statSync(path).mode & 0o777, readFileSync(path, "utf8") === text]).toEqual([0o640, true]);
  });

  test("is not written over where it is anything else, but with --force", async () => {
    const mine = file(`mine-${name}`, "my own work\n");
    expect(await command([...args, mine])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `canary-router: ${mine}: is there already, and not from this command\n  help: \`--force\` writes over it\n`,
    });
    expect(readFileSync(mine, "utf8")).toBe("my own work\n");
    expect(await command([...args, mine, "--force"])).toMatchObject({ code: 0 });
    expect(readFileSync(mine, "utf8")).not.toBe("my own work\n");
  });

  test("is written where a link leads, also where nothing is there yet", async () => {
    for (const [link, target] of [
      [join(folder, `link-${name}`), join(folder, `target-${name}`)],
      [join(folder, `far-${name}`), join(folder, `far-target-${name}`)],
    ] as const) {
      symlinkSync(target, link);
      expect(await command([...args, link])).toMatchObject({ code: 0 });
      expect([lstatSync(link).isSymbolicLink(), lstatSync(target).isFile()]).toEqual([true, true]);
    }
  });

  test("may have the longest name, and no longer one", async () => {
    const [stem = "", end = ""] = name.split(".");
    const long = join(folder, `${stem.padEnd(254 - end.length, "x")}.${end}`);
    expect(await command([...args, long])).toMatchObject({ code: 0 });
    const longer = join(folder, `${stem.padEnd(255 - end.length, "x")}.${end}`);
    const { code, stderr } = await command([...args, longer]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("the name is too long\n") as string });
  });

  test("is no FIFO and no device, which are left as they are", async () => {
    const pipe = fifo(`pipe-${name}`);
    const before = readdirSync(folder);
    expect(await command([...args, pipe])).toMatchObject({ code: 2, stderr: `canary-router: ${pipe}: is not a regular file\n` });
    expect(await command([...args, pipe, "--force"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is not a regular file\n") as string,
    });
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(before);
  });
});

test("plots are not written over what is no plot, but with --force", async () => {
  const plots = join(folder, "plots");
  const args = ["simulate", alias, "--workers", "1", "--population", population, "--svg", plots];
  expect(await command(args)).toMatchObject({ code: 0 });
  const [first = ""] = readdirSync(plots);
  expect(await command(args)).toMatchObject({ code: 0 });
  writeFileSync(join(plots, first), "mine");
  const partial = join(plots, first.replace(".svg", ".partial.svg"));
  writeFileSync(partial, "mine too");
  expect(await command(args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${first}: is there already, and not from`) as string,
  });
  expect(readFileSync(join(plots, first), "utf8")).toBe("mine");
  expect(await command([...args, "--force"])).toMatchObject({ code: 0 });
  expect(readFileSync(join(plots, first), "utf8")).toMatch(/^<svg/);
  expect(readFileSync(partial, "utf8")).toBe("mine too");
  expect(await command(["simulate", alias, "--workers", "1", "--population", population, "--force"])).toMatchObject({
    code: 2,
    stderr: "canary-router: `--force` does nothing without `--html` or `--svg`\n",
  });
});

describe("patterns", () => {
  test("skip what is no file, and take links to files", async () => {
    file("special/one.alias-test.json", { alias: ALIAS, cases: [CASE] });
    fifo("special/two.alias-test.json");
    mkdirSync(join(folder, "special/three.alias-test.json"));
    symlinkSync(suite, join(folder, "special/four.alias-test.json"));
    symlinkSync(join(folder, "special"), join(folder, "special/five.alias-test.json"));
    symlinkSync(join(folder, "none"), join(folder, "special/six.alias-test.json"));
    for (const pattern of [join(folder, "special"), `${folder}/special/**`]) {
      const { stdout } = await command(["test", pattern, "--allow-outside", "--format", "json"]);
      const { suites } = JSON.parse(stdout) as { readonly suites: readonly { readonly file: string }[] };
      expect(suites.map(({ file }) => file.slice(folder.length))).toEqual([
        "/special/four.alias-test.json",
        "/special/one.alias-test.json",
      ]);
    }
  });

  test("with many stars end", async () => {
    file(`stars/${"a".repeat(250)}`, "");
    for (const stars of ["*a".repeat(40), "{*a,*aa}".repeat(20), "**a".repeat(40)]) {
      const pattern = `${folder}/stars/${stars}b`;
      expect(await command(["test", pattern])).toMatchObject({ code: 2, stdout: expect.stringContaining("no suite matches") as string });
    }
  });
});

describe("aliases of a suite", () => {
  const secret = "PASSWORD=hunter2";
  mkdirSync(join(folder, "in/deep"), { recursive: true });
  file("secret.env", `${secret}\n`);
  file("in/secret.yaml", `${secret}: x\nother: "${secret}"\n`);
  file("in/secret.txt", `[${secret}\n`);
  file("in/empty.yaml", "");
  file("in/shop.json", ALIAS);
  file("in/wrong.json", { version: 1 });
  file("in/-", ALIAS);
  fifo("in/pipe");
  symlinkSync(join(folder, "shop.json"), join(folder, "in/away.json"));
  symlinkSync(join(folder, "in/shop.json"), join(folder, "in/deep/near.json"));
  symlinkSync("/proc/self/environ", join(folder, "in/environ"));
  symlinkSync(folder, join(folder, "in/up"));

  const run = async (name: string, ...args: readonly string[]): ReturnType<typeof command> =>
    command([
      "test",
      file("in/s.alias-test.yaml", `alias: ${JSON.stringify(name)}\ncases:\n  - expect: { split: { v1: 90, v2: 10 } }\n`),
      ...args,
    ]);

  const away = "it is not below the folder of the suite";
  test.each([
    ["../shop.json", away],
    ["../none.json", away],
    [join(folder, "shop.json"), away],
    ["/proc/self/environ", away],
    ["./away.json", away],
    ["./environ", away],
    ["./up/shop.json", away],
    ["deep/../../shop.json", away],
    ["/dev/zero", away],
    ["..", away],
    ["-", "standard input cannot be the alias of a suite"],
    [".", "is a directory"],
    ["./deep", "is a directory"],
    ["./pipe", "is not a regular file"],
    ["./none.json", "no such file"],
    ["./secret.yaml", "it is no alias config"],
    ["./secret.txt", "it is empty, or neither JSON nor YAML"],
    ["./empty.yaml", "it is empty, or neither JSON nor YAML"],
    ["x".repeat(300), "the name is too long"],
    ["./wrong.json", "line 2, column 14: /version: expected a string, found the number `1`"],
  ])("%s: %s", async (name, problem) => {
    const { code, stdout, stderr } = await run(name);
    expect(code).toBe(2);
    expect(stdout).toContain(problem);
    expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  test.each(["./shop.json", "shop.json", join(folder, "in/shop.json"), "./deep/../shop.json", "./deep/near.json", "./-"])(
    "%s is read",
    async (name) => {
      expect(await run(name)).toMatchObject({ code: 0 });
    },
  );

  test.each(["../shop.json", "./away.json", join(folder, "shop.json")])("%s is read with --allow-outside", async (name) => {
    expect(await run(name, "--allow-outside")).toMatchObject({ code: 0 });
  });

  test.each(["../secret.env", "/proc/self/environ", "/dev/null", "/dev/zero"])("%s is not quoted even then", async (name) => {
    const { code, stdout } = await run(name, "--allow-outside", "--format", "json");
    expect(code).toBe(2);
    expect(stdout).not.toMatch(/PATH|PASSWORD|hunter2/);
    expect(stdout).toMatch(/it is (?:no alias config|empty, or neither JSON nor YAML)|is not a regular file/);
  });

  test("more than 1,000 of them are refused", async () => {
    const cases = Array.from({ length: 1_001 }, (_, index) => ({ alias: `./${index}.json`, ...CASE }));
    const { code, stdout } = await command(["test", file("in/many.alias-test.json", { cases })]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining("names more than 1000 alias files\n") as string });
  });
});

test("a suite where an alias is wanted, and an alias where a suite is, are named", async () => {
  for (const args of [["check"], ["analyze"], ["explain"]])
    expect(await command([...args, suite])).toEqual({
      code: 2,
      stdout: "",
      stderr: `canary-router: ${suite}: is a suite, not an alias config\n  help: \`canary-router test\` runs it, \`canary-router suggest --complete\` completes it\n`,
    });
  const { code, stdout } = await command(["test", alias]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining(`${alias}: is an alias config, not a suite\n`) as string });
});

test("a suite may begin with a byte order mark", async () => {
  const text = JSON.stringify({ alias: ALIAS, cases: [CASE] });
  expect(await command(["test", file("bom.json", `\uFEFF${text}`), file("bom.yaml", `\uFEFF${text}`)])).toMatchObject({ code: 0 });
});
