// Runs contenders against each other. Each has a process of its own; the processes take turns, in an order that changes
// from round to round, and what is compared was measured in the same round.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ALLOCATION_FLAGS } from "./allocation.mjs";

/** The middle of a list of numbers, or another quantile. */
export function quantile(numbers, share = 0.5) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** Starts a runner. `ask` sends a question and waits for its answer; a runner that fails ends the benchmark. */
async function launch(subject, flags = [], prints = true) {
  const stdio = ["ignore", prints ? "inherit" : "ignore", "inherit", "ipc"];
  const child = fork(new URL("runner.mjs", import.meta.url), [JSON.stringify(subject)], { execArgv: flags, stdio });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the runner of ${subject.name} on ${subject.id} ended with code ${code}`);
  });
  // A runner that has been closed ends too.
  ended.catch(() => {});
  const next = async () => {
    const [event] = await Promise.race([once(child, "message"), ended]);
    return event;
  };
  const { ready } = await next();
  return {
    ready,
    async ask(ask, rest = {}) {
      const answer = next();
      child.send({ ask, ...rest });
      return (await answer).answer;
    },
  };
}

/**
 * Measures contenders: `entries` of a `label`, the contender's `name`, the workload's `id` and perhaps a build of its own, `dist`. Returns for each label the
 * nanoseconds a decision, a number a round (the median of its batches); undefined for what the contender cannot express.
 * `processes`: how often all of them are started anew, because where a process puts its code and data is a matter of luck
 * that lasts as long as it lives.
 */
export async function measure(entries, { mode, aliases, dist, rounds, batches, batch, processes }) {
  const times = new Map();
  for (let start = 0; start < processes; start++) {
    const runners = [];
    for (const { label, name, id, dist: own = dist } of entries) {
      const runner = await launch({ name, id, mode, aliases, dist: own, batch });
      if (runner.ready) runners.push({ label, runner });
      if (!times.has(label)) times.set(label, runner.ready ? [] : undefined);
    }
    const share = Math.ceil(rounds / processes);
    for (let round = -1; round < share; round++) {
      for (let turn = 0; turn < runners.length; turn++) {
        const { label, runner } = runners[(turn + round + 1) % runners.length];
        const measured = await runner.ask("round", { key: `start ${start} round ${round}`, batches });
        if (round >= 0) times.get(label).push(quantile(measured));
      }
    }
    for (const { runner } of runners) await runner.ask("close");
  }
  return times;
}

/** Bytes a decision, for each label. */
export async function allocations(entries, { mode, aliases, dist, batch }) {
  const bytes = new Map();
  for (const { label, name, id } of entries) {
    const runner = await launch({ name, id, mode, aliases, dist, batch }, ALLOCATION_FLAGS);
    bytes.set(label, runner.ready ? await runner.ask("bytes") : undefined);
    if (runner.ready) await runner.ask("close");
  }
  return bytes;
}

/** A contender's batches before its bailouts count, and while they do: a guard that fails again and again fails a hundred times in these. */
const SETTLING = 600;
const COUNTED = 600;

/** How often optimized code was left after the warm-up, for each label: the reasons, a text each. */
export async function bailouts(entries, { mode, aliases, dist, batch }) {
  const folder = await mkdtemp(join(tmpdir(), "bailouts-"));
  const found = new Map();
  try {
    for (const [index, { label, name, id }] of entries.entries()) {
      const trace = join(folder, `${index}.txt`);
      await writeFile(trace, "");
      // To a file, V8 writes each line at once; what it prints comes when its buffer is full.
      const flags = ["--trace-deopt", "--redirect-code-traces", `--redirect-code-traces-to=${trace}`];
      const lines = async () => (await readFile(trace, "utf8")).split(/(?=\[(?:bailout|marking))/).filter((part) => part.startsWith("["));
      const runner = await launch({ name, id, mode, aliases, dist, batch }, flags, false);
      if (!runner.ready) continue;
      await runner.ask("round", { key: "settling", batches: SETTLING });
      const before = await lines();
      await runner.ask("round", { key: "counted", batches: COUNTED });
      found.set(label, (await lines()).slice(before.length).map(reasonOf));
      await runner.ask("close");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return found;
}

function reasonOf(line) {
  if (line.startsWith("[marking")) return "what the code depends on has changed";
  const [, reason = line] = /reason: ([^)]*)\)/.exec(line) ?? [];
  const [, name = "a function without a name"] = /<JSFunction (\S+) /.exec(line) ?? [];
  return `${name}: ${reason}`;
}

/** The ratios of two contenders, round by round: their median and the middle half. */
export function ratio(times, reference) {
  if (times === undefined || reference === undefined) return undefined;
  const ratios = times.map((time, round) => time / reference[round]);
  return { median: quantile(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}

/** The directory of the built library, as a URL: `--dist DIR`, or `dist` beside this folder. */
export function distURL(directory) {
  const url = directory === undefined ? new URL("../dist/", import.meta.url) : pathToFileURL(`${resolve(directory)}/`);
  return url.href;
}

/** What the figures were measured on. */
export function machine() {
  const cpu = cpus()[0];
  return {
    node: process.version,
    v8: process.versions.v8,
    cpu: cpu.model,
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
  };
}
