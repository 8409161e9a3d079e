/**
 * Requests sent byte by byte to the alias API. Three in four are a session of valid ones: functions are created, versions published, aliases created,
 * changed, shown, listed, tried in dry runs and deleted, as they are known to stand; a model says what each must be answered. One in eight of them has one
 * fault: a key, a value, a version, a header or a byte of another kind. The others are wild: methods, paths, queries, headers, signatures and
 * bodies, each changed a little. Every request must be answered with a status below 500, and what is refused with a code of the API, a message
 * and the id of the request. No answer may have a secret, and after all of them the store must keep the rules. More than half must succeed.
 *
 * It was seen to fail where a PUT merged what it replaces, where a deleted alias was still listed, and where a primary version could be had twice.
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

const FUNCTIONS = `/v2/${PROJECT}/fgs/functions`;

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

/** What is known to stand: functions with their versions and aliases. */
class Model {
  #random;
  #functions = new Map();
  #count = 0;

  constructor(random) {
    this.#random = random;
  }

  /**
   * A request that is right as things stand, with what it must be answered: a status, perhaps a value, and what stands then.
   * Functions and versions are as many as the service lets one have, and no more.
   */
  next() {
    const one = pick(this.#random, [...this.#functions.values()]);
    const asked = one === undefined || (this.#functions.size < 8 && this.#random() < 0.02) ? this.#create() : this.#ask(one);
    return { ...asked, of: one?.name };
  }

  /** Has nothing more to do with the function of a request. */
  forget({ of }) {
    this.#functions.delete(of);
  }

  #ask(one) {
    const path = `${FUNCTIONS}/${pick(this.#random, one.urns)}`;
    const aliases = [...one.aliases.keys()];
    const free = [...one.versions].filter((version) => ![...one.aliases.values()].some((body) => body.version === version));
    const name = pick(this.#random, aliases);
    const kinds = [
      ...(one.versions.size < 12 ? ["publish"] : []),
      ...(aliases.length < 10 && free.length > 0 ? ["create", "create"] : []),
      ...(name === undefined ? [] : ["update", "update", "update", "try", "show", "show", "delete", "history"]),
      ...(name === undefined && this.#random() < 0.02 ? ["drop"] : []),
      "list",
    ];
    switch (pick(this.#random, kinds)) {
      case "publish": {
        const version = `v${one.versions.size + 1}`;
        return { method: "POST", path: `${path}/versions`, body: { version }, status: 200, after: () => one.versions.add(version) };
      }
      case "create": {
        const alias = `a${this.#count++}`;
        const body = this.#body(one, pick(this.#random, free));
        return { ...this.#changes("POST", `${path}/aliases`, one, alias, body), body: { name: alias, ...body } };
      }
      case "update":
        return this.#changes("PUT", `${path}/aliases/${name}`, one, name, this.#changed(one, name, free));
      case "try": {
        const body = this.#changed(one, name, free);
        return {
          method: "PUT",
          path: `${path}/aliases/${name}?dry_run=true`,
          body,
          status: 200,
          value: ({ alias }) => says(alias, name, body),
        };
      }
      case "show":
        return { method: "GET", path: `${path}/aliases/${name}`, status: 200, value: (value) => says(value, name, one.aliases.get(name)) };
      case "delete":
        return { method: "DELETE", path: `${path}/aliases/${name}`, status: 204, after: () => one.aliases.delete(name) };
      case "history":
        return { method: "GET", path: `${path}/aliases/${name}/history?limit=1`, status: 200, value: ([last]) => last.name === name };
      case "drop":
        return { method: "DELETE", path, status: 204, after: () => this.#functions.delete(one.name) };
      default: {
        const all = (value) => value.length === aliases.length && value.every((each) => says(each, each.name, one.aliases.get(each.name)));
        return { method: "GET", path: `${path}/aliases`, status: 200, value: all };
      }
    }
  }

  #create() {
    const name = `f${this.#count++}`;
    const urns = [name, `default:${name}`, `urn:fss:local:${PROJECT}:function:default:${name}`];
    const made = { name, urns, versions: new Set(), aliases: new Map() };
    return { method: "POST", path: FUNCTIONS, body: { func_name: name }, status: 200, after: () => this.#functions.set(name, made) };
  }

  #changes(method, path, one, name, body) {
    return { method, path, body, status: 200, value: (value) => says(value, name, body), after: () => one.aliases.set(name, body) };
  }

  #changed(one, name, free) {
    return this.#body(one, pick(this.#random, [one.aliases.get(name).version, ...free]));
  }

  /** What an alias may say whose primary version is this one: of the cloud's profile, with weights or rules. */
  #body(one, version) {
    const random = this.#random;
    const others = [...one.versions].filter((each) => each !== version);
    const body = { version, ...(random() < 0.3 && { description: pick(random, ["é", "who pays"]) }) };
    if (others.length === 0 || random() < 0.3) return body;
    const other = pick(random, others);
    if (random() < 0.6) return { ...body, additional_version_weights: { [other]: Math.floor(random() * 101) } };
    const rule = () => ({
      rule_type: pick(random, ["Header", "Cookie"]),
      param: pick(random, ["x", "y-z"]),
      op: pick(random, ["=", "in"]),
      value: pick(random, ["a", "b"]),
    });
    return { ...body, additional_version_strategy: { [other]: { combine_type: pick(random, ["and", "or"]), rules: [rule(), rule()] } } };
  }
}

/** Whether an answer is the alias of this name that says this, and no more. Types, operators and combinations are answered in lower case. */
function says(value, name, known) {
  const wanted = { name, ...known, last_modified: value.last_modified, alias_urn: value.alias_urn };
  return canonical(value) === canonical(wanted) && value.alias_urn.endsWith(`:!${name}`);
}

function canonical(value) {
  const sorted = (_key, each) => (each?.constructor === Object ? Object.fromEntries(Object.entries(each).toSorted()) : each);
  return JSON.stringify(value, sorted).toLowerCase();
}

/** Puts one fault into a request that is right. */
function withFault(random, { method, path, body }) {
  const [from, query = ""] = path.split("?");
  const changed = structuredClone(body);
  const faults = [
    () => ({ method: pick(random, METHODS), path, body }),
    () => ({ method, path: `${from.slice(0, -1)}${pick(random, ["x", "!", ":", "%", "/", "é", "%00"])}${query && `?${query}`}`, body }),
    () => ({ method, path: `${from}?${pick(random, ["a=1", "dry_run=maybe", "dry_run=true&dry_run=true", "marker=-1"])}`, body }),
    ...(body === undefined
      ? [() => ({ method, path, body: { version: "v1" } })]
      : [
          () => ({ method, path, body: Object.assign(changed, { [pick(random, Object.keys(changed))]: pick(random, VALUES) }) }),
          () => ({
            method,
            path,
            body: Object.assign(changed, { [pick(random, ["additional_version_weight", "stickiness", "x"])]: pick(random, VALUES) }),
          }),
          () => ({
            method,
            path,
            body: Object.assign(changed, { additional_version_weights: { [pick(random, VERSIONS)]: pick(random, [5, ...VALUES]) } }),
          }),
          () => ({ method, path, body: Object.assign(changed, { version: pick(random, VERSIONS) }) }),
          () => {
            const text = JSON.stringify(body);
            const at = Math.floor(random() * text.length);
            return { method, path, body: text.slice(0, at) + pick(random, ['"', "{", "\\u", "\u0001", "", ",", "é"]) + text.slice(at + 1) };
          },
        ]),
  ];
  return pick(random, faults)();
}

/** A request of a session as bytes. */
function bytesOf(random, signatureHeaders, { method, path, body }) {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const [from, query = ""] = path.split("?");
  const plain = { host: "127.0.0.1", ...(body !== undefined && { "content-type": TYPES[0] }) };
  const latin = Buffer.from(from).toString("latin1");
  // Signed twice within a second, one change is a replay, so that each has a header of its own.
  const signed = random() < 0.5 && { ...plain, "x-turn": String(random()) };
  const headers = signed
    ? signatureHeaders({ method, path: latin, query, body: Buffer.from(text), headers: signed }, KEY, new Date())
    : { ...plain, "x-auth-token": TOKEN };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(text);
  const head = `${method} ${latin}${query && `?${query}`} HTTP/1.1\r\n${lines.join("")}content-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

/** One request of no session as bytes. */
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

/** Sends `runs` requests; throws at the first answer that is wrong, and returns how often each status came, and the share that succeeded. */
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
  const model = new Model(random);
  const found = {};
  try {
    for (let run = 0; run < runs; run++) {
      if (run % 200 === 0) await services(store)(PROJECT, terms).prepareFunction(URN, ["v1", "v2", "v3"]);
      const kind = random();
      const right = kind < 0.25 ? undefined : model.next();
      const isFaulty = kind > 0.9;
      const asked = isFaulty ? withFault(random, right) : right;
      const bytes = asked === undefined ? requestOf(random, signatureHeaders) : bytesOf(random, signatureHeaders, asked);
      const answer = await exchange(port, bytes);
      const wrong =
        faultOf(answer, bytes, SERVICE_CODES) ??
        (right === undefined || isFaulty ? undefined : otherThan(right, answer)) ??
        (errors.length > 0 ? errors[0].stack : undefined);
      if (wrong !== undefined)
        throw new Error(`run ${run}: ${wrong}\n${bytes.toString("latin1").slice(0, 2_000)}\n--\n${answer.slice(0, 2_000)}`);
      const status = answer.slice(9, 12);
      if (right !== undefined && !isFaulty) right.after?.();
      // A fault may leave a request right: what stands then is not known.
      else if (right !== undefined && status.startsWith("2")) model.forget(right);
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
  const succeeded = Object.entries(found).reduce((sum, [status, count]) => (status.startsWith("2") ? sum + count : sum), 0);
  if (succeeded <= runs / 2) throw new Error(`only ${succeeded} of ${runs} requests have succeeded`);
  return { ...found, succeeded: `${((100 * succeeded) / runs).toFixed(1)} %` };
}

/** How the answer to a request that is right is not what the model says; undefined where it is. */
function otherThan({ status, value = () => true }, answer) {
  if (answer.slice(9, 12) !== String(status)) return `not the status ${status}`;
  const body = answer.split("\r\n\r\n")[1];
  return value(body === "" ? undefined : JSON.parse(body)) ? undefined : "not what stands";
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
