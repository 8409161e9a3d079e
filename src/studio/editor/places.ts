import type { syntaxTree } from "@codemirror/language";
import { type Pointer, pointer } from "../../index.ts";

type Tree = ReturnType<typeof syntaxTree>;
type Node = Tree["topNode"];

/** From an offset of the text up to, not including, another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where a value stands in the text, and its key where it has one. An entry is the key with its value, or the item of a list. */
export interface TextPlace {
  readonly value: Range;
  readonly key: Range | undefined;
  readonly entry: Range;
}

/** Where the values of a text stand, by their pointers. Of keys that repeat, the last counts, as in reading. */
export type Places = ReadonlyMap<Pointer, TextPlace>;

/** Reads where the values of a JSON or YAML text stand, also of one that is not whole. */
export function placesOf(tree: Tree, text: string): Places {
  const places = new Map<Pointer, TextPlace>();
  const content = (node: Node | null): Node | null => {
    let inner = node;
    while (inner?.name === "Anchored" || inner?.name === "Tagged") inner = inner.lastChild;
    return inner;
  };
  const rangeOf = (node: Node): Range => trimmed(node, text);

  const visit = (outer: Node | null, at: Pointer, key: Range | undefined, entry: Range): void => {
    const node = content(outer);
    const value = node === null ? { from: entry.to, to: entry.to } : rangeOf(node);
    places.set(at, { value, key, entry });
    if (node === null) return;
    let index = 0;
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === "Property" || child.name === "Pair") {
        const [name, inner] = pairOf(child);
        if (name === null) continue;
        const word = content(name.name === "Key" ? name.firstChild : name);
        if (word === null) continue;
        visit(inner, pointer(at, wordOf(word, text)), rangeOf(word), rangeOf(child));
      } else if (node.name === "Array" && isValue(child)) {
        visit(child, `${at}/${index++}`, undefined, rangeOf(child));
      } else if (child.name === "Item") {
        visit(child.firstChild, `${at}/${index++}`, undefined, rangeOf(child));
      }
    }
  };

  const document = tree.topNode.name === "Stream" ? tree.topNode.getChild("Document") : tree.topNode;
  const root = document === null ? null : firstValue(document);
  visit(root, "", undefined, root === null ? { from: 0, to: 0 } : rangeOf(root));
  return places;
}

/** The pointer of the smallest value or key around an offset. */
export function pointerAt(places: Places, offset: number): Pointer {
  let found: Pointer = "";
  for (const [at, { key, entry, value }] of places) {
    const from = Math.min(key?.from ?? value.from, entry.from);
    if (from <= offset && offset <= Math.max(value.to, entry.to)) found = at.length >= found.length ? at : found;
  }
  return found;
}

/** The place of a pointer, or of the nearest value around it. */
export function placeAt(places: Places, at: Pointer): TextPlace | undefined {
  for (let pointer = at; ; pointer = pointer.slice(0, pointer.lastIndexOf("/"))) {
    const place = places.get(pointer);
    if (place !== undefined || pointer === "") return place;
  }
}

const COLLECTIONS: ReadonlySet<string> = new Set(["Object", "Array", "BlockMapping", "FlowMapping", "BlockSequence", "FlowSequence"]);
const SCALARS: ReadonlySet<string> = new Set([
  "String",
  "Number",
  "True",
  "False",
  "Null",
  "Literal",
  "QuotedLiteral",
  "BlockLiteral",
  "Alias",
]);

function isValue({ name }: Node): boolean {
  return COLLECTIONS.has(name) || SCALARS.has(name) || name === "Anchored" || name === "Tagged";
}

function firstValue(parent: Node): Node | null {
  for (let child = parent.firstChild; child !== null; child = child.nextSibling) if (isValue(child)) return child;
  return null;
}

/** The key and the value of a pair. */
function pairOf(pair: Node): readonly [key: Node | null, value: Node | null] {
  const key = pair.getChild("PropertyName") ?? pair.getChild("Key");
  let value: Node | null = null;
  for (let child = key?.nextSibling ?? null; child !== null; child = child.nextSibling) if (isValue(child)) value = child;
  return [key, value];
}

/** What a key says; of one whose quotes cannot be read, what is between them. */
function wordOf({ from, to }: Node, text: string): string {
  const word = text.slice(from, to);
  return unquoted(word) ?? word.slice(1, -1);
}

/** What a scalar in one line says, with quotes or without; undefined where its quotes cannot be read. */
export function unquoted(scalar: string): string | undefined {
  if (scalar.startsWith("'")) return scalar.slice(1, -1).replaceAll("''", "'");
  if (!scalar.startsWith('"')) return scalar;
  try {
    return String(JSON.parse(scalar));
  } catch {
    return undefined;
  }
}

/** Without the blanks around it: a block of YAML begins behind the key, in the line above it. */
function trimmed({ from, to }: Node, text: string): Range {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  return { from: start, to: end };
}
