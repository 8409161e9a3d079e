import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Findings } from "../../simulate/index.ts";
import type { Valued } from "../declaration.ts";
import { save, tellWritten, unwritable, writable } from "../files/save.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { plural } from "../terminal/table.ts";

/** The options of a command that can write a report. */
export const REPORTS: Readonly<Record<"html" | "svg", Valued>> = {
  html: { type: "string", value: "OUT", description: "a report with plots, one file that loads nothing" },
  svg: {
    type: "string",
    value: "FOLDER",
    description: "each plot of the report as a file of its own, named after its heading; one of that name is written over",
  },
};

/** Where reports go. */
export interface ReportPaths {
  readonly html?: string | undefined;
  readonly svg?: string | undefined;
}

/** Throws a `Refusal` ahead of the work where reports could not be written after it. Makes the folder of the plots. */
export async function checkReports({ html, svg }: ReportPaths): Promise<void> {
  if (svg !== undefined) {
    try {
      // Not with `recursive`: below /proc, and wherever a folder cannot be made though its parent is there, that does not end.
      await mkdir(svg);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(svg, error);
      if (!(await stat(svg)).isDirectory()) throw new Refusal(`${svg}: is a file, not a folder`);
    }
    await writable(join(svg, "plot.svg"));
  }
  if (html !== undefined) await writable(html);
}

/** Writes the report, and each of its plots under the name of its heading, and says so. Plots of a part of the traffic have that in their names. */
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
      // What an earlier run left under the other name is not of this one; where it cannot go, it stays.
      await rm(join(svg, `${name}${otherEnd}`), { force: true }).catch(() => undefined);
    }
    written.push(`${plural(names.size, "plot")} in ${svg}`);
  }
  await tellWritten(written.join(", "), host);
}

/** `The share of v2` as `the-share-of-v2`, with a number where that is taken. */
function nameOf(heading: string, taken: ReadonlySet<string>): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.join("-").slice(0, 100);
  let number = 1;
  while (taken.has(number === 1 ? name : `${name}-${number}`)) number++;
  return number === 1 ? name : `${name}-${number}`;
}
