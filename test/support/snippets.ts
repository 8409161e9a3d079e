import { createRequire } from "node:module";
import { inspect, isDeepStrictEqual } from "node:util";
import { compileFunction } from "node:vm";
import ts from "typescript";
import * as vitest from "vitest";
import * as directory from "../../src/gateway/source/directory.ts";
import * as etcd from "../../src/gateway/source/etcd.ts";
import * as gateway from "../../src/gateway/index.ts";
import * as hostExpress from "../../src/gateway/hosts/express.ts";
import * as hostFastify from "../../src/gateway/hosts/fastify.ts";
import * as hostHono from "../../src/gateway/hosts/hono.ts";
import * as hostNode from "../../src/gateway/hosts/node.ts";
import * as http from "../../src/gateway/source/http.ts";
import * as gatewayProxy from "../../src/gateway/proxy/index.ts";
import * as openfeature from "../../src/gateway/metrics/openfeature.ts";
import * as opentelemetry from "../../src/gateway/metrics/opentelemetry.ts";
import * as prometheus from "../../src/gateway/metrics/prometheus.ts";
import * as redis from "../../src/gateway/source/redis.ts";
import * as control from "../../src/control/index.ts";
import * as surface from "../../src/alias/surface.ts";
import * as convert from "../../src/convert/index.ts";
import * as edge from "../../src/route/edge.ts";
import * as emit from "../../src/route/emit.ts";
import * as main from "../../src/index.ts";
import * as jit from "../../src/route/jit.ts";
import * as simulation from "../../src/simulate/index.ts";
import * as workers from "../../src/simulate/workers/index.ts";
import * as arbitraries from "../../src/testing/arbitraries.ts";
import * as testing from "../../src/testing/index.ts";
import * as testingVitest from "../../src/testing/vitest.ts";
import * as yaml from "../../src/yaml/index.ts";

/** A fenced block of a document, and the block of output that follows it. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  /** The line of the document on which the text begins, from 1. */
  readonly line: number;
  /** The headings that it stands under, outermost first. */
  readonly headings: readonly string[];
  readonly output: string | undefined;
}

/** Every fenced block of a Markdown document. A `text` block right behind another is that one's output. */
export function snippetsOf(document: string): readonly Snippet[] {
  const found: Snippet[] = [];
  const headings: string[] = [];
  const lines = document.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const heading = /^(#+) (.*)$/.exec(lines[at] ?? "");
    if (heading !== null) headings.splice((heading[1] ?? "").length - 1, Infinity, heading[2] ?? "");
    const language = /^```(\w+)$/.exec(lines[at] ?? "")?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    if (end === -1) throw new Error(`line ${at + 1}: a block without an end`);
    const text = lines.slice(at + 1, end).join("\n");
    const before = found.at(-1);
    const follows = before !== undefined && lines.slice(before.line + before.text.split("\n").length, at).every((line) => line === "");
    if (language === "text" && follows && before.language !== "text") found.splice(-1, 1, { ...before, output: text });
    else found.push({ language, text, line: at + 2, headings: [...headings], output: undefined });
    at = end;
  }
  return found;
}

/** Whether a text is the expected one, in which a line `…` stands for any number of lines. */
export function isOutput(actual: string, expected: string): boolean {
  const pattern = expected
    .split(/^…$\n?/m)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .join("[^]*");
  return new RegExp(`^${pattern}$`).test(actual);
}

/** What snippets import, from the sources: a test does not depend on a build. Vitest cannot be loaded by `require`. */
const MODULES: Readonly<Record<string, unknown>> = {
  "canary-router": main,
  "canary-router/control": control,
  "canary-router/parse": surface,
  "canary-router/yaml": yaml,
  "canary-router/jit": jit,
  "canary-router/convert": convert,
  "canary-router/edge": edge,
  "canary-router/emit": emit,
  "canary-router/simulate": simulation,
  "canary-router/simulate/workers": workers,
  "canary-router/testing": testing,
  "canary-router/testing/vitest": testingVitest,
  "canary-router/testing/fast-check": arbitraries,
  "canary-router/gateway": gateway,
  "canary-router/node": hostNode,
  "canary-router/express": hostExpress,
  "canary-router/fastify": hostFastify,
  "canary-router/hono": hostHono,
  "canary-router/gateway/directory": directory,
  "canary-router/gateway/http": http,
  "canary-router/gateway/etcd": etcd,
  "canary-router/gateway/redis": redis,
  "canary-router/gateway/proxy": gatewayProxy,
  "canary-router/openfeature": openfeature,
  "canary-router/opentelemetry": opentelemetry,
  "canary-router/prometheus": prometheus,
  vitest,
};
const require = createRequire(import.meta.url);

function load(name: string): unknown {
  return Object.hasOwn(MODULES, name) ? MODULES[name] : require(name);
}

/**
 * Runs a snippet as a module and returns what it prints. A statement with a comment `// => value`, on its line or the next,
 * must have that value; otherwise this throws.
 */
export async function execute(text: string): Promise<string> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true };
  const { outputText } = ts.transpileModule(withExpectations(text), { compilerOptions });
  const printed: string[] = [];
  const console = { log: (...values: readonly unknown[]) => printed.push(values.map(inspected).join(" ")) };
  const body = `return (async () => {\n${outputText}\n})();`;
  const run = compileFunction(body, ["require", "exports", "console", "expectValue"]) as (...values: readonly unknown[]) => Promise<void>;
  await run(load, {}, console, expectValue);
  return printed.join("\n");
}

function inspected(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

function expectValue(actual: unknown, expected: unknown, text: string): void {
  if (!isDeepStrictEqual(plain(actual), expected)) throw new Error(`\`${text}\` is ${inspect(actual)}, not ${inspect(expected)}`);
}

/** Without prototypes, which a document does not show. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null ? structuredClone(Array.isArray(value) ? value : { ...value }) : value;
}

/** The text with `expression; // => value` as a call that compares the two. */
function withExpectations(text: string): string {
  const { statements } = ts.createSourceFile("snippet.ts", text, ts.ScriptTarget.ES2022, true);
  let held = 0;
  const edited = statements.map((statement) => {
    const behind = [
      ...(ts.getTrailingCommentRanges(text, statement.end) ?? []),
      ...(ts.getLeadingCommentRanges(text, statement.end) ?? []),
    ];
    const expected = behind.map(({ pos, end }) => /^\/\/ => (.*)$/.exec(text.slice(pos, end))?.[1]).find((value) => value !== undefined);
    if (expected === undefined || !ts.isExpressionStatement(statement)) return statement.getFullText();
    held++;
    const code = statement.expression.getText();
    return `${text.slice(statement.pos, statement.getStart())}expectValue(await (${code}), (${expected}), ${JSON.stringify(code)});`;
  });
  const promised = text.match(/\/\/ =>/g)?.length ?? 0;
  if (held !== promised) throw new Error(`${promised} comments \`// =>\`, of which ${held} stand behind an expression`);
  return edited.join("");
}
