import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import { createContext, runInContext } from "node:vm";
import ts from "typescript";
import { build } from "vite";
import { beforeAll, describe, expect, test } from "vitest";
import * as main from "../../src/index.ts";
import * as emit from "../../src/route/emit.ts";
import * as jit from "../../src/route/jit.ts";
import * as simulate from "../../src/simulate/index.ts";
import * as testing from "../../src/testing/index.ts";
import { findChromium, openTab } from "../support/chromium.ts";
import { answersOf } from "../support/answers.ts";

type Exports = Readonly<Record<string, string | { readonly default: string }>>;

/** The modules that the package offers, each with the file that the build wrote for it. */
const built = new Map(
  Object.entries((JSON.parse(readFileSync("package.json", "utf8")) as { readonly exports: Exports }).exports).flatMap(([name, target]) =>
    typeof target === "string" ? [] : [[name, resolve(process.env["DIST"] ?? "dist", target.default.replace("./dist/", ""))] as const],
  ),
);

/** What hosts need for cookies and overrides. */
const HOST: readonly string[] = ["@noble/hashes/hmac.js", "@noble/hashes/sha2.js", "@noble/hashes/utils.js", "structured-headers"];

/** What an entry may import that is not in the package; of the others nothing is allowed. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "./simulate": ["seedrandom/lib/alea.js"],
  "./testing/vitest": ["vitest"],
  "./yaml": ["yaml"],
  "./testing/fast-check": ["fast-check"],
  "./gateway": ["mnemonist", ...HOST],
  "./node": ["on-headers", ...HOST],
  "./express": ["on-headers", ...HOST],
  "./fastify": ["fastify-plugin", "on-headers", ...HOST],
  "./hono": ["hono/factory", ...HOST],
  "./gateway/etcd": ["yaml"],
  "./gateway/redis": ["redis", "yaml"],
  "./warehouse": ["seedrandom/lib/alea.js"],
  "./warehouse/duckdb": ["@duckdb/node-api"],
  "./warehouse/postgres": ["pg"],
  "./prometheus": ["prom-client"],
  "./openfeature": ["@openfeature/server-sdk"],
};

/** The entries that need node, and may, each with a module that it imports. */
const FOR_NODE: Readonly<Record<string, string>> = {
  "./simulate/workers": "node:worker_threads",
  "./gateway/directory": "node:fs",
  "./control": "node:crypto",
  "./control/lmdb": "node:fs",
  "./control/etcd": "node:timers/promises",
  "./gateway/proxy": "node:http",
};

/** Every module beyond the package that an entry imports, or what it imports does; those of node begin with `node:`. */
function foreignOf(entry: string): readonly string[] {
  const foreign = new Set<string>();
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const { fileName: name } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
      if (name.startsWith(".")) seen.add(resolve(dirname(file), name));
      else if (isBuiltin(name)) foreign.add(name.startsWith("node:") ? name : `node:${name}`);
      else {
        foreign.add(name);
        // A package of one file is followed; a peer belongs to those who install it.
        if (name.endsWith(".js")) seen.add(createRequire(file).resolve(name));
      }
    }
  }
  return [...foreign];
}

test("the build has been made", () => {
  expect([...built.values()].filter((file) => !existsSync(file))).toEqual([]);
});

describe("an entry imports nothing of node, and no package that is not listed", () => {
  test.each([...built].filter(([name]) => !Object.hasOwn(FOR_NODE, name)))("%s", (name, file) => {
    expect(foreignOf(file)).toEqual(PACKAGES[name] ?? []);
  });

  test.each(Object.entries(FOR_NODE))("but %s does, so this would be seen", (name, module) => {
    expect(foreignOf(built.get(name) ?? "")).toContain(module);
  });
});

/** The answers that are not the same; the whole of them would fill the screen. */
function differences(seen: unknown, expected: string): readonly string[] {
  const [here, there] = [JSON.parse(String(seen)), JSON.parse(expected)] as [Record<string, unknown>, Record<string, unknown>];
  return Object.keys({ ...here, ...there }).filter((key) => JSON.stringify(here[key]) !== JSON.stringify(there[key]));
}

/** A script for a page: the built entries, bundled as the projects of users are. It leaves a promise of the answers in `answers`. */
async function bundle(): Promise<string> {
  const parts = { main: ".", jit: "./jit", emit: "./emit", simulate: "./simulate", testing: "./testing" };
  const names = Object.keys(parts);
  const page = [
    ...Object.entries(parts).map(([name, entry]) => `import * as ${name} from ${JSON.stringify(built.get(entry))};`),
    `import { answersOf } from ${JSON.stringify(resolve("test/support/answers.ts"))};`,
    `globalThis.answers = answersOf({ ${names.join(", ")} });`,
  ].join("\n");
  const result = await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "page",
        enforce: "pre",
        resolveId: (id) => (id === "virtual:page" ? id : undefined),
        load: (id) => (id === "virtual:page" ? page : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: "virtual:page",
        output: { format: "iife" },
        onLog: (_, { message }) => {
          throw new Error(message);
        },
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !("output" in output)) throw new Error("nothing was built");
  expect(output.output).toHaveLength(1);
  return output.output[0].code;
}

describe("bundled for a browser, the library answers as its source does in node", () => {
  let script: string;
  let expected: string;

  beforeAll(async () => {
    script = await bundle();
    expected = await answersOf({ main, jit, emit, simulate, testing });
  });

  test("the answers say something", () => {
    const answers = JSON.parse(expected);
    expect(new Set(answers.closures.map(({ version }: { readonly version: string }) => version))).toEqual(new Set(["v1", "v2", "v3"]));
    expect(answers.simulation.requests).toBeGreaterThan(900);
    expect(answers.verified.failures).toEqual([]);
  });

  test("where a script has what the web has, and nothing of node", async () => {
    const { TextEncoder, TextDecoder, URL, URLSearchParams, Headers, Request, performance, setTimeout } = globalThis;
    const web = { TextEncoder, TextDecoder, URL, URLSearchParams, Headers, Request, performance, setTimeout };
    const context = createContext(web);
    runInContext(script, context);
    expect(runInContext("typeof process + typeof require + typeof Buffer", context)).toBe("undefinedundefinedundefined");
    expect(differences(await runInContext("answers", context), expected)).toEqual([]);
  });

  const program = findChromium();
  const required = process.env["CI_CHROMIUM"] === "required";
  if (program === undefined && !required)
    console.info("skipped: there is no chromium on the PATH; CI_CHROMIUM=required makes that a failure");

  test.skipIf(program === undefined && !required)("in Chromium", async () => {
    const tab = await openTab(program ?? "chromium");
    try {
      await tab.ask("Runtime.evaluate", { expression: script });
      const asked = { expression: "answers", awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await tab.ask("Runtime.evaluate", asked);
      expect(exceptionDetails).toBeUndefined();
      expect(differences((result as { readonly value?: unknown }).value, expected)).toEqual([]);
    } finally {
      await tab.close();
    }
  });
});
