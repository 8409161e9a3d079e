import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, type ParsedNode, Parser } from "yaml";
import { type Diagnostic, type Pointer, pointer, type Position } from "../diagnostic.ts";

/** YAML as a value, with the way back to its text. */
export interface Yaml {
  readonly kind: "yaml";
  readonly value: unknown;
  /** Keys that are written twice. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where the value that the pointer names is written; undefined where there is none. */
  readonly locate: (at: Pointer) => Position | undefined;
}

/** Why a text cannot be read as YAML. */
export interface YamlFault {
  readonly kind: "fault";
  readonly message: string;
  readonly position: Position;
}

/**
 * Collections within collections: far more than an alias has. The `yaml` library composes them by recursion, and a text
 * that is deep enough ends the process, not only the call.
 */
const DEPTH = 64;

/**
 * Reads one document of YAML 1.2. Keys are strings, tags are refused, and what an anchor names is shared and never copied:
 * a nest of anchors takes no more room than its text.
 */
export function readYaml(text: string): Yaml | YamlFault {
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fault = (message: string, offset: number): YamlFault => ({ kind: "fault", message, position: positionAt(offset) });

  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ prettyErrors: false, resolveKnownTags: false, stringKeys: true, uniqueKeys: false });
  const documents: Document.Parsed<ParsedNode>[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > DEPTH) return fault(`more than ${DEPTH} levels deep`, parser.offset);
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));

  const [document, another] = documents;
  if (document === undefined) return fault("no document", 0);
  const complaint = document.errors[0] ?? document.warnings[0];
  if (complaint !== undefined) return fault(lowerCase(complaint.message), complaint.pos[0]);
  if (another !== undefined) return fault("a second document begins here", another.range[0]);
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== "1.2") return fault(`YAML ${version} is not read, only 1.2`, 0);

  const converted = convert(document.contents);
  if (converted.fault !== undefined) return fault(converted.fault.message, converted.fault.offset);
  return {
    kind: "yaml",
    value: converted.value,
    diagnostics: converted.repeats.map(({ at, key, first, offset }) => ({
      code: "duplicate-key",
      severity: "error",
      at,
      message: `\`${key}\` is already given in line ${positionAt(first).line}`,
      position: positionAt(offset),
    })),
    locate: (at) => {
      let { offset } = converted;
      let value = converted.value;
      for (const token of at.split("/").slice(1)) {
        const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
        const place = converted.places.get(value)?.get(key);
        if (place === undefined) return undefined;
        ({ offset, value } = place);
      }
      return positionAt(offset);
    },
  };
}

/** One entry of a collection: its value, and the offset in the text at which that is written. */
interface Place {
  readonly value: unknown;
  readonly offset: number;
}

interface Repeat {
  readonly at: Pointer;
  readonly key: string;
  readonly first: number;
  readonly offset: number;
}

interface Converted extends Place {
  /** The entries of every collection. */
  readonly places: ReadonlyMap<unknown, ReadonlyMap<string, Place>>;
  readonly repeats: readonly Repeat[];
  readonly fault: { readonly message: string; readonly offset: number } | undefined;
}

/** Plain values of composed nodes. As in JSON text, the last of equal keys counts. */
function convert(contents: ParsedNode | null): Converted {
  const anchors = new Map<string, unknown>();
  const places = new Map<unknown, ReadonlyMap<string, Place>>();
  const repeats: Repeat[] = [];
  let fault: Converted["fault"];

  const place = (node: Node | null | undefined, at: Pointer, otherwise: number): Place => {
    if (node === null || node === undefined) return { value: null, offset: otherwise };
    const offset = node.range?.[0] ?? otherwise;
    if (isAlias(node)) {
      if (!anchors.has(node.source)) fault ??= { message: `\`*${node.source}\` stands for nothing above it`, offset };
      return { value: anchors.get(node.source), offset };
    }
    let value: unknown;
    if (isMap<Node, Node | null>(node)) {
      const keys = new Map<string, number>();
      const entries = new Map<string, Place>();
      const map = {};
      for (const { key: name, value: item } of node.items) {
        const key = isScalar(name) ? String(name.value) : "";
        const keyOffset = name.range?.[0] ?? offset;
        const path = pointer(at, key);
        const first = keys.get(key);
        if (first === undefined) keys.set(key, keyOffset);
        else repeats.push({ at: path, key, first, offset: keyOffset });
        const entry = place(item, path, keyOffset);
        entries.set(key, entry);
        Object.defineProperty(map, key, { value: entry.value, enumerable: true, configurable: true, writable: true });
      }
      places.set(map, entries);
      value = map;
    } else if (isSeq<Node | null>(node)) {
      const entries = node.items.map((item, index) => place(item, pointer(at, index), offset));
      const list = entries.map((entry) => entry.value);
      places.set(list, new Map(entries.map((entry, index) => [String(index), entry])));
      value = list;
    } else if (isScalar(node)) value = node.value;
    if ("anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, value);
    return { value, offset };
  };

  const whole = place(contents, "", 0);
  return { ...whole, places, repeats, fault };
}

/** The library's sentences begin with a capital. */
function lowerCase(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
