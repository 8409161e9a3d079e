import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Findings } from "../../simulate/index.ts";
import type { Flag, Valued } from "../declaration.ts";
import { checkOwn, isOwn, save, tellWritten, unwritable, writable } from "../files/save.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { plural } from "../terminal/table.ts";

/** The options of commands that write reports. */
export const REPORTS: Readonly<Record<"html" | "svg", Valued>> & { readonly force: Flag } = {
  html: { type: "string", value: "OUT", description: "a report with plots, one file that loads nothing" },
  svg: {
    type: "string",
    value: "FOLDER",
    description: "each plot of the report as a file of its own, named after its heading",
  },
  force: { type: "boolean", description: "let --html and --svg write over files that are no earlier reports and plots" },
};

/** The values of these options. */
export interface ReportPaths {
  readonly html?: string | undefined;
  readonly svg?: string | undefined;
  /** Whether to overwrite files that are not earlier reports and plots. */
  readonly force?: boolean;
}

/** How a report begins, and how a plot does. */
const REPORT = /^<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="generator" content="canary-router">/;
const PLOT = /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="plot" /;

/**
 * Throws a `Refusal` before the work begins if reports could not be written at its end. Makes the folder of the plots. `writesMore` where
 * `--force` is about another file of the command too.
 */
export async function checkReports({ html, svg, force = false }: ReportPaths, writesMore = false): Promise<void> {
  if (force && html === undefined && svg === undefined && !writesMore)
    throw new Refusal("`--force` does nothing without `--html` or `--svg`");
  if (svg !== undefined) {
    try {
      // Without `recursive`: with it, `mkdir` does not end below /proc and where the parent refuses new folders.
      await mkdir(svg);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(svg, error);
      if (!(await stat(svg)).isDirectory()) throw new Refusal(`${svg}: is a file, not a folder`);
    }
    await writable(join(svg, "plot.svg"));
  }
  if (html !== undefined) {
    await writable(html);
    if (!force) await checkOwn(html, REPORT);
  }
}

/** Writes the report and its plots. A plot is named after its heading, with `.partial` if the simulation was interrupted. */
export async function writeReports({ html, svg, force = false }: ReportPaths, findings: Findings, host: Terminal): Promise<void> {
  if (html === undefined && svg === undefined) return;
  const { plotSVG, reportDataOf, reportHTML } = await import("../../simulate/index.ts");
  const data = reportDataOf(findings);
  const written: string[] = [];
  if (html !== undefined) {
    await save(html, reportHTML(data));
    written.push(html);
  }
  if (svg !== undefined) {
    const [end, otherEnd] = data.partial === undefined ? [".svg", ".partial.svg"] : [".partial.svg", ".svg"];
    const plots = new Map<string, string>();
    for (const { heading, figure } of data.sections) if (figure !== undefined) plots.set(nameOf(heading, plots), plotSVG(figure));
    for (const name of plots.keys()) {
      await writable(join(svg, `${name}${end}`));
      if (!force) await checkOwn(join(svg, `${name}${end}`), PLOT);
    }
    for (const [name, plot] of plots) {
      await save(join(svg, `${name}${end}`), plot);
      // Removes the plot that an earlier run left under the other name. A failure does not matter.
      const other = join(svg, `${name}${otherEnd}`);
      if (await isOwn(other, PLOT).catch(() => false)) await rm(other, { force: true }).catch(() => undefined);
    }
    written.push(`${plural(plots.size, "plot")} in ${svg}`);
  }
  await tellWritten(written.join(", "), host);
}

/** The file name of a heading: `The share of v2` gives `the-share-of-v2`, with a number if the name is taken. */
function nameOf(heading: string, taken: ReadonlyMap<string, unknown>): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.join("-").slice(0, 100);
  let number = 1;
  while (taken.has(number === 1 ? name : `${name}-${number}`)) number++;
  return number === 1 ? name : `${name}-${number}`;
}
