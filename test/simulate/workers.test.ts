import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Job, Result, Task } from "../../src/simulate/task.ts";
import { crewOf, workers } from "../../src/simulate/workers/workers.ts";

const DIST = resolve(process.env["DIST"] ?? "dist");

/** A program of a worker. */
const program = (text: string): URL =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from "node:worker_threads"; ${text}`)}`);

/** It answers a task with the task; `fail` throws, `exit` ends the thread, `spin` never ends, `memory` takes all there is. */
const echo = program(`
  parentPort.on("message", ({ piece, index }) => {
    if (piece === "fail") throw new RangeError("the piece is wrong", { cause: piece });
    if (piece === "throw") throw { piece };
    if (piece === "exit") process.exit(3);
    if (piece === "uncloneable") return parentPort.postMessage(() => {});
    while (piece === "spin");
    const held = [];
    while (piece === "memory") held.push(new Array(100_000).fill(piece));
    parentPort.postMessage(index);
  });
`);

const job = {} as unknown as Job;
const never = new Promise<never>(() => {});

/** Tasks with these pieces. After the last comes `then`, which a log on standard input that nobody writes to never does. */
async function* tasks(pieces: readonly unknown[], then: Promise<unknown> = Promise.resolve()): AsyncGenerator<Task, void, undefined> {
  for (const [index, piece] of pieces.entries()) yield { index, piece, levels: [] } as unknown as Task;
  await then;
}

async function all(results: AsyncIterable<Result>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const result of results) found.push(result);
  return found;
}

const unhandled = vi.fn();
process.on("unhandledRejection", unhandled);
afterEach(async () => {
  // An unhandled rejection is told of after the microtasks.
  await new Promise((done) => setImmediate(done));
  expect(unhandled).not.toHaveBeenCalled();
});

describe("a crew of threads", () => {
  test.each([1, 2, 5])("gives results in the order of their tasks: %i", async (count) => {
    const pieces = Array.from({ length: 40 }, () => "");
    expect(await all(crewOf(echo, count)(job, tasks(pieces)))).toEqual(pieces.map((_, index) => index));
  });

  test("gives a result as soon as it is there, though the next task is not", async () => {
    const results = crewOf(echo, 2)(job, tasks(["", ""], never))[Symbol.asyncIterator]();
    expect([await results.next(), await results.next()]).toEqual([
      { done: false, value: 0 },
      { done: false, value: 1 },
    ]);
  });

  test.each([
    ["fails", "fail", "the piece is wrong"],
    ["ends its thread", "exit", "a worker ended before its work was done, with the exit code 3"],
    ["throws what is no error", "throw", "a worker failed with what is no error"],
    ["has a result that cannot be sent", "uncloneable", "a worker failed with what is no error"],
  ])("tells of a task that %s while the next is awaited, once", async (_, piece, message) => {
    for (const pieces of [[piece], ["", piece], [piece, piece, piece]])
      await expect(all(crewOf(echo, 2)(job, tasks(pieces, never)))).rejects.toThrow(message);
  });

  test("tells of an error with its name and its cause", async () => {
    await expect(all(crewOf(echo, 1)(job, tasks(["fail"])))).rejects.toMatchObject({ name: "RangeError", cause: "fail" });
    await expect(all(crewOf(echo, 1)(job, tasks(["throw"])))).rejects.toMatchObject({ name: "Error", cause: { piece: "throw" } });
  });

  test.each([
    ["that cannot be loaded", program("import './none.js';")],
    ["with an error at its start", program("throw new Error('no start');")],
    ["that is not there", new URL("./none.js", import.meta.url)],
  ])("tells of a program %s", async (_, broken) => {
    await expect(all(crewOf(broken, 2)(job, tasks(["", ""], never)))).rejects.toThrow(/none\.js|no start/);
  });

  test("tells of a task and a job that cannot be sent", async () => {
    await expect(all(crewOf(echo, 2)(job, tasks([() => {}], never)))).rejects.toThrow(/could not be cloned/);
    await expect(all(crewOf(echo, 2)({ seed: () => {} } as unknown as Job, tasks(["", ""], never)))).rejects.toThrow(/could not be cloned/);
  });

  test("tells of a source that fails after the results of the tasks before it", async () => {
    const found: unknown[] = [];
    const failing = tasks(["", "", ""], Promise.reject(new Error("the source broke")));
    await expect(
      (async () => {
        for await (const result of crewOf(echo, 2)(job, failing)) found.push(result);
      })(),
    ).rejects.toThrow("the source broke");
    expect(found).toEqual([0, 1, 2]);
  });

  test("ends where nobody takes the results, whatever its threads are doing", async () => {
    const results = crewOf(echo, 2)(job, tasks(["", "spin", "fail"], never))[Symbol.asyncIterator]();
    // On a busy machine the failure can come before the result is taken.
    const first = await results.next().catch(({ message }: Error) => message);
    expect([{ done: false, value: 0 }, "the piece is wrong"]).toContainEqual(first);
    expect(await results.return?.()).toEqual({ done: true, value: undefined });
  });

  test("closes its source", async () => {
    let closed = 0;
    async function* endless(): AsyncGenerator<Task, void, undefined> {
      try {
        for (let index = 0; ; index++) yield { index, piece: index === 5 ? "fail" : "", levels: [] } as unknown as Task;
      } finally {
        closed++;
      }
    }
    await expect(all(crewOf(echo, 2)(job, endless()))).rejects.toThrow("the piece is wrong");
    expect(closed).toBe(1);
  });

  test("starts no more threads than there are tasks", async () => {
    const counted = program(`
      import { threadId } from "node:worker_threads";
      parentPort.on("message", () => parentPort.postMessage(threadId));
    `);
    expect(new Set(await all(crewOf(counted, 3_000)(job, tasks(["", ""])))).size).toBeLessThanOrEqual(2);
    expect(await all(crewOf(counted, 3_000)(job, tasks([])))).toEqual([]);
  });

  test.each([0, -1, 0.5, Number.NaN, Infinity, "2" as unknown as number])("has no %s threads", (count) => {
    expect(() => workers(count)).toThrow(new RangeError(`\`workers\` needs a whole number from 1, not \`${count}\``));
  });
});

/** How a child process ended, and what it printed. */
async function ended(args: readonly string[], input?: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  child.stdin.on("error", () => {});
  // Standard input stays open, and nothing more comes.
  if (input !== undefined) child.stdin.write(input);
  const [code] = (await once(child, "close")) as [number | null];
  child.stdin.destroy();
  return { code, output };
}

describe("a process", () => {
  const script = (crew: string, batches: string): string => `
    import { simulate, visitTraffic } from ${JSON.stringify(join(DIST, "simulate/index.js"))};
    import { workers } from ${JSON.stringify(join(DIST, "simulate/workers/index.js"))};
    const visits = (count) => Array.from({ length: count }, (_, index) => ({ request: { headers: { "x-user": String(index) } } }));
    const waiting = () => new Promise((done) => setTimeout(done, 300));
    async function* batches() { ${batches} }
    let rejected = 0;
    process.on("unhandledRejection", () => console.log("unhandled"));
    await simulate({ version: "v1", additional_version_weights: { v2: 10 } }, visitTraffic(batches()), { seed: "s", crew: ${crew} }).then(
      ({ requests }) => console.log("requests", requests),
      (error) => console.log("rejected", ++rejected, error.code ?? error.message),
    );
  `;
  const run = (crew: string, batches: string, ...flags: readonly string[]) =>
    ended([...flags, "--input-type=module", "--eval", script(crew, batches)]);

  test("with 3,000 workers ends", async () => {
    expect(await run("workers(3_000)", "for (let at = 0; at < 200; at++) yield visits(100);")).toEqual({
      code: 0,
      output: "requests 20000\n",
    });
  });

  test("of the command with 3,000 workers says that there are fewer, and ends", async () => {
    const args = ["simulate", "docs/examples/canary.json", "--population", "docs/examples/population.yaml", "--count", "1000"];
    const { code, output } = await ended([join(DIST, "cli/main.js"), ...args, "--workers", "3000"]);
    expect(output).toMatch(/`--workers 3000`: there is one thread a processor at most, here \d+\n/);
    expect(output).toContain("requests, seed 0");
    expect(code).toBe(0);
  });

  test("lives on where a task fails while the next is awaited, and ends", async () => {
    const { code, output } = await run("workers(2)", "yield visits(10); yield null; await waiting(); yield visits(10);");
    expect(output).toMatch(/^rejected 1 .*null\n$/);
    expect(code).toBe(0);
  });

  test("lives on where a worker has no more memory", async () => {
    const memory = JSON.stringify(echo.href);
    const { code, output } = await ended([
      "--max-old-space-size=40",
      "--input-type=module",
      "--eval",
      `
        import { crewOf } from ${JSON.stringify(join(DIST, "simulate/workers/workers.js"))};
        async function* tasks() { yield { index: 0, piece: "memory" }; await new Promise((done) => setTimeout(done, 60_000).unref()); }
        try { for await (const result of crewOf(new URL(${memory}), 2)({}, tasks())); } catch (error) { console.log(error.code); }
      `,
    ]);
    expect({ code, output }).toEqual({ code: 0, output: "ERR_WORKER_OUT_OF_MEMORY\n" });
  });

  test.each([
    ["has no more memory", "const held = []; for (;;) held.push(new Array(100_000).fill(held));", /reaching memory limit/],
    ["ends", "process.exit(3);", /a worker ended before its work was done, with the exit code 3/],
  ])("of the command ends with the reason where a worker %s, though standard input is open", async (_, text, reason) => {
    const copy = mkdtempSync(join(tmpdir(), "canary-router-"));
    try {
      cpSync(DIST, join(copy, "dist"), { recursive: true });
      for (const name of ["node_modules", "package.json"]) symlinkSync(resolve(name), join(copy, name));
      writeFileSync(join(copy, "dist/simulate/workers/worker.js"), text);
      const lines = `${JSON.stringify({ headers: { "x-user": "1" } })}\n`.repeat(20_000);
      const args = [join(copy, "dist/cli/main.js"), "simulate", "docs/examples/canary.json", "--traffic", "-", "--workers", "2"];
      const { code, output } = await ended(["--max-old-space-size=60", ...args], lines);
      expect(output).toMatch(reason);
      expect(code).not.toBe(0);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
