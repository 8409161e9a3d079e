/**
 * Kills a process that writes aliases, again and again, with SIGKILL at any moment: the store opens each time, has everything that was
 * acknowledged, and at most the one change of each writer that was not.
 *
 *     npm run build && node test/nightly/alias-crashes.mjs [--runs 1000] [--seed S] [--dist DIR]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { randomOf } from "./fuzz.mjs";

const PROJECT = "crashes";
const WRITERS = 8;
const TERMS = () => ({ profile: "extended", region: "r", now: new Date(), who: "crashes" });

/** Kills a writer `runs` times; throws at the first fault. `dist` is where the built library is. */
export async function crash({ runs, seed, dist }) {
  const { services, lmdbStore } = await load(dist);
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), "alias-crashes-"));
  const path = join(folder, "aliases.db");
  const known = Array.from({ length: WRITERS }, () => 0);
  let acknowledged = 0;
  try {
    const first = lmdbStore(path);
    for (let writer = 0; writer < WRITERS; writer++)
      await services(first)(PROJECT, TERMS()).prepareFunction(`default:f${writer}`, ["v1", "v2"]);
    for (let writer = 0; writer < WRITERS; writer++)
      await services(first)(PROJECT, TERMS()).createAlias(`default:f${writer}`, '{"name":"live","version":"v1","description":"0"}');
    await first.close();
    for (let run = 0; run < runs; run++) {
      const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--write", path, "--from", known.join(","), "--dist", dist], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface(child.stdout);
      let killed = false;
      let timer;
      lines.on("line", (line) => {
        const [writer, count] = line.split(" ").map(Number);
        known[writer] = Math.max(known[writer], count);
        acknowledged++;
        // From the first acknowledgement on, at any moment.
        timer ??= setTimeout(() => (killed = child.kill("SIGKILL")), random() * 30);
      });
      const [code] = await Promise.all([once(child, "exit").then(([exit]) => exit), once(lines, "close")]);
      clearTimeout(timer);
      if (!killed) throw new Error(`run ${run}: the writer ended with ${code}`);
      const store = lmdbStore(path);
      for (let writer = 0; writer < WRITERS; writer++) {
        const service = services(store)(PROJECT, TERMS());
        const { description } = await service.showAlias(`default:f${writer}`, "live");
        const count = Number(description);
        if (count !== known[writer] && count !== known[writer] + 1)
          throw new Error(`run ${run}: writer ${writer} has ${count}, and ${known[writer]} was acknowledged`);
        const [last] = await service.aliasHistory(`default:f${writer}`, "live", 1);
        if (last.after.description !== description)
          throw new Error(`run ${run}: the history of writer ${writer} ends with ${last.after.description}, not ${description}`);
        known[writer] = count;
      }
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { runs, acknowledged };
}

/** What is killed: counts up in the description of each writer's alias, and prints what has been acknowledged. */
async function write(path, from, dist) {
  const { services, lmdbStore } = await load(dist);
  const store = lmdbStore(path);
  const serve = services(store);
  await Promise.all(
    from.map(async (start, writer) => {
      for (let count = start + 1; ; count++) {
        await serve(PROJECT, TERMS()).updateAlias(
          `default:f${writer}`,
          "live",
          JSON.stringify({ version: count % 2 === 0 ? "v1" : "v2", description: String(count) }),
        );
        process.stdout.write(`${writer} ${count}\n`);
      }
    }),
  );
}

async function load(dist) {
  const entry = (name) => import(pathToFileURL(resolve(dist, "control", name)).href);
  return { ...(await entry("index.js")), ...(await entry("lmdb.js")) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "1000" },
      seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
      dist: { type: "string", default: "dist" },
      write: { type: "string" },
      from: { type: "string", default: "" },
    },
  });
  if (values.write !== undefined) await write(values.write, values.from.split(",").map(Number), values.dist);
  else {
    console.log(`seed ${values.seed}, ${values.runs} crashes`);
    console.log(await crash({ runs: Number(values.runs), seed: values.seed, dist: values.dist }));
  }
}
