import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type AliasConfig, type Checked, type Diagnostic, plan, type Plan, type Pointer, type Position } from "../../index.ts";
import { parseSuite, type Suite } from "../../testing/index.ts";
import { isSuiteValue, readAliasFile } from "./alias.ts";
import { failureOf, readFile, readValue, type TextFile } from "./text.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { byPosition } from "../terminal/place.ts";

/** The most characters of a suite file: enough for 100,000 cases, the limit of a suite, of 320 characters each. */
export const LONGEST_SUITE: number = 32 * 1_048_576;

/** An alias that cases test. It stands in a file of its own or in the suite file. */
export interface AliasSource {
  readonly name: string;
  /** Whether the alias stands in the suite file. */
  readonly within: boolean;
  readonly text: string;
  readonly config: AliasConfig;
  readonly plan: Plan;
  /** The position of a part of the config in the text. */
  readonly locate: (at: Pointer) => Position;
}

/** A suite file that can be run, that has errors, or that cannot be read. */
export type SuiteFile =
  | {
      readonly kind: "read";
      readonly name: string;
      readonly suite: Suite;
      /** The alias at the top of the suite, which is that of the cases that name none. */
      readonly config: AliasConfig | undefined;
      readonly sources: ReadonlyMap<Plan, AliasSource>;
      readonly locate: (at: Pointer) => Position;
    }
  | { readonly kind: "faulty"; readonly name: string; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "unread"; readonly name: string; readonly refusal: Refusal };

/** Alias files by their absolute paths. A file that several suites name is read once. */
export type Aliases = Map<string, Loaded>;
type Loaded =
  | { readonly kind: "alias"; readonly source: AliasSource }
  | { readonly kind: "not"; readonly diagnostics: readonly Diagnostic[] };

/** The most alias files that one suite may name. */
const MOST_ALIASES = 1_000;

/**
 * Reads a suite, and the alias files that it names, by paths relative to the suite. Adds the aliases to `aliases`. Files that are not
 * below the folder of the suite are refused, unless `outside` allows them.
 */
export async function readSuiteFile(path: string, host: Terminal, aliases: Aliases, outside: boolean): Promise<SuiteFile> {
  const name = path === "-" ? "standard input" : path;
  let file: TextFile;
  try {
    file = await readFile(path, name, host, LONGEST_SUITE);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "unread", name, refusal: error };
  }
  // As in logs, a byte order mark says nothing.
  const text = file.text.replace(/^\ufeff/, "");
  const { json } = file;
  const read = await readValue({ text, json }, LONGEST_SUITE);
  if (!read.ok) return { kind: "faulty", name, text, diagnostics: read.diagnostics };
  const { value, duplicates, locate, written } = read.value;
  const place = (at: Pointer): Position => locate(at, json ? "value" : "key");

  if (!isSuiteValue(value) && property(value, "version") !== undefined) {
    const help = "`canary-router check` reads it, `canary-router suggest` writes a suite for it";
    return { kind: "unread", name, refusal: new Refusal(`${name}: is an alias config, not a suite`, help) };
  }

  const beside = dirname(path);
  const paths = pathsIn(value);
  if (paths.size > MOST_ALIASES) {
    const help = "split it into several suites";
    return { kind: "unread", name, refusal: new Refusal(`${name}: names more than ${MOST_ALIASES} alias files`, help) };
  }
  const found = new Map<string, Loaded>();
  for (const alias of paths) {
    const refusal = await refusalOf(alias, beside, outside);
    if (refusal !== undefined) {
      found.set(alias, { kind: "not", diagnostics: [unreadable(refusal)] });
      continue;
    }
    const place = pathOf(alias, beside);
    const key = resolve(place);
    const loaded = aliases.get(key) ?? (await load(place, host));
    aliases.set(key, loaded);
    found.set(alias, loaded);
  }
  const checked = parseSuite(value, { load: (alias) => planOf(found.get(alias)), written });
  if (checked.ok && duplicates.length === 0) {
    return {
      kind: "read",
      name,
      suite: checked.value,
      config: configOf(property(value, "alias"), beside, aliases),
      sources: sourcesOf(name, text, value, checked.value, place, aliases),
      locate: place,
    };
  }
  const complaints = checked.diagnostics.map((each) => ({
    ...each,
    position: locate(each.at, each.code === "unknown-key" ? "key" : json ? "value" : "key"),
  }));
  return { kind: "faulty", name, text, diagnostics: [...duplicates, ...complaints].toSorted(byPosition) };
}

function configOf(alias: unknown, beside: string, aliases: Aliases): AliasConfig | undefined {
  if (typeof alias !== "string") return (alias ?? undefined) as AliasConfig | undefined;
  const loaded = aliases.get(resolve(pathOf(alias, beside)));
  return loaded?.kind === "alias" ? loaded.source.config : undefined;
}

/** The path of an alias, as reports show it: below the folder of the suite, or absolute. */
function pathOf(alias: string, beside: string): string {
  return isAbsolute(alias) ? alias : join(beside, alias);
}

/** Why the file that a suite names must not be read as an alias: it is no file, or it is not below the folder of the suite. */
async function refusalOf(alias: string, beside: string, outside: boolean): Promise<Refusal | undefined> {
  if (alias === "-") return new Refusal("standard input cannot be the alias of a suite", "write `./-` for a file of that name");
  const away = new Refusal("it is not below the folder of the suite", "move it there, or allow it with `--allow-outside`");
  const path = resolve(beside, alias);
  // Before the file is asked for: whether it exists is nobody's business either.
  if (!outside && !isBelow(path, resolve(beside))) return away;
  try {
    const target = await realpath(path);
    if (!outside && !isBelow(target, await realpath(beside))) return away;
    const found = await stat(target);
    if (found.isDirectory()) return new Refusal("is a directory");
    return found.isFile() ? undefined : new Refusal("is not a regular file");
  } catch (error) {
    // One that is not there yet may come, and is watched.
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : new Refusal(failureOf(error));
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function unreadable({ message, help }: { readonly message: string; readonly help?: string | undefined }): Diagnostic {
  return { code: "unreadable", severity: "error", at: "", message, ...(help !== undefined && { help }) };
}

/** Reads an alias. Nothing of a file that is no alias is quoted: a suite of somebody else must not show the files of this machine. */
async function load(path: string, host: Terminal): Promise<Loaded> {
  const refused = (message: string): Loaded => ({
    kind: "not",
    diagnostics: [unreadable({ message, help: "`canary-router check` says what is wrong with it" })],
  });
  try {
    await stat(path);
  } catch (error) {
    return { kind: "not", diagnostics: [unreadable({ message: failureOf(error) })] };
  }
  try {
    const { name, text, checked, written } = await readAliasFile(path, host);
    const content = await written();
    if (!checked.ok || content === undefined) {
      if (property(content?.value, "version") === undefined) return refused("it is no alias config");
      return { kind: "not", diagnostics: checked.diagnostics.map(placedInside) };
    }
    return {
      kind: "alias",
      source: { name, within: false, text, config: content.value as AliasConfig, plan: plan(checked.value), locate: content.locate },
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused("it is empty, or neither JSON nor YAML");
  }
}

/** A complaint about an alias file as one about the suite: the position in the alias file becomes a part of the message. */
function placedInside({ position, message, at, ...rest }: Diagnostic): Diagnostic {
  const where = position === undefined ? "" : `line ${position.line}, column ${position.column}: `;
  return { ...rest, at: "", message: `${where}${at === "" ? "" : `${at}: `}${message}` };
}

function planOf(loaded: Loaded | undefined): Checked<Plan> {
  if (loaded?.kind === "alias") return { ok: true, value: loaded.source.plan, diagnostics: [] };
  return { ok: false, diagnostics: loaded?.diagnostics ?? [] };
}

/** The paths of aliases in a suite that has not been checked yet. */
function pathsIn(value: unknown): ReadonlySet<string> {
  const parts = [property(value, "cases"), property(value, "laws")].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const aliases = [value, ...parts].map((each) => property(each, "alias"));
  return new Set(aliases.filter((alias) => typeof alias === "string"));
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as { readonly [key: string]: unknown })[key] : undefined;
}

/** The source of each plan that the cases test. */
function sourcesOf(
  name: string,
  text: string,
  value: unknown,
  { cases, laws }: Suite,
  locate: AliasSource["locate"],
  aliases: Aliases,
): ReadonlyMap<Plan, AliasSource> {
  const files = new Map([...aliases.values()].flatMap((each) => (each.kind === "alias" ? [[each.source.plan, each.source] as const] : [])));
  const sources = new Map<Plan, AliasSource>();
  for (const { plan, at } of [...cases, ...laws]) {
    if (plan === undefined || sources.has(plan)) continue;
    const [, list = "", index = ""] = at.split("/");
    const own = property(property(property(value, list), index), "alias") ?? undefined;
    const config = own ?? property(value, "alias");
    const prefix = own === undefined ? "/alias" : `/${list}/${index}/alias`;
    sources.set(
      plan,
      files.get(plan) ?? { name, within: true, text, config: config as AliasConfig, plan, locate: (at) => locate(prefix + at) },
    );
  }
  return sources;
}
