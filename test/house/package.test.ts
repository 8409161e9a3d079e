import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import bundle from "../../vite.config.ts";

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly sideEffects: readonly string[];
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly version: string;
}

const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** The files that `npm run build` writes, each with its source. */
const built = new Map<string, string>();
const build = ts.getParsedCommandLineOfConfigFile("src/tsconfig.json", undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
  },
});
for (const source of build?.fileNames ?? [])
  for (const output of ts.getOutputFileNames(build as ts.ParsedCommandLine, source, false))
    built.set(`./${relative(".", output).replaceAll("\\", "/")}`, source);

describe("an export leads to a file that the build writes, with its types beside it", () => {
  const modules = Object.entries(manifest.exports).filter(([, target]) => typeof target !== "string");

  test.each(modules)("%s", (_, target) => {
    const { types, default: code } = target as { readonly types: string; readonly default: string };
    expect(types).toBe(code.replace(/\.js$/, ".d.ts"));
    expect([...built.keys()]).toContain(types);
    expect([...built.keys()]).toContain(code);
  });

  test("there are these modules", () => {
    expect(modules.map(([name]) => name).toSorted()).toEqual([
      ".",
      "./control",
      "./control/etcd",
      "./control/lmdb",
      "./convert",
      "./edge",
      "./emit",
      "./express",
      "./fastify",
      "./gateway",
      "./gateway/directory",
      "./gateway/etcd",
      "./gateway/http",
      "./gateway/proxy",
      "./gateway/redis",
      "./hono",
      "./jit",
      "./node",
      "./openfeature",
      "./opentelemetry",
      "./parse",
      "./prometheus",
      "./simulate",
      "./simulate/workers",
      "./testing",
      "./testing/fast-check",
      "./testing/jest",
      "./testing/vitest",
      "./warehouse",
      "./warehouse/clickhouse",
      "./warehouse/duckdb",
      "./warehouse/postgres",
      "./yaml",
    ]);
  });
});

test.each(["./schema.json", "./suite.schema.json", "./gateway.schema.json"])("the schema %s is exported and packed", (name) => {
  const target = String(manifest.exports[name]);
  expect(existsSync(target)).toBe(true);
  expect(JSON.parse(readFileSync(target, "utf8"))).toHaveProperty("$schema");
  expect(manifest.files).toContain("docs/*.schema.json");
  expect(target).toMatch(/^\.\/docs\/\w+\.schema\.json$/);
});

test("the program is bundled from a file that names its interpreter, with the worker beside it", () => {
  const { outDir, rolldownOptions } = bundle.build ?? {};
  expect(manifest.bin).toEqual({ "canary-router": `${outDir}/main.js` });
  const [main, worker] = [rolldownOptions?.input ?? []].flat().map((file) => built.get(`./${String(file)}`) ?? "");
  expect(readFileSync(main ?? "", "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(worker).toMatch(/\/simulate\/workers\/worker\.ts$/);
});

/** Whether a statement does something when its module is loaded; declarations only make what they name. */
function acts(statement: ts.Statement): boolean {
  return (
    ts.isExpressionStatement(statement) ||
    ts.isIfStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isIterationStatement(statement, false)
  );
}

test("the files that do something when they are loaded are listed, so that a bundler keeps them, and no others are", () => {
  const acting = [...built].filter(([output, source]) => {
    if (!output.endsWith(".js") || output.startsWith("./dist/cli/")) return false;
    return ts.createSourceFile(source, readFileSync(source, "utf8"), ts.ScriptTarget.Latest).statements.some(acts);
  });
  // The program is packed as its bundle only.
  expect(manifest.files).toContain("!dist/cli");
  const bundled = `./${bundle.build?.outDir}/*.js`;
  expect(new Set([...acting.map(([output]) => output), bundled])).toEqual(new Set(manifest.sideEffects));
});

test("what is imported is a dependency, or a peer that one entry wants, and nothing else is", () => {
  const imported = [...built.values()]
    // What is imported as a type only is gone from what is built, and types are added to a module that may not be there.
    .map((source) => readFileSync(source, "utf8").replaceAll(/^import type [^;]*;$|@ts-ignore [^\n]*\ndeclare module "[^"]*"/gm, ""))
    .flatMap((text) => ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName))
    .filter((name) => !name.startsWith(".") && !name.startsWith("node:"))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
  const known = { ...manifest.dependencies, ...manifest.peerDependencies };
  expect(new Set(imported)).toEqual(new Set(Object.keys(known)));
});

test("what the compiler remembers of the last build is not packed", () => {
  expect(manifest.files).toContain("!dist/*.tsbuildinfo");
  expect(ts.getTsBuildInfoEmitOutputFilePath(build?.options ?? {})).toMatch(/\/dist\/[^/]+\.tsbuildinfo$/);
});

test("the changelog has an entry for this version", () => {
  expect(readFileSync("CHANGELOG.md", "utf8")).toContain(`\n## ${manifest.version}`);
});
