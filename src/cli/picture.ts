import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Findings, plotSVG, reportDataOf, reportHTML } from "../simulate/index.ts";
import { failureOf } from "./file.ts";
import { Refusal } from "./host.ts";
import { save, writable } from "./save.ts";

/** The options of a command that draws. */
export const PICTURES = { html: { type: "string" }, svg: { type: "string" } } as const;

/** Their lines in its help. */
export const PICTURES_HELP = `  --html OUT           a report with plots, one file without a network
  --svg FOLDER         each plot of the report as a file of its own`;

/** Where pictures go. */
export interface Pictures {
  readonly html?: string | undefined;
  readonly svg?: string | undefined;
}

/** Fails before the work where pictures could not be written after it. The folder of the SVGs is made. */
export async function prepare({ html, svg }: Pictures): Promise<void> {
  if (html !== undefined) await writable(html);
  if (svg === undefined) return;
  try {
    await mkdir(svg, { recursive: true });
  } catch (error) {
    const what = (error as NodeJS.ErrnoException).code === "EEXIST" ? "is there, and no folder" : failureOf(error);
    throw new Refusal(`${svg}: cannot be written: ${what}`);
  }
  await writable(join(svg, "plot.svg"));
}

/** Writes the report, and each of its plots under the name of its heading. What rests on a part of the traffic says so, there in its name. */
export async function draw({ html, svg }: Pictures, findings: Findings): Promise<void> {
  if (html === undefined && svg === undefined) return;
  const data = reportDataOf(findings);
  if (html !== undefined) await save(html, reportHTML(data));
  if (svg === undefined) return;
  const end = data.partial === undefined ? ".svg" : ".partial.svg";
  const names = new Map<string, number>();
  for (const { heading, figure } of data.sections) {
    if (figure === undefined) continue;
    const name = nameOf(heading);
    const before = names.get(name) ?? 0;
    names.set(name, before + 1);
    await save(join(svg, `${name}${before === 0 ? "" : `-${before + 1}`}${end}`), plotSVG(figure));
  }
}

/** `The share of v2` as `the-share-of-v2`. */
function nameOf(heading: string): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? ["plot"];
  return words.join("-").slice(0, 100);
}
