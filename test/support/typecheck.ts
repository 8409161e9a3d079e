import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";

const { exports }: { readonly exports: Readonly<Record<string, string | { readonly types: string }>> } = JSON.parse(
  readFileSync("package.json", "utf8"),
);

/** Where the names that users import lead to in this repository. */
const PATHS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(exports).flatMap(([name, target]) =>
      typeof target === "string"
        ? []
        : [[name.replace(/^\./, "canary-router"), target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, "src/$1.ts")] as const],
    ),
  ),
  expect: "test/support/jest-expect.d.ts",
};

/**
 * Checks texts that import this library by its names, under the compiler options of the repository. Returns the errors of
 * each, one a line; a text without errors has an empty list.
 */
export function typecheck(texts: readonly string[]): readonly (readonly string[])[] {
  const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path));
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(config, ts.sys, ".").options,
    isolatedDeclarations: false,
    declaration: false,
    paths: Object.fromEntries(Object.entries(PATHS).map(([name, file]) => [name, [resolve(file)]])),
  };
  const virtual = new Map(texts.map((text, index) => [resolve(`text-${index}.ts`).replaceAll("\\", "/"), `${text}\nexport {};\n`]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => virtual.has(path) || fileExists(path);
  host.readFile = (path) => virtual.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = virtual.get(path);
    return text === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language, true);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual.keys()].map((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
  });
}
