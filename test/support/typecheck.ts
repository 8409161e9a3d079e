import { resolve } from "node:path";
import ts from "typescript";

/** Where the names that users import lead to in this repository. */
const PATHS: Readonly<Record<string, string>> = {
  "canary-router": "src/index.ts",
  "canary-router/parse": "src/alias/surface.ts",
  "canary-router/yaml": "src/yaml/index.ts",
  "canary-router/gateway": "src/gateway/index.ts",
  "canary-router/node": "src/gateway/hosts/node.ts",
  "canary-router/express": "src/gateway/hosts/express.ts",
  "canary-router/fastify": "src/gateway/hosts/fastify.ts",
  "canary-router/hono": "src/gateway/hosts/hono.ts",
  "canary-router/jit": "src/route/jit.ts",
  "canary-router/edge": "src/route/edge.ts",
  "canary-router/emit": "src/route/emit.ts",
  "canary-router/simulate": "src/simulate/index.ts",
  "canary-router/simulate/workers": "src/simulate/workers/index.ts",
  "canary-router/testing": "src/testing/index.ts",
  "canary-router/testing/vitest": "src/testing/vitest.ts",
  "canary-router/testing/jest": "src/testing/jest.ts",
  expect: "test/support/jest-expect.d.ts",
  "canary-router/testing/fast-check": "src/testing/arbitraries.ts",
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
