import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { build } from "vite";
import { afterEach, describe, expect, test } from "vitest";
import { follow, type FollowedUpdate, type FollowOptions } from "../../../src/gateway/source/follow.ts";
import { AliasTable } from "../../../src/gateway/table.ts";
import { type Emit, type SourceEvent, sourceOf } from "../../../src/gateway/source/source.ts";
import type { SourceStatus } from "../../../src/gateway/source/status.ts";
import { scratch } from "../../support/command.ts";
import { until } from "../../support/daemon.ts";

const { folder } = scratch();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

let count = 0;
const file = (): string => join(folder, `last-good-${count++}.json`);

const V1 = { version: "v1" };
const V2 = { version: "v2" };

/** Follows a source that the test speaks for. */
function following(options: FollowOptions = {}, table = new AliasTable()) {
  const statuses: SourceStatus[] = [];
  const updates: FollowedUpdate[] = [];
  const leaving = new AbortController();
  let emit: Emit | undefined;
  const source = sourceOf(async (each, signal) => {
    emit = each;
    await once(signal, "abort");
  });
  const done = follow(table, source, {
    ...options,
    signal: leaving.signal,
    onStatus: (status) => statuses.push(status),
    onUpdate: (update) => updates.push(update),
  });
  const end = async (): Promise<void> => {
    leaving.abort();
    await done;
  };
  endings.push(end);
  return {
    table,
    statuses,
    updates,
    end,
    tell: async (event: SourceEvent): Promise<void> => {
      await until(() => emit !== undefined);
      await emit?.(event);
      await sleep(0);
    },
    version: (alias: string): string | undefined => table.route(alias, { headers: {} })?.version,
    status: (): SourceStatus | undefined => statuses.at(-1),
  };
}

describe("what a source tells, the table has", () => {
  test("sets, changes and deletions, with a status of the revision that is served", async () => {
    const { tell, version, status, statuses } = following();
    await tell({ revision: 7, aliases: { a: V1, b: V1 } });
    expect([version("a"), version("b")]).toEqual(["v1", "v1"]);
    expect(status()).toMatchObject({ state: "healthy", reason: undefined, revision: 7 });
    await tell({ revision: 8, changes: { a: V2, b: null } });
    expect([version("a"), version("b")]).toEqual(["v2", undefined]);
    await tell({ revision: 9, aliases: { c: V1 } });
    expect([version("a"), version("c")]).toEqual([undefined, "v1"]);
    expect(statuses.every(({ state }) => state === "healthy")).toBe(true);
  });

  test("a problem degrades what goes on being served, and what follows it mends that", async () => {
    const { tell, version, status } = following();
    await tell({ problem: "it is down" });
    expect(status()).toEqual({ state: "degraded", reason: "it is down", revision: undefined, confirmed: undefined });
    await tell({ revision: 1, aliases: { a: V1 } });
    const confirmed = status()?.confirmed ?? 0;
    expect(Math.abs(Date.now() - confirmed)).toBeLessThan(10_000);
    await tell({ problem: "it is down" });
    expect([version("a"), status()]).toEqual(["v1", { state: "degraded", reason: "it is down", revision: 1, confirmed }]);
    await sleep(5);
    await tell({ confirmed: true });
    expect(status()).toMatchObject({ state: "healthy", reason: undefined });
    expect(status()?.confirmed).toBeGreaterThan(confirmed);
  });

  test("a set without any alias is never the deletion of all, and a single deletion is one", async () => {
    const { tell, version, status } = following();
    await tell({ revision: 5, aliases: {} });
    expect(status()).toMatchObject({ state: "healthy" });
    await tell({ revision: 6, aliases: { a: V1, b: V1 } });
    await tell({ revision: 1, aliases: {}, restored: true });
    expect(status()).toMatchObject({ state: "degraded", revision: 6, reason: "the source has no alias any more: 2 aliases are kept" });
    await tell({ confirmed: true });
    expect([version("a"), status()?.state]).toEqual(["v1", "degraded"]);
    await tell({ revision: 2, aliases: { a: V2 }, restored: true });
    expect([version("a"), version("b"), status()?.state]).toEqual(["v2", undefined, "healthy"]);
    await tell({ revision: 3, changes: { a: null } });
    expect([version("a"), status()?.state]).toEqual([undefined, "healthy"]);
  });

  test("what cannot be read or compiled, or is refused, keeps what is served; the rest is updated", async () => {
    const check = (alias: string, config: unknown) =>
      alias === "c" && JSON.stringify(config).includes("v9")
        ? [{ code: "upstream" as const, severity: "error" as const, at: "", message: "there is no upstream" }]
        : [];
    const { tell, version, status, updates } = following({ check });
    await tell({ revision: 1, aliases: { a: V1, b: V1, c: V1, d: V1 } });
    const unreadable = { b: [{ code: "syntax" as const, severity: "error" as const, at: "", message: "not JSON" }] };
    await tell({ revision: 2, aliases: { a: V2, c: { version: "v9" }, d: { version: 1 } }, unreadable });
    expect(["a", "b", "c", "d"].map(version)).toEqual(["v2", "v1", "v1", "v1"]);
    expect(
      updates
        .at(-1)
        ?.rejected.map(({ alias }) => alias)
        .toSorted(),
    ).toEqual(["b", "c", "d"]);
    expect(updates.at(-1)?.kept.toSorted()).toEqual(["b", "c", "d"]);
    expect(status()).toMatchObject({ state: "degraded", revision: 2 });
    expect(status()?.reason).toMatch(/^refused, and kept as before: /);
    await tell({ revision: 1, aliases: { a: V1 } });
    expect([version("a"), status()?.reason]).toEqual(["v2", "the source went back to revision 1, and 2 is served on"]);
    await tell({ revision: 3, changes: { b: V2, c: V2, d: V2 } });
    expect(["a", "b", "c", "d"].map(version)).toEqual(["v2", "v2", "v2", "v2"]);
    expect(status()?.state).toBe("healthy");
  });

  test("a second source for the same table knows what the first has given", async () => {
    const first = following();
    await first.tell({ revision: 1, aliases: { a: V1, b: V1 } });
    await first.end();
    const { tell, version } = following({}, first.table);
    await tell({
      revision: 2,
      aliases: { a: V2 },
      unreadable: { b: [{ code: "syntax", severity: "error", at: "", message: "" }] },
    });
    expect([version("a"), version("b")]).toEqual(["v2", "v1"]);
  });

  test("a source that fails for good rejects, and one that ends ends the following", async () => {
    const failing = sourceOf(async () => {
      throw new Error("for good");
    });
    await expect(follow(new AliasTable(), failing)).rejects.toThrow("for good");
    const table = new AliasTable();
    async function* three(): AsyncGenerator<SourceEvent> {
      for (let revision = 1; revision <= 3; revision++) yield { revision, aliases: { a: { version: `v${revision}` } } };
    }
    await follow(table, three());
    expect(table.route("a", { headers: {} })?.version).toBe("v3");
  });
});

describe("a snapshot", () => {
  test("has what is served, and fills the table while the source is down", async () => {
    const snapshot = file();
    const first = following({ snapshot });
    await first.tell({ revision: 3, aliases: { a: V1, b: { version: 1 }, ["__proto__"]: V2 } });
    await first.tell({ revision: 4, changes: { c: V2 } });
    await first.end();
    expect(Object.keys(JSON.parse(readFileSync(snapshot, "utf8")).aliases).toSorted()).toEqual(["__proto__", "a", "c"]);
    const { tell, version, status, updates } = following({ snapshot });
    await tell({ problem: "it is down" });
    expect([version("a"), version("b"), version("c"), version("__proto__")]).toEqual(["v1", undefined, "v2", "v2"]);
    expect(updates[0]).toMatchObject({ revision: 4, isSnapshot: true });
    expect(status()).toMatchObject({ state: "degraded", revision: 4, confirmed: undefined });
    await tell({ revision: 2, aliases: { a: V2 }, restored: true });
    expect([version("a"), version("c"), status()?.state]).toEqual(["v2", undefined, "healthy"]);
  });

  test("says that it is one until the source has answered", async () => {
    const snapshot = file();
    const first = following({ snapshot });
    await first.tell({ revision: 3, aliases: { a: V1 } });
    await first.end();
    const { status } = following({ snapshot });
    await until(() => status() !== undefined);
    expect(status()).toMatchObject({ state: "degraded", reason: "started from the snapshot, and the source has not answered yet" });
  });

  test("that is damaged is told, and is written anew", async () => {
    for (const text of ["", "{", '{"format":"canary-router snapshot 1","revision":1,"aliases":', '{"format":"another"}', "[]", "null"]) {
      const snapshot = file();
      writeFileSync(snapshot, text);
      const { tell, version, statuses, end } = following({ snapshot });
      await until(() => statuses.length > 0);
      expect(statuses[0]?.reason).toMatch(/^the snapshot cannot be read: /);
      await tell({ revision: 1, aliases: { a: V1 } });
      expect(version("a")).toBe("v1");
      await end();
      expect(JSON.parse(readFileSync(snapshot, "utf8"))).toMatchObject({ revision: 1, aliases: { a: V1 } });
    }
  });

  test("that cannot be written degrades, and nothing else", async () => {
    const { tell, version, status } = following({ snapshot: join(folder, "nowhere", "last-good.json") });
    await tell({ revision: 1, aliases: { a: V1 } });
    await until(() => status()?.state === "degraded");
    expect(status()?.reason).toContain("the snapshot cannot be written: ENOENT");
    expect(version("a")).toBe("v1");
  });

  test("is whole whenever the process is killed", async () => {
    const snapshot = file();
    const built = join(folder, "built");
    const entry = resolve("src/gateway/source/snapshot.ts");
    await build({ configFile: false, logLevel: "error", build: { ssr: entry, outDir: built, emptyOutDir: false } });
    const program = `
      const { SnapshotWriter } = await import(${JSON.stringify(pathToFileURL(join(built, "snapshot.js")).href)});
      const aliases = (version) => Object.fromEntries(Array.from({ length: 500 }, (_, index) => ["k" + index, { version }]));
      const writer = new SnapshotWriter(process.argv[1], () => {});
      const write = (revision) => (writer.write(() => ({ revision, aliases: aliases("v" + revision) })), writer.done());
      await write(0);
      console.log("ready");
      for (let revision = 1; ; revision++) await write(revision);`;
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, ["--input-type=module", "--eval", program, snapshot]);
      await once(child.stdout, "data");
      await sleep(7 * round);
      child.kill("SIGKILL");
      await once(child, "exit");
      const { revision, aliases } = JSON.parse(readFileSync(snapshot, "utf8")) as {
        revision: number;
        aliases: Record<string, { version: string }>;
      };
      expect(Object.values(aliases).map(({ version }) => version)).toEqual(Array.from({ length: 500 }, () => `v${revision}`));
    }
    expect(existsSync(snapshot)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith(`${snapshot}.`))).toEqual([]);
  });
});
