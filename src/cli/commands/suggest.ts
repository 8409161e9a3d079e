import type { AliasConfig } from "../../index.ts";
import { formatCount, plural, visible } from "../../alias/surface.ts";
import { type Omission, suggestSuite, type SuiteConfig } from "../../testing/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAliasFile } from "../files/load.ts";
import { checkUnwritten, save, tellWritten } from "../files/save.ts";
import { notice, write } from "../terminal/host.ts";
import { jsonOf } from "../terminal/style.ts";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { Document, visit } from "yaml";

/** The command `suggest`, which writes a suite for an alias. */
export const suggest: Command = defineCommand({
  name: "suggest",
  about: [
    "Writes a suite that records what an alias does now.",
    "The suite is the smallest that is found in which every strategy decides and fails, every rule holds and fails, and both ends of every arm of the split are drawn. Read it before you trust it: it expects what the alias does, which may not be what it should do. `canary-router test` runs it.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: {
    out: {
      type: "string",
      value: "OUT",
      short: "o",
      default: "-",
      description: "the file to write, `-` for standard output; `canary-router test` finds *.alias-test.yaml",
    },
    format: {
      type: "string",
      value: "NAME",
      choices: { yaml: "the default, but for an OUT that ends with .json", json: "the default for such an OUT" },
      description: "the form of the suite",
    },
    force: { type: "boolean", needs: "out", description: "write over a file that is there" },
  },
  exits: {
    0: "written",
    1: "the config has errors",
    2: "wrong usage, a file that cannot be read or written, or one that is there already",
  },
  examples: ["canary-router suggest prod.yaml -o prod.alias-test.yaml", "canary-router suggest prod.yaml | less"],
  run: async ({ values: { out, force, format: named }, positionals: [file] }, host) => {
    const format = named ?? (/\.json$/i.test(out) ? "json" : "yaml");
    if (!force) await checkUnwritten(out);
    const loaded = await loadAliasFile(file, host);
    if (loaded === undefined) return 1;
    const config = (await loaded.written())?.value as AliasConfig;
    const {
      suite: { title, cases },
      omitted,
    } = suggestSuite(config);
    const suite: SuiteConfig = { ...(title !== undefined && { title }), alias: file === "-" ? config : pathTo(file, out), cases };
    for (const line of omissionsOf(omitted)) await notice(line, host);
    const text = format === "json" ? `${jsonOf(suite, 2)}\n` : yamlOf(suite, loaded.name);
    if (out === "-") {
      await write(host.stdout, text);
      return 0;
    }
    await save(out, text);
    await tellWritten(out, host);
    if (file !== "-" && /^\.\.\/|^\//.test(pathTo(file, out)))
      await notice("the alias is not below the folder of the suite: `canary-router test` reads it with `--allow-outside`", host);
    return 0;
  },
});

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

function yamlOf(suite: SuiteConfig, name: string): string {
  const head = [
    `# What ${visible(name)} does now: each case was made from the alias, not from what it should do.`,
    "# Read each one, correct what is wrong, and give it a name that says why.",
  ];
  const document = new Document(suite, { compat: "yaml-1.1" });
  // In YAML, only a scalar in double quotes can have escapes.
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && visible(scalar.value) !== scalar.value) scalar.type = "QUOTE_DOUBLE";
    },
  });
  const lines = document.toString({ lineWidth: 0 }).split("\n");
  return `${head.join("\n")}\n${lines.map((line) => visible(line, yamlEscape)).join("\n")}`;
}

function yamlEscape(codePoint: number): string {
  const hex = codePoint.toString(16).padStart(codePoint > 0xffff ? 8 : 4, "0");
  return `${codePoint > 0xffff ? "\\U" : "\\u"}${hex}`;
}
