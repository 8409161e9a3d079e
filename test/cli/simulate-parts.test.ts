import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parse as parseCsv } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { command, type Ended, scratch } from "../support/command.ts";

const { folder, file } = scratch();

const simulate = (...args: readonly string[]): Promise<Ended> =>
  command(["simulate", ...args, ...(args.includes("--merge") ? [] : ["--workers", "1"])]);

const alias = file("alias.yaml", {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 25 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "x-staff", op: "=", value: "yes" }] } },
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
});
const other = file("other.yaml", { name: "shop", version: "v1", additional_version_weights: { v2: 26 } });
const steps = file("steps.yaml", "canary: v2\nsteps:\n  - setWeight: 30\n  - setWeight: 60\n");
const lines = Array.from({ length: 9_000 }, (_, index) =>
  index === 4_000
    ? "no line"
    : JSON.stringify({
        headers: { "x-user": `${"u".repeat(40)}\u2028${(index * 7) % 900}`, ...(index % 50 === 0 && { "x-staff": "yes" }) },
        served: index % 4 === 0 ? "v2" : "v1",
      }),
);
const log = file("log.ndjson", lines.join("\n"));
const TRAFFIC = ["--traffic", log, "--user", "Header:X-User", "--served", "served", "--segment", "Header:X-Staff"];

async function parts(of: number, from: string, ...more: readonly string[]): Promise<readonly string[]> {
  const paths: string[] = [];
  for (let part = 1; part <= of; part++) {
    const path = join(folder, `${paths.length}-${of}-${Math.abs(hash(from + more.join()))}.json`);
    const { code, stdout, stderr } = await simulate(from, ...TRAFFIC, ...more, "--part", `${part}/${of}`, "--out", path);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: `canary-router: wrote part ${part} of ${of}: ${path}\n` });
    paths.push(path);
  }
  return paths;
}

const hash = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);

describe("simulate --part and --merge", () => {
  test.each<[string, readonly string[]]>([
    ["an alias", []],
    ["a rollout, with its forecast", ["--rollout", steps]],
  ])("report what the whole run reports: %s", async (_, more) => {
    const paths = await parts(3, alias, ...more);
    const forecast = more.length > 0 ? ["--per-second", "5"] : [];
    for (const form of [[], ["--format", "json"], ["--fail-on", "srm,malformed"]]) {
      const whole = await simulate(alias, ...TRAFFIC, ...more, ...forecast, ...form);
      const merged = await simulate("--merge", ...paths.toReversed(), ...forecast, ...form);
      expect(merged).toEqual(whole);
      expect(whole.stdout).toContain(form.includes("json") ? '"requests": 8999' : "8,999 requests");
    }
  });

  test("refuse what does not belong together", async () => {
    const [one = "", two = "", three = ""] = await parts(3, alias);
    const [, strange = ""] = await parts(3, other);
    const damaged = join(folder, "damaged.json");
    writeFileSync(damaged, readFileSync(two, "utf8").replace('"requests":', '"requests":1'));
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[one, three], "1 part of 3 is missing: 2"],
      [[one, two, three, two], `${two} and ${two} are both part 2 of 3`],
      [[one, strange, three], `${one} and ${strange} are of different simulations: the alias or rollout is not the same`],
      [[one, damaged, three], `${damaged}: is damaged`],
      [[one, two, alias], `${alias}: is no part of a simulation`],
      [[one, join(folder, "none.json")], "none.json: no such file"],
      [[one, two, three, "--per-second", "3"], "`--per-second` does nothing: the parts are of no rollout"],
      [[one, two, three, "--seed", "3"], "`--merge` and `--seed` do not go together"],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await simulate("--merge", ...args);
      expect(stderr).toContain(message);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    }
  });

  test.each([
    [["--part", "4/3", "--out", "x.json"], "there is no part 4 of 3"],
    [["--part", "3", "--out", "x.json"], "`--part 3` is no part"],
    [["--part", "1/99999", "--out", "x.json"], "there are at most 10000 parts"],
    [["--part", "1/3"], "`--part` does nothing without `--out`"],
    [["--part", "1/3", "--out", alias], "is there already, and not from this command"],
    [["--part", "1/3", "--out", "x.json", "--format", "json"], "`--part` and `--format` do not go together"],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await simulate(alias, "--traffic", log, ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

test("a log that cannot be read is at fault, and not the file of the part", async () => {
  const unknown = file("unknown.txt", "what is this\nand this\n");
  const out = join(folder, "unread.json");
  const { code, stderr } = await simulate(alias, "--traffic", unknown, "--part", "1/2", "--out", out);
  expect(stderr).toContain("unknown.txt: ");
  expect(stderr).not.toContain("cannot be written");
  expect([code, existsSync(out)]).toEqual([2, false]);
});

describe("simulate --export", () => {
  const rows = async (path: string): Promise<readonly Record<string, unknown>[]> => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`)).getRowObjectsJson();
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };

  test("writes every table as CSV and as Parquet, with the same values", async () => {
    const [csv, parquet] = [join(folder, "csv"), join(folder, "parquet")];
    const told = await simulate(alias, ...TRAFFIC, "--export", csv, "--format", "json");
    const result = JSON.parse(told.stdout) as {
      readonly versions: readonly object[];
      readonly served: { readonly ways: readonly object[] };
      readonly draws: readonly { readonly course: readonly object[]; readonly arms: readonly object[] }[];
    };
    await simulate(alias, ...TRAFFIC, "--export", parquet, "--export-format", "parquet");
    const names = readdirSync(csv).map((name) => name.replace(".csv", ""));
    expect(readdirSync(parquet)).toEqual(names.map((name) => `${name}.parquet`));
    expect(names).toEqual(
      expect.arrayContaining(["draws", "draws-course", "funnel", "malformed", "reasons", "segments", "served", "users", "versions"]),
    );
    for (const name of names) {
      const written = parseCsv(readFileSync(join(csv, `${name}.csv`)), { columns: true }) as Record<string, string>[];
      const stored = await rows(join(parquet, `${name}.parquet`));
      expect(written.length).toBeGreaterThan(0);
      const texts = stored.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? "" : String(value)])),
      );
      expect(texts).toEqual(written);
    }
    const versions = parseCsv(readFileSync(join(csv, "versions.csv")), {
      columns: true,
      cast: (value, { column, header }) => (header || column === "version" ? value : Number(value)),
    }) as object[];
    expect(versions).toEqual(result.versions);
    const course = parseCsv(readFileSync(join(csv, "draws-course.csv")), { columns: true }) as object[];
    expect(course).toHaveLength(result.draws.reduce((sum, { course: spans, arms }) => sum + spans.length * arms.length, 0));
  });

  test("of a rollout names the stage, and is what merged parts give", async () => {
    const whole = join(folder, "rollout");
    const merged = join(folder, "rollout-merged");
    await simulate(alias, ...TRAFFIC, "--rollout", steps, "--export", whole);
    await simulate("--merge", ...(await parts(2, alias, "--rollout", steps)), "--export", merged);
    expect(readdirSync(merged)).toEqual(readdirSync(whole));
    for (const name of readdirSync(whole)) expect(readFileSync(join(merged, name), "utf8")).toBe(readFileSync(join(whole, name), "utf8"));
    expect(readFileSync(join(whole, "versions.csv"), "utf8")).toMatch(/^stage,version,requests,share,expected,drawn\nbefore,v1,/);
    expect(readFileSync(join(whole, "moves.csv"), "utf8")).toMatch(/^from,to,from_version,to_version,requests\nbefore,step 1,v1,v2,\d+\n/);
  });

  test("does not write over files, but with --force", async () => {
    const out = join(folder, "again");
    expect((await simulate(alias, ...TRAFFIC, "--export", out)).code).toBe(0);
    const again = await simulate(alias, ...TRAFFIC, "--export", out);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("versions.csv: is there already")]);
    expect((await simulate(alias, ...TRAFFIC, "--export", out, "--force")).code).toBe(0);
    expect((await simulate(alias, ...TRAFFIC, "--export-format", "parquet")).stderr).toContain("does nothing without `--export`");
    expect((await simulate(alias, ...TRAFFIC, "--export", alias)).stderr).toContain("is a file, not a folder");
  });
});
