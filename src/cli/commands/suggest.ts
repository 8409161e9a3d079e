import { stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { stringify } from "yaml";
import type { AliasConfig } from "../../alias/index.ts";
import { suggestCases, type SuiteConfig } from "../../testing/index.ts";
import { oneOf, onlyFile, readArguments } from "../arguments.ts";
import { loadAliasFile } from "../files/load.ts";
import { save, tellWritten } from "../files/save.ts";
import { type Command, Refusal, write } from "../terminal/host.ts";
import { jsonOf, printable } from "../terminal/style.ts";

const HELP = `Writes a suite that records what an alias does now.

Usage: canary-router suggest FILE [-o OUT] [--format NAME] [--force]

The suite is the smallest that is found in which every strategy decides and
fails, every rule holds and fails, and both ends of every arm of the split are
drawn. Read it before you trust it: it expects what the alias does, which may
not be what it should do. \`canary-router test\` runs it.

Options:
  -o, --out OUT  the file to write; standard output for \`-\` and where it is
                 left out. \`canary-router test\` finds *.alias-test.yaml
  --format yaml  the default, but for an OUT that ends with .json
  --format json
  --force        write over a file that is there

Exit codes: 0 written, 1 the config has errors, 2 wrong usage, a file that
cannot be read or written, or one that is there already.

Examples:
  canary-router suggest prod.yaml -o prod.alias-test.yaml
  canary-router suggest prod.yaml | less
`;

/** Writes the suite that is suggested for an alias. */
export const suggest: Command = {
  summary: "write a suite that records what an alias does now",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, {
      out: { type: "string", short: "o" },
      format: { type: "string" },
      force: { type: "boolean" },
    });
    const file = onlyFile(positionals, "suggest");
    const { out = "-" } = values;
    const format = oneOf("--format", values.format ?? (/\.json$/i.test(out) ? "json" : "yaml"), ["yaml", "json"]);
    if (out !== "-" && values.force !== true && (await stat(out).catch(() => undefined)) !== undefined) {
      throw new Refusal(`${out}: is there already`, "`--force` writes over it");
    }
    const loaded = await loadAliasFile(file, host);
    if (loaded === undefined) return 1;
    const config = loaded.written()?.value as AliasConfig;
    const { title, cases } = suggestCases(config);
    const suite: SuiteConfig = { ...(title !== undefined && { title }), alias: file === "-" ? config : pathTo(file, out), cases };
    const text = format === "json" ? `${jsonOf(suite, 2)}\n` : yamlOf(suite, loaded.name);
    if (out === "-") {
      await write(host.stdout, text);
      return 0;
    }
    await save(out, text);
    await tellWritten(out, host);
    return 0;
  },
};

/** The path of the alias from the folder of the suite, with slashes and a dot in front, so that it reads as one. */
function pathTo(file: string, out: string): string {
  if (out === "-" && isAbsolute(file)) return file;
  const path = relative(out === "-" ? "." : dirname(resolve(out)), resolve(file));
  const slashed = sep === "/" ? path : path.replaceAll(sep, "/");
  return slashed.startsWith("../") || isAbsolute(path) ? slashed : `./${slashed}`;
}

function yamlOf(suite: SuiteConfig, name: string): string {
  const head = [
    `# What ${printable(name).replaceAll("\n", " ")} does now: each case was made from the alias, not from what it should do.`,
    "# Read each one, correct what is wrong, and give it a name that says why.",
  ];
  return `${head.join("\n")}\n${stringify(suite, { lineWidth: 0, compat: "yaml-1.1" })}`;
}
