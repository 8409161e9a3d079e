import { afterEach, expect, test, vi } from "vitest";
import { createTasks, type WorkerEvent, type WorkerLike } from "../../src/studio/worker/tasks.ts";

interface Started extends WorkerLike {
  readonly asked: { readonly id: number; readonly args: readonly unknown[] }[];
  ended: boolean;
  readonly listeners: { [type: string]: (event: WorkerEvent) => void };
}

function workers(): { readonly open: () => Started; readonly all: Started[] } {
  const all: Started[] = [];
  const open = (): Started => {
    const worker: Started = {
      asked: [],
      ended: false,
      listeners: {},
      addEventListener: (type, listener) => (worker.listeners[type] = listener),
      postMessage: (message) => void worker.asked.push(message as Started["asked"][number]),
      terminate: () => (worker.ended = true),
    };
    all.push(worker);
    return worker;
  };
  return { open, all };
}

const source = { text: "", json: false, profile: "extended" } as const;
const answer = (worker: Started | undefined, id: number, more: object): void => worker?.listeners["message"]?.({ data: { id, ...more } });

test("jobs are done one after the other, and of those that wait in a lane only the last", async () => {
  const { open, all } = workers();
  const tasks = createTasks(open);
  expect(all).toHaveLength(0);
  const [one, two, three, other] = [1, 2, 3, 4].map((outcome) => tasks.ask(outcome === 4 ? "b" : "a", "reach", source, outcome));
  await expect(two).resolves.toEqual({ kind: "superseded" });
  const [worker] = all;
  expect(worker?.asked.map(({ args }) => args[1])).toEqual([1]);
  answer(worker, 1, { result: "first" });
  await expect(one).resolves.toEqual({ kind: "done", result: "first" });
  answer(worker, 3, { failure: "no" });
  await expect(three).resolves.toEqual({ kind: "failed", why: "no" });
  answer(worker, 4, { result: "last" });
  await expect(other).resolves.toEqual({ kind: "done", result: "last" });
  expect(all).toHaveLength(1);
});

test("a worker that dies is told of, ends what waits, and another one is started for the next job", async () => {
  const { open, all } = workers();
  const tasks = createTasks(open);
  const told: string[] = [];
  tasks.onDeath = (why) => void told.push(why);
  const lost = [tasks.ask("a", "claims", source), tasks.ask("b", "claims", source)];
  all[0]?.listeners["error"]?.({ message: "out of memory" });
  expect(await Promise.all(lost)).toEqual([1, 2].map(() => ({ kind: "failed", why: "out of memory" })));
  expect(told).toEqual(["out of memory"]);
  const next = tasks.ask("a", "claims", source);
  expect(all.map(({ ended }) => ended)).toEqual([true, false]);
  answer(all[1], 3, { result: [] });
  await expect(next).resolves.toEqual({ kind: "done", result: [] });
});

test("a worker that cannot be started is a failure too", async () => {
  const tasks = createTasks(() => {
    throw new Error("refused by the policy");
  });
  await expect(tasks.ask("a", "claims", source)).resolves.toEqual({ kind: "failed", why: "refused by the policy" });
});

afterEach(() => void vi.useRealTimers());

test("a job gives way to a later one of its lane when it has had its time, and not before", async () => {
  vi.useFakeTimers();
  const { open, all } = workers();
  const tasks = createTasks(open);
  const slow = tasks.ask("a", "reach", source, 1);
  await vi.advanceTimersByTimeAsync(1_000);
  const next = tasks.ask("a", "reach", source, 2);
  await vi.advanceTimersByTimeAsync(499);
  expect(all.map(({ ended }) => ended)).toEqual([false]);
  await vi.advanceTimersByTimeAsync(2);
  await expect(slow).resolves.toEqual({ kind: "superseded" });
  expect(all.map(({ ended }) => ended)).toEqual([true, false]);
  answer(all[1], 2, { result: "second" });
  await expect(next).resolves.toEqual({ kind: "done", result: "second" });
});

test("a long job for which none of its lane waits is left alone", async () => {
  vi.useFakeTimers();
  const { open, all } = workers();
  const tasks = createTasks(open);
  const slow = tasks.ask("a", "reach", source, 1);
  const other = tasks.ask("b", "reach", source, 2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(all.map(({ ended }) => ended)).toEqual([false]);
  answer(all[0], 1, { result: "first" });
  answer(all[0], 2, { result: "second" });
  expect([await slow, await other].map(({ kind }) => kind)).toEqual(["done", "done"]);
});

test("what is told of progress is that of the job that is done, and cancel ends all", async () => {
  const { open, all } = workers();
  const tasks = createTasks(open);
  const told: number[] = [];
  tasks.onProgress = (progress) => void told.push(progress);
  const jobs = [tasks.ask("a", "claims", source), tasks.ask("b", "claims", source)];
  answer(all[0], 1, { progress: 7 });
  answer(all[0], 2, { progress: 8 });
  expect(told).toEqual([7]);
  tasks.cancel();
  expect(await Promise.all(jobs)).toEqual([{ kind: "superseded" }, { kind: "superseded" }]);
  expect(all[0]?.ended).toBe(true);
});
