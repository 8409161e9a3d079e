import type { AliasConfig } from "../../index.ts";
import { formatCount, jsonOf, plural, visible } from "../../alias/surface.ts";
import { completeSuite, type MutationOptions, type Omission, suggestSuite, type SuiteConfig } from "../../testing/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { type AliasFile, aliasFileOf, isSuiteValue, nameOf } from "../files/alias.ts";
import { loadAliasFile, told } from "../files/load.ts";
import { checkUnwritten, save, tellWritten } from "../files/save.ts";
import { LONGEST_SUITE, readSuiteFile } from "../files/suite.ts";
import { readFile, readValue, type TextFile } from "../files/text.ts";
import { complaint } from "../terminal/complaint.ts";
import { type ExitCode, notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { progressOf } from "../terminal/progress.ts";
import { styleOf } from "../terminal/style.ts";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

/** The command `suggest`, which writes a suite for an alias, or completes one that is there. */
export const suggest: Command = defineCommand({
  name: "suggest",
  about: [
    "Writes a suite that records what an alias does now, or completes a suite that is there.",
    "The suite is the smallest that is found in which every strategy decides and fails, every rule holds and fails, and both ends of every arm of the split are drawn. Read it before you trust it: it expects what the alias does, which may not be what it should do. `canary-router test` runs it.",
    "With --complete, FILE may be a suite. Cases are put behind those that it has, until every mistake that `canary-router test --mutate` makes is noticed; what is there stays as it is written, comments included. With an alias, --complete looks at every mistake also where there are more than 20,000, which can take a minute.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input. With --complete also a suite" }],
  options: {
    complete: { type: "boolean", description: "add what notices the mistakes that are not noticed yet" },
    out: {
      type: "string",
      value: "OUT",
      short: "o",
      default: "-",
      description:
        "the file to write, `-` for standard output; `canary-router test` finds *.alias-test.yaml. With a suite, it may be the suite",
    },
    format: {
      type: "string",
      value: "NAME",
      choices: { yaml: "the default, but for an OUT that ends with .json", json: "the default for such an OUT" },
      description: "the form of a new suite",
    },
    force: { type: "boolean", needs: "out", description: "write over a file that is there" },
  },
  exits: {
    0: "written",
    1: "the config has errors",
    2: "wrong usage, a file that cannot be read or written, or one that is there already",
  },
  examples: [
    "canary-router suggest prod.yaml -o prod.alias-test.yaml",
    "canary-router suggest prod.yaml | less",
    "canary-router suggest prod.alias-test.yaml --complete -o prod.alias-test.yaml",
  ],
  run: async ({ values, positionals: [path] }, host) => {
    const { out, force, complete, format } = values;
    if (!complete) {
      if (!force) await checkUnwritten(out);
      return suggestFor(path, await loadAliasFile(path, host), values, host);
    }
    const file = await readFile(path, nameOf(path), host, LONGEST_SUITE);
    const read = await readValue(file, LONGEST_SUITE);
    if (read.ok && isSuiteValue(read.value.value)) {
      if (format !== undefined) throw new Refusal("`--format` says the form of a new suite", "a suite that is completed keeps its form");
      return completeFile(path, file, values, host);
    }
    if (!force) await checkUnwritten(out);
    return suggestFor(path, await told(await aliasFileOf(file, nameOf(path)), host), values, host);
  },
});

interface SuggestValues {
  readonly complete: boolean;
  readonly out: string;
  readonly force: boolean;
  readonly format?: string | undefined;
}

/** Writes a new suite for an alias. */
async function suggestFor(
  path: string,
  loaded: AliasFile | undefined,
  { complete, out, format: named }: SuggestValues,
  host: Terminal,
): Promise<ExitCode> {
  if (loaded === undefined) return 1;
  const format = named ?? (/\.json$/i.test(out) ? "json" : "yaml");
  const config = (await loaded.written())?.value as AliasConfig;
  const made = withProgress(host, (onProgress) => suggestSuite(config, { complete, onProgress }));
  const { title, cases } = made.suite;
  const suite: SuiteConfig = { ...(title !== undefined && { title }), alias: path === "-" ? config : pathTo(path, out), cases };
  for (const line of omissionsOf(made.omitted)) await notice(line, host);
  if (!made.complete) await notice("there are more than 20,000 mistakes to notice: `--complete` looks at them", host);
  const { formatYaml } = await import("../../yaml/index.ts");
  const text = format === "json" ? `${jsonOf(suite, 2)}\n` : `${headOf(loaded.name)}${formatYaml(suite)}`;
  if (out === "-") {
    await write(host.stdout, text);
    return 0;
  }
  await save(out, text);
  await tellWritten(out, host);
  if (path !== "-" && /^\.\.\/|^\//.test(pathTo(path, out)))
    await notice("the alias is not below the folder of the suite: `canary-router test` reads it with `--allow-outside`", host);
  return 0;
}

/** A comment that says where a suite is from. */
function headOf(name: string): string {
  return `# What ${visible(name)} does now: each case was made from the alias, not from what it should do.
# Read each one, correct what is wrong, and give it a name that says why.
`;
}

/** Puts behind the cases of a suite those that it lacks. */
async function completeFile(path: string, { text, json }: TextFile, { out, force }: SuggestValues, host: Terminal): Promise<ExitCode> {
  if (path === "-") throw new Refusal("a suite to complete cannot be standard input", "name its file: its alias is found beside it");
  const isOwn = out !== "-" && resolve(out) === resolve(path);
  if (out !== "-" && dirname(resolve(out)) !== dirname(resolve(path)))
    throw new Refusal("a suite that is completed stays in its folder", "it names its alias by a path from there");
  if (!force && !isOwn) await checkUnwritten(out);
  const read = await readSuiteFile(path, host, new Map(), true);
  if (read.kind === "unread") throw read.refusal;
  if (read.kind === "faulty") {
    const style = styleOf(host.stderr, host.env);
    const lines = read.text.split("\n");
    await write(host.stderr, read.diagnostics.map((each) => complaint(path, lines, each, style)).join(""));
    return 2;
  }
  const { config, suite } = read;
  if (config === undefined) throw new Refusal(`${path}: names no \`alias\` at its top`, "aliases of single cases are left out of account");
  const { cases, omitted, failing } = withProgress(host, (onProgress) => completeSuite(config, suite, { onProgress }));
  for (const line of omissionsOf(omitted)) await notice(line, host);
  if (failing.length > 0) {
    const some = failing.slice(0, 3).map(({ title }) => visible(title));
    const them = failing.length === 1 ? "it" : "them";
    const what = plural(failing.length, "case fails", "cases fail");
    await notice(`${what} now, so nothing counts as noticed by ${them}: ${some.join(", ")}`, host, "yellow");
  }
  await notice(cases.length === 0 ? "the suite lacks nothing" : `${plural(cases.length, "case is", "cases are")} added`, host);
  const { withItems } = await import("../../yaml/index.ts");
  const made = cases.length === 0 ? text : withItems(text, json, "cases", cases);
  if (out === "-") await write(host.stdout, made);
  else if (cases.length > 0 || !isOwn) {
    await save(out, made);
    await tellWritten(out, host);
  }
  return 0;
}

function withProgress<T>(host: Terminal, work: (onProgress: NonNullable<MutationOptions["onProgress"]>) => T): T {
  const progress = progressOf(host.stderr, "mistakes");
  try {
    return work((done, total) => progress.at(done, done / total));
  } finally {
    progress.end();
  }
}

/** What a suite leaves out, a line for each reason. */
function omissionsOf(omitted: readonly Omission[]): readonly string[] {
  return Object.entries(OMITTED).flatMap(([why, reason]) => {
    const places = omitted.filter((each) => each.why === why).map(({ at }) => visible(at));
    if (places.length === 0) return [];
    const more = places.length > 3 ? ` and ${formatCount(places.length - 3)} more` : "";
    return [`cases for ${plural(places.length, "place")} are left out: ${reason}: ${places.slice(0, 3).join(", ")}${more}`];
  });
}

const OMITTED: Readonly<Record<Omission["why"], string>> = {
  room: "the suite would be longer than `test` reads",
  written: "a suite cannot have a request with such a value",
  effort: "it was not decided within the effort whether there is such a request",
};

/** The path of the alias relative to the folder of the suite, with slashes and a leading `./` or `../`. */
function pathTo(file: string, out: string): string {
  if (out === "-" && isAbsolute(file)) return file;
  const path = relative(out === "-" ? "." : dirname(resolve(out)), resolve(file));
  const slashed = sep === "/" ? path : path.replaceAll(sep, "/");
  return slashed.startsWith("../") || isAbsolute(path) ? slashed : `./${slashed}`;
}
