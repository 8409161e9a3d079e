/* oxlint-disable unicorn/require-post-message-target-origin -- a worker is no window, and has no origin */

/**
 * How often the sequential sample-ratio test raises an alarm while nothing is wrong, and how soon it sees what is. Each run
 * looks after every observation, so the p-value that counts is the smallest of thousands.
 *
 *     npm run build && node test/nightly/sequential.mjs [--runs 100000] [--observations 20000] [--seed S] [--dist DIR]
 *
 * Ends with 1 where there are more false alarms than chance explains with a probability of 1e-9, if the risk is as stated. The
 * seed is the day where none is given, and is printed.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const { values } = parseArgs({
  args: isMainThread ? undefined : workerData.args,
  options: {
    runs: { type: "string", default: "100000" },
    observations: { type: "string", default: "20000" },
    seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
    dist: { type: "string", default: "dist" },
  },
});
const module = (path) => import(pathToFileURL(resolve(values.dist, path)).href);
const { randomOf } = await module("simulate/random.js");
const { logGamma } = await module("simulate/statistics/gamma.js");
const { CONCENTRATIONS, logBayesFactor } = await module("simulate/statistics/sequential.js");

const RISK = 0.05;
const SHARES = [0.9, 0.1];
const observations = Number(values.observations);
const BLOCK = 500;

/** Of each test, by its concentrations. */
const TESTS = { 1: [1], 10: [10], 100: [100], mixture: CONCENTRATIONS };
/** For the second question: a tenth becomes twelve hundredths, at a risk of 0.001. */
const OTHER = { share: 0.12, risk: 0.001 };

/** ln Γ(prior + n) for every n: computed once, where `logBayesFactor` would compute it billions of times. */
const tables = new Map();
function table(prior) {
  if (!tables.has(prior))
    tables.set(
      prior,
      Float64Array.from({ length: observations + 1 }, (_, n) => logGamma(prior + n) - logGamma(prior)),
    );
  return tables.get(prior);
}

/** The observation at which the factor first reaches 1 / risk; 0 where it never does. */
function stop(random, share, concentrations, risk) {
  const parts = concentrations.map((k) => ({ first: table(k * SHARES[0]), second: table(k * SHARES[1]), all: table(k) }));
  const limit = concentrations.length / risk;
  const [first, second] = SHARES.map(Math.log);
  let count = 0;
  for (let n = 1; n <= observations; n++) {
    if (random() < share) count++;
    const expected = (n - count) * first + count * second;
    let sum = 0;
    for (const part of parts) sum += Math.exp(part.first[n - count] + part.second[count] - part.all[n] - expected);
    if (sum >= limit) return n;
  }
  return 0;
}

/** The tables must say what the library says. */
function checkTables() {
  for (const k of CONCENTRATIONS) {
    const counts = [observations - 321, 321];
    const quick =
      table(k * SHARES[0])[counts[0]] +
      table(k * SHARES[1])[counts[1]] -
      table(k)[observations] -
      counts[0] * Math.log(SHARES[0]) -
      counts[1] * Math.log(SHARES[1]);
    const slow = logBayesFactor(counts, SHARES, k);
    if (Math.abs(quick - slow) > 1e-6) throw new Error(`the tables say ${quick}, the library ${slow}`);
  }
}

/** Runs of one block: how many raised an alarm, and when the other share was seen. */
function block(number) {
  const answer = {};
  for (const [name, concentrations] of Object.entries(TESTS)) {
    const random = randomOf(values.seed, `null ${name}`, number);
    let alarms = 0;
    for (let run = 0; run < BLOCK; run++) if (stop(random, SHARES[1], concentrations, RISK) > 0) alarms++;
    answer[name] = { alarms, stops: [] };
    const other = randomOf(values.seed, `other ${name}`, number);
    for (let run = 0; run < BLOCK / 10; run++) answer[name].stops.push(stop(other, OTHER.share, concentrations, OTHER.risk) || Infinity);
  }
  return answer;
}

if (!isMainThread) {
  checkTables();
  parentPort.on("message", (number) => parentPort.postMessage(block(number)));
} else {
  const { binomialTest } = await module("simulate/statistics/binomial.js");
  checkTables();
  const blocks = Math.ceil(Number(values.runs) / BLOCK);
  const runs = blocks * BLOCK;
  console.log(`seed ${values.seed}: ${runs} runs of ${observations} observations, a look after each, risk ${RISK}`);
  const found = Object.fromEntries(Object.keys(TESTS).map((name) => [name, { alarms: 0, stops: [] }]));
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(blocks, availableParallelism()) }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { args: process.argv.slice(2) } });
      while (next < blocks) {
        const answered = once(worker, "message");
        worker.postMessage(next++);
        for (const [name, { alarms, stops }] of Object.entries((await answered)[0])) {
          found[name].alarms += alarms;
          found[name].stops.push(...stops);
        }
      }
      await worker.terminate();
    }),
  );
  for (const [name, { alarms, stops }] of Object.entries(found)) {
    const share = alarms / runs;
    const failed = share > RISK && binomialTest(alarms, runs, RISK) < 1e-9;
    const median = stops.toSorted((a, b) => a - b)[Math.floor(stops.length / 2)];
    console.log(
      `concentration ${name.padEnd(8)} false alarms ${share.toFixed(4)}${failed ? " TOO MANY" : ""}; ${OTHER.share} in place of ${SHARES[1]} seen after ${median} (median, risk ${OTHER.risk})`,
    );
    if (failed) process.exitCode = 1;
  }
}
