/**
 * What `npm start` shows: the commands of canary-router at work on the files of this folder.
 *
 *     npm run build && node docs/examples/start.mjs
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../dist/cli/run.js";
import { styleOf, wrap } from "../../dist/cli/terminal/style.js";
import { AliasTable } from "../../dist/gateway/index.js";
import { parseGateway, startGateway } from "../../dist/gateway/proxy/index.js";

const STEPS = [
  [
    "An alias says which version answers which request. Are these sound?",
    "check pinned.json canary.json header.json response.json storefront.yaml",
  ],
  ["Who joined the beta gets it, ahead of any weight:", "explain storefront.yaml --cookie beta=on --path /cart"],
  ["Whom no rule claims is drawn, by the user's id, and keeps the version:", "explain storefront.yaml --header X-User-Id=u-1686"],
  ["An afternoon of traffic:", "route storefront.yaml --traffic traffic.ndjson"],
];

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const { stdin, stdout, stderr, env } = process;
const columns = stdout.columns ?? 80;
const host = { stdin, stdout, stderr, env, columns, interrupted: new AbortController().signal };
const style = styleOf(stdout, env);
const say = (text) => console.log(wrap(text, columns));

say(`${style("dim", "The files are in docs/examples.")}\n`);
for (const [purpose, command] of STEPS) {
  say(`${style("cyan", purpose)}\n${style("bold", `$ canary-router ${command}`)}\n`);
  process.exitCode ||= await run(command.split(" "), host);
  say("");
}
say(style("cyan", "A gateway before two upstreams, and an alias that is changed while requests flow. It was"));
say(`${style("bold", "additional_version_weights: { v2: 10 }")}, and is now ${style("bold", "additional_version_weights: { v2: 50 }")}.\n`);
for (const line of await changeUnderLoad()) say(line);
say("");
say(`${style("cyan", "A config with many faults:")} npx canary-router check docs/examples/faulty.json`);
say(`${style("cyan", "All commands:")} npx canary-router --help`);

/** A thousand users ask before, while and after the alias is changed. Which version a user gets is decided by their cookie. */
async function changeUnderLoad() {
  const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
  const alias = (v2) => ({
    name: "shop",
    version: "v1",
    additional_version_weights: { v2 },
    stickiness: { keys: [{ rule_type: "Cookie", param: "sid" }], on_missing: "primary" },
  });
  writeFileSync(join(folder, "shop.json"), JSON.stringify(alias(10)));
  const servers = ["v1", "v2"].map((version) => createServer((_, response) => response.end(version)).listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const [v1, v2] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  const config = parseGateway({ listen: "127.0.0.1:0", aliases: folder, routes: [{ alias: "shop", upstreams: { v1, v2 } }] }).value;
  const table = new AliasTable();
  const nothing = () => {};
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const gateway = await startGateway(config, { table, log, base: folder });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { port } = gateway.addresses.listen;
  const ask = (user) =>
    new Promise((resolve) => {
      get({ port, host: "127.0.0.1", agent, headers: { cookie: `sid=u-${user}` } }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk)).on("end", () => resolve(response.statusCode === 200 ? body : "failed"));
      }).on("error", () => resolve("failed"));
    });
  const everybody = () => Promise.all(Array.from({ length: 1_000 }, (_, user) => ask(user)));
  const counted = (answers) =>
    ["v1", "v2", "failed"].map((each) => `${each} ${answers.filter((answer) => answer === each).length}`).join(", ");
  try {
    while (table.get("shop") === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    const before = await everybody();
    const { revision } = table;
    writeFileSync(join(folder, "shop.json"), JSON.stringify(alias(50)));
    const meanwhile = [];
    while (table.revision === revision) meanwhile.push(...(await everybody()));
    const after = await everybody();
    const back = before.filter((answer, user) => answer === "v2" && after[user] !== "v2").length;
    return [
      `before  ${counted(before)}`,
      `while   failed ${meanwhile.filter((answer) => answer === "failed").length}`,
      `after   ${counted(after)}`,
      `users of v2 who lost it: ${back}`,
    ];
  } finally {
    agent.destroy();
    await gateway.close();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  }
}
