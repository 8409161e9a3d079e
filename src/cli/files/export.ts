import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { csvOf, type RolloutSimulation, type Simulation, tablesOf } from "../../simulate/index.ts";
import type { Valued } from "../declaration.ts";
import { checkUnwritten, save, tellWritten, unwritable, writable } from "./save.ts";
import { warehouseFailure } from "./warehouse.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { plural } from "../terminal/table.ts";

const FORMATS = { csv: "CSV, with a line of names", parquet: "Parquet, by DuckDB" } as const;

/** The options that write the tables of a result. */
export const EXPORT: {
  readonly export: Valued;
  readonly "export-format": Omit<Valued, "choices" | "default"> & { readonly choices: typeof FORMATS; readonly default: "csv" };
} = {
  export: { type: "string", value: "FOLDER", description: "write every table of the result there, a file each" },
  "export-format": {
    type: "string",
    value: "FORMAT",
    needs: "export",
    choices: FORMATS,
    default: "csv",
    description: "the format of these files",
  },
};

/** The values of these options. */
interface ExportPaths {
  readonly export?: string | undefined;
  readonly "export-format": keyof typeof FORMATS;
  /** Whether to write over files that are there. */
  readonly force: boolean;
}

/** Makes the folder. Throws a `Refusal` before the work begins if files could not be written at its end. */
export async function checkExport({ export: folder, "export-format": format }: ExportPaths): Promise<void> {
  if (folder === undefined) return;
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(folder, error);
    if (!(await stat(folder)).isDirectory()) throw new Refusal(`${folder}: is a file, not a folder`);
  }
  await writable(join(folder, `versions.${format}`));
  // A missing package is told before the work, too.
  if (format === "parquet") await import("../../warehouse/duckdb.ts").catch(refuseMissing);
}

/** Writes the tables of a result. */
export async function writeTables(
  { export: folder, "export-format": format, force }: ExportPaths,
  simulation: Simulation | RolloutSimulation,
  host: Terminal,
): Promise<void> {
  if (folder === undefined) return;
  const files = tablesOf(simulation).map((table) => ({ table, path: join(folder, `${table.name}.${format}`) }));
  if (!force) for (const { path } of files) await checkUnwritten(path);
  for (const { table, path } of files) {
    if (format === "csv") await save(path, csvOf(table));
    else await replace(path, async (draft) => (await import("../../warehouse/duckdb.ts")).writeParquet(draft, table));
  }
  await tellWritten(`${plural(files.length, "table")} in ${folder}`, host);
}

async function replace(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.tmp`;
  try {
    await write(draft);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw warehouseFailure(error);
  }
}

function refuseMissing(error: unknown): never {
  throw warehouseFailure(error);
}
