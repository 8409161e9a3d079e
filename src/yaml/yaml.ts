import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
} from "yaml";
import {
  type Checked,
  type Diagnostic,
  DOCUMENT_BUDGETS,
  keysOf,
  numberAt,
  type Pointer,
  pointer,
  type Position,
  shown,
  type Text,
} from "../document/index.ts";
import { type Located, readPlain } from "./plain.ts";

/** Characters of a text that is worth a quicker reading: shorter ones take the library 0.1 s or less (median of five: 0.09 s). */
const LONG = 65_536;

/** What the `yaml` library calls lists and objects while it reads them. */
const COLLECTIONS: ReadonlySet<string> = new Set(["block-map", "block-seq", "flow-collection"]);

/** What is read of a text of YAML. */
export interface YamlOptions {
  /** Lists and objects within each other; 8 where left out, at most 100. */
  readonly depth?: number;
  /** Whether there may be several documents: they are then a list, without those that are empty. One alone is read as itself. */
  readonly several?: boolean;
}

/**
 * Words and marks of a text that the library reads: 1.2 million took it 5.5 s and 550 MB, so that these take 4 s and 400 MB. 10,000 rules
 * are some 300,000. A longer text that is plain is not read by the library.
 */
const MOST_LEXEMES = 800_000;

/** Faults after which a text is not read further: the library keeps an object with a stack of calls for each, and a text of commas has a million. */
const MOST_FAULTS = 100;

/** Thrown where there are more faults; never leaves this file. */
const FLOODED: unique symbol = Symbol("flooded");

/** What the composer has of its own, and its types do not tell. */
interface Faults {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  onError: (...fault: never[]) => void;
}

/** A fault, as the library tells it. */
interface Fault {
  readonly pos: readonly [number, ...number[]];
  readonly code: string;
  readonly message: string;
}

/** The library composes by recursion; this is far from where it would exhaust the stack. */
const DEEPEST = 100;

/**
 * Reads one document of YAML 1.2, of up to `limit` characters, within the other budgets of a JSON text. Keys are strings, tags are refused, and what an anchor
 * names is shared and never copied, so that a nest of anchors takes no more room than its text. Never throws.
 */
export function readYaml(text: string, limit: number = DOCUMENT_BUDGETS.text, options: YamlOptions = {}): Checked<Text> {
  const { several = false } = options;
  const depth = Math.min(options.depth ?? DOCUMENT_BUDGETS.depth, DEEPEST);
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refused = (code: Diagnostic["code"], message: string, offset: number, help?: string): Checked<never> => {
    const diagnostic: Diagnostic = {
      code,
      severity: "error",
      at: "",
      message,
      position: positionAt(offset),
      ...(help !== undefined && { help }),
    };
    return { ok: false, diagnostics: [diagnostic] };
  };

  lines.addNewLine(0);
  if (text.length > limit) return refused("over-budget", `more than ${limit} characters of text`, 0, "make it smaller");
  if (text.length > LONG) {
    const plain = readPlain(text);
    if (plain !== undefined) {
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lines.addNewLine(end + 1);
      return { ok: true, value: textOf(plain, text, positionAt, []), diagnostics: [] };
    }
  }
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ prettyErrors: false, resolveKnownTags: false, stringKeys: true, uniqueKeys: false });
  const documents: Document.Parsed<ParsedNode>[] = [];
  let faults = 0;
  let first: Fault | undefined;
  const tell = (fault: Fault | undefined): void => {
    first ??= fault;
    if (++faults > MOST_FAULTS) throw FLOODED;
  };
  const composed = composer as unknown as Faults;
  const { onError } = composed;
  composed.onError = (...told) => {
    onError(...told);
    tell(composed.errors[0] ?? composed.warnings[0]);
  };
  const compose = (token: CST.Token): void => {
    documents.push(...composer.next(token));
    if (token.type === "error") {
      const message = token.source === "" ? token.message : `${token.message}: ${JSON.stringify(token.source)}`;
      tell({ pos: [token.offset], code: "UNEXPECTED_TOKEN", message });
    }
  };
  let lexemes = 0;
  let flooded = false;
  try {
    for (const lexeme of new Lexer().lex(text)) {
      if (++lexemes > MOST_LEXEMES) {
        const help = "make it smaller, or write it as JSON";
        return refused("over-budget", `more than ${MOST_LEXEMES} words and marks`, parser.offset, help);
      }
      for (const token of parser.next(lexeme)) compose(token);
      // The library composes by recursion, and a text that is deep enough would end the process, not only the call.
      if (parser.stack.length > depth && parser.stack.filter(({ type }) => COLLECTIONS.has(type)).length > depth) {
        const help = options.depth === undefined ? "an alias needs 5" : "make it flatter";
        return refused("over-budget", `more than ${depth} lists and objects within each other`, parser.offset, help);
      }
    }
    for (const token of parser.end()) compose(token);
    documents.push(...composer.end(true, text.length));
  } catch (stop) {
    if (stop !== FLOODED) throw stop;
    flooded = true;
  }

  const [document, another] = documents;
  const judged = several || document === undefined ? documents : [document];
  const complaint: Fault | undefined =
    judged.flatMap(({ errors, warnings }) => [...errors, ...warnings])[0] ?? (flooded ? first : undefined);
  if (complaint !== undefined) {
    if (/\{\{|\$\{/.test(text)) {
      const help = "render it first, and read what comes of it";
      return refused("syntax", "a template that was not rendered: it has `{{` or `${`", complaint.pos[0], help);
    }
    if (complaint.code === "NON_STRING_KEY") return refused("syntax", "a key that is no text", complaint.pos[0], "write it in quotes");
    return refused("syntax", asClause(complaint.message), complaint.pos[0]);
  }
  if (document === undefined) return refused("syntax", "no document", 0);
  if (!several && another !== undefined && !(documents.length === 2 && isEmpty(another)))
    return refused("syntax", "a second document", another.range[0], "keep one alias in a file");
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== "1.2") return refused("syntax", `YAML ${version}`, 0, "remove the directive: YAML 1.2 is read");

  const filled = several ? documents.filter((each) => !isEmpty(each)) : [];
  const { root, repeats, unknown } = filled.length > 1 ? convertAll(filled) : convert((filled[0] ?? document).contents, "");
  if (unknown !== undefined) return refused("syntax", `${shown(unknown.anchor)} stands for nothing above it`, unknown.from);
  const duplicates = repeats.map(({ at, key, from, earlier }): Diagnostic => {
    const { line, column } = positionAt(earlier);
    const message = `the key ${shown(key)} is there already, in line ${line}, column ${column}`;
    return { code: "duplicate-key", severity: "error", at, message, help: "keep one of them", position: positionAt(from) };
  });
  return { ok: true, value: textOf(root, text, positionAt, duplicates), diagnostics: [] };
}

/** Whether nothing stands behind the line that begins a document. */
function isEmpty({ contents }: Document.Parsed<ParsedNode>): boolean {
  return contents === null || (isScalar(contents) && contents.value === null && contents.source === "");
}

/** A text that has been read, and where its parts stand: at the nearest value around them, where the text has none there. */
function textOf(root: Located, text: string, positionAt: (offset: number) => Position, duplicates: readonly Diagnostic[]): Text {
  const placeAt = (at: Pointer): Located => {
    let place = root;
    for (const key of keysOf(at)) {
      const child = place.children?.get(key);
      if (child === undefined) break;
      place = child;
    }
    return place;
  };
  return {
    value: root.value,
    duplicates,
    locate: (at, part = "value") => positionAt(part === "key" ? placeAt(at).key : placeAt(at).from),
    written: (at) => numberAt(text, placeAt(at).from),
  };
}

interface Repeat {
  readonly at: Pointer;
  readonly key: string;
  readonly from: number;
  readonly earlier: number;
}

interface Converted {
  readonly root: Located;
  readonly repeats: readonly Repeat[];
  /** The first alias without an anchor above it. */
  readonly unknown: { readonly anchor: string; readonly from: number } | undefined;
}

/** Documents as a list of their values. */
function convertAll(documents: readonly Document.Parsed<ParsedNode>[]): Converted {
  const parts = documents.map(({ contents }, index) => convert(contents, pointer("", index)));
  const roots = parts.map(({ root }) => root);
  const from = roots[0]?.from ?? 0;
  const children = new Map(roots.map((root, index) => [String(index), root]));
  return {
    root: { value: roots.map(({ value }) => value), from, key: from, children },
    repeats: parts.flatMap(({ repeats }) => repeats),
    unknown: parts.find(({ unknown }) => unknown !== undefined)?.unknown,
  };
}

/** Plain values of composed nodes; objects have no prototype, and of keys that repeat the last counts. `top` is where they stand. */
function convert(contents: ParsedNode | null, top: Pointer): Converted {
  const anchors = new Map<string, Located>();
  const repeats: Repeat[] = [];
  let unknown: Converted["unknown"];

  const place = (node: Node | null | undefined, at: Pointer, key: number | undefined): Located => {
    const from = node?.range?.[0] ?? key ?? 0;
    const here = { from, key: key ?? from };
    if (isAlias(node)) {
      const named = anchors.get(node.source);
      if (named === undefined) unknown ??= { anchor: `*${node.source}`, from };
      return { value: named?.value, children: named?.children, ...here };
    }
    const { value, children } = within(node, at, from);
    const result: Located = { value, children, ...here };
    if (node?.anchor !== undefined) anchors.set(node.anchor, result);
    return result;
  };

  const within = (node: Node | null | undefined, at: Pointer, from: number): Pick<Located, "value" | "children"> => {
    const children = new Map<string, Located>();
    if (isMap<Node, Node | null>(node)) {
      const value = Object.create(null) as Record<string, unknown>;
      for (const { key: name, value: item } of node.items) {
        const key = isScalar(name) ? String(name.value) : "";
        const offset = name.range?.[0] ?? from;
        const earlier = children.get(key);
        if (earlier !== undefined) repeats.push({ at: pointer(at, key), key, from: offset, earlier: earlier.key });
        const child = place(item, pointer(at, key), offset);
        children.set(key, child);
        value[key] = child.value;
      }
      return { value, children };
    }
    if (isSeq<Node | null>(node)) {
      const items = node.items.map((item, index) => place(item, pointer(at, index), undefined));
      items.forEach((item, index) => children.set(String(index), item));
      return { value: items.map((item) => item.value), children };
    }
    return { value: isScalar(node) ? node.value : null, children: undefined };
  };

  const root = place(contents, top, undefined);
  return { root, repeats, unknown };
}

/** A sentence of the library, which begins with a capital, as the rest of one. */
function asClause(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
