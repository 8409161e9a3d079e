// The traps of measuring functions that take nanoseconds: each measured the wrong way and the right way, in turns. The hands of
// the workloads are what is measured, so nothing of the library is needed.

import seedrandom from "seedrandom";
import { hex } from "./clients.mjs";
import { machine, quantile } from "./harness.mjs";
import { workload } from "./workloads.mjs";

const ROUNDS = 41;
const BATCH = 1024;

const order = seedrandom.alea("traps");
const some = (most) => Array.from({ length: BATCH }, () => Math.floor(order() * most));

/** A loop of its own: compiled anew for each caller. */
function loop(text, ...names) {
  return new Function(
    ...names,
    `return (requests) => { let sink = 0; for (let i = 0; i < requests.length; i++) { ${text} } return sink; };`,
  );
}

const take = "const version = decide(requests[i]); sink += version.charCodeAt(version.length - 1);";
const ownLoop = (decide) => loop(take, "decide")(decide);

function nanoseconds(run, requests) {
  const before = process.hrtime.bigint();
  const sink = run(requests);
  const after = process.hrtime.bigint();
  if (sink === undefined) throw new Error("nothing was done");
  return Number(after - before) / requests.length;
}

/** Two ways, in turns; each gives nanoseconds a decision. The median of both, and of their ratio. */
function compare(title, { wrong, right }) {
  const times = { wrong: [], right: [] };
  for (let round = -20; round < ROUNDS; round++) {
    for (const way of round % 2 === 0 ? ["wrong", "right"] : ["right", "wrong"]) {
      const time = { wrong, right }[way]();
      if (round >= 0) times[way].push(time);
    }
  }
  const ratio = quantile(times.wrong.map((time, round) => time / times.right[round]));
  console.log(`| ${title} | ${quantile(times.wrong).toFixed(1)} | ${quantile(times.right).toFixed(1)} | ${ratio.toFixed(2)} |`);
}

const about = machine();
console.log(`${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}; medians of ${ROUNDS} rounds, ns a decision\n`);
console.log("| trap | the wrong way | the right way | ratio |\n| --- | ---: | ---: | ---: |");

const W1 = workload("W1");
const W3 = workload("W3");
const fresh = ({ requests }, chosen) => chosen.map(requests.fresh);
const reused = ({ requests }, chosen) => chosen.map(requests.reused);

// Strings that have been hashed before.
{
  const run = ownLoop(W3.hand);
  compare("reused strings: `Set.has` finds their hashes (W3)", {
    wrong: () => nanoseconds(run, reused(W3, some(BATCH))),
    right: () => nanoseconds(run, fresh(W3, some(BATCH))),
  });
}
{
  const plain = (request) => (request.headers["x-account"] === "acc_00000000" ? "v2" : "v1");
  const run = ownLoop(plain);
  compare("the same for one `===`, which hashes nothing", {
    wrong: () => nanoseconds(run, reused(W3, some(BATCH))),
    right: () => nanoseconds(run, fresh(W3, some(BATCH))),
  });
}

// The same requests in the same order, which the branch predictor learns.
{
  const run = ownLoop(W1.hand);
  const same = some(BATCH);
  compare("always the same order: the processor knows the answers (W1)", {
    wrong: () => nanoseconds(run, reused(W1, same)),
    right: () => nanoseconds(run, reused(W1, some(BATCH))),
  });
}

// More requests than caches hold: memory is measured.
{
  const run = ownLoop(W1.hand);
  compare("4,096 requests kept instead of 1,024: memory is measured (W1)", {
    wrong: () => nanoseconds(run, reused(W1, some(4096))),
    right: () => nanoseconds(run, reused(W1, some(1024))),
  });
}

// A clock read for every call.
{
  const run = ownLoop(W1.hand);
  let sink = 0;
  compare("the clock read around every call (W1)", {
    wrong: () => {
      const requests = fresh(W1, some(BATCH));
      let total = 0n;
      for (const request of requests) {
        const before = process.hrtime.bigint();
        sink += W1.hand(request).length;
        total += process.hrtime.bigint() - before;
      }
      return Number(total) / BATCH;
    },
    right: () => nanoseconds(run, fresh(W1, some(BATCH))),
  });
  if (sink === 0) throw new Error("nothing was done");
}

// One input over and over: everything that the engine remembers, it remembers for this one.
{
  const run = ownLoop(W3.hand);
  const first = W3.data.findIndex(({ pairs }) => pairs.some(([name]) => name === "x-account"));
  compare("one request over and over (W3)", {
    wrong: () => nanoseconds(run, Array(BATCH).fill(W3.requests.reused(first))),
    right: () => nanoseconds(run, fresh(W3, some(BATCH))),
  });
}

// Strings put together by `+` are trees of parts until somebody reads them.
{
  const compareKey = (request) => (request.headers["x-user"] === "usr_00000000_00000000" ? "v2" : "v1");
  const run = ownLoop(compareKey);
  const random = seedrandom.alea("keys");
  const joined = () =>
    Array.from({ length: BATCH }, () => ({
      headers: { "x-user": ["usr_", hex(random, 8), "_", hex(random, 8)].reduce((one, other) => one + other) },
    }));
  const flat = () => joined().map(({ headers }) => ({ headers: { "x-user": Buffer.from(headers["x-user"], "latin1").latin1Slice() } }));
  compare("strings joined by `+`, not cut from bytes", {
    wrong: () => nanoseconds(run, joined()),
    right: () => nanoseconds(run, flat()),
  });
}
