import { readdirSync, readFileSync } from "node:fs";
import { format } from "oxfmt";
import ts from "typescript";
import { expect, test } from "vitest";
import { functions } from "../../src/backend/functions.ts";
import { fetchReader, nodeReader, rawReader } from "../../src/index.ts";

const RECORDS = ["record.ts", "to-request.ts"];

/** Where the functions stand that generated code calls, and those that they call. */
const files = [
  "alias/slots.ts",
  "plan/slots.ts",
  "plan/murmur3.ts",
  "plan/utf8.ts",
  "plan/murmur2.ts",
  "plan/xxh32.ts",
  "plan/sha256.ts",
  "plan/key-draw.ts",
  "backend/lookup/hash.ts",
  "backend/lookup/query.ts",
  "backend/decide.ts",
  // What makes requests of records is not called by a route.
  ...readdirSync("src/request").flatMap((name) => (RECORDS.includes(name) ? [] : [`request/${name}`])),
];

/** What generated code may call itself. */
const ROOTS = ["decide", "valueIn", ...[functions, ...[nodeReader, fetchReader, rawReader].map(({ parts }) => parts)].flatMap(Object.keys)];

/** The functions, numbers, lists and records of a file as JavaScript, without types, comments and `export`. */
function partsOf(file: string): readonly (readonly [string, string])[] {
  const parsed = ts.createSourceFile(file, readFileSync(`src/${file}`, "utf8"), ts.ScriptTarget.ES2022, true);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true };
  return parsed.statements.flatMap((statement): readonly (readonly [string, string])[] => {
    const name = nameOf(statement);
    if (name === undefined) return [];
    const { outputText } = ts.transpileModule(statement.getText(parsed), { compilerOptions });
    return [
      [
        name,
        outputText
          .replace(/^"use strict";\n/, "")
          .replace(/^export /, "")
          .trim(),
      ],
    ];
  });
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isFunctionDeclaration(statement)) return statement.name?.text;
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const value = declaration?.initializer;
  if (declaration === undefined || value === undefined) return undefined;
  return [ts.isNumericLiteral, ts.isObjectLiteralExpression, ts.isArrayLiteralExpression].some((is) => is(value))
    ? declaration.name.getText()
    : undefined;
}

test("the parts of emitted modules are the compiled functions (refresh with vitest -u)", async () => {
  const all = files.flatMap(partsOf);
  const texts = new Map(all);
  expect(all.map(([name]) => name).filter((name, index, names) => names.indexOf(name) !== index)).toEqual([]);
  const needed = new Set(ROOTS);
  for (const name of needed) {
    expect([...texts.keys()]).toContain(name);
    for (const [word] of (texts.get(name) ?? "").matchAll(/"(?:[^"\\\n]|\\.)*"|\b\w+\b/g)) if (texts.has(word)) needed.add(word);
  }
  const parts = all.filter(([name]) => needed.has(name));
  const formatted = await Promise.all(
    parts.map(async ([name, text]) => {
      const { code } = await format(`${name}.js`, text, { printWidth: 120 });
      return `  ${name}: ${JSON.stringify(code.trim())},`;
    }),
  );
  const lines = [
    "/**",
    " * The functions that emitted modules carry, as JavaScript: made from the functions of the same names by",
    " * test/backend/parts.test.ts, which fails where they differ.",
    " */",
    "export const PARTS: { readonly [name: string]: string } = {",
    ...formatted,
    "};",
    "",
  ];
  await expect(lines.join("\n")).toMatchFileSnapshot("../../src/backend/parts.ts");
});
