import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { isRenamed, type Option } from "../../src/cli/declaration.ts";
import { helpOf, renamedOptions } from "../../src/cli/help.ts";
import { PROGRAM_OPTIONS, programHelp } from "../../src/cli/program.ts";
import type { Refusal } from "../../src/cli/terminal/host.ts";
import { cliDocument } from "../support/cli-document.ts";
import { command, hostOf, scratch } from "../support/command.ts";
import { listen, type Listening, prepare, PROJECT, TOKEN } from "../support/control.ts";
import { services } from "../../src/control/index.ts";

const { folder, file } = scratch();
const commands: readonly Command[] = await Promise.all(Object.values(COMMANDS).map(({ load }) => load()));
const document = await cliDocument();

/** The options that a help lists, `--name` each, with the value that it takes. */
function optionsOfHelp(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)(?: ([A-Z:=]+))?(?: {2}|$)/gm)].map(([, name, value]) =>
    `${name} ${value ?? ""}`.trim(),
  );
}

/** The options that a section of docs/cli.md lists. */
function optionsOfSection(name: string): readonly string[] {
  const section = new RegExp(`^## ${name}\n([^]*?)(?=^## )`, "m").exec(document)?.[1] ?? "";
  return [...section.matchAll(/^\| `(?:-\w, )?--([a-z-]+)(?: ([A-Z:=]+))?` \|/gm)].map(([, option, value]) =>
    `${option} ${value ?? ""}`.trim(),
  );
}

/** What the table of a command declares, as a help lists it. */
function declared({ options }: Command): readonly string[] {
  const shown = Object.entries(options).flatMap(([name, option]) => (isRenamed(option) ? [] : [[name, option] as const]));
  return [...shown.map(([name, option]) => (option.type === "string" ? `${name} ${option.value}` : name)), "help"];
}

/** An option on a command line, with a value where it takes one. */
function written(name: string, option: Option): string {
  return option.type === "string" ? `--${name}=x` : `--${name}`;
}

describe.each(commands.map((each) => [each.name, each] as const))("%s", (name, each) => {
  test("is called by its name", () => {
    expect(Object.keys(COMMANDS)).toContain(name);
    expect(COMMANDS[name]?.summary).toMatch(/^[a-z].*[^.]$/);
  });

  test("its help and its section of docs/cli.md list the options that it declares, and no others", () => {
    expect(optionsOfHelp(helpOf(each)).toSorted()).toEqual(declared(each).toSorted());
    expect(optionsOfSection(name).toSorted()).toEqual(declared(each).toSorted());
  });

  test("the parser accepts each of them, and each old name", async () => {
    const { host } = hostOf();
    const positionals = each.arguments.map(() => "nowhere");
    for (const [option, declaration] of Object.entries(each.options)) {
      const refused = await readArguments([written(option, declaration), ...positionals], each, host).then(
        () => "",
        (error: unknown) => (error as Refusal).message,
      );
      expect(refused, option).not.toMatch(/unknown option|takes no value|needs a value/);
    }
  });

  test("an option that it does not declare is refused, though it looks like one of another command", async () => {
    const others = commands.flatMap(({ options }) => Object.entries(options)).filter(([option]) => !Object.hasOwn(each.options, option));
    for (const [option, declaration] of [["secret", { type: "boolean", description: "" }] as const, ...others]) {
      const { code, stdout, stderr } = await command([name, "nowhere", written(option, declaration)]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`canary-router: unknown option \`--${option}\`\n`);
    }
  });

  test("what options ask of each other names options", () => {
    const names = Object.entries(each.options).flatMap(([option, declaration]) => (isRenamed(declaration) ? [] : [option]));
    for (const option of Object.values(each.options)) {
      if (isRenamed(option)) expect(names).toContain(option.deprecated.use.split(" ")[0]?.slice(2));
      else for (const needed of [option.needs ?? []].flat()) expect(names).toContain(needed);
    }
    for (const option of each.oneOf ?? []) expect(names).toContain(option);
  });

  test("its help fits into 80 columns, and has exit codes and examples", () => {
    const help = helpOf(each);
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(help).toMatch(/\nExit codes:\n {2}0 /);
    expect(help).toMatch(/\nExamples:\n {2}\S/);
  });
});

test("the help of the program lists the commands and its own options", () => {
  const listed = [...programHelp().matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}/gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(COMMANDS));
  expect(optionsOfHelp(programHelp())).toEqual(Object.keys(PROGRAM_OPTIONS));
  expect(
    programHelp()
      .split("\n")
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test("only the table is parsed: nothing else reads the command line", () => {
  const sources = readdirSync("src/cli", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const naming = (word: RegExp): readonly string[] => sources.filter((name) => word.test(readFileSync(join("src/cli", name), "utf8")));
  expect(naming(/\bparseArgs\(/)).toEqual(["arguments.ts"]);
  expect(naming(/\bprocess\.argv\b/)).toEqual(["main.ts"]);
});

/** `npx vitest run test/cli/help.test.ts -u` writes it anew; read the difference. */
test("docs/cli.md is what the commands say of themselves", async () => {
  await expect(document).toMatchFileSnapshot("../../docs/cli.md");
});

describe("old names", () => {
  const alias = file("alias.json", { version: "v1", additional_version_weights: { v2: 10 } });
  const log = file("log.ndjson", '{"draw":0}\n');
  const model = file("users.yaml", "users: 2\nsessions: 1\nrequests: 1\n");
  const steps = file("rollout.yaml", "canary: v2\nsteps:\n  - setWeight: 50\n");
  const suite = file("one.alias-test.json", { alias: "./alias.json", cases: [{ draw: 0, expect: { version: "v2" } }] });
  const simulate = ["simulate", alias, "--workers", "1"];

  const cases: readonly (readonly [old: readonly string[], now: readonly string[], said: readonly string[]])[] = [
    [
      ["explain", alias, "--json", "--draw", "0"],
      ["explain", alias, "--format", "json", "--draw", "0"],
      ["`--json` is now `--format json`"],
    ],
    [["shares", alias, "--json"], ["shares", alias, "--format", "json"], ["`--json` is now `--format json`"]],
    [["diff", alias, alias, "--json"], ["diff", alias, alias, "--format", "json"], ["`--json` is now `--format json`"]],
    [
      ["route", alias, "--requests", log, "--json"],
      ["route", alias, "--traffic", log, "--format", "json"],
      ["`--requests` is now `--traffic`", "`--json` is now `--format json`"],
    ],
    [
      [...simulate, "--plan", steps, "--population", model, "--requests", "2", "--json"],
      [...simulate, "--rollout", steps, "--population", model, "--count", "2", "--format", "json"],
      ["`--plan` is now `--rollout`", "`--requests` is now `--count`", "`--json` is now `--format json`"],
    ],
    [
      [...simulate, "--traffic", log, "--form", "ndjson"],
      [...simulate, "--traffic", log, "--traffic-format", "ndjson"],
      ["`--form` is now `--traffic-format`"],
    ],
    [["test", suite, "--reporter", "tap"], ["test", suite, "--format", "tap"], ["`--reporter` is now `--format`"]],
    [["test", suite, "--reporter=readable"], ["test", suite], ["`--reporter` is now `--format text`"]],
  ];

  test.each(cases)("%j", async (old, now, said) => {
    const expected = await command(now);
    expect(expected).toMatchObject({ code: 0, stderr: "" });
    expect(await command(old)).toEqual({ ...expected, stderr: said.map((line) => `canary-router: ${line}\n`).join("") });
  });

  test("all of them are tried here", () => {
    const tried = cases.flatMap(([[name = "", ...args]]) =>
      args.filter((arg) => arg.startsWith("--")).map((arg) => `${name} ${arg.split("=")[0]}`),
    );
    for (const { name, options } of commands) for (const [old] of renamedOptions(options)) expect(tried).toContain(`${name} --${old}`);
  });

  test("an old name beside the new one is that option twice, and is suggested to nobody", async () => {
    const { stderr } = await command(["explain", alias, "--json", "--format", "text"]);
    expect(stderr).toBe("canary-router: `--format` is given twice\n");
    expect((await command(["explain", alias, "--jsn"])).stderr).toBe("canary-router: unknown option `--jsn`\n");
  });
});

describe("examples of the help run", () => {
  let api: Listening;
  beforeAll(async () => {
    api = await listen();
    await prepare(api.store);
    const service = services(api.store)(PROJECT, { profile: "functiongraph", region: "r", now: new Date(), who: "tests" });
    await service.createAlias("shop", '{"name":"live","version":"v1","additional_version_weights":{"v2":10}}');
  });
  afterAll(async () => api.stop());
  const examples = commands.flatMap(({ examples }) => examples);
  const copy = (name: string, from: string): string => file(name, readFileSync(`docs/examples/${from}`, "utf8"));
  for (const name of ["prod.json", "prod.yaml", "aliases/a.json", "aliases/b.json"]) copy(name, "canary.json");
  for (const name of ["shop.yaml", "storefront.yaml"]) copy(name, "storefront.yaml");
  copy("shop.alias-test.yaml", "storefront.alias-test.yaml");
  file("live.json", { version: "v1", additional_version_weights: { v2: 10 } });
  file("next.json", { version: "v1", additional_version_weights: { v2: 20 } });
  for (const name of ["traffic.ndjson", "edge.ndjson"]) copy(name, "traffic.ndjson");
  file("columns.yaml", "cookies: cookie\n");
  copy("counts.csv", "counts.csv");
  chmodSync(file("credentials.yaml", `projects: [{ id: p, tokens: ["sha256:${"0".repeat(64)}"] }]`), 0o600);
  copy("users.yaml", "population.yaml");
  copy("steps.yaml", "rollout.yaml");
  copy("argo.yaml", "argo-rollout.yaml");
  file("access.log", '192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5\n');
  const suiteText = readFileSync("docs/examples/storefront.alias-test.yaml", "utf8");
  file("policies/deep/a.alias-test.yaml", suiteText.replace("./storefront.yaml", "./storefront.alias"));
  copy("policies/deep/storefront.alias", "storefront.yaml");

  file(
    "gateway.yaml",
    "listen: 127.0.0.1:0\naliases: ./served\nroutes:\n  - { alias: checkout, upstreams: { v1: http://127.0.0.1:9001, v2: http://127.0.0.1:9002 } }\n",
  );
  file("served/checkout.yaml", "version: v1\nadditional_version_weights: { v2: 5 }\n");
  // What the metrics of a gateway are, and what a Prometheus server makes of them.
  const server = createServer(({ url = "" }, response) => {
    const labels = { alias: "checkout", version: "v1" };
    const metric = { __name__: "canary_router_split_ratio", ...labels };
    if (url === "/metrics") response.end('canary_router_split_ratio{alias="checkout",version="v1"} 1\n');
    else response.end(JSON.stringify({ status: "success", data: { result: [{ metric, value: [0, "1"] }] } }));
  }).listen(0, "127.0.0.1");
  afterAll(() => void server.close());
  const argumentsOf = (args: readonly string[]): readonly string[] => {
    if (args[0] === "simulate") return args.includes("--merge") ? args : [...args, "--workers", "1"];
    if (args[0] !== "watch") return args;
    const { port } = server.address() as { readonly port: number };
    const count = args.indexOf("--count");
    return [
      ...(count === -1 ? args : args.toSpliced(count, 2)).map((arg) => arg.replace(/^http:\/\/[^/]+/, `http://127.0.0.1:${port}`)),
      "--count",
      "1",
    ];
  };

  beforeAll(async () => {
    const shop = [join(folder, "shop.yaml"), "--traffic", join(folder, "access.log"), "--workers", "1"];
    for (const part of [1, 2]) await command(["simulate", ...shop, "--part", `${part}/2`, "--out", join(folder, `part${part}.json`)]);
  });

  test.each(examples)("%s", async (example) => {
    const call = example.split(" | ").find((part) => part.startsWith("canary-router ")) ?? "";
    const taken = call.replace(/ > \S+$/, "").replace("canary-router", String.raw`printf '%s\0'`);
    const args = spawnSync("sh", ["-c", taken], { cwd: folder, encoding: "utf8" }).stdout.split("\0").slice(0, -1);
    const stdin = args[0] === "route" ? '{"draw":0}\n' : '{"version":"v1"}';
    const before = process.cwd();
    try {
      process.chdir(folder);
      const controls = args[0] === "control" && args[1]?.startsWith("-") === true;
      const shows = args[0] === "studio" && !args.includes("-o");
      const asks = args[0] === "alias";
      if (asks) args.splice(args.indexOf("--endpoint") + 1, 1, api.url);
      const ended = await command([...argumentsOf(args), ...(controls || shows ? ["--listen", "127.0.0.1:0"] : [])], {
        ...(args.includes("-") && { stdin }),
        ...(asks && { env: { HUAWEICLOUD_AUTH_TOKEN: TOKEN, HUAWEICLOUD_SDK_PROJECT_ID: PROJECT } }),
        // A server runs until it is stopped, as by Ctrl-C.
        ...((controls || shows) && { interrupted: AbortSignal.timeout(200) }),
        ...(args[0] === "serve" && !args.includes("--dry-run") && { interrupted: AbortSignal.timeout(1_000) }),
      });
      expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    } finally {
      process.chdir(before);
    }
  });
});

describe("the built program loads what it needs", () => {
  const reports = mkdtempSync(join(tmpdir(), "coverage-"));
  afterAll(() => rmSync(reports, { recursive: true, force: true }));

  /** The files that node has loaded, as its own coverage lists them. */
  function loaded(...args: readonly string[]): readonly string[] {
    const into = join(reports, args.join("-").replaceAll(/\W/g, "-"));
    const { status, stderr } = spawnSync(process.execPath, ["dist/bin/main.js", ...args], {
      env: { ...process.env, NODE_V8_COVERAGE: into },
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    return readdirSync(into).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(into, name), "utf8")) as { readonly result: readonly { readonly url: string }[] };
      return result.flatMap(({ url }) => /\/((?:dist|node_modules)\/.*)$/.exec(url)?.[1] ?? []);
    });
  }

  /** The modules that were bundled into these files; each is named in a comment before it. */
  function bundled(files: readonly string[]): readonly string[] {
    return files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/^\/\/ (dist\/.*)$/gm)].map(([, module = ""]) => module));
  }

  const rest = /^dist\/(?:simulate|testing|prove|yaml|route|backend|plan|optimize)\//;

  test("`check` of a JSON file is three files, and has no compiler, proof, simulation, suite or YAML", () => {
    const files = loaded("check", "docs/examples/canary.json");
    expect(files.toSorted()).toEqual(["dist/bin/check.js", "dist/bin/main.js", "dist/bin/start.js"]);
    const modules = bundled(files);
    expect(modules).toContain("dist/alias/text.js");
    expect(modules).toContain("dist/cli/main.js");
    expect(modules.filter((name) => rest.test(name))).toEqual([]);
    expect(modules.filter((name) => name.startsWith("dist/cli/commands/"))).toEqual([
      "dist/cli/commands/index.js",
      "dist/cli/commands/check.js",
    ]);
    expect(modules.length).toBeLessThan(45);
  });

  test("`check` of a YAML file reads YAML", () => {
    const files = loaded("check", "docs/examples/storefront.yaml");
    // Three as for JSON, the reader of YAML, and a file that leads to it, for the gateway reads YAML too.
    expect(files.filter((name) => name.startsWith("dist/"))).toHaveLength(5);
    const modules = bundled(files.filter((name) => name.startsWith("dist/")));
    expect(modules).toContain("dist/yaml/parse-yaml.js");
    expect(modules.filter((name) => rest.test(name) && !name.startsWith("dist/yaml/"))).toEqual([]);
  });

  test("the help of the program needs no command but `check`", () => {
    const modules = bundled(loaded("--help"));
    expect(modules).toContain("dist/cli/program.js");
    expect(modules.filter((name) => name.startsWith("dist/cli/commands/"))).toEqual([
      "dist/cli/commands/index.js",
      "dist/cli/commands/check.js",
    ]);
  });
});
