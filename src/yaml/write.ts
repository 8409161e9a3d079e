import { Document, isSeq, parseDocument, visit } from "yaml";
import { jsonOf, visible } from "../document/index.ts";

/** A value as YAML. No character of it reaches a terminal that is not visible, and what YAML 1.1 would read as something else is quoted. */
export function formatYaml(value: unknown): string {
  const document = new Document(value, { compat: "yaml-1.1" });
  // In YAML, only a scalar in double quotes can have escapes.
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && visible(scalar.value) !== scalar.value) scalar.type = "QUOTE_DOUBLE";
    },
  });
  const lines = document.toString({ lineWidth: 0 }).split("\n");
  return lines.map((line) => visible(line, yamlEscape)).join("\n");
}

function yamlEscape(codePoint: number): string {
  const hex = codePoint.toString(16).padStart(codePoint > 0xffff ? 8 : 4, "0");
  return `${codePoint > 0xffff ? "\\U" : "\\u"}${hex}`;
}

/**
 * A text of YAML or JSON with more items behind those of a list at its top, the value of `key`. What is there stays as it is written,
 * comments included. Only a document whose list is empty, or is missing in JSON, is written anew. The text must have no errors.
 */
export function withItems(text: string, json: boolean, key: string, items: readonly unknown[]): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const made = mark + withMore(text.slice(mark.length), json, key, items);
  return text.includes("\r\n") ? made.replaceAll(/\r?\n/g, "\r\n") : made;
}

function withMore(text: string, json: boolean, key: string, items: readonly unknown[]): string {
  // JSON is YAML in which lists have brackets.
  const document = parseDocument(text);
  const list = document.get(key);
  const last = isSeq(list) ? (list.items.at(-1) as Ranged | undefined) : undefined;
  if (isSeq(list) && list.range != null && last?.range != null) {
    const [start, end] = last.range;
    return list.flow === true ? inBrackets(text, start, end, items) : onLines(text, list.range[0], end, items);
  }
  if (json) return `${jsonOf({ ...(JSON.parse(text) as object), [key]: items }, 2)}\n`;
  if (list === undefined) return `${ended(text)}${formatYaml({ [key]: items })}`;
  document.set(key, document.createNode(items));
  return document.toString({ lineWidth: 0 });
}

interface Ranged {
  /** The offsets of its first character, and of what follows its value. */
  readonly range?: readonly [number, number, number] | null;
}

/** Items behind the last of a list that has one on each line or more, with dashes as far in as those that are there. */
function onLines(text: string, first: number, lastEnd: number, items: readonly unknown[]): string {
  const indent = " ".repeat(first - startOfLine(text, first));
  const end = lastEnd > 0 && text[lastEnd - 1] === "\n" ? lastEnd : endOfLine(text, lastEnd);
  const lines = formatYaml(items).split("\n");
  return ended(text.slice(0, end)) + lines.map((line) => (line === "" ? "" : indent + line)).join("\n") + text.slice(end);
}

/** Items behind the last of a list in brackets: each on lines of its own if that one begins a line. */
function inBrackets(text: string, start: number, end: number, items: readonly unknown[]): string {
  const indent = text.slice(startOfLine(text, start), start);
  const more = items.map((each) =>
    indent.trim() === "" ? `,\n${indent}${jsonOf(each, 2).replaceAll("\n", `\n${indent}`)}` : `, ${jsonOf(each)}`,
  );
  return text.slice(0, end) + more.join("") + text.slice(end);
}

function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** The offset behind the line end that follows. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** A text whose last line has an end. */
function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
