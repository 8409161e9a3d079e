import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const DIST = resolve(process.env["DIST"] ?? "dist");

/** A program that imports what is built, and prints what `report` is given. */
function program(body: string): string {
  const entry = (path: string): string => JSON.stringify(pathToFileURL(resolve(DIST, path)).href);
  return `
    const { compile, explain, toRequest, rawReader, fetchReader, parse } = await import(${entry("index.js")});
    const { compile: jit } = await import(${entry("route/jit.js")});
    const { emitModule } = await import(${entry("route/emit.js")});
    const { readLog } = await import(${entry("simulate/index.js")});
    const { readYaml } = await import(${entry("yaml/index.js")});
    const report = (value) => console.log(JSON.stringify(value));
    ${body}
  `;
}

async function run(body: string, flags: readonly string[] = []): Promise<unknown> {
  const args = [...flags, "--input-type=module", "--eval", program(body)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  return JSON.parse(stdout);
}

/** An alias with a rule on the name that every object inherits, in each field that has names. */
const PROTO = `
  const rule = (rule_type) => ({ rule_type, param: "__proto__", op: "=", value: "x" });
  const config = (rule_type) => ({ version: "v1", additional_version_strategy: { v2: { rules: [rule(rule_type)] } } });
  const emitted = async (config) => {
    const url = "data:text/javascript," + encodeURIComponent(emitModule(config));
    return (await import(url)).default;
  };
  const own = (value) => Object.defineProperty({}, "__proto__", { value, enumerable: true });
  const requests = [{ headers: {} }, { headers: own("x") }, { headers: { cookie: "__proto__=x" }, url: "/?__proto__=x" }];
  const found = {};
  for (const kind of ["Header", "Cookie", "Query"]) {
    const routes = [compile(config(kind)), jit(config(kind)), await emitted(config(kind))];
    found[kind] = requests.map((request) => [...new Set(routes.map((route) => route(request).version + " " + route(request).reason))]);
    found[kind].push([explain(config(kind), requests[1]).decision?.version ?? ""].slice(1));
  }
  const fetched = compile(config("Header"), { reader: fetchReader })(new Request("http://a/", { headers: { "__proto__": "x" } }));
  const raw = compile(config("Header"), { reader: rawReader })({ rawHeaders: ["__proto__", "x"] });
  const lines = [];
  for await (const { visit } of readLog((async function* () { yield '{"headers":{"__proto__":"x"},"url":"/"}\\n'; })(), { format: "json" }))
    lines.push(compile(config("Header"))(visit.request).version);
  const yaml = readYaml("__proto__: 1\\n");
  report({ ...found, raw: raw.version, lines, yaml: yaml.ok && Object.keys(yaml.value.value) });
`;

test.each(["--disable-proto=throw", "--disable-proto=delete", "--frozen-intrinsics"])(
  "a rule on `__proto__` is decided as any other with %s",
  async (flag) => {
    const plain = await run(PROTO);
    expect(plain).toMatchObject({
      Header: [["v1 default"], ["v2 rule"], ["v1 default"], []],
      Cookie: [["v1 default"], ["v1 default"], ["v2 rule"], []],
      Query: [["v1 default"], ["v1 default"], ["v2 rule"], []],
      raw: "v2",
      lines: ["v2"],
      yaml: ["__proto__"],
    });
    expect(await run(PROTO, [flag])).toEqual(plain);
  },
);

test("where a hardened realm refuses `eval` by a TypeError and has frozen its prototypes, `jit` decides by closures and asks no more", async () => {
  const found = await run(`
    for (const part of [Object, Array, String, Map, Set, RegExp, Function, Promise]) Object.freeze(part.prototype);
    let tried = 0;
    globalThis.Function = new Proxy(Function, { construct() { tried++; throw new TypeError('Cannot eval with evalTaming set to "no-eval"'); } });
    const config = { version: "v1", additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "constructor", op: "=", value: "x" }] } } };
    const request = toRequest({ headers: [["constructor", "x"]] });
    const versions = [1, 2, 3].map(() => jit(config)(request).version);
    report({ tried, versions });
  `);
  expect(found).toEqual({ tried: 2, versions: ["v2", "v2", "v2"] });
});

test("what someone puts on `Object.prototype` makes no plan of a config, no key of an object and no field of a request", async () => {
  const found = await run(`
    for (const name of ["kind", "at", "name", "rules", "headers", "cookie", "additional_version_weights", "x-a"])
      Object.prototype[name] = "plan";
    const config = { version: "v1", additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "plan" }] } } };
    const routes = [compile(config), jit(config)];
    report({ parsed: parse(config).ok, versions: routes.map((route) => [route({ headers: {} }).version, route({ headers: { "x-a": "plan" } }).version]) });
  `);
  expect(found).toEqual({
    parsed: true,
    versions: [
      ["v1", "v2"],
      ["v1", "v2"],
    ],
  });
});
