import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { compile, equivalent, movement, type Plan } from "../../src/index.ts";
import { checkFile } from "../support/checker.ts";
import { command, type Ended, hostOf, scratch } from "../support/command.ts";

const { folder, file } = scratch();
const cli = (...args: readonly string[]): Promise<Ended> => command(args);

const rule = { rule_type: "Header", param: "x-env", op: "=", value: "it's beta" };
const ten = file("ten.json", { name: "a", version: "v1", additional_version_weights: { v2: 10 } });
const twenty = file("twenty.json", { name: "a", version: "v1", additional_version_weights: { v2: 20 } });
const ruled = file("ruled.json", {
  name: "a",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: { v3: { rules: [rule] } },
});
const sticky = (seed: string) => ({
  version: "v1",
  additional_version_weights: { v2: 10 },
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], seed, on_missing: "primary" },
});
const broken = file("broken.json", { version: 1 });

describe("diff", () => {
  test("counts what moves", async () => {
    expect(await cli("diff", ten, twenty)).toEqual({
      code: 0,
      stderr: "",
      stdout: "10.00 % of the split moves; 10.00 % must, for these shares\n  v1 → v2  10.00 %\n",
    });
  });

  test("names are whole in a pipe, however long, and cut on a terminal", async () => {
    const name = `v${"9".repeat(60)}`;
    const long = file("long.json", { version: "v1", additional_version_weights: { [name]: 10 } });
    expect((await cli("diff", ten, long)).stdout).toContain(`\n  v2 → ${name}  10.00 %\n`);
    const { host, texts } = hostOf();
    expect(await run(["diff", ten, long], { ...host, columns: 80 })).toBe(0);
    expect(texts.stdout).toContain(`\n  v2 → ${name.slice(0, 20)}…  10.00 %\n`);
  });

  test("draws what moves", async () => {
    const [out, plots] = [join(folder, "diff.html"), join(folder, "plots")];
    expect(await cli("diff", ten, ruled, "--html", out, "--svg", plots)).toMatchObject({ code: 0 });
    const html = readFileSync(out, "utf8");
    expect(html).toContain("No slot moves that would not have to.");
    expect(html).toContain("Requests that change hands by rules");
    expect(readdirSync(plots).toSorted()).toEqual(["from-version-to-version.svg", "the-slots.svg"]);
    expect(await cli("diff", ten, ten, "--html", out)).toMatchObject({ code: 0 });
    expect(readFileSync(out, "utf8")).toContain("this is proved");
    expect(await cli("diff", ten, ruled, "--html", join(folder, "none", "x.html"))).toMatchObject({ code: 2, stdout: "" });
  });

  test("proves that nothing does", async () => {
    expect(await cli("diff", ten, ten)).toMatchObject({ code: 0, stdout: "nothing moves: the two route every request alike (proved)\n" });
  });

  test("names requests that change hands, as a shell takes them", async () => {
    const { code, stdout } = await cli("diff", ten, ruled);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "no slot of the split moves",
        "",
        "requests that change hands:",
        "  /version (v2 10 %, v1 90 %) → /additional_version_strategy/v3 (v3)",
        "    such as --header 'x-env=it'\\''s beta'",
        "",
      ].join("\n"),
    );
    expect(await cli("diff", ten, ruled, "--no-shifts")).toMatchObject({ code: 1 });
  });

  test("is a gate", async () => {
    expect(await cli("diff", ten, twenty, "--max-moved", "10")).toMatchObject({ code: 0 });
    const { code, stdout } = await cli("diff", ten, twenty, "--max-moved", "9.99");
    expect(code).toBe(1);
    expect(stdout).toContain("this change moves 10.00 % of the split, more than the 9.99 % that are allowed\n");
  });

  test("counts users that are drawn anew", async () => {
    const [one, other] = [file("a.json", sticky("a")), file("b.json", sticky("b"))];
    const { code, stdout } = await cli("diff", one, other, "--max-moved", "10");
    // Two independent draws of 10 %: 2 · 0.1 · 0.9.
    expect(stdout).toContain("keys or seed changed, so users are drawn anew: about 18.00 % of them move\n");
    expect(code).toBe(1);
  });

  describe("--require", () => {
    test.each<[string, readonly string[], readonly string[]]>([
      ["what stays", [ten, ten], ["equal"]],
      ["a direction", [ten, twenty], ["only v1:v2"]],
      ["a direction, with a colon", [ten, twenty], ["only:v1:v2"]],
      ["two directions", [ruled, ten], ["only v3:v1 v3:v2"]],
      ["a share", [ten, twenty], ["no-more-than 10"]],
      ["a share, with a percent sign", [ten, twenty], ["no-more-than:10 %"]],
      ["a version that nobody is moved to", [ten, twenty], ["no-new-requests:v1"]],
      ["several at once", [ten, twenty], ["only v1:v2", "no-more-than 10"]],
    ])("%s is proved", async (_, files, requirements) => {
      const { code, stdout } = await cli("diff", ...files, ...requirements.flatMap((text) => ["--require", text]));
      expect(code).toBe(0);
      for (const text of requirements) expect(stdout).toContain(`\nproved: ${text}\n`);
    });

    test("is refuted by a request, as a shell takes it", async () => {
      const { code, stdout } = await cli("diff", ten, ruled, "--require", "no-new-requests:v3", "--require", "no-new-requests:v2");
      expect(code).toBe(1);
      expect(stdout).toContain("\nproved: no-new-requests:v2\n");
      expect(stdout).toContain(
        "\n`no-new-requests:v3` is not true of --header 'x-env=it'\\''s beta': v1 90 %, v2 10 % → v3; requests like it change their version for 100.00 % of their draws\n",
      );
    });

    test("names a draw where one is needed", async () => {
      const { code, stdout } = await cli("diff", ten, twenty, "--require", "only v2:v1");
      expect(code).toBe(1);
      expect(stdout).toContain("`only v2:v1` is not true of any other request and the draw 0.10005: v1 → v2; ");
    });

    test("fails where nothing is known", async () => {
      const [a, b] = ["a", "b"].map((param) => (op: string, value: string) => ({ rule_type: "Header", param, op, value }));
      const both = (op: string, one: string, other: string) => ({ combine_type: "and", rules: [a?.(op, one), b?.(op, other)] });
      const values = ["1", "2", "3"];
      const corners = Object.fromEntries(
        values.flatMap((one) => values.map((other) => [`v2-${one}-${other}`, both("=", one, other)] as const)),
      );
      const before = file("corners-and-all.json", {
        version: "v1",
        additional_version_strategy: { ...corners, v3: both("in", "1,2,3", "1,2,3") },
      });
      const after = file("corners.json", { version: "v1", additional_version_strategy: corners });
      const { code, stdout } = await cli("diff", before, after, "--require", "equal", "--effort", "1");
      expect(code).toBe(1);
      expect(stdout).toContain("`equal` is neither proved nor refuted: raise `--effort`\n");
      expect(await cli("diff", before, after, "--require", "equal")).toMatchObject({ code: 0 });
    });

    test("as JSON", async () => {
      const { code, stdout } = await cli("diff", ten, ruled, "--require", "equal", "--require", "no-new-requests v2", "--format", "json");
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        required: [
          { requirement: "equal", kind: "refuted", moved: 10_000, example: { request: { headers: { "x-env": "it's beta" } } } },
          { requirement: "no-new-requests v2", kind: "proved" },
        ],
        beyond: [expect.stringContaining("`equal` is not true of ")],
      });
    });

    test.each<[string, string, string]>([
      ["onyl v1:v2", "`--require onyl v1:v2` is no requirement", "did you mean `only v1:v2`?"],
      ["nothing", "`--require nothing` is no requirement", "write one of `equal`, `only v1:v2`, `no-more-than 10`, `no-new-requests v3`"],
      ["", "`--require ` is no requirement", "write one of"],
      ["equal v1", "`--require equal v1`: `equal` takes nothing", "write `equal`"],
      ["only", "`--require only`: `only` needs moves", "as in `only v1:v2`"],
      ["only v1", "`--require only v1`: `v1` is no move", "write it as `v1:v2`, and several with blanks between them"],
      ["only v1:v22", "`--require only v1:v22`: neither config has a version `v22`", "did you mean `v2`?"],
      ["only v1:v1", "`--require only v1:v1`: `v1:v1` does not move", "name two versions"],
      ["no-more-than x", "`no-more-than x` is not a percentage", "write a number from 0 to 100"],
      ["no-more-than 100", "`--require no-more-than 100` allows everything", "write less than 100 %"],
      ["no-new-requests w", "`--require no-new-requests w`: neither config has a version `w`", "the two have `v1`, `v2`"],
    ])("refuses %s", async (text, message, help) => {
      const { code, stdout, stderr } = await cli("diff", ten, twenty, "--require", text);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(message);
      expect(stderr).toContain(help);
    });

    test("reads versions whose names have colons", async () => {
      const [one, other] = [10, 20].map((percent) =>
        file(`colons-${percent}.json`, { version: "a:b", additional_version_weights: { "c:d": percent } }),
      );
      expect(await cli("diff", one ?? "", other ?? "", "--require", "only a:b:c:d")).toMatchObject({ code: 0 });
      const [two, three] = [10, 20].map((percent) =>
        file(`ambiguous-${percent}.json`, { version: "a", additional_version_weights: { "a:a": percent } }),
      );
      expect(await cli("diff", two ?? "", three ?? "", "--require", "only a:a:a")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("`a:a:a` can be read in two ways") as string,
      });
    });
  });

  test("as JSON", async () => {
    const { stdout } = await cli("diff", ten, twenty, "--format", "json", "--max-moved", "5");
    expect(JSON.parse(stdout)).toMatchObject({
      moved: 1000,
      least: 1000,
      unchanged: false,
      expected: 1000,
      beyond: [expect.stringContaining("10.00 %")],
    });
  });

  test.each<[string, readonly string[], string]>([
    ["one file", [ten], "`diff` needs BEFORE and AFTER"],
    ["three files", [ten, ten, ten], `\`diff\` takes BEFORE and AFTER, not also \`${ten}\``],
    ["a limit that is none", [ten, ten, "--max-moved", "x"], "`--max-moved x` is not a percentage"],
    ["a file that is not there", [ten, join(folder, "none.json")], "no such file"],
  ])("refuses %s", async (_, args, message) => {
    const { code, stdout, stderr } = await cli("diff", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("a config with errors", async () => {
    expect(await cli("diff", ten, broken)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("expected a string") as string,
    });
  });
});

describe("diff --certify", () => {
  const idle = file("idle.json", {
    name: "a",
    version: "v1",
    additional_version_weights: { v2: 10 },
    additional_version_strategy: { v3: { rules: [rule] }, v4: { rules: [rule] } },
  });

  test("writes a proof that is checked, in place of the report or beside it", async () => {
    const alone = await cli("diff", ruled, idle, "--certify");
    expect(alone).toMatchObject({ code: 0, stderr: "" });
    const out = join(folder, "certificate.json");
    const beside = await cli("diff", ruled, idle, "--certify", "-o", out);
    expect(beside).toEqual({
      code: 0,
      stdout: "nothing moves: the two route every request alike (proved)\n",
      stderr: `canary-router: wrote ${out}\n`,
    });
    expect(readFileSync(out, "utf8")).toBe(alone.stdout);
    expect(checkFile(out, ruled, idle)).toBe("proved: equivalent\n");
    expect(await cli("diff", ruled, idle, "--certify", "-o", out)).toMatchObject({ code: 0 });
  });

  test("fails where there is none", async () => {
    const out = join(folder, "none-certificate.json");
    const { code, stdout, stderr } = await cli("diff", ten, twenty, "--certify", "-o", out);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("no proof that the two route alike can be certified\n");
    expect(existsSync(out)).toBe(false);
  });

  test.each<[string, readonly string[], string]>([
    ["standard output for two", ["--certify", "--format", "json"], "`--certify` and `--format` go to standard output both"],
    ["a file that is no certificate", ["--certify", "-o", ten], "is there already, and not from this command"],
    ["a file without a certificate", ["-o", "x.json"], "`--out` does nothing without `--certify`"],
    ["force for nothing", ["--certify", "--force"], "`--force` does nothing without `--html` or `--svg`"],
  ])("refuses %s", async (_, args, message) => {
    expect(await cli("diff", ruled, idle, ...args)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(message) as string,
    });
  });
});

describe("rebalance", () => {
  const old = { version: "v1", additional_version_weights: { v2: 10, v3: 20 } };
  const next = { version: "v1", additional_version_weights: { v2: 20, v3: 10 } };
  const [before, after] = [file("before.json", old), file("after.json", next)];

  test("prints a plan that compiles, has the shares of the next, and moves the least", async () => {
    const { code, stdout, stderr } = await cli("rebalance", before, after);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const plan = JSON.parse(stdout) as Plan;
    const { moved, least } = movement(old, plan);
    expect(moved).toBe(least);
    expect(movement(old, next).moved).toBeGreaterThan(least);
    expect(equivalent(compile(plan).plan, plan)).toEqual({ kind: "equivalent" });
  });

  test("writes a file, and over one only with --force", async () => {
    const out = join(folder, "next.plan.json");
    expect(await cli("rebalance", before, after, "-o", out)).toEqual({ code: 0, stdout: "", stderr: `canary-router: wrote ${out}\n` });
    expect(await cli("rebalance", before, after, "-o", out)).toMatchObject({ code: 2, stdout: "" });
    expect(await cli("rebalance", after, before, "-o", out, "--force")).toMatchObject({ code: 0 });
    expect(readFileSync(out, "utf8")).toBe((await cli("rebalance", after, before)).stdout);
  });

  test("a config with errors, and one file", async () => {
    expect(await cli("rebalance", broken, after)).toMatchObject({ code: 1, stdout: "" });
    expect(await cli("rebalance", before)).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("shares", () => {
  test("of any request", async () => {
    const { code, stdout } = await cli("shares", ten);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `v1  90.00 %  ${"█".repeat(36)}\nv2  10.00 %  ${"█".repeat(4)}\n` });
  });

  test("of a request that a rule decides, as JSON", async () => {
    const { stdout } = await cli("shares", ruled, "--header", "X-Env=it's beta", "--format", "json");
    expect(JSON.parse(stdout)).toEqual({ v1: 0, v2: 0, v3: 10_000 });
  });

  test("of a config with errors, and of none", async () => {
    expect(await cli("shares", broken)).toMatchObject({ code: 1, stdout: "" });
    expect(await cli("shares")).toMatchObject({ code: 2, stdout: "" });
  });
});
