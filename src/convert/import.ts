import { nearest, shown } from "../document/index.ts";
import type { AliasConfig } from "../alias/index.ts";
import { parse } from "../alias/index.ts";
import { SOURCES } from "./formats.ts";
import { Reading, type Source } from "./reading.ts";
import type { Report } from "./report.ts";

/** How to read a document. */
export interface ImportOptions {
  /** The name of a format; it is found out where left out. */
  readonly from?: string;
}

/** An alias that was read from another form. */
export interface Imported {
  /** The name of the format. */
  readonly from: string;
  /** Undefined where a part is refused. */
  readonly config: AliasConfig | undefined;
  /** Its pointers are into the document. */
  readonly report: Report;
}

/**
 * Reads an alias from the config of another router. `value` is a document, or a list of those of one file. What an alias cannot say, and every
 * key that is not known, is refused with its place; nothing is left out in silence.
 * @throws RangeError for a format that is not known, and a document that is of none
 */
export function importAlias(value: unknown, { from }: ImportOptions = {}): Imported {
  const source = from === undefined ? detectSource(value) : SOURCES.find(({ name }) => name === from);
  const names = SOURCES.map(({ name }) => name);
  if (source === undefined) {
    if (from === undefined) throw new RangeError(`the document is of no format that is known: ${names.join(", ")}`);
    const near = nearest(from, names);
    throw new RangeError(
      `there is no format ${shown(from)}: ${near === undefined ? `one of ${names.join(", ")}` : `did you mean \`${near}\`?`}`,
    );
  }
  const reading = new Reading();
  const config = source.read(value, reading);
  const checked = config === undefined ? undefined : parse(config);
  if (checked !== undefined)
    for (const { severity, at, message, help } of checked.diagnostics)
      if (severity === "error") reading.refuse("", `alias ${at}`, message, help ?? "change the document");
  const refused = reading.refusals.all;
  const odd = new Set([...refused, ...reading.lossy].map(({ at }) => at));
  const report = { lossless: reading.lossless.filter(({ at }) => !odd.has(at)), lossy: reading.lossy, refused };
  return { from: source.name, config: refused.length > 0 ? undefined : config, report };
}

/** The format of a document; undefined where none takes it. */
export function detect(value: unknown): string | undefined {
  return detectSource(value)?.name;
}

function detectSource(value: unknown): Source | undefined {
  return SOURCES.find((source) => source.detect(value));
}
