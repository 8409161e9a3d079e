import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { CODES, parse, parseText } from "../../src/index.ts";
import { execute, isOutput, type Snippet, snippetsOf } from "../support/snippets.ts";
import { typecheck } from "../support/typecheck.ts";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .map((file) => join("docs", file))
    .filter((file) => file.endsWith(".md")),
];
const all = documents.flatMap((document) => snippetsOf(readFileSync(document, "utf8")).map((snippet) => ({ document, ...snippet })));

type Placed = Snippet & { readonly document: string };

function snippets(...languages: readonly string[]): readonly (readonly [string, Placed])[] {
  return all
    .filter(({ language }) => languages.includes(language))
    .map((snippet) => [`${snippet.document}:${snippet.line}`, snippet] as const);
}

/** The scripts of the package, which documents tell people to run. */
const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(readFileSync("package.json", "utf8"));

function expectOutput(actual: string, expected: string | undefined): void {
  if (expected !== undefined && !isOutput(actual, expected)) expect(actual).toBe(expected);
}

describe("code of the documents passes the compiler, where it is TypeScript, and does what its comments say", () => {
  const typed = snippets("ts");
  const errors = typecheck(typed.map(([, { text }]) => text));

  test.each(typed.map(([place, snippet], index) => [place, snippet, errors[index]] as const))("%s", async (_, snippet, complaints) => {
    expect(complaints).toEqual([]);
    expectOutput(await execute(snippet.text), snippet.output);
  });

  test.each(snippets("js"))("%s", async (_, { text, output }) => {
    expectOutput(await execute(text), output);
  });
});

describe("JSON of the documents is what it is shown for", () => {
  test.each(snippets("json"))("%s", (_, { text, headings }) => {
    const code = headings.map((heading) => heading.replaceAll("`", "")).find((heading) => CODES.some((each) => each === heading));
    if (code !== undefined) {
      const reported = (["extended", "functiongraph"] as const).flatMap((profile) => parseText(text, { profile }).diagnostics);
      if (reported.length > 0) expect(reported.map((diagnostic) => diagnostic.code)).toContain(code);
      return;
    }
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "version" in value) expect(parse(value)).toMatchObject({ ok: true });
  });
});

describe("commands of the documents run", () => {
  test.each(snippets("sh"))("%s", async (_, { text, output }) => {
    const printed: string[] = [];
    for (const line of text.split("\n").filter((each) => each !== "")) {
      const [, command = "", code = "0"] = /^(.*?)(?: +# exit (\d+))?$/.exec(line) ?? [];
      for (const part of command.split(" && ")) printed.push(await runCommand(part, Number(code)));
    }
    expectOutput(printed.join("").trimEnd(), output);
  });
});

/** Runs a command of this program; of another, says whether what it names is there. */
async function runCommand(command: string, code: number): Promise<string> {
  const [program, ...args] = command.split(" ").map((word) => word.replaceAll(/^'|'$/g, ""));
  switch (program) {
    case "canary-router":
      return runHere(args, code);
    case "npx":
      return runCommand(args.join(" "), code);
    case "npm": {
      const [verb, name] = args;
      if (verb === "ci" || (verb === "install" && name === "canary-router")) return "";
      expect(Object.keys(scripts)).toContain(verb === "run" ? name : verb);
      return "";
    }
    case "vitest":
      for (const file of args.filter((arg) => arg.startsWith("test/"))) expect(existsSync(file), file).toBe(true);
      return "";
    case "node":
      expect(existsSync(args.find((arg) => !arg.startsWith("-")) ?? "")).toBe(true);
      return "";
    default:
      throw new Error(`\`${command}\`: this test does not know how to run that`);
  }
}

/** Where commands write what others read. */
const SCRATCH = mkdtempSync(join(tmpdir(), "canary-router-docs-"));
afterAll(() => rmSync(SCRATCH, { recursive: true }));

/** Runs a command line. Plots that it would write into the documents are compared with those; `UPDATE_PICTURES=1` writes them. */
async function runHere(written: readonly string[], code: number): Promise<string> {
  const args = written.map((arg) => (/^part\d+\.json$/.test(arg) ? join(SCRATCH, arg) : arg));
  const folder = args[args.indexOf("--svg") + 1];
  if (!args.includes("--svg") || folder === undefined || process.env["UPDATE_PICTURES"] === "1") return runThis(args, code);
  const drawn = mkdtempSync(join(tmpdir(), "pictures-"));
  try {
    const there = args.map((arg) => (arg === folder ? drawn : arg));
    const text = await runThis(there, code);
    const pictures = (of: string): Readonly<Record<string, string>> =>
      Object.fromEntries(readdirSync(of).map((name) => [name, readFileSync(join(of, name), "utf8")]));
    expect(pictures(folder)).toEqual(pictures(drawn));
    return text.replaceAll(drawn, folder);
  } finally {
    rmSync(drawn, { recursive: true });
  }
}

async function runThis(args: readonly string[], code: number): Promise<string> {
  const printed: Buffer[] = [];
  const output = (): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        printed.push(chunk);
        done();
      },
    });
  const host = { stdin: Readable.from([]), stdout: output(), stderr: output(), env: {}, interrupted: new AbortController().signal };
  const ended = await run(args, host);
  const text = Buffer.concat(printed).toString();
  expect(ended, text).toBe(code);
  return text;
}

test("the README opens with the two commands that do everything", () => {
  const [first] = snippetsOf(readFileSync("README.md", "utf8"));
  expect(first).toMatchObject({ language: "sh", text: "npm ci && npm start\nnpm ci && npm test" });
});

test("the README has at most 900 words beside code and tables", () => {
  const prose = readFileSync("README.md", "utf8")
    .replaceAll(/^```[^]*?^```$/gm, "")
    .replaceAll(/^\|.*$/gm, "");
  expect(prose.match(/\S*\w\S*/g)?.length).toBeLessThanOrEqual(900);
});

test("the README names the version of node that the package asks for", () => {
  const { engines }: { readonly engines: { readonly node: string } } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(readFileSync("README.md", "utf8")).toContain(`node ${engines.node.replace(">=", "")} or later`);
});

describe("links of the documents lead somewhere", () => {
  test.each(documents)("%s", (document) => {
    const prose = readFileSync(document, "utf8").replaceAll(/^```[^]*?^```$/gm, "");
    const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? document : join(dirname(document), path);
        return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
      });
    expect(broken).toEqual([]);
  });
});

describe("files that the documents name are there", () => {
  // Its figures are about the files of the version that was measured.
  const lasting = documents.filter((document) => document !== "docs/internals/mutation.md" && document !== "CHANGELOG.md");

  test.each(lasting)("%s", (document) => {
    const named = [
      ...readFileSync(document, "utf8").matchAll(/`(?!canary-router\/)((?:[\w-]+\/)+[\w.-]+\.(?:ts|mjs|json|md|svg|yaml))`/g),
    ].map(([, file = ""]) => file);
    expect(named.filter((file) => !existsSync(file) && !existsSync(`src/${file}`) && !existsSync(`test/${file}`))).toEqual([]);
  });
});

/** The anchors that a Markdown viewer gives the headings of a document. */
function anchorsOf(document: string): readonly string[] {
  return [...readFileSync(document, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
