import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/**
 * Words that have been found to mislead, with what is said instead. An identifier may not have one of them as one of its words,
 * in any case of letters: `tornSessions` has the word `torn`.
 */
const WORDS: Readonly<Record<string, string>> = {
  torn: "malformed for lines, mixed for users",
  backstop: "fallback",
  careful: "reference",
  carefully: "reference",
  overhear: "recordingReader",
  heard: "recordingReader",
  dealt: "DrawOutcomes",
  doer: "task runner",
  meetings: "exposure",
  wishes: "options",
  circumstances: "context",
};

/** Identifiers that are replaced as a whole. */
const NAMES: Readonly<Record<string, string>> = {
  tellingUnit: "findDiscriminator",
  canHold: "isPossible",
  routeWithCare: "routeByReference",
  repeatOf: "sameVersionProbability",
  Told: "NamedSimulation",
  meaning: "unoptimized",
};

/** Names that a function may not have, for each has had two meanings. */
const FUNCTIONS: Readonly<Record<string, string>> = { lower: "toPlan, lowerAscii", hold: "dropImpossible" };

/** What prose may not say: documents, comments, and the texts of the command line. */
const PROSE =
  /\b(?:torn|backstops?|careful(?:ly)?|overhear[ds]?|doers?|tellingUnit|canHold|routeWithCare|repeatOf|lookup\/unit)\b|`(?:Meetings|Told|Wishes|Circumstances|Heard|Dealt)`/gi;

/** Names with one meaning each: each is declared in one file. */
const ONCE: ReadonlySet<string> = new Set(["Outcome", "Claim", "Host", "Source", "Place", "REASONS", "drawsOf"]);

/** Names of 0.1.0 that stay for one release. Their files may say them, and so may the `index.ts` that exports them. */
const DEPRECATED: Readonly<Record<string, readonly string[]>> = {
  "simulate/deprecated.ts": ["Meetings", "Torn"],
  "simulate/index.ts": ["Meetings", "Torn"],
  "testing/deprecated.ts": ["Outcome"],
};

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file));

/** The changelog names what was renamed; the API pages are made of the sources, which are looked at themselves. */
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "bench/README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
    .filter((file) => /\.(?:md|yaml|json|mjs)$/.test(file) && !file.startsWith("docs/api/")),
];

function parsed(text: string): ts.SourceFile {
  return ts.createSourceFile("source.ts", text, ts.ScriptTarget.ES2022);
}

/** `tornSessions` is `torn` and `sessions`. */
function wordsOf(identifier: string): readonly string[] {
  return identifier.split(/_|(?<=[a-z\d])(?=[A-Z])/).map((word) => word.toLowerCase());
}

/** What is wrong with the identifiers of a source, as `name: what is said instead`. */
function identifierFaults(file: string, source: ts.SourceFile): readonly string[] {
  const found = new Set<string>();
  const allowed = DEPRECATED[file] ?? [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !allowed.includes(node.text)) {
      for (const word of wordsOf(node.text)) if (Object.hasOwn(WORDS, word)) found.add(`${node.text}: ${WORDS[word]}`);
      if (Object.hasOwn(NAMES, node.text)) found.add(`${node.text}: ${NAMES[node.text]}`);
    }
    const name = isFunction(node) ? node.name?.getText(source) : undefined;
    if (name !== undefined && Object.hasOwn(FUNCTIONS, name)) found.add(`${name}: ${FUNCTIONS[name]}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found];
}

function isFunction(node: ts.Node): node is ts.FunctionDeclaration | ts.MethodDeclaration | ts.VariableDeclaration {
  if (ts.isVariableDeclaration(node)) return node.initializer !== undefined && ts.isArrowFunction(node.initializer);
  return ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
}

function proseFaults(text: string): readonly string[] {
  return [...new Set(text.match(PROSE))];
}

/** Comments and texts of a source; names are looked at apart. */
function proseOf(source: ts.SourceFile): string {
  const found: string[] = [];
  const code: string[] = [];
  let end = 0;
  const visit = (node: ts.Node): void => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (isText) found.push(node.text);
    if (isText || ts.isRegularExpressionLiteral(node)) {
      code.push(source.text.slice(end, node.getStart(source)));
      end = node.end;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  code.push(source.text.slice(end));
  return [...found, ...(code.join("0").match(/\/\*[^]*?\*\/|\/\/.*/g) ?? [])].join("\n");
}

describe("no source has a word that misleads", () => {
  test.each(sources)("%s", (file) => {
    const source = parsed(readFileSync(`src/${file}`, "utf8"));
    expect(identifierFaults(file, source)).toEqual([]);
    expect(proseFaults(`${file}\n${proseOf(source)}`)).toEqual([]);
  });
});

describe("no document has one", () => {
  test.each(documents)("%s", (file) => {
    expect(proseFaults(readFileSync(file, "utf8"))).toEqual([]);
  });
});

test("names with one meaning each are declared once", () => {
  const places = new Map<string, string[]>();
  for (const file of sources)
    for (const name of declaredIn(readFileSync(`src/${file}`, "utf8")))
      if (ONCE.has(name) && !(DEPRECATED[file] ?? []).includes(name)) places.set(name, [...(places.get(name) ?? []), file]);
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
});

/** The names that a source declares at its top. */
function declaredIn(text: string): readonly string[] {
  const source = parsed(text);
  return source.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText(source));
    const isNamed =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement);
    return isNamed && statement.name !== undefined ? [statement.name.text] : [];
  });
}

test("a deprecated name says so, and what to use", () => {
  for (const [file, names] of Object.entries(DEPRECATED).filter(([name]) => name.endsWith("/deprecated.ts"))) {
    const text = readFileSync(`src/${file}`, "utf8");
    expect(declaredIn(text), file).toEqual(names);
    expect(text.match(/@deprecated use `\w+`/g), file).toHaveLength(names.length);
  }
});

describe("these tests see what they look for", () => {
  test.each([
    ["a part of a name", "const tornSessions = 1;"],
    ["a type", "interface Wishes {}"],
    ["a whole name", "import { tellingUnit } from './unit.ts';"],
    ["a type of a name that is a common word in lower case", "type Told = string;"],
    ["a parameter", "function f(meaning: string) {}"],
    ["a function", "function lower() {}"],
    ["an arrow function", "const hold = (plan: object) => plan;"],
  ])("%s", (_, text) => {
    expect(identifierFaults("x.ts", parsed(text))).toHaveLength(1);
  });

  test("and nothing else", () => {
    const source = parsed("const lower = 1; const told = lower; const meanings = 2; function isPossible() {}");
    expect(identifierFaults("x.ts", source)).toEqual([]);
    expect(proseFaults("The meaning of a rule; `onError` is told; a rule can hold.")).toEqual([]);
  });

  test.each([
    ["a comment", "/** The careful route. */ const route = 1;"],
    ["a line comment", "const a = 1; // torn"],
    ["a text", 'const help = "the backstop answers";'],
    ["a template", "const help = `${a} torn lines`;"],
    ["a comment behind a template and a pattern", "const a = `${b}`.match(/`/); // torn"],
  ])("%s", (_, text) => {
    expect(proseFaults(proseOf(parsed(text)))).toHaveLength(1);
  });
});
