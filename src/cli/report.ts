import type { Diagnostic } from "../diagnostic.ts";
import { type AliasFile, placed } from "./file.ts";
import { printable, type Style } from "./style.ts";

/** The most characters of a source line that are shown; longer lines are cut around the place in question. */
const WIDTH = 72;

/** The diagnostics of a file for people: place, code, pointer and message, the line of the file with a mark, and the help. */
export function report({ name, text, checked }: AliasFile, style: Style): string {
  const lines = text.split("\n");
  return checked.diagnostics.map((diagnostic) => complaint(name, lines, diagnostic, style)).join("");
}

function complaint(name: string, lines: readonly string[], diagnostic: Diagnostic, style: Style): string {
  const { code, severity, at, message, help, position } = diagnostic;
  const colour = severity === "error" ? "red" : "yellow";
  const where = style("bold", printable(placed(name, diagnostic)));
  const what = style(colour, `${severity}[${code}]`);
  const parts = [`${where} ${what}${at === "" ? "" : ` ${printable(at)}`}: ${printable(message)}`];
  const line = position === undefined ? undefined : lines[position.line - 1];
  if (position !== undefined && line !== undefined) parts.push(...excerpt(line, position.line, position.column, style, colour));
  if (help !== undefined) parts.push(`  ${style("cyan", "help:")} ${printable(help)}`);
  return `${parts.join("\n")}\n`;
}

function excerpt(line: string, number: number, column: number, style: Style, colour: "red" | "yellow"): readonly string[] {
  const from = line.length <= WIDTH ? 0 : Math.max(0, Math.min(column - 1 - WIDTH / 2, line.length - WIDTH));
  const shown = line
    .slice(from, from + WIDTH)
    .replaceAll(/\s/g, " ")
    .trimEnd();
  const gutter = ` ${number} | `;
  return [
    `${style("dim", gutter)}${printable(shown)}`,
    `${style("dim", `${" ".repeat(gutter.length - 2)}| `)}${" ".repeat(printable(shown.slice(0, column - 1 - from)).length)}${style(colour, "^")}`,
  ];
}
