import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Findings } from "../../simulate/index.ts";
import type { Valued } from "../declaration.ts";
import { save, tellWritten, unwritable, writable } from "../files/save.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { plural } from "../terminal/table.ts";

/** The options of commands that write reports. */
export const REPORTS: Readonly<Record<"html" | "svg", Valued>> = {
  html: { type: "string", value: "OUT", description: "a report with plots, one file that loads nothing" },
  svg: {
    type: "string",
    value: "FOLDER",
    description: "each plot of the report as a file of its own, named after its heading; one of that name is written over",
  },
};

/** The values of these options. */
export interface ReportPaths {
  readonly html?: string | undefined;
  readonly svg?: string | undefined;
}

/** Throws a `Refusal` before the work begins if reports could not be written at its end. Makes the folder of the plots. */
export async function checkReports({ html, svg }: ReportPaths): Promise<void> {
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
  if (html !== undefined) await writable(html);
}

/** Writes the report and its plots. A plot is named after its heading, with `.partial` if the simulation was interrupted. */
export async function writeReports({ html, svg }: ReportPaths, findings: Findings, host: Terminal): Promise<void> {
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
    const names = new Set<string>();
    for (const { heading, figure } of data.sections) {
      if (figure === undefined) continue;
      const name = nameOf(heading, names);
      names.add(name);
      await save(join(svg, `${name}${end}`), plotSVG(figure));
      // Removes the plot that an earlier run left under the other name. A failure does not matter.
      await rm(join(svg, `${name}${otherEnd}`), { force: true }).catch(() => undefined);
    }
    written.push(`${plural(names.size, "plot")} in ${svg}`);
  }
  await tellWritten(written.join(", "), host);
}

/** The file name of a heading: `The share of v2` gives `the-share-of-v2`, with a number if the name is taken. */
function nameOf(heading: string, taken: ReadonlySet<string>): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.join("-").slice(0, 100);
  let number = 1;
  while (taken.has(number === 1 ? name : `${name}-${number}`)) number++;
  return number === 1 ? name : `${name}-${number}`;
}
