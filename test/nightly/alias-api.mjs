/**
 * Requests that are nearly right, sent byte by byte to the alias API: methods, paths, queries, headers, signatures and bodies, each changed a
 * little. Every one must be answered with a status below 500, and what is refused with a code of the API, a message and the id of the request. No
 * answer may have a secret, and after all of them the store must keep the rules.
 *
 *     npm run build && node test/nightly/alias-api.mjs [--runs 100000] [--seed S] [--dist DIR]
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { pick, randomOf, runFuzzer } from "./fuzz.mjs";

const PROJECT = "fuzz";
const TOKEN = "a-token-of-the-fuzzer";
const KEY = { access: "AKFUZZ", secret: "a-secret-of-the-fuzzer" };
const URN = `urn:fss:local:${PROJECT}:function:default:shop`;

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get", "TRACE"];
const NAMES = [
  "live",
  "next",
  "a-1",
  "1",
  "",
  "constructor",
  "__proto__",
  "é",
  "x".repeat(70),
  "%00",
  "..",
  "a%2fb",
  "li%76e",
  "%zz",
  "%ff",
];
const URNS = [
  URN,
  "shop",
  "default:shop",
  "shop:latest",
  "shop:!live",
  "shop:v1",
  `${URN}:v1`,
  `${URN}:!live`,
  `${URN}:!none`,
  "none",
  "a:b:c:d:e",
  URN.replace(PROJECT, "other"),
  "urn:fss",
  ":",
  "!",
];
const VERSIONS = ["v1", "v2", "v3", "latest", "none", "", "__proto__", "1.0", "v 1"];
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/json;charset=latin1",
  "",
  "APPLICATION/JSON",
];
const VALUES = [null, true, 0, -0, 1e308, -1, 101, 0.5, "", "v1", [], {}, [[]], { a: 1 }, "\u0000", "\ud800", "x".repeat(5000)];

function bodyOf(random) {
  const version = () => pick(random, VERSIONS);
  const rule = () => ({
    rule_type: pick(random, ["Header", "cookie", "Query", 1]),
    param: pick(random, ["x", "", "x y"]),
    op: pick(random, ["=", "in", "~"]),
    value: pick(random, ["a", "a,b", "", ","]),
  });
  const body = { name: pick(random, NAMES), version: version() };
  if (random() < 0.4) body.additional_version_weights = { [version()]: pick(random, [0, 5, 100, 101, "5", null]) };
  if (random() < 0.3)
    body.additional_version_strategy = {
      [version()]: { combine_type: pick(random, ["and", "or", null, "xor"]), rules: [rule(), rule()].slice(0, Math.floor(random() * 3)) },
    };
  if (random() < 0.2)
    body[pick(random, ["description", "stickiness", "func_name", "package", "trigger_type_code", "event_data", "__proto__"])] = pick(
      random,
      VALUES,
    );
  if (random() < 0.2) body[pick(random, Object.keys(body))] = pick(random, VALUES);
  let text = JSON.stringify(body);
  if (random() < 0.15) {
    const at = Math.floor(random() * text.length);
    text = text.slice(0, at) + pick(random, ['"', "{", "\\u", "\u0001", "", ",", "é"]) + text.slice(at + 1);
  }
  return random() < 0.05 ? "" : text;
}

function pathOf(random) {
  const base = `/v2/${pick(random, [PROJECT, PROJECT, PROJECT, PROJECT, "other", "", "%7Bproject_id%7D", "a/b"])}/fgs`;
  const urn = pick(random, URNS);
  const path = pick(random, [
    `${base}/functions`,
    `${base}/functions/${urn}`,
    `${base}/functions/${urn}/aliases`,
    `${base}/functions/${urn}/aliases`,
    `${base}/functions/${urn}/aliases/${pick(random, NAMES)}`,
    `${base}/functions/${urn}/aliases/${pick(random, NAMES)}`,
    `${base}/functions/${urn}/aliases/${pick(random, NAMES)}/history`,
    `${base}/functions/${urn}/versions`,
    `${base}/functions/${urn}/config`,
    `${base}/triggers/${urn}`,
    `${base}/triggers/${urn}/TIMER/${pick(random, NAMES)}`,
    "/",
    "*",
    "//",
    "http://x/",
  ]);
  const query = pick(random, [
    "",
    "",
    "",
    "?",
    "?dry_run=true",
    "?dry_run=maybe",
    "?marker=1&maxitems=2",
    "?marker=-1",
    "?limit=1e9",
    "?a=%zz",
    "?before=0",
    "?dry_run=true&dry_run=true",
  ]);
  const changed = random() < 0.1 ? path.replace(/[a-z]/, pick(random, ["%2e", "%2F", "\\", "é", "%", "%00", "/../", ";"])) : path;
  return { path: Buffer.from(changed).toString("latin1"), query };
}

/** One request as bytes. */
function requestOf(random, signatureHeaders) {
  const method = pick(random, METHODS.slice(0, random() < 0.9 ? 4 : METHODS.length));
  const { path, query } = pathOf(random);
  const body = method === "POST" || method === "PUT" || random() < 0.1 ? bodyOf(random) : "";
  const type = random() < 0.9 ? TYPES[0] : pick(random, TYPES);
  let headers = { host: "127.0.0.1", ...(body !== "" && { "content-type": type }) };
  if (random() < 0.3) {
    const when = new Date(Date.now() + pick(random, [0, 0, 0, 0, -1e6, 1e6, -5e5, 5e5]));
    headers = { ...signatureHeaders({ method, path, query: query.slice(1), body: Buffer.from(body), headers }, KEY, when) };
    if (random() < 0.2) {
      const name = pick(random, Object.keys(headers));
      const at = Math.floor(random() * headers[name].length);
      headers[name] = headers[name].slice(0, at) + pick(random, ["0", "a", " ", ";", ","]) + headers[name].slice(at + 1);
    }
  } else if (random() < 0.97) headers["x-auth-token"] = random() < 0.97 ? TOKEN : pick(random, ["", "x", `${TOKEN} `, "constructor"]);
  if (random() < 0.1)
    headers[
      pick(random, ["if-match", "x-project-id", "content-encoding", "x-auth-token", "authorization", "expect", "transfer-encoding"])
    ] = pick(random, ["", "*", '"x"', PROJECT, "gzip", "chunked"]);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (random() < 0.03) lines.push(pick(random, lines) ?? "");
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 || random() < 0.2 ? `content-length: ${bytes.length}\r\n` : "";
  return Buffer.concat([
    Buffer.from(`${method} ${path}${query} HTTP/1.1\r\n${lines.join("")}${length}connection: close\r\n\r\n`, "latin1"),
    bytes,
  ]);
}

/** Sends bytes and gives the answer, up to the end of the connection. */
async function exchange(port, bytes) {
  const socket = connect(port, "127.0.0.1");
  const chunks = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(chunks).toString();
}

/** Sends `runs` requests; throws at the first answer that is wrong, and returns how often each status came. */
export async function fuzz({ createHandler, memoryStore, services, signatureHeaders, tokenHash, SERVICE_CODES }, { runs, seed }) {
  const random = randomOf(seed);
  const store = memoryStore();
  const terms = { profile: "functiongraph", region: "local", now: new Date(), who: "fuzzer" };
  const errors = [];
  const { listener } = createHandler(store, {
    credentials: { projects: [{ id: PROJECT, keys: [KEY], tokens: [tokenHash(TOKEN)] }] },
    preconditions: true,
    rate: 1e9,
    bodyTimeout: 200,
    onRequest: ({ error }) => error !== undefined && errors.push(error),
  });
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const found = {};
  try {
    for (let run = 0; run < runs; run++) {
      if (run % 200 === 0) await services(store)(PROJECT, terms).prepareFunction(URN, ["v1", "v2", "v3"]);
      const bytes = requestOf(random, signatureHeaders);
      const answer = await exchange(port, bytes);
      const wrong = faultOf(answer, bytes, SERVICE_CODES) ?? (errors.length > 0 ? errors[0].stack : undefined);
      if (wrong !== undefined)
        throw new Error(`run ${run}: ${wrong}\n${bytes.toString("latin1").slice(0, 2_000)}\n--\n${answer.slice(0, 2_000)}`);
      const status = answer.slice(9, 12);
      found[status] = (found[status] ?? 0) + 1;
    }
    for (const { aliases, versions } of await store.list(PROJECT)) {
      const primaries = aliases.map(({ body }) => body.version);
      if (aliases.length > 10 || versions.length > 19 || new Set(primaries).size !== primaries.length)
        throw new Error("the store does not keep the rules");
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return found;
}

/** What is wrong with an answer; undefined where nothing is. Node's parser answers by itself what is no HTTP. */
function faultOf(answer, bytes, codes) {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  if (Number.isNaN(status)) return "no answer of HTTP";
  if (answer.includes(KEY.secret) || answer.includes(TOKEN)) return "a secret in the answer";
  if (/\r\nlocation:/i.test(head)) return "a redirect";
  const ownAnswer = /\r\nx-request-id: [0-9a-f]{32}\r\n/i.test(head);
  if (!ownAnswer) return status === 400 || status === 417 ? undefined : `the status ${status} without the id of the request`;
  if (status >= 500) return `the status ${status}`;
  if (status === 204 || bytes.subarray(0, 5).toString() === "HEAD ") return body === "" ? undefined : "a body where there is none";
  let value;
  try {
    value = JSON.parse(body);
  } catch {
    return "the body is not JSON";
  }
  if (value === null || typeof value !== "object") return "the body is null";
  if (status < 400) return undefined;
  return codes.includes(value.error_code) && typeof value.error_msg === "string" && value.error_msg !== ""
    ? undefined
    : "a refusal without a code or a message";
}

await runFuzzer(
  import.meta.url,
  { runs: 100_000, what: "requests", entries: ["control/index.js"] },
  (control) => (options) => fuzz(control, options),
);
