import { nearest, shown } from "../document/index.ts";
import type { AliasConfig } from "../alias/index.ts";
import { parse } from "../alias/index.ts";
import { type Document, documentsOf, titleOf } from "./documents.ts";
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
 * Reads an alias from the config of another router. `value` is a document, a list of those of one file, or a `List` of Kubernetes. What an
 * alias cannot say, and every key that is not known, is refused with its place; what chooses no version is noted. Nothing is left out in silence.
 * @throws RangeError for a format that is not known, and for documents of none or of several
 */
export function importAlias(value: unknown, { from }: ImportOptions = {}): Imported {
  const documents = documentsOf(value);
  const source = from === undefined ? detectSource(documents) : sourceOf(from);
  return { from: source.name, ...readAlias(documents, source) };
}

/** Reads an alias from documents of which one is of a source. */
export function readAlias(documents: readonly Document[], source: Source): Pick<Imported, "config" | "report"> {
  const reading = new Reading();
  const config = readDocuments(documents, source, reading);
  if (config === undefined && reading.refusals.all.length === 0)
    reading.refuse("", "document", `there is no alias in it of the format ${shown(source.name)}`, source.says);
  const checked = config === undefined ? undefined : parse(config);
  if (checked !== undefined)
    for (const { severity, at, message, help } of checked.diagnostics)
      if (severity === "error") reading.refuse("", `alias ${at}`, message, help ?? "change the document");
  const report = reading.report();
  return { config: report.refused.length > 0 ? undefined : config, report };
}

function readDocuments(documents: readonly Document[], source: Source, reading: Reading): AliasConfig | undefined {
  const found = documents.filter(({ value }) => source.isOne(value));
  // A single document is what the caller says it is: the alias of Tencent without weights looks like one of AWS.
  const [document, second] = found.length === 0 && documents.length === 1 ? documents : found;
  if (document === undefined) return reading.refuse("", "document", `no document is of the format ${shown(source.name)}`, source.says);
  if (second !== undefined)
    return reading.refuse(
      second.at,
      titleOf(second.value),
      `a second document of the format ${shown(source.name)}`,
      "convert them one by one",
    );
  const others = documents.filter((each) => each !== document);
  const beside = others.filter(({ value }) => source.isBeside?.(value) === true);
  for (const each of others)
    if (!beside.includes(each)) reading.note(each.at, titleOf(each.value), "it chooses no version, and is left out");
  return source.read(document, reading, beside);
}

/** The format of a document, or of those of one file; undefined where none takes it. */
export function detect(value: unknown): string | undefined {
  return takers(documentsOf(value))[0]?.name;
}

/**
 * The source that takes a document.
 * @throws RangeError where none does, or others take other documents
 */
function detectSource(documents: readonly Document[]): Source {
  const [first, ...others] = takers(documents);
  if (first === undefined)
    throw new RangeError(`the document is of no format that is known: ${SOURCES.map(({ name }) => name).join(", ")}`);
  const left = documents.filter(({ value }) => !first.isOne(value));
  const other = others.find(({ isOne }) => left.some(({ value }) => isOne(value)));
  if (other === undefined) return first;
  throw new RangeError(`there are documents of ${shown(first.name)} and of ${shown(other.name)}: say which to read with \`from\``);
}

function takers(documents: readonly Document[]): readonly Source[] {
  return SOURCES.filter(({ isOne }) => documents.some(({ value }) => isOne(value)));
}

function sourceOf(name: string): Source {
  const source = SOURCES.find((each) => each.name === name);
  if (source !== undefined) return source;
  const names = SOURCES.map((each) => each.name);
  const near = nearest(name, names);
  throw new RangeError(
    `there is no format ${shown(name)}: ${near === undefined ? `one of ${names.join(", ")}` : `did you mean \`${near}\`?`}`,
  );
}
