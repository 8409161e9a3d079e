import { dirname, isAbsolute, join, resolve } from "node:path";
import { type AliasConfig, type Checked, type Diagnostic, plan, type Plan, type Pointer, type Position } from "../../index.ts";
import { parseSuite, type Suite } from "../../testing/index.ts";
import { readAliasFile } from "./alias.ts";
import { readFile, readValue, type TextFile } from "./text.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { byPosition } from "../terminal/place.ts";

/** The most characters of a suite file: enough for 100,000 cases, the limit of a suite, of 320 characters each. */
const LONGEST = 32 * 1_048_576;

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

/** Reads a suite, and the alias files that it names, by paths relative to the suite. Adds the aliases to `aliases`. */
export async function readSuiteFile(path: string, host: Terminal, aliases: Aliases): Promise<SuiteFile> {
  const name = path === "-" ? "standard input" : path;
  let file: TextFile;
  try {
    file = await readFile(path, name, host, LONGEST);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "unread", name, refusal: error };
  }
  // As in logs, a byte order mark says nothing.
  const text = file.text.replace(/^\ufeff/, "");
  const { json } = file;
  const read = await readValue({ text, json }, LONGEST);
  if (!read.ok) return { kind: "faulty", name, text, diagnostics: read.diagnostics };
  const { value, duplicates, locate, written } = read.value;
  const place = (at: Pointer): Position => locate(at, json ? "value" : "key");

  const beside = dirname(path);
  const pathOf = (alias: string): string => (isAbsolute(alias) ? alias : join(beside, alias));
  for (const alias of pathsIn(value)) {
    const key = resolve(pathOf(alias));
    if (!aliases.has(key)) aliases.set(key, await load(pathOf(alias), host));
  }
  const checked = parseSuite(value, { load: (alias) => planOf(aliases.get(resolve(pathOf(alias)))), written });
  if (checked.ok && duplicates.length === 0) {
    return {
      kind: "read",
      name,
      suite: checked.value,
      sources: sourcesOf(name, text, value, checked.value, place, aliases),
      locate: place,
    };
  }
  const found = checked.diagnostics.map((each) => ({
    ...each,
    position: locate(each.at, each.code === "unknown-key" ? "key" : json ? "value" : "key"),
  }));
  return { kind: "faulty", name, text, diagnostics: [...duplicates, ...found].toSorted(byPosition) };
}

async function load(path: string, host: Terminal): Promise<Loaded> {
  try {
    const { name, text, checked, written } = await readAliasFile(path, host);
    const content = await written();
    if (!checked.ok || content === undefined) return { kind: "not", diagnostics: checked.diagnostics.map(placedInside) };
    return {
      kind: "alias",
      source: { name, within: false, text, config: content.value as AliasConfig, plan: plan(checked.value), locate: content.locate },
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "not", diagnostics: [{ code: "unreadable", severity: "error", at: "", message: error.message }] };
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
  const cases = property(value, "cases");
  const aliases = [value, ...(Array.isArray(cases) ? cases : [])].map((each) => property(each, "alias"));
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
  { cases }: Suite,
  locate: AliasSource["locate"],
  aliases: Aliases,
): ReadonlyMap<Plan, AliasSource> {
  const files = new Map([...aliases.values()].flatMap((each) => (each.kind === "alias" ? [[each.source.plan, each.source] as const] : [])));
  const sources = new Map<Plan, AliasSource>();
  const written = property(value, "cases") as readonly unknown[];
  for (const [index, { plan }] of cases.entries()) {
    if (plan === undefined || sources.has(plan)) continue;
    const own = property(written[index], "alias") ?? undefined;
    const config = own ?? property(value, "alias");
    const prefix = own === undefined ? "/alias" : `/cases/${index}/alias`;
    sources.set(
      plan,
      files.get(plan) ?? { name, within: true, text, config: config as AliasConfig, plan, locate: (at) => locate(prefix + at) },
    );
  }
  return sources;
}
