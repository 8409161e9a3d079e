import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** The files of src in the order of reading: the rows of the table in the design document. */
const order = [...section("docs/design.md", "Reading order").matchAll(/^\| `([\w/-]+\.ts)` \|/gm)].map(([, file = ""]) => file);

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));
const core = files.filter((file) => !file.startsWith("cli/"));

/** What stands on top of the core, each with an entry of its own: files of the core know nothing of it. */
const CAPABILITIES = /^(?:testing|simulate)\//;

/** The packages and modules of node that a capability may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "testing/vitest.ts": ["vitest"],
  "testing/arbitraries.ts": ["fast-check"],
  "simulate/random.ts": ["seedrandom"],
  "simulate/workers.ts": ["node:worker_threads"],
  "simulate/worker.ts": ["node:worker_threads"],
};

interface Import {
  /** A file of src, or the name of a package. */
  readonly from: string;
  readonly typeOnly: boolean;
}

function section(document: string, heading: string): string {
  const [, after = ""] = readFileSync(document, "utf8").split(`\n## ${heading}\n`);
  return after.split("\n## ")[0] ?? "";
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

test("the reading order of docs/design.md names every file of the core once", () => {
  expect(order.toSorted()).toEqual(core.toSorted());
});

describe("a file of the core imports only files above it in the reading order, types included", () => {
  test.each(order)("%s", (file) => {
    const above = new Set(order.slice(0, order.indexOf(file)));
    const allowed = PACKAGES[file] ?? [];
    expect(importsOf(file).filter(({ from }) => !above.has(from) && !allowed.includes(from))).toEqual([]);
  });
});

test("no file imports values in a circle", () => {
  expect(files.map(cycleThrough).filter((cycle) => cycle !== undefined)).toEqual([]);
});

test("back ends do not know each other, nor the interpreter a back end", () => {
  expect(importsOf("emit/closure.ts").filter(({ from }) => from.startsWith("emit/"))).toEqual([]);
  expect(importsOf("emit/source.ts").filter(({ from }) => from.startsWith("emit/"))).toEqual([]);
  expect(importsOf("emit/module.ts").filter(({ from }) => from === "emit/closure.ts")).toEqual([]);
  expect(importsOf("interpret.ts").filter(({ from }) => from.startsWith("emit/"))).toEqual([]);
});

test("the core has no dependency, no `node:` import, and does not know the command line", () => {
  const inner = core.filter((file) => !CAPABILITIES.test(file));
  expect(inner.flatMap((file) => importsOf(file).filter(({ from }) => !inner.includes(from)))).toEqual([]);
});

test("code is generated in src/jit.ts and nowhere else", () => {
  expect(files.filter((file) => generatorsOf(file).length > 0)).toEqual(["jit.ts"]);
});

test("an index only re-exports", () => {
  const kinds = parsed("index.ts").statements.map(({ kind }) => ts.SyntaxKind[kind]);
  expect(new Set(kinds)).toEqual(new Set(["ExportDeclaration"]));
});
