import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { isRenamed } from "../../src/cli/declaration.ts";
import { partText } from "../../src/cli/terminal/progress.ts";
import { command, scratch } from "../support/command.ts";

const { folder, file } = scratch();
const alias = file("alias.json", { name: "shop", version: "v1", additional_version_weights: { v2: 50 } });

/** Waits until something is so. The runner's time-out ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a pipe whose writer is still at work", () => {
  const LINES = {
    json: (at: number) => `{"url":"/${at}","draw":0.${at}}\n`,
    combined: (at: number) => `192.0.2.${at} - - [24/Nov/2026:12:00:00 +0000] "GET /${at} HTTP/1.1" 200 5 "-" "curl/8"\n`,
  };

  test.each(["json", "combined"] as const)(
    "`route` prints each decision as its line comes, with the number of the line: %s",
    async (name) => {
      const stdin = new PassThrough();
      let printed = "";
      const ended = command(["route", alias, "--traffic", "-", "--format", "json"], {
        stdin,
        onOutput: ({ stdout }) => (printed = stdout),
      });
      for (let at = 1; at <= 3; at++) {
        stdin.write(at === 2 ? `\n${LINES[name](at)}` : LINES[name](at));
        await until(() => printed.trimEnd().split("\n").filter(Boolean).length === at);
      }
      stdin.end();
      expect((await ended).code).toBe(0);
      expect(
        printed
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as { line: number }).line),
      ).toEqual([1, 3, 4]);
    },
  );

  test("a line that comes in two parts is one", async () => {
    const stdin = new PassThrough();
    const ended = command(["route", alias, "--traffic", "-", "--format", "json"], { stdin });
    stdin.write('{"url":"/a","draw":0.1}\n{"url":"/b",');
    await new Promise((resolve) => setTimeout(resolve, 20));
    stdin.end('"draw":0.9}\n');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
  });

  test.each(["simulate", "route"])("an interrupt on a quiet pipe ends `%s` at once, with what had come", async (name) => {
    const stdin = new PassThrough();
    const stop = new AbortController();
    const more = name === "simulate" ? ["--workers", "1"] : [];
    const ended = command([name, alias, "--traffic", "-", ...more], { stdin, interrupted: stop.signal });
    stdin.write(LINES.json(1) + LINES.json(2));
    await until(() => stdin.readableLength === 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain("partial");
    expect(stdout).toContain("2 requests");
  });
});

describe("a FIFO", () => {
  const fifo = (name: string): string => {
    const path = `${folder}/${name}`;
    execFileSync("mkfifo", [path]);
    return path;
  };

  test.each([
    ["simulate", [alias, "--traffic"], ["--workers", "1"]],
    ["route", [alias, "--traffic"], []],
    ["check", [], []],
  ] as const)("that nobody writes to is waited for by `%s` until the interrupt", { timeout: 60_000 }, async (name, before, after) => {
    const stop = new AbortController();
    const ended = command([name, ...before, fifo(`quiet-${name}`), ...after], { interrupted: stop.signal });
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100, "waits"))])).toBe("waits");
    stop.abort();
    expect((await ended).code).toBe(130);
  });

  test("whose writer is still at work is read up to the interrupt", { timeout: 60_000 }, async () => {
    const path = fifo("busy");
    const writer = openSync(path, "r+");
    const stop = new AbortController();
    let printed = "";
    const ended = command(["route", alias, "--traffic", path, "--format", "json"], {
      interrupted: stop.signal,
      onOutput: ({ stdout }) => (printed = stdout),
    });
    writeSync(writer, '{"url":"/a","draw":0.1}\n{"url":"/b","draw":0.9}\n');
    await until(() => printed.split("\n").length === 3);
    stop.abort();
    expect((await ended).code).toBe(130);
    closeSync(writer);
  });

  test("is read to the end where its writer ends", async () => {
    const path = fifo("ending");
    const ended = command(["route", alias, "--traffic", path, "--format", "json"]);
    const writer = openSync(path, "r+");
    writeSync(writer, '{"url":"/a","draw":0.1}\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    closeSync(writer);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });
});

test("the progress is a part and the time that is left at the same pace", () => {
  expect(partText(0.25, 10_000)).toBe("25 %, 30 s left");
  expect(partText(0, 500)).toBe("0 %");
  expect(partText(1.2, 500)).toBe("100 %, 0 s left");
});

describe("options that do nothing are refused", () => {
  test.each([
    [["simulate", "-", "--traffic", "-"], "`FILE` and `--traffic` cannot both come from standard input"],
    [["simulate", "-", "--population", "-"], "`FILE` and `--population` cannot both come from standard input"],
    [["simulate", alias, "--rollout", "-", "--traffic", "-"], "`--traffic` and `--rollout` cannot both come from standard input"],
    [["diff", "-", "-"], "`BEFORE` and `AFTER` cannot both come from standard input"],
    [["rebalance", "-", "-"], "`BEFORE` and `AFTER` cannot both come from standard input"],
    [["check", "-", "-"], "two of `FILE` cannot both come from standard input"],
    [["analyze", "-", alias, "-"], "two of `FILE` cannot both come from standard input"],
    [["compile", alias, "--force", "-o", "-"], "`--force` does nothing without `--out`"],
    [["suggest", alias, "--force", "-o", "-"], "`--force` does nothing without `--out`"],
    [["simulate", alias, "--population", "p", "--traffic-format", "json"], "`--traffic-format` does nothing without `--traffic`"],
    [["simulate", alias, "--population", "p", "--log-format", "x"], "`--log-format` does nothing without `--traffic`"],
    [["simulate", alias, "--traffic", "l", "--count", "5"], "`--count` does nothing without `--population`"],
    [["simulate", alias, "--traffic", "l", "--requests", "5"], "`--count` does nothing without `--population`"],
    [["route", alias, "--traffic", "l", "--log-format", "x", "--map", "url=u"], "`--log-format` and `--map` both say where the fields are"],
    [
      ["route", alias, "--traffic", "l", "--log-format", "x", "--traffic-format", "har"],
      "`--log-format` and `--traffic-format` both name a format",
    ],
    [["explain", alias, "--attribute", "a=1", "--attribute", "a=2"], "the attribute `a` is given twice"],
    [["shares", alias, "--attribute", "a=1", "--attribute", "a=1"], "the attribute `a` is given twice"],
    [["simulate", alias, "--population", "p", "--rollout", "r", "--per-user", "0"], "`--per-user 0` is not a number above 0"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await command(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("`--log-format` is taken alone, and beside the default of `--traffic-format`", async () => {
    const log = file("own.log", "192.0.2.7 GET /cart\n");
    for (const more of [[], ["--traffic-format", "auto"]])
      expect(
        await command(["route", alias, "--traffic", log, "--log-format", "$remote_addr $request_method $request_uri", ...more]),
      ).toMatchObject({
        code: 0,
        stderr: "",
      });
  });

  test("what conflicts and what is needed are options of the command", async () => {
    for (const { load } of Object.values(COMMANDS)) {
      const { options, conflicts = [] } = await load();
      const needed = Object.values(options).flatMap((option) => (isRenamed(option) ? [] : [option.needs ?? []].flat()));
      for (const name of [...needed, ...conflicts.flatMap((each) => each.options)]) expect(options).toHaveProperty([name]);
    }
  });
});

test("half a request in an hour is a rate, and rates have their columns where they are given", async () => {
  const rollout = file("steps.yaml", "canary: v2\nsteps:\n  - setWeight: 50\n  - pause: { duration: 1h }\n");
  const model = file("users.yaml", "users: 10\n");
  const run = async (...more: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await command(["simulate", alias, "--rollout", rollout, "--population", model, "--workers", "1", ...more]);
    expect(stderr).toBe("");
    return stdout.slice(0, stdout.indexOf("change"));
  };
  expect(await run("--per-user", "0.5")).toMatch(/on it by a canary cookie\n[^]*step 1 .* 29\.29 %\n/);
  const plain = await run();
  expect(plain).not.toMatch(/cookie|take/);
  const timed = await run("--per-second", "0.5");
  expect(timed).toMatch(/ take\n/);
  expect(timed).toContain("too short to see it: step 1\n");
});

test("`diff` cuts no name where its output is a pipe", async () => {
  const long = "a-version-with-a-name-that-is-longer-than-any-column-of-a-terminal";
  const before = file("before.json", { version: "v1", additional_version_weights: { [long]: 10 } });
  const after = file("after.json", { version: "v1", additional_version_weights: { [long]: 30 } });
  const { stdout } = await command(["diff", before, after]);
  expect(stdout).toContain(`v1 → ${long}`);
});
