/**
 * Many writers of the same functions at once, each with a service of its own over the same store, and then a check that what they were told is
 * linearizable: the history is one order of the changes, no change comes before one that had ended when it began, each change begins from what
 * the one before left, each refusal was right at some moment of its call, and the rules hold at every moment.
 *
 *     npm run build && node test/nightly/alias-races.mjs [--runs 100000] [--seed S] [--store FILE|http://127.0.0.1:2379] [--dist DIR]
 *
 * Without `--store` it writes into a new file of LMDB. It was seen to fail where a store did not compare what it replaces.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { pick, randomOf } from "./fuzz.mjs";

const PROJECT = "races";
const VERSIONS = Array.from({ length: 13 }, (_, index) => `v${index}`);
const NAMES = Array.from({ length: 13 }, (_, index) => `a${index}`);

/** Runs `runs` changes over some functions by some writers. Throws at the first fault, and returns how many changes came to what. */
export async function race({ services }, stores, { runs, seed, functions = 4, writers = 32 }) {
  const random = randomOf(seed);
  const terms = () => ({ profile: "functiongraph", region: "r", now: new Date(), who: "races" });
  const urns = Array.from({ length: functions }, (_, index) => `default:f${seed.replaceAll(/\W/g, "")}${index}`);
  for (const urn of urns) await services(stores[0])(PROJECT, terms()).prepareFunction(urn, VERSIONS);
  const calls = [];
  let clock = 0;
  let left = runs;
  const serve = stores.map((store) => services(store));
  const write = async (writer) => {
    while (left > 0) {
      const id = left--;
      const urn = pick(random, urns);
      const name = pick(random, NAMES);
      const version = pick(random, VERSIONS);
      const other = pick(random, VERSIONS);
      const kind = pick(random, ["create", "update", "update", "delete"]);
      const weights = other === version ? {} : { additional_version_weights: { [other]: id % 101 } };
      const body = JSON.stringify({ name, version, description: `change ${id}`, ...weights });
      const service = serve[writer % serve.length](PROJECT, terms());
      const call = { id, urn, name, kind, version, began: clock++, ended: 0, code: undefined };
      calls.push(call);
      try {
        if (kind === "create") await service.createAlias(urn, body);
        else if (kind === "update") await service.updateAlias(urn, name, body);
        else await service.deleteAlias(urn, name);
      } catch (error) {
        if (error.code === undefined || !error.code.startsWith("FSS.10")) throw error;
        call.code = error.code;
      }
      call.ended = clock++;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const found = { created: 0, updated: 0, deleted: 0, refused: 0 };
  for (const urn of urns)
    await check(
      stores[0],
      urn,
      calls.filter((call) => call.urn === urn),
      found,
    );
  return found;
}

async function check(store, urn, calls, found) {
  const [group, name] = urn.split(":");
  const key = { project: PROJECT, package: group, name };
  const changes = (await store.history(key, { limit: Infinity })).toReversed();
  changes.forEach(({ revision }, index) => expect(revision === index + 1, `${urn}: revision ${revision} at place ${index + 1}`));
  const made = changes.filter(({ what }) => what === "alias");
  // States before each change, and the last one.
  const states = [new Map()];
  for (const { action, name: alias, before, after } of made) {
    const state = new Map(states.at(-1));
    expect(same(state.get(alias), before), `${urn}: a change of ${alias} begins from what was not there`);
    expect(
      (action === "create") === (before === undefined) && (action === "delete") === (after === undefined),
      `${urn}: ${action} of ${alias}`,
    );
    if (after === undefined) state.delete(alias);
    else state.set(alias, after);
    expect(state.size <= 10, `${urn}: more than 10 aliases`);
    expect(new Set([...state.values()].map(({ version }) => version)).size === state.size, `${urn}: two aliases of one version`);
    states.push(state);
  }
  const { record } = await store.read(key);
  expect(
    record.aliases.length === states.at(-1).size && record.aliases.every(({ name: alias, body }) => same(states.at(-1).get(alias), body)),
    `${urn}: not what its history says`,
  );

  // The place of each call in the order: a change by what it wrote, a delete by the order of deletes of one name.
  const places = new Map();
  made.forEach(({ after }, place) => after !== undefined && places.set(after.description, place));
  const done = calls.filter(({ code }) => code === undefined);
  expect(done.length === made.length, `${urn}: ${done.length} changes were acknowledged, and ${made.length} are there`);
  const deletes = new Map();
  made.forEach(({ action, name: alias }, place) => action === "delete" && deletes.set(alias, [...(deletes.get(alias) ?? []), place]));
  for (const call of done) if (call.kind !== "delete") call.place = places.get(`change ${call.id}`);
  for (const [alias, open] of deletes) {
    // Deletes of one name never overlap one another with success in between, so the order of their ends is that of the history.
    const ended = done.filter((call) => call.kind === "delete" && call.name === alias).toSorted((one, other) => one.ended - other.ended);
    expect(ended.length === open.length, `${urn}: deletes of ${alias}`);
    ended.forEach((call, index) => ((call.exact = false), (call.place = open[index])));
  }
  for (const call of done) {
    expect(call.place !== undefined, `${urn}: change ${call.id} was acknowledged and is lost`);
    found[`${call.kind}d`]++;
  }
  const exact = done.filter((call) => call.exact !== false).toSorted((one, other) => one.place - other.place);
  let latest = -1;
  for (const call of exact) {
    // What comes later in the order had not ended before what comes earlier began.
    expect(call.ended > latest, `${urn}: change ${call.id} comes before one that had ended when it began`);
    latest = Math.max(latest, call.began);
  }
  // A refusal was right at some moment between the last change that had ended before it began and the first that began after it had ended.
  const byEnd = exact.toSorted((one, other) => one.ended - other.ended);
  const byBegin = exact.toSorted((one, other) => one.began - other.began);
  const least = prefixes(
    byEnd,
    ({ ended }) => ended,
    ({ place }) => place + 1,
    Math.max,
    0,
  );
  const most = suffixes(
    byBegin,
    ({ began }) => began,
    ({ place }) => place,
    Math.min,
    made.length,
  );
  for (const call of calls) {
    if (call.code === undefined) continue;
    found.refused++;
    let right = false;
    const to = most(call.ended);
    for (let place = least(call.began); place <= to && !right; place++) right = refusal(states[place], call) === call.code;
    expect(right, `${urn}: ${call.kind} ${call.id} was refused with ${call.code}, which was right at no moment`);
  }
}

/** What the rules say of a call at a moment. */
function refusal(state, { kind, name, version }) {
  if (kind === "create" && state.has(name)) return "FSS.1063";
  if (kind === "create" && state.size >= 10) return "FSS.1043";
  if (kind !== "create" && !state.has(name)) return "FSS.1053";
  if (kind === "delete") return undefined;
  for (const [other, body] of state) if (other !== name && body.version === version) return "FSS.1066";
  return undefined;
}

/** A function from a time to what comes of all items before it. */
function prefixes(items, timeOf, valueOf, join, first) {
  const joined = [first];
  for (const item of items) joined.push(join(joined.at(-1), valueOf(item)));
  return (time) => joined[countBefore(items, timeOf, time)];
}

/** A function from a time to what comes of all items after it. */
function suffixes(items, timeOf, valueOf, join, last) {
  const joined = [last];
  for (const item of items.toReversed()) joined.push(join(joined.at(-1), valueOf(item)));
  return (time) => joined[items.length - countBefore(items, timeOf, time)];
}

function countBefore(items, timeOf, time) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(items[middle]) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function expect(isSo, message) {
  if (!isSo) throw new Error(message);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100000" },
      seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
      store: { type: "string" },
      dist: { type: "string", default: "dist" },
    },
  });
  const load = (entry) => import(pathToFileURL(resolve(values.dist, entry)).href);
  const folder = mkdtempSync(join(tmpdir(), "alias-races-"));
  const isEtcd = values.store?.startsWith("http") === true;
  const open = isEtcd
    ? (
        ({ etcdStore }) =>
        () =>
          etcdStore({ endpoints: values.store, prefix: `races-${process.pid}/` })
      )(await load("control/etcd.js"))
    : (
        ({ lmdbStore }) =>
        () =>
          lmdbStore(values.store ?? join(folder, "races.db"))
      )(await load("control/lmdb.js"));
  const stores = [open(), open()];
  console.log(`seed ${values.seed}, ${values.runs} changes in ${isEtcd ? "etcd" : "LMDB"}`);
  const began = performance.now();
  try {
    console.log(await race(await load("control/index.js"), stores, { runs: Number(values.runs), seed: values.seed }));
    console.log(`${Math.round((Number(values.runs) / (performance.now() - began)) * 1_000)} a second`);
  } finally {
    for (const store of stores) await store.close();
    rmSync(folder, { recursive: true });
  }
}
