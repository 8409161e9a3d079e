// One contender on one workload in a process of its own: what the engine has learnt there, it has learnt from nobody else.
// `harness` starts it and asks for rounds.

import { contender } from "./contenders.mjs";
import { fleet, fleetOf } from "./fleets.mjs";
import { bytesPerDecision } from "./allocation.mjs";
import seedrandom from "seedrandom";
import { others, SMALL, workload } from "./workloads.mjs";

const { name, id, mode, aliases, dist, batch } = JSON.parse(process.argv[2]);

const found = await contender(name, dist);
const { gives, prepare, awaits = false, agrees = () => "each" } = found;

/** What the answers are folded into: the sum of the last characters of the versions. */
const weigh = (version) => version.charCodeAt(version.length - 1);

function takeVersions(decide, requests) {
  let sink = 0;
  for (let i = 0; i < requests.length; i++) {
    const version = decide(requests[i]);
    sink += version.charCodeAt(version.length - 1);
  }
  return sink;
}

function takeDecisions(decide, requests) {
  let sink = 0;
  for (let i = 0; i < requests.length; i++) {
    const { version } = decide(requests[i]);
    sink += version.charCodeAt(version.length - 1);
  }
  return sink;
}

async function takePromises(decide, requests) {
  let sink = 0;
  for (let i = 0; i < requests.length; i++) {
    const version = await decide(requests[i]);
    sink += version.charCodeAt(version.length - 1);
  }
  return sink;
}

const take = awaits ? takePromises : gives === "decision" ? takeDecisions : takeVersions;
/** A contender so slow that a batch would take longer than this gets shorter ones. In milliseconds. */
const LONG_BATCH = 50;

/** From so many requests and milliseconds on, a contender that has agreed so far is believed. */
const CHECKED = { requests: 1024, milliseconds: 2000 };

const versionOf = (answer) => (gives === "decision" ? answer.version : answer);

/** Of reused requests only so many, but for a fleet: more would not stay in the processor's caches, and memory would be measured. */
const REUSED = 1024;

/** The requests of one batch: the same for every contender that is asked with the same key, each time newly made. */
function batchOf(subject, key, length = batch) {
  const random = seedrandom.alea(key);
  const { size, fresh, reused } = subject.requests;
  const most = mode === "fresh" || subject.aliases !== undefined ? size : Math.min(size, REUSED);
  const chosen = Array.from({ length }, () => Math.floor(random() * most));
  return { chosen, requests: chosen.map(mode === "fresh" ? fresh : reused) };
}

async function prepareFleet(subject) {
  const decide = found.prepareAll?.(subject.aliases) ?? new Map();
  if (decide.decide !== undefined) return (request, draw) => decide.decide(request.alias, request, draw);
  for (const { key, config } of found.prepareAll === undefined ? subject.aliases : []) decide.set(key, await prepare({ config, key }));
  return found.finds ? (request) => decide.get(request.alias) : (request, draw) => decide.get(request.alias)(request, draw);
}

/** The version that each request must get; `draw` is given where the alias would take one at random. */
async function referee(subject) {
  if (found.finds) return (index) => subject.data[index].alias;
  if (subject.hand !== undefined) return (index, draw) => subject.hand(subject.requests.fresh(index), draw);
  const reference = await contender("interpreter", dist);
  const routes = new Map(subject.aliases.map(({ key, config }) => [key, reference.prepare({ config })]));
  return (index, draw) => routes.get(subject.data[index].alias)(subject.requests.fresh(index), draw).version;
}

/** Fails unless the contender answers every request as the referee does; where it has draws of its own, within their noise. */
async function check(subject, decide) {
  const random = seedrandom.alea("draws");
  const answer = await referee(subject);
  const expected = [];
  const shares = new Map();
  const from = performance.now();
  let checked = 0;
  for (let index = 0; index < subject.requests.size; index++) {
    const draw = subject.random ? random() : undefined;
    const decides = agrees(id) !== "nothing";
    const version = decides ? answer(index, draw) : versionOf(await decide(subject.requests.fresh(index), draw));
    expected.push(weigh(version));
    if (checked >= CHECKED.requests && performance.now() - from > CHECKED.milliseconds) continue;
    checked += 1;
    const actual = versionOf(await decide(subject.requests.fresh(index), draw));
    if (agrees(id) === "each" && actual !== version) {
      throw new Error(`${name} on ${id}: \`${actual}\` and not \`${version}\` for ${JSON.stringify(subject.data[index])}, draw ${draw}`);
    }
    shares.set(version, (shares.get(version) ?? 0) + 1);
    shares.set(actual, (shares.get(actual) ?? 0) - 1);
  }
  // The difference of two binomial counts around a share p has the deviation sqrt(2 n p (1 - p)), at most sqrt(n / 2).
  const bound = 6 * Math.sqrt(checked / 2);
  for (const [version, difference] of shares) {
    if (Math.abs(difference) > bound) throw new Error(`${name} on ${id}: the share of \`${version}\` is off by ${difference} requests`);
  }
  return expected;
}

/** Adds up what the batches gave, and says at the end whether it can be right. */
function ledger(subject, expected) {
  const exact = !subject.random && agrees(id) === "each";
  const mean = expected.reduce((sum, weight) => sum + weight, 0) / expected.length;
  const deviation = Math.sqrt(expected.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / expected.length);
  let decisions = 0;
  let total = 0;
  return {
    enter(chosen, sink) {
      decisions += chosen.length;
      total += sink;
      if (!exact) return;
      const due = chosen.reduce((sum, index) => sum + expected[index], 0);
      if (sink !== due) throw new Error(`${name} on ${id}: the sink holds ${sink}, and ${due} are due`);
    },
    close() {
      const bound = 6 * deviation * (1 / Math.sqrt(decisions) + 1 / Math.sqrt(expected.length));
      const off = Math.abs(total / decisions - mean);
      if (off > bound) throw new Error(`${name} on ${id}: the sink is off by ${off} a decision, and ${bound} is noise`);
      return decisions;
    },
  };
}

/** The requests that each other alias meets, how often, and the milliseconds after which it has met enough. */
const OTHERS = { requests: 128, passes: 16, milliseconds: 50 };

/** Runs other aliases first, so that the process has seen them: code that aliases share has then seen them too. */
async function meetOthers() {
  const able = [];
  for (const kind of SMALL) if ((await prepare(workload(kind, "", 1))) !== undefined) able.push(kind);
  for (const other of others(aliases, OTHERS.requests, able)) {
    const decide = await prepare(other);
    const { requests } = batchOf(other, "others", OTHERS.requests);
    const from = performance.now();
    for (let pass = 0; pass < OTHERS.passes && performance.now() - from < OTHERS.milliseconds; pass++) await take(decide, requests);
  }
}

/** Lets the engine optimize what is measured; returns how long the batches shall be. */
async function warm(subject, decide, book, batches) {
  let length = batch;
  for (let i = 0; i < batches; i++) {
    const { chosen, requests } = batchOf(subject, `warm ${i}`, length);
    const from = performance.now();
    book.enter(chosen, await take(decide, requests));
    const each = (performance.now() - from) / length;
    if (i > 0) length = Math.max(16, Math.min(batch, Math.floor(LONG_BATCH / each)));
    else if (each * batch > LONG_BATCH) length = Math.min(batch, 64);
  }
  return length;
}

async function start() {
  const isFleet = id.startsWith("W7");
  const subject = isFleet ? fleet(fleetOf(id)) : workload(id);
  const decide = isFleet ? await prepareFleet(subject) : await prepare(subject);
  if (decide === undefined) return undefined;
  if (!isFleet && aliases > 1) await meetOthers();
  const book = ledger(subject, await check(subject, decide));
  const length = await warm(subject, decide, book, isFleet ? 400 : 40);
  return { subject, decide, book, length };
}

const started = await start();

const ANSWERS = {
  /** Nanoseconds a decision, batch by batch. The strings are cut between the batches, outside the measured time. */
  async round({ key, batches }) {
    const { subject, decide, book, length } = started;
    const times = [];
    for (let i = 0; i < batches; i++) {
      const { chosen, requests } = batchOf(subject, `${key} ${i}`, length);
      const before = process.hrtime.bigint();
      const sink = awaits ? await take(decide, requests) : take(decide, requests);
      const after = process.hrtime.bigint();
      book.enter(chosen, sink);
      times.push(Number(after - before) / length);
    }
    return times;
  },
  async bytes() {
    const { subject, decide, book } = started;
    return bytesPerDecision({
      prepare: (round, length) => batchOf(subject, `bytes ${round}`, length),
      run: ({ requests }) => take(decide, requests),
      enter: ({ chosen }, sink) => book.enter(chosen, sink),
      awaits,
    });
  },
  close: () => started.book.close(),
};

process.on("message", async ({ ask, ...rest }) => {
  process.send({ answer: await ANSWERS[ask](rest) });
  if (ask === "close") process.disconnect();
});
process.send({ ready: started !== undefined });
if (started === undefined) process.disconnect();
