import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { PARTS, PROGRAMS } from "./parts.ts";

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file));

/** The packages and modules of node that a file may import; those of the command line, and of what only node runs, are not asked. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "testing/vitest.ts": ["vitest"],
  "testing/arbitraries.ts": ["fast-check"],
  "simulate/random.ts": ["seedrandom/lib/alea.js"],
  "simulate/workers/workers.ts": ["node:os", "node:worker_threads"],
  "simulate/workers/worker.ts": ["node:worker_threads"],
  "control/signature.ts": ["node:crypto"],
  "control/credentials.ts": ["node:crypto"],
  "control/service.ts": ["node:crypto"],
  "control/triggers.ts": ["node:crypto"],
  "control/handler.ts": ["node:crypto", "node:http"],
  "control/node.ts": ["node:http"],
  "control/etcd.ts": ["node:timers/promises"],
  "control/source.ts": ["node:timers/promises"],
  "control/lmdb.ts": ["lmdb", "node:fs", "node:path"],
  "yaml/yaml.ts": ["yaml"],
  "yaml/write.ts": ["yaml"],
  "warehouse/duckdb.ts": ["@duckdb/node-api"],
  "warehouse/postgres.ts": ["pg"],
  "gateway/affinity.ts": ["@noble/hashes/hmac.js", "@noble/hashes/sha2.js", "@noble/hashes/utils.js"],
  "gateway/override.ts": ["structured-headers"],
  "gateway/tiers.ts": ["mnemonist"],
  "gateway/hosts/fastify.ts": ["fastify-plugin"],
  "gateway/hosts/hono.ts": ["hono/factory", "hono"],
  "gateway/hosts/node.ts": ["node:http", "on-headers"],
  "gateway/source/directory.ts": ["node:fs/promises", "node:path"],
  "gateway/source/watched.ts": ["node:fs", "node:fs/promises", "node:path"],
  "gateway/source/redis.ts": ["redis"],
  "gateway/metrics/prometheus.ts": ["prom-client"],
  "gateway/metrics/openfeature.ts": ["@openfeature/server-sdk"],
  "gateway/proxy/admin.ts": ["node:crypto", "node:http"],
  "gateway/proxy/chooser.ts": ["node:crypto", "node:fs/promises", "node:http", "node:net", "node:path"],
  "gateway/proxy/visitors.ts": ["node:net"],
  "gateway/proxy/decisions.ts": ["node:http"],
  "gateway/proxy/fault.ts": ["node:http"],
  "gateway/proxy/forwarding.ts": ["node:http", "node:http2"],
  "gateway/proxy/gateway.ts": ["node:path", "node:util"],
  "gateway/proxy/listener.ts": ["node:events", "node:http", "node:http2", "node:net", "node:stream"],
  "gateway/proxy/metrics.ts": ["prom-client"],
  "gateway/proxy/origin.ts": ["node:fs/promises", "node:path"],
  "gateway/proxy/proxy.ts": ["node:http", "node:https", "node:stream", "http-proxy-3"],
  "gateway/proxy/watch-file.ts": ["node:fs/promises", "node:path"],
};

/** Files beside `index.ts` that the package offers as entries of their own. */
const ENTRIES: readonly string[] = [
  "alias/surface.ts",
  "route/jit.ts",
  "route/emit.ts",
  "route/edge.ts",
  "testing/vitest.ts",
  "testing/jest.ts",
  "testing/arbitraries.ts",
  "simulate/workers/index.ts",
  "gateway/hosts/node.ts",
  "gateway/hosts/express.ts",
  "gateway/hosts/fastify.ts",
  "gateway/hosts/hono.ts",
  "gateway/source/directory.ts",
  "gateway/source/http.ts",
  "gateway/source/etcd.ts",
  "gateway/source/redis.ts",
  "warehouse/clickhouse.ts",
  "warehouse/duckdb.ts",
  "warehouse/postgres.ts",
  "control/lmdb.ts",
  "control/etcd.ts",
  "gateway/metrics/prometheus.ts",
  "gateway/metrics/opentelemetry.ts",
  "gateway/metrics/openfeature.ts",
  "gateway/proxy/index.ts",
  "cli/main.ts",
];

interface Import {
  /** A file of src, or the name of a package. */
  readonly from: string;
  readonly typeOnly: boolean;
}

function parsed(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(`src/${file}`, "utf8"), ts.ScriptTarget.ES2022, true);
}

/** What each file imports or re-exports, `import()` and `import("…")` in types included. */
const imports = new Map(files.map((file) => [file, readImports(file)]));

function importsOf(file: string): readonly Import[] {
  return imports.get(file) ?? [];
}

function readImports(file: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const from = specifier.text.startsWith(".") ? posix.join(posix.dirname(file), specifier.text) : specifier.text;
    found.push({ from, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(parsed(file));
  return found;
}

/** Each `eval` and `Function` that a file names. */
function generatorsOf(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && (node.text === "eval" || node.text === "Function")) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parsed(file));
  return found;
}

/** A way along imports of values from a file back to itself, if there is one. */
function cycleThrough(start: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (file: string, way: readonly string[]): readonly string[] | undefined => {
    for (const { from, typeOnly } of importsOf(file)) {
      if (typeOnly || !files.includes(from)) continue;
      if (from === start) return [...way, from];
      if (seen.has(from)) continue;
      seen.add(from);
      const found = walk(from, [...way, from]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}

function partOf(file: string): string | undefined {
  return file.includes("/") ? file.split("/")[0] : undefined;
}

/** A part with all that it may import, directly or by way of another. */
function reachOf(part: string): ReadonlySet<string> {
  const reach = new Set([part]);
  for (const each of reach) for (const next of PARTS[each]?.imports ?? []) reach.add(next);
  return reach;
}

test("the folders of src are the parts, and its root has the surface alone", () => {
  const folders = new Set(files.map(partOf).filter((part) => part !== undefined));
  expect([...folders].toSorted()).toEqual(Object.keys(PARTS).toSorted());
  expect(files.filter((file) => partOf(file) === undefined)).toEqual(["index.ts"]);
});

test("no part may import one that may import it", () => {
  for (const part of Object.keys(PARTS))
    for (const other of PARTS[part]?.imports ?? []) expect(reachOf(other).has(part), `${other} → ${part}`).toBe(false);
});

describe("a part imports only the parts of its row, and only what their `index.ts` offers, types included", () => {
  const library = Object.keys(PARTS).filter((part) => !PROGRAMS.has(part));

  test.each(library)("%s", (part) => {
    const reach = reachOf(part);
    const mine = files.filter((file) => partOf(file) === part);
    const wrong = mine.flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => {
          if (!files.includes(from)) return !(PACKAGES[file] ?? []).includes(from);
          const other = partOf(from);
          return other !== part && (other === undefined || !reach.has(other) || from !== `${other}/index.ts`);
        })
        .map(({ from }) => `${file} imports ${from}`),
    );
    expect(wrong).toEqual([]);
  });

  test("every part has an `index.ts` that says what the part is and only re-exports", () => {
    for (const part of library) {
      expect(existsSync(`src/${part}/index.ts`), part).toBe(true);
      const index = parsed(`${part}/index.ts`);
      expect(new Set(index.statements.map(({ kind }) => ts.SyntaxKind[kind])), part).toEqual(new Set(["ExportDeclaration"]));
      expect(index.getFullText(), part).toMatch(/^\/\*\*/);
    }
  });
});

test.each([...PROGRAMS])("%s imports public entries only", (program) => {
  const entries = new Set(["index.ts", ...library().map((part) => `${part}/index.ts`), ...ENTRIES]);
  const wrong = files
    .filter((file) => partOf(file) === program)
    .flatMap((file) =>
      importsOf(file).flatMap(({ from }) =>
        files.includes(from) && partOf(from) !== program && !entries.has(from) ? [`${file} imports ${from}`] : [],
      ),
    );
  expect(wrong).toEqual([]);
});

function library(): readonly string[] {
  const { exports }: { readonly exports: Readonly<Record<string, unknown>> } = JSON.parse(readFileSync("package.json", "utf8"));
  return Object.keys(PARTS).filter((part) => Object.hasOwn(exports, `./${part}`));
}

test("no file imports values in a circle", () => {
  expect(files.map(cycleThrough).filter((cycle) => cycle !== undefined)).toEqual([]);
});

test("back ends do not know each other, nor the interpreter a back end", () => {
  const known = (file: string): readonly string[] =>
    importsOf(file)
      .map(({ from }) => from)
      .filter((from) => /^backend\/(?:interpret|closure|flat|source)\b/.test(from) && posix.dirname(from) !== posix.dirname(file));
  expect(known("backend/closure/closure.ts")).toEqual([]);
  for (const name of ["program", "encode", "decode", "fleet", "sheet", "store", "pool"])
    expect(known(`backend/flat/${name}.ts`)).toEqual([]);
  expect(known("backend/source/generate.ts")).toEqual([]);
  expect(known("backend/interpret.ts")).toEqual([]);
});

test("code is generated in src/route/jit.ts and nowhere else", () => {
  expect(files.filter((file) => generatorsOf(file).length > 0)).toEqual(["route/jit.ts"]);
});
