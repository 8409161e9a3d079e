import { visible } from "../../alias/surface.ts";
import type { Output, Terminal } from "./host.ts";
import { stripVTControlCharacters, styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colours a text, or returns it unchanged. */
export type Style = (format: Format, text: string) => string;

/**
 * The style for an output. A terminal has colours, unless `NO_COLOR` is set (https://no-color.org) or `TERM` is `dumb`.
 * `FORCE_COLOR` turns them on for any output.
 */
export function styleOf(output: Output, env: Terminal["env"]): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
  const colour = !NO_COLOR && (forced || (output.isTTY === true && TERM !== "dumb" && FORCE_COLOR !== "0"));
  return colour ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
}

/** Applies `visible` to each line of a text, and keeps the line ends. */
export function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line))
    .join("\n");
}

/**
 * Wraps lines that are longer than `columns` at spaces. The wrapped part has an indent of four more. Words are not broken, and
 * colour codes have no width.
 */
export function wrap(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split("\n")
    .map((line) => wrapLine(line, columns))
    .join("\n");
}

function wrapLine(line: string, columns: number): string {
  const indent = " ".repeat(line.search(/\S|$/) + 4);
  let whole = "";
  let length = 0;
  for (const word of line.match(/\s*\S+/g) ?? []) {
    const width = stripVTControlCharacters(word).length;
    if (length > 0 && length + width > columns) {
      whole += `\n${indent}${word.trimStart()}`;
      length = indent.length + stripVTControlCharacters(word.trimStart()).length;
    } else {
      whole += word;
      length += width;
    }
  }
  return whole;
}
