/**
 * A gateway whose alias is replaced while traffic flows. Compiling is apart from routing: a new alias takes effect by one
 * assignment, every request is decided by one alias as a whole, and a faulty alias leaves the one before in place.
 *
 *     node docs/examples/gateway.mjs
 */
import { createServer, get, request as forward } from "node:http";
import { compile, ConfigError } from "canary-router";

const stickiness = { keys: [{ rule_type: "Header", param: "X-User-Id" }], on_missing: "primary" };
const ROLLOUT = [
  { name: "shop", version: "v1" },
  { name: "shop", version: "v1", additional_version_weights: { v2: 20 }, stickiness },
  { name: "shop", version: "v1", additional_version_weights: { v2: 500 }, stickiness },
  { name: "shop", version: "v1", additional_version_weights: { v2: 50 }, stickiness },
  { name: "shop", version: "v2" },
];

let current = { revision: 0, route: compile(ROLLOUT[0]) };

function replace(revision) {
  try {
    current = { revision, route: compile(ROLLOUT[revision]) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.log(`revision ${revision} is refused: ${error.diagnostics[0].message}`);
  }
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

const upstreams = ["v1", "v2"].map((version) => createServer((_, answer) => answer.end(version)));
const [v1, v2] = await Promise.all(upstreams.map(listen));
const ports = { v1, v2 };

const gateway = createServer((incoming, outgoing) => {
  const { revision, route } = current;
  const { version } = route(incoming);
  const { method, url: path, headers } = incoming;
  const onward = forward({ host: "127.0.0.1", port: ports[version], path, method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, { ...answer.headers, "X-Revision": revision });
    answer.pipe(outgoing);
  });
  onward.on("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
  incoming.pipe(onward);
});
const port = await listen(gateway);

function ask(user) {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, headers: { "X-User-Id": user } }, async (answer) => {
      resolve({ version: (await answer.toArray()).join(""), revision: Number(answer.headers["x-revision"]) });
    }).on("error", reject);
  });
}

/** Fifty users ask at a time; the next revision comes with every 200th answer, in the midst of the others. */
const counts = ROLLOUT.map(() => ({ v1: 0, v2: 0 }));
let answers = 0;
async function visit(user) {
  for (let time = 0; time < 20; time++) {
    const { version, revision } = await ask(user);
    counts[revision][version]++;
    answers++;
    if (answers % 200 === 0 && answers < 1000) replace(answers / 200);
  }
}
await Promise.all(Array.from({ length: 50 }, (_, index) => visit(`user-${index}`)));

for (const [revision, { v1: first, v2: second }] of counts.entries()) {
  console.log(`revision ${revision}: ${first + second} answers, ${first} of v1 and ${second} of v2`);
}
for (const server of [gateway, ...upstreams]) {
  server.close();
  server.closeAllConnections();
}
