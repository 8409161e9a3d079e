/**
 * A server that never has node build `headers`: the alias needs one of them, and `rawReader` finds it in `rawHeaders`. For
 * a gateway that looks at few headers this saves more time than all of the routing takes.
 *
 *     node docs/examples/raw-headers.mjs
 */
import { createServer } from "node:http";
import { compile, rawReader } from "canary-router";

const route = compile(
  {
    name: "prod",
    version: "v1",
    additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "version", op: "=", value: "v1" }] } },
  },
  { reader: rawReader },
);

const server = createServer((request, response) => {
  const { version, reason, at } = route(request);
  response.end(`${version}, ${reason} at ${at}`);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const url = `http://127.0.0.1:${server.address().port}/`;
for (const headers of [{}, { VERSION: "v1" }, { version: "v2" }]) {
  const response = await fetch(url, { headers });
  console.log(`${JSON.stringify(headers)}: ${await response.text()}`);
}
server.close();
server.closeAllConnections();
