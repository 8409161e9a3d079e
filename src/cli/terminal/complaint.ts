import { type Diagnostic, visible } from "../../alias/surface.ts";
import type { AliasFile } from "../files/alias.ts";
import { placed } from "./place.ts";
import type { Style } from "./style.ts";

/** The width of an excerpt. A longer source line is cut around the position of the complaint. */
const WIDTH = 80;

/** The diagnostics of a file for people: position, code, pointer and message, the source line with a mark, and the help. */
export function report({ name, text, checked }: AliasFile, style: Style): string {
  const lines = text.split("\n");
  return checked.diagnostics.map((diagnostic) => complaint(name, lines, diagnostic, style)).join("");
}

/** One diagnostic for people. `lines` are the lines of the file. */
export function complaint(name: string, lines: readonly string[], diagnostic: Diagnostic, style: Style): string {
  const { code, severity, at, message, help, position } = diagnostic;
  const colour = severity === "error" ? "red" : "yellow";
  const where = style("bold", visible(placed(name, diagnostic)));
  const what = style(colour, `${severity}[${code}]`);
  const parts = [`${where} ${what}${at === "" ? "" : ` ${visible(at)}`}: ${visible(message)}`];
  const line = position === undefined ? undefined : lines[position.line - 1];
  if (position !== undefined && line !== undefined) parts.push(...excerpt(line, position.line, position.column, style, colour));
  if (help !== undefined) parts.push(`  ${style("cyan", "help:")} ${visible(help)}`);
  return `${parts.join("\n")}\n`;
}

/** A source line, and a line with a mark under the column. */
function excerpt(line: string, number: number, column: number, style: Style, colour: "red" | "yellow"): readonly string[] {
  const gutter = ` ${number} | `;
  const room = WIDTH - gutter.length;
  const from = line.length <= room ? 0 : Math.max(0, Math.min(column - 1 - Math.floor(room / 2), line.length - room));
  const shown = line
    .slice(from, from + room)
    .replaceAll(/\s/g, " ")
    .trimEnd();
  const before = visible(shown.slice(0, column - 1 - from)).length;
  return [
    `${style("dim", gutter)}${visible(shown)}`,
    `${style("dim", `${" ".repeat(gutter.length - 2)}| `)}${" ".repeat(before)}${style(colour, "^")}`,
  ];
}
