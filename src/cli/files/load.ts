import type { Alias } from "../../alias/surface.ts";
import { type AliasFile, readAliasFile } from "./alias.ts";
import { report } from "../terminal/complaint.ts";
import { notice, type Terminal, write } from "../terminal/host.ts";
import { styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/**
 * Reads an alias for a command that uses it. Errors are reported, and the result is then undefined. Warnings are counted in one
 * line.
 */
export async function loadAlias(path: string, host: Terminal): Promise<Alias | undefined> {
  const file = await loadAliasFile(path, host);
  return file?.checked.ok === true ? file.checked.value : undefined;
}

/** Like `loadAlias`, but returns the file, which has the text and the positions too. */
export async function loadAliasFile(path: string, host: Terminal): Promise<AliasFile | undefined> {
  return told(await readAliasFile(path, host), host);
}

/** Reports what is wrong with an alias that was read; undefined where it has errors. */
export async function told(file: AliasFile, host: Terminal): Promise<AliasFile | undefined> {
  const { checked, name } = file;
  if (!checked.ok) {
    await write(host.stderr, wrap(report(file, styleOf(host.stderr, host.env)), host.columns));
    return undefined;
  }
  if (checked.diagnostics.length > 0) {
    const warnings = plural(checked.diagnostics.length, "warning");
    await notice(`${name}: ${warnings}, see \`canary-router check\``, host);
  }
  return file;
}
