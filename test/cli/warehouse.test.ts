import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command, scratch } from "../support/command.ts";
import { hasPostgres, startPostgres } from "../support/warehouse.ts";

const { folder, file } = scratch();
const rows = Array.from({ length: 1_300 }, (_, index) => [`u${(index * 7) % 300}`, index % 13 === 0 ? "on" : ""] as const);
file("requests.csv", ["x_user,beta", ...rows.map((row) => row.join(","))].join("\n"));
const log = file(
  "requests.ndjson",
  rows.map(([user, beta]) => JSON.stringify({ headers: { "x-user": user, ...(beta && { cookie: `beta=${beta}` }) } })).join("\n"),
);
const alias = file("shop.yaml", {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 20 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } },
  stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" },
});
const both = file("both.yaml", {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 20 },
  additional_version_strategy: { v2: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } },
});
const data = `duckdb:${folder}/requests.csv`;

describe("simulate --warehouse", () => {
  test("counts what the same log has", async () => {
    const options = ["--user", "Header:X-User", "--format", "json"];
    const counted = JSON.parse((await command(["simulate", alias, "--warehouse", data, ...options])).stdout) as Record<string, unknown>;
    const logged = JSON.parse((await command(["simulate", alias, "--traffic", log, ...options, "--workers", "1"])).stdout) as Record<
      string,
      unknown
    >;
    for (const part of ["requests", "versions", "reasons", "funnel"]) expect(counted[part], part).toEqual(logged[part]);
  });

  test("what was served is judged as from the same log: table, verdict, gates and exit code", async () => {
    const columns = file("answers.yaml", { "header x-user": "user_id", "cookie beta": "beta", time: "ts" });
    const answers = Array.from({ length: 1_500 }, (_, at) => ({
      ts: 1_795_500_000_000 + at * 7_001,
      user_id: `u${(at * 7) % 400}`,
      ...(at % 13 === 0 && { beta: "on" }),
      version: at % 13 === 0 ? "v3" : (at * 7) % 400 < 170 ? "v2" : at === 700 ? "v7" : "v1",
    }));
    const lines = file("answers.ndjson", answers.map((each) => JSON.stringify(each)).join("\n"));
    const maps = ["header x-user=user_id", "cookie beta=beta", "time=ts"].flatMap((each) => ["--map", each]);
    const more = ["--served", "version", "--user", "Header:X-User", "--fail-on", "srm,mixed,differs"];
    const logged = await command(["simulate", alias, "--traffic", lines, ...maps, ...more, "--workers", "1"]);
    const counted = await command(["simulate", alias, "--warehouse", `duckdb:${lines}`, "--columns", columns, ...more]);
    const withoutCurve = (text: string): string =>
      text.replaceAll(/^.*(?:within|draws) .*\n/gm, "").replaceAll(/^(?:.*seed 0|format map).*\n/gm, "");
    expect(withoutCurve(counted.stdout)).toBe(withoutCurve(logged.stdout));
    expect(counted.stdout).toContain("v3 (rule)");
    expect(counted.stderr).toContain("the gate `srm` failed");
    expect(counted.stderr.replaceAll(lines, "").replace("duckdb:", "")).toBe(logged.stderr.replaceAll(lines, ""));
    expect([logged.code, counted.code]).toEqual([1, 1]);
    const html = `${folder}/counted.html`;
    await command(["simulate", alias, "--warehouse", `duckdb:${lines}`, "--columns", columns, ...more, "--html", html]);
    expect(readFileSync(html, "utf8")).toContain("What was served does not fit the weights");
  });

  test("a random split needs no draws to judge what was served, and says what it does without", async () => {
    const random = file("random.yaml", { version: "v1", additional_version_weights: { v2: 20 } });
    const thousands = `(SELECT CASE WHEN i % 5 = 0 THEN 'v2' ELSE 'v1' END AS v FROM range(2000) AS t(i)) AS t`;
    const found = await command(["simulate", random, "--warehouse", "duckdb:", "--from", thousands, "--served", "v", "--fail-on", "srm"]);
    expect(found.stderr).toContain("no row has a draw");
    expect(found.code).toBe(0);
    const none = await command(["simulate", random, "--warehouse", "duckdb:", "--from", thousands, "--served", "nullif(v, v)"]);
    expect(none.stderr).toContain("`--served` matches nothing: no request of duckdb: has `nullif(v, v)`");
    expect(none.code).toBe(2);
  });

  test.each([
    [["--warehouse", data, "--fail-on", "srm"], "`--fail-on srm` cannot be judged: nothing says which version answered"],
    [["--warehouse", "shop.db"], "`--warehouse shop.db` is no warehouse"],
    [["--warehouse", "http://127.0.0.1:9"], "needs `--from TABLE`"],
    [["--warehouse", `duckdb:${folder}/none.csv`], "No files found"],
    [["--warehouse", "postgres://reader:secret@127.0.0.1:9/x", "--from", "t"], "PostgreSQL: connect ECONNREFUSED 127.0.0.1:9"],
    [["--warehouse", data, "--user", "Header:X-None"], "`header x-none` has no column: the table has no `x_none`"],
    [["--warehouse", data, "--workers", "2"], "do not go together: the warehouse does the work"],
    [["--warehouse", data, "--traffic", log], "needs either"],
    [["--traffic", log, "--from", "t"], "`--from` does nothing without `--warehouse`"],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await command(["simulate", alias, ...args]);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(message);
    expect(code).toBe(2);
  });
});

describe.skipIf(!hasPostgres())("postgres", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
    const values = rows.map(([user, beta]) => `('${user}', ${beta === "" ? "NULL" : `'${beta}'`})`);
    await server.ask([
      "CREATE TABLE requests (x_user text, beta varchar(5))",
      `INSERT INTO requests VALUES ${values.join(", ")}`,
      "SELECT 1",
    ]);
  }, 120_000);
  afterAll(async () => server.stop());

  test("counts what the same log has, and runs what `sql` writes", async () => {
    const options = ["--user", "Header:X-User", "--format", "json"];
    const told = await command(["simulate", alias, "--warehouse", server.url, "--from", "requests", ...options]);
    expect(told.stderr).toBe("");
    const counted = JSON.parse(told.stdout) as Record<string, unknown>;
    const logged = await command(["simulate", alias, "--traffic", log, ...options, "--workers", "1"]);
    const wanted = JSON.parse(logged.stdout) as { readonly versions: readonly { readonly version: string; readonly requests: number }[] };
    expect(counted["versions"]).toEqual(wanted.versions);
    const { stdout } = await command(["sql", alias, "--dialect", "postgres", "--from", "requests"]);
    // Every statement of the script is run as it stands; `$canary$` quotes have no `;\n\n`.
    const statements = stdout.split(/;\n(?:\n|$)/).filter((each) => each.trim() !== "");
    const script = [...statements.slice(0, -1), `SELECT canary_version, count(*) FROM (${statements.at(-1)}) AS t GROUP BY 1 ORDER BY 1`];
    const sorted = wanted.versions.filter(({ requests }) => requests > 0).toSorted((a, b) => a.version.localeCompare(b.version));
    expect(await server.ask(script)).toEqual(sorted.map(({ version, requests }) => [version, String(requests)]));
  });

  test.each([
    [["--from", "nowhere"], 'PostgreSQL: relation "nowhere" does not exist'],
    [[], "`--warehouse postgres://postgres@127.0.0.1:"],
    [
      ["--from", "(SELECT 1 AS x_user, 1.5 AS beta) AS t"],
      "PostgreSQL: a column of type numeric is no text: give an expression that makes it text",
    ],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await command(["simulate", alias, "--warehouse", server.url, ...args]);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(message);
    expect(code).toBe(2);
  });

  test("a query of counts", async () => {
    const query =
      "SELECT CASE WHEN i % 5 = 0 THEN 'v2' ELSE 'v1' END AS version, count(*) AS users FROM generate_series(1, 1000) AS t(i) GROUP BY 1";
    const { code, stdout } = await command(["verdict", alias, "--counts", query, "--warehouse", server.url, "--format", "json"]);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { fits: true, split: { unit: "key", count: 1_000 } }]);
  });
});

describe("verdict", () => {
  const counts = async (
    text: string,
    from = alias,
    ...more: readonly string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> => command(["verdict", from, "--counts", "-", ...more], { stdin: text });

  test("fits", async () => {
    const { code, stdout, stderr } = await counts("version,users\nv1,40000\nv2,10100\nv3,77\n");
    expect(stderr).toBe("");
    expect(stdout).toContain("what was served fits the weights");
    expect(stdout).toContain("77 that rules or defaults decided are not compared");
    expect(code).toBe(0);
  });

  test("does not fit", async () => {
    const { code, stdout } = await counts("v1,600\nv2,400\n");
    expect(stdout).toContain("what was served does not fit the weights");
    expect(code).toBe(1);
  });

  test("a version that the alias does not have, and one that the split cannot give", async () => {
    const { code, stdout } = await counts("version,reason,users\nv1,split,800\nv2,split,200\nv3,split,4\nv9,split,3\n");
    expect(stdout).toContain("4 keys got a version that the split cannot give");
    expect(stdout).toContain("3 of versions that the alias does not have (`v9`)");
    expect(code).toBe(1);
  });

  test("decided beside served", async () => {
    const { code, stdout } = await counts("decided,served,reason,users\nv1,v1,split,800\nv2,v2,split,190\nv2,v1,split,10\n");
    expect(stdout).toContain("990 of 1,000 agree, 10 differ");
    expect(code).toBe(1);
  });

  test("reasons tell apart what a strategy and the split give alike", async () => {
    const refused = await counts("v1,800\nv2,200\n", both);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("a strategy and the split both give `v2`, and no reason tells them apart");
    expect((await counts("version,reason,count\nv1,split,800\nv2,split,200\nv2,rule,5000\n", both)).code).toBe(0);
  });

  test("a query of a warehouse", async () => {
    const query = `SELECT served AS version, count(DISTINCT u) AS users FROM (SELECT CASE WHEN i % 5 = 0 THEN 'v2' ELSE 'v1' END AS served, i AS u FROM range(1000) AS t(i)) GROUP BY 1`;
    const { code, stdout } = await command(["verdict", alias, "--counts", query, "--warehouse", "duckdb:", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ fits: true, split: { unit: "key", count: 1_000 } });
    expect(code).toBe(0);
  });

  test.each([
    ["version,requests\nv1,600\nv2,400\n", "the split is sticky, and requests of one user are not independent"],
    ["version,cuont\nv1,6\n", "the column `cuont` is none of counts"],
    ["version\nv1\n", "there is no column with the count"],
    ["version,count,users\nv1,1,2\n", "there is more than one column with the count"],
    ["version,count\nv1,1.5\n", "line 2: `1.5` is no count"],
    ["version,count\nv1,-1\n", "line 2: `-1` is no count"],
    ["version,count\n,1\n", "line 2: the version is empty"],
    ["version,count,reason\nv1,1,why\n", "line 2: `why` is no reason"],
    ["version,count\n", "has no count"],
    ["v1,0\nv2,0\n", "nothing was counted"],
    ["v3,10\n", "none of the counts came to the split"],
    ['version,count\n"v1,1\n', "is no CSV"],
    ["", "the file is empty"],
  ])("%j is refused", async (text, message) => {
    const { code, stdout, stderr } = await counts(text);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("the counters of a gateway, for the alias that the config names", async () => {
    const random = file("random.yaml", { name: "checkout", version: "v1", additional_version_weights: { v2: 20 } });
    const line = (name: string, version: string, reason: string, count: string): string =>
      `canary_router_decisions_total{alias="${name}",version="${version}",reason="${reason}"} ${count}\n`;
    let body = "# TYPE canary_router_decisions_total counter\n";
    body += line("checkout", "v1", "split", "800") + line("checkout", "v2", "split", "200") + line("checkout", "v1", "error", "3");
    body += line("other", "v1", "split", "1");
    const server = createServer((_, response) => response.end(body)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const from = `prometheus:http://127.0.0.1:${port}/metrics`;
    const judged = await command(["verdict", random, "--counts", from, "--format", "json"]);
    expect(JSON.parse(judged.stdout)).toMatchObject({ fits: true, others: 3, split: { unit: "request", count: 1_000 } });
    expect((await command(["verdict", alias, "--counts", from])).stderr).toContain("there are 2 aliases, and none is `shop`");
    body = line("shop", "v1", "split", "1");
    expect((await command(["verdict", alias, "--counts", from])).stderr).toContain("requests of one user are not independent");
    body = "up 1\n";
    expect((await command(["verdict", random, "--counts", from])).stderr).toContain("no decision of an alias is counted there");
    server.close();
    expect((await command(["verdict", random, "--counts", from])).code).toBe(2);
    expect((await command(["verdict", random, "--counts", "prometheus:nowhere"])).stderr).toContain("`prometheus:nowhere` has no address");
  });

  test("a warehouse without a query does nothing, and a query without one cannot run", async () => {
    expect((await counts("v1,1\n", alias, "--warehouse", "duckdb:")).stderr).toContain("does nothing where `--counts` is no query");
    expect((await command(["verdict", alias, "--counts", "SELECT 1"])).stderr).toContain("needs `--warehouse WHERE`");
  });
});
