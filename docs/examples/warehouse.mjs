/**
 * Decides the requests of a Parquet file with DuckDB, without a server: the requests of traffic.ndjson, by storefront.yaml.
 *
 *     node docs/examples/warehouse.mjs
 */
import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { compile } from "canary-router";
import { logTraffic, visitsOf } from "canary-router/simulate";
import { toSQL } from "canary-router/warehouse";
import { parseYaml } from "canary-router/yaml";

const here = (name) => new URL(name, import.meta.url);
const { value: alias } = parseYaml(readFileSync(here("storefront.yaml"), "utf8"));

// A table as a pipeline of logs makes it: a column for each part of the request that somebody may ask for.
const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
const parquet = join(folder, "requests.parquet");
const database = await DuckDBInstance.create(":memory:");
const session = await database.connect();
await session.run(
  "CREATE TABLE requests (target VARCHAR, cookie VARCHAR, user_id VARCHAR, x_canary VARCHAR, country VARCHAR, tenant VARCHAR, role VARCHAR)",
);
const appender = await session.createAppender("requests");
const counted = {};
const route = compile(alias);
for await (const { visits } of visitsOf(logTraffic(createReadStream(here("traffic.ndjson")), { form: "ndjson" }))) {
  for (const { request } of visits) {
    const { headers, attributes = {}, url } = request;
    for (const value of [
      url,
      headers.cookie,
      headers["x-user-id"],
      headers["x-canary"],
      attributes.country,
      attributes.tenant,
      attributes.role,
    ]) {
      if (value === undefined) appender.appendNull();
      else appender.appendVarchar(String(value));
    }
    appender.endRow();
    const { version } = route(request);
    counted[version] = (counted[version] ?? 0) + 1;
  }
}
appender.closeSync();
await session.run(`COPY requests TO '${parquet}'`);

// What the alias would have decided: the warehouse answers, and the file stays where it is.
const { prelude, query } = toSQL(alias, {
  dialect: "duckdb",
  from: `'${parquet}'`,
  columns: { url: "target", cookies: "cookie", "header x-user-id": "user_id" },
});
for (const statement of prelude) await session.run(statement);
const answer = await session.runAndReadAll(
  `SELECT canary_version, count(*), count(DISTINCT user_id) FROM (${query}) GROUP BY ALL ORDER BY 2 DESC, 1`,
);
for (const [version, requests, users] of answer.getRowsJson()) {
  const same = Number(requests) === counted[version] ? "as the library counts" : `the library counts ${counted[version]}`;
  console.log(`${version}: ${requests} requests (${same}) of ${users} users who are signed in`);
}
session.closeSync();
database.closeSync();
rmSync(folder, { recursive: true });
