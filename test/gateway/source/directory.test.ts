import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { directory } from "../../../src/gateway/source/directory.ts";
import { scratch } from "../../support/command.ts";
import { until } from "../../support/daemon.ts";
import { type Read, readSource } from "../../support/source.ts";

const { folder } = scratch();
const reading: Read[] = [];
afterEach(async () => {
  await Promise.all(reading.splice(0).map((each) => each.stop()));
});

let count = 0;

function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const path = join(folder, `aliases-${count++}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** Reads a directory that is looked at no sooner than in a minute without being told, unless `interval` says otherwise. */
function read(path: string, interval = 60_000): Read {
  const found = readSource(directory(path, { settle: 20, interval }));
  reading.push(found);
  return found;
}

function replace(path: string, name: string, text: string): void {
  writeFileSync(join(path, `.${name}`), text);
  renameSync(join(path, `.${name}`), join(path, name));
}

const V1 = { version: "v1" };
const V2 = { version: "v2" };

test("files of JSON and YAML are aliases; other files, hidden ones and folders' own names are not", async () => {
  const path = newFolder({
    "a.json": '{"version":"v1"}',
    "b.yaml": "version: v1",
    "c.YML": "version: v2",
    "README.md": "#",
    ".d.yaml": "x: 1",
  });
  const source = read(path);
  await source.has({ a: V1, b: V1, c: V2 });
  expect(source.events).toHaveLength(1);
});

test("what is written, added and removed is told, and a directory that does not change costs no reading", async () => {
  const path = newFolder({ "a.yaml": "version: v1" });
  const source = read(path);
  await source.has({ a: V1 });
  replace(path, "a.yaml", "version: v2");
  await source.has({ a: V2 });
  replace(path, "b.yaml", "version: v1");
  await source.has({ a: V2, b: V1 });
  rmSync(join(path, "a.yaml"));
  await source.has({ b: V1 });
  const revisions = source.events.flatMap((event) => ("revision" in event ? [event.revision] : []));
  expect(revisions).toEqual(revisions.toSorted((one, other) => one - other));
  expect(source.problems()).toEqual([]);
});

test("a ConfigMap that Kubernetes swaps is seen, and no set is a mixture of two", async () => {
  const path = newFolder();
  const names = Array.from({ length: 20 }, (_, index) => `k${index}.yaml`);
  const write = (version: number): void => {
    const data = join(path, `..2026_11_28_${version}`);
    mkdirSync(data);
    for (const name of names) writeFileSync(join(data, name), `version: v${version}`);
    symlinkSync(`..2026_11_28_${version}`, join(path, "..data_tmp"));
    renameSync(join(path, "..data_tmp"), join(path, "..data"));
    if (version > 0) rmSync(join(path, `..2026_11_28_${version - 1}`), { recursive: true });
  };
  write(0);
  for (const name of names) symlinkSync(join("..data", name), join(path, name));
  const source = read(path);
  await until(() => source.events.length > 0);
  for (let version = 1; version <= 60; version++) {
    write(version);
    if (version % 3 === 0) await sleep(version % 5);
  }
  const newest = Object.fromEntries(names.map((name) => [name.replace(".yaml", ""), { version: "v60" }]));
  await source.has(newest);
  for (const event of source.events) {
    if (!("aliases" in event)) continue;
    expect(Object.keys(event.aliases)).toHaveLength(20);
    expect(new Set(Object.values(event.aliases).map((alias) => JSON.stringify(alias))).size).toBe(1);
  }
  expect(source.problems()).toEqual([]);
});

test("a file that cannot be read is told apart, with its place, and the others are read", async () => {
  const path = newFolder({ "a.yaml": "version: v1", "b.yaml": "version: [v1", "c.json": '{"version":"v1","version":"v2"}' });
  writeFileSync(join(path, "d.yaml"), Buffer.from([0x76, 0xff]));
  mkdirSync(join(path, "e.yaml"));
  const source = read(path);
  await until(() => source.events.length > 0);
  expect(source.events[0]).toMatchObject({
    aliases: { a: V1 },
    unreadable: {
      b: [{ code: "syntax", position: { line: 1 } }],
      c: [{ code: "duplicate-key" }],
      d: [{ code: "unreadable", message: expect.stringContaining("UTF-8") }],
      e: [{ code: "unreadable", message: expect.stringContaining("EISDIR") }],
    },
  });
  replace(path, "b.yaml", "version: v2");
  await source.has({ a: V1, b: V2 });
});

test("two files of one alias, and a directory that is not there, are problems; what follows them is told whole", async () => {
  const path = newFolder({ "a.yaml": "version: v1" });
  const source = read(path);
  await source.has({ a: V1 });
  replace(path, "a.json", '{"version":"v2"}');
  await until(() => source.problems().length === 1);
  expect(source.problems()[0]).toContain("`a.json` and `a.yaml` are the same alias");
  rmSync(join(path, "a.json"));
  await until(() => "aliases" in (source.events.at(-1) ?? {}));
  renameSync(path, `${path}-gone`);
  await until(() => source.problems().length === 2);
  expect(source.problems()[1]).toContain("ENOENT");
  renameSync(`${path}-gone`, path);
  await until(() => "aliases" in (source.events.at(-1) ?? {}));
  expect(source.aliases()).toEqual({ a: V1 });
});

test("a path that is a link is followed where it leads anew", async () => {
  const [one, other] = [newFolder({ "a.yaml": "version: v1" }), newFolder({ "a.yaml": "version: v2" })];
  const link = join(folder, "current");
  symlinkSync(one, link);
  const source = read(link);
  await source.has({ a: V1 });
  symlinkSync(other, `${link}.new`);
  renameSync(`${link}.new`, link);
  await source.has({ a: V2 });
  replace(other, "a.yaml", "version: v3");
  await source.has({ a: { version: "v3" } });
});

test("a directory that is there before nobody told of it is found by the interval", async () => {
  const path = join(folder, "late", "aliases");
  const source = read(path, 50);
  await until(() => source.problems().length === 1);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "a.yaml"), "version: v1");
  await source.has({ a: V1 });
});

test.each([
  ["a.json", "null"],
  ["a.yaml", ""],
  ["a.yaml", "# nothing"],
  ["a.yaml", "~"],
])("%s with the text `%s` is no deletion: the alias cannot be read", async (name, text) => {
  const path = newFolder({ [name]: text, "b.yaml": "version: v1" });
  const source = read(path);
  await source.has({ b: V1 });
  expect(source.events[0]).toMatchObject({ unreadable: { a: [{ code: "unreadable" }] } });
});
