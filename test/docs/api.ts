import { readFileSync } from "node:fs";
import ts from "typescript";

/** One export of an entry, as its page shows it. */
interface Exported {
  readonly name: string;
  readonly group: "Functions and values" | "Classes" | "Types";
  /** The text of its doc comment as Markdown; empty where it has none. */
  readonly doc: string;
  /** Its declaration without a body, under the name by which it is exported. */
  readonly signature: string;
}

/** A module that the package exports. */
export interface Entry {
  /** What users import: `canary-router/testing`. */
  readonly name: string;
  /** Its source: `src/testing/index.ts`. */
  readonly source: string;
  /** The name of its page in `docs/api`, without the ending. */
  readonly page: string;
  /** The doc comment at the head of its source. */
  readonly doc: string;
  readonly exports: readonly Exported[];
}

const GROUPS: readonly Exported["group"][] = ["Functions and values", "Classes", "Types"];

/** Reads the entries of package.json, and what each exports, with the compiler. */
export function readEntries(): readonly Entry[] {
  const { exports }: { readonly exports: Readonly<Record<string, string | { readonly types: string }>> } = JSON.parse(
    readFileSync("package.json", "utf8"),
  );
  const modules = Object.entries(exports).flatMap(([name, target]) =>
    typeof target === "string"
      ? []
      : [{ name: name.replace(/^\./, "canary-router"), source: target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, "src/$1.ts") }],
  );
  const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const program = ts.createProgram(
    modules.map(({ source }) => source),
    options,
  );
  const reader = new DeclarationReader(program, options);
  return modules.map(({ name, source }) => {
    const file = program.getSourceFile(source);
    if (file === undefined) throw new Error(`${source} is not there`);
    const page = name.replaceAll("/", "-");
    return { name, source, page, doc: markdownOf(commentBefore(file.text, 0, "first")), exports: reader.exportsOf(file) };
  });
}

/** Reads declarations. It keeps the declaration file of each source that it has looked at. */
class DeclarationReader {
  readonly #checker: ts.TypeChecker;
  readonly #options: ts.CompilerOptions;
  readonly #emitted = new Map<string, ts.SourceFile>();

  constructor(program: ts.Program, options: ts.CompilerOptions) {
    this.#checker = program.getTypeChecker();
    this.#options = options;
  }

  exportsOf(entry: ts.SourceFile): readonly Exported[] {
    const module = this.#checker.getSymbolAtLocation(entry);
    if (module === undefined) return [];
    const exported = this.#checker.getExportsOfModule(module).map((symbol) => ({ name: symbol.name, symbol: this.#resolve(symbol) }));
    const names = new Map(exported.map(({ name, symbol }) => [symbol, name]));
    return exported
      .map(({ name, symbol }) => this.#read(name, symbol, names))
      .toSorted((one, other) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group) || compareNames(one.name, other.name));
  }

  #resolve(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol);
  }

  #read(name: string, symbol: ts.Symbol, names: ReadonlyMap<ts.Symbol, string>): Exported {
    const source = symbol.declarations?.[0]?.getSourceFile();
    if (source === undefined) throw new Error(`\`${name}\` is declared nowhere`);
    const emitted = this.#emit(source);
    const statements = emitted.statements.filter((statement) => nameOf(statement) === symbol.name);
    const [first] = statements;
    if (first === undefined) throw new Error(`\`${name}\` has no declaration in ${source.fileName}`);
    const scope = this.#checker.getSymbolsInScope(source, ts.SymbolFlags.Type | ts.SymbolFlags.Value | ts.SymbolFlags.Alias);
    const renamed = new Map(
      [symbol, ...scope].flatMap((each) => {
        const other = names.get(this.#checker.getExportSymbolOfSymbol(this.#resolve(each)));
        return other === undefined || other === each.name ? [] : [[each.name, other]];
      }),
    );
    return {
      name,
      group: ts.isClassDeclaration(first) ? "Classes" : isType(first) ? "Types" : "Functions and values",
      doc: markdownOf(commentBefore(emitted.text, first.pos, "last")),
      signature: statements.map((statement) => withNames(statement, emitted, renamed)).join("\n"),
    };
  }

  #emit(source: ts.SourceFile): ts.SourceFile {
    const known = this.#emitted.get(source.fileName);
    if (known !== undefined) return known;
    const { outputText } = ts.transpileDeclaration(source.text, { fileName: source.fileName, compilerOptions: this.#options });
    const emitted = ts.createSourceFile(source.fileName, outputText, ts.ScriptTarget.ES2022, true);
    this.#emitted.set(source.fileName, emitted);
    return emitted;
  }
}

function isType(statement: ts.Statement): boolean {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

/** The name that a statement declares. */
function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText();
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || isType(statement))
    return (statement as ts.DeclarationStatement).name?.getText();
  return undefined;
}

/** The text of a declaration, with the names by which the entry exports what it mentions. */
function withNames(statement: ts.Statement, file: ts.SourceFile, renamed: ReadonlyMap<string, string>): string {
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const isMember =
      ts.isPropertyAccessExpression(node.parent) || ts.isPropertySignature(node.parent) || ts.isPropertyDeclaration(node.parent);
    const text = ts.isIdentifier(node) && !(isMember && node.parent.name === node) ? renamed.get(node.text) : undefined;
    if (text !== undefined) edits.push({ from: node.getStart(file), to: node.end, text });
    ts.forEachChild(node, visit);
  };
  visit(statement);
  const start = statement.getStart(file);
  const text = edits
    .toReversed()
    .reduce((whole, edit) => whole.slice(0, edit.from - start) + edit.text + whole.slice(edit.to - start), statement.getText(file));
  return text.replace(/^export (?:declare )?/, "").replaceAll("    ", "  ");
}

/** The first or the last doc comment in the trivia at a place of a text. */
function commentBefore(text: string, at: number, which: "first" | "last"): string {
  const comments = (ts.getLeadingCommentRanges(text, at) ?? [])
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith("/**"));
  return (which === "first" ? comments[0] : comments.at(-1)) ?? "";
}

/** A doc comment as Markdown: paragraphs stay, what is indented is a block of code, and a tag becomes an item of a list. */
function markdownOf(comment: string): string {
  return comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim()
    .replaceAll(/^@param (\w+)/gm, "- `$1`:")
    .replaceAll(/^@(\w+)/gm, (_, tag: string) => `- **${tag[0]?.toUpperCase()}${tag.slice(1)}:**`)
    .replaceAll(/([^\n])\n(- )/g, "$1\n\n$2")
    .replaceAll(/^(- .*)\n\n(?=- )/gm, "$1\n");
}

function compareNames(one: string, other: string): number {
  return one.toLowerCase() < other.toLowerCase() ? -1 : 1;
}

const GENERATED = "<!-- Written by test/docs/api.test.ts from the sources: change the doc comments, then run it with `-u`. -->";

/** The page of an entry. */
export function pageOf({ name, doc, exports }: Entry): string {
  const groups = GROUPS.flatMap((group) => {
    const members = exports.filter((each) => each.group === group);
    return members.length === 0 ? [] : [`## ${group}`, ...members.flatMap(sectionOf)];
  });
  return `${[`# \`${name}\``, GENERATED, doc, ...groups].join("\n\n")}\n`;
}

function sectionOf({ name, doc, signature }: Exported): readonly string[] {
  return [`### \`${name}\``, ...(doc === "" ? [] : [doc]), `\`\`\`typescript\n${signature}\n\`\`\``];
}

/** The page that leads to the others. */
export function indexOf(entries: readonly Entry[]): string {
  const rows = entries.map(({ name, page, doc, exports }) => {
    const values = exports.filter(({ group }) => group !== "Types").map((each) => `\`${each.name}\``);
    const offered = values.length === 0 ? "nothing: importing it is enough" : values.join(", ");
    return `| [\`${name}\`](api/${page}.md) | ${sentenceOf(doc)} | ${offered} |`;
  });
  return `# The TypeScript API

${GENERATED}

Each module that the package exports has a page. A page shows every export: its signature, and what its doc comment says.
[The alias API over HTTP](api/alias-api.md) has a page too.

| module | what it is for | functions, values and classes |
| --- | --- | --- |
${rows.join("\n")}
`;
}

function sentenceOf(doc: string): string {
  return (/^[^]*?\.(?=\s|$)/.exec(doc)?.[0] ?? doc).replaceAll("\n", " ");
}
