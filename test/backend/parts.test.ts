import { readdirSync, readFileSync } from "node:fs";
import { format } from "oxfmt";
import ts from "typescript";
import { expect, test } from "vitest";

const files = ["plan/murmur3.ts", "backend/lookup/hash.ts", ...readdirSync("src/request").map((name) => `request/${name}`)];

/** The functions of a file as JavaScript, without types, comments and `export`. */
function functionsOf(file: string): readonly (readonly [string, string])[] {
  const parsed = ts.createSourceFile(file, readFileSync(`src/${file}`, "utf8"), ts.ScriptTarget.ES2022, true);
  return parsed.statements.filter(ts.isFunctionDeclaration).map((declaration) => {
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true };
    const { outputText } = ts.transpileModule(declaration.getText(parsed), { compilerOptions });
    return [
      declaration.name?.text ?? "",
      outputText
        .replace(/^"use strict";\n/, "")
        .replace(/^export /, "")
        .trim(),
    ] as const;
  });
}

test("the parts of emitted modules are the compiled functions (refresh with vitest -u)", async () => {
  const parts = files.flatMap(functionsOf);
  expect(new Set(parts.map(([name]) => name)).size).toBe(parts.length);
  const texts = await Promise.all(
    parts.map(async ([name, text]) => {
      const { code } = await format(`${name}.js`, text, { printWidth: 120 });
      return `  ${name}: ${JSON.stringify(code.trim())},`;
    }),
  );
  const lines = [
    "/**",
    " * The functions that emitted modules carry, as JavaScript: made from the functions of the same names in `plan/murmur3`, `backend/lookup`",
    " * and `request` by test/backend/parts.test.ts, which fails where they differ.",
    " */",
    "export const PARTS: { readonly [name: string]: string } = {",
    ...texts,
    "};",
    "",
  ];
  await expect(lines.join("\n")).toMatchFileSnapshot("../../src/backend/parts.ts");
});
