import type { CaseConfig, SuiteConfig } from "../../testing/index.ts";
import { visible } from "../../alias/surface.ts";
import { jsonOf } from "../terminal/style.ts";
import { Document, isSeq, parseDocument, visit } from "yaml";

/** A new suite as YAML, with a comment that says where it is from. */
export function yamlOf(suite: SuiteConfig, name: string): string {
  const head = [
    `# What ${visible(name)} does now: each case was made from the alias, not from what it should do.`,
    "# Read each one, correct what is wrong, and give it a name that says why.",
  ];
  return `${head.join("\n")}\n${yamlText(suite)}`;
}

/** A value as YAML. No character of it reaches a terminal that is not visible. */
function yamlText(value: unknown): string {
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
 * The text of a suite with more cases behind those that it has. What is there stays as it is written, comments included. Only a suite whose
 * list of cases is empty, or is missing in JSON, is written anew.
 */
export function withCases(text: string, json: boolean, cases: readonly CaseConfig[]): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const made = mark + withMore(text.slice(mark.length), json, cases);
  return text.includes("\r\n") ? made.replaceAll(/\r?\n/g, "\r\n") : made;
}

function withMore(text: string, json: boolean, cases: readonly CaseConfig[]): string {
  // JSON is YAML in which lists have brackets.
  const document = parseDocument(text);
  const list = document.get("cases");
  const last = isSeq(list) ? (list.items.at(-1) as Ranged | undefined) : undefined;
  if (isSeq(list) && list.range != null && last?.range != null) {
    const [start, end] = last.range;
    return list.flow === true ? withItems(text, start, end, cases) : withLines(text, list.range[0], end, cases);
  }
  if (json) return `${jsonOf({ ...(JSON.parse(text) as object), cases }, 2)}\n`;
  if (list === undefined) return `${ended(text)}${yamlText({ cases })}`;
  document.set("cases", document.createNode(cases));
  return document.toString({ lineWidth: 0 });
}

interface Ranged {
  /** The offsets of its first character, and of what follows its value. */
  readonly range?: readonly [number, number, number] | null;
}

/** Cases behind the last of a list that has one on each line or more, with dashes as far in as those that are there. */
function withLines(text: string, first: number, lastEnd: number, cases: readonly CaseConfig[]): string {
  const indent = " ".repeat(first - startOfLine(text, first));
  const end = lastEnd > 0 && text[lastEnd - 1] === "\n" ? lastEnd : endOfLine(text, lastEnd);
  const lines = yamlText(cases).split("\n");
  return ended(text.slice(0, end)) + lines.map((line) => (line === "" ? "" : indent + line)).join("\n") + text.slice(end);
}

/** Cases behind the last of a list in brackets: each on lines of its own if that one begins a line. */
function withItems(text: string, start: number, end: number, cases: readonly CaseConfig[]): string {
  const indent = text.slice(startOfLine(text, start), start);
  const items = cases.map((each) =>
    indent.trim() === "" ? `,\n${indent}${jsonOf(each, 2).replaceAll("\n", `\n${indent}`)}` : `, ${jsonOf(each)}`,
  );
  return text.slice(0, end) + items.join("") + text.slice(end);
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
