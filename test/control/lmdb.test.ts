import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { services } from "../../src/control/index.ts";
import { lmdbStore } from "../../src/control/lmdb.ts";
import { scratch } from "../support/command.ts";
import { prepare, PROJECT, URN } from "../support/control.ts";

const { folder } = scratch();
const terms = { profile: "functiongraph", region: "r", now: new Date(), who: "tests" } as const;

test("what was written is there when the file is opened again", async () => {
  const path = join(folder, "again.db");
  const store = lmdbStore(path);
  await prepare(store);
  await services(store)(PROJECT, terms).createAlias(URN, '{"name":"live","version":"v1"}');
  await store.close();
  const again = lmdbStore(path);
  const service = services(again)(PROJECT, terms);
  expect(await service.listAliases(URN)).toMatchObject([{ name: "live", version: "v1" }]);
  expect(await service.aliasHistory(URN, "live", 10)).toMatchObject([
    { action: "create", what: "alias", after: { version: "v1" }, who: "tests" },
  ]);
  await again.close();
});

test("two that have the file open see each other's changes", async () => {
  const path = join(folder, "two.db");
  const [one, other] = [lmdbStore(path), lmdbStore(path)];
  await prepare(one);
  expect((await other.read({ project: PROJECT, package: "default", name: "shop" })).record?.versions).toHaveLength(3);
  await one.close();
  await other.close();
});

test("a file that is no store is refused", () => {
  const path = join(folder, "other.db");
  writeFileSync(path, "this is no database, and longer than its head ".repeat(400));
  expect(() => lmdbStore(path)).toThrow();
});

test("what one opening of a file has acknowledged, another reads at once", async () => {
  const path = join(folder, "at-once.db");
  const [one, other] = [lmdbStore(path), lmdbStore(path)];
  const key = { project: "p", package: "default", name: "f" };
  try {
    for (let revision = 1; revision <= 500; revision++) {
      const from = await one.read(key);
      // A read that is under way while the change is committed must not be gone on with.
      const reading = (async () => {
        for (let turn = 0; turn < 20; turn++) await other.read(key);
      })();
      expect(await one.commit(key, from, undefined, [{ revision } as never])).toBe(true);
      expect((await other.read(key)).revision).toBe(revision);
      await reading;
    }
  } finally {
    await one.close();
    await other.close();
  }
});
