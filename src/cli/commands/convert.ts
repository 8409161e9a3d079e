import { type Exported, exportAlias, formatWire, type Report, TARGETS } from "../../convert/index.ts";
import { visible } from "../../alias/surface.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { checkUnwritten, save, tellWritten } from "../files/save.ts";
import { FORMAT } from "../formats.ts";
import { Refusal, write } from "../terminal/host.ts";
import { jsonOf, type Style, styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

const CHOICES: Readonly<Record<string, string>> = Object.fromEntries(TARGETS.map(({ name, says }) => [name, says]));

/** The command `convert`, which writes an alias for another router. */
export const convert: Command = defineCommand({
  name: "convert",
  about: [
    "Writes an alias for another router, and says what is lost.",
    "Each part of the alias is lossless, lossy or refused. What is lossy comes with a request that was run on both sides and that they decide differently. Where a part is refused, nothing is written.",
    "What is written goes to standard output, and the report to standard error. With `--format json` the report goes to standard output, and what is written only into a file.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: {
    to: { type: "string", value: "FORMAT", choices: CHOICES, required: true, description: "what to write" },
    standalone: {
      type: "string",
      value: "HOST:PORT",
      description: "write a whole configuration that listens there and answers each request with its version",
    },
    strict: { type: "boolean", description: "refuse what is lossy" },
    out: { type: "string", value: "OUT", short: "o", default: "-", description: "the file to write, `-` for standard output" },
    force: { type: "boolean", needs: "out", description: "write over a file that is there" },
    format: { ...FORMAT, description: "the form of the report" },
  },
  exits: {
    0: "written",
    1: "the config has errors, or a part of it is refused",
    2: "wrong usage, a file that cannot be read or written, or one that is there already",
  },
  examples: [
    "canary-router convert prod.yaml --to haproxy -o canary.cfg",
    "canary-router convert prod.yaml --to nginx --standalone 127.0.0.1:8080",
    "canary-router convert prod.yaml --to nginx --strict --format json",
  ],
  run: async ({ values: { to, standalone, strict, out, force, format }, positionals: [file] }, host) => {
    if (!force) await checkUnwritten(out);
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const { text, report } = attempt(() => exportAlias(alias, { to, strict, ...(standalone !== undefined && { standalone }) }));
    if (format === "json") await write(host.stdout, `${jsonOf(report, 2)}\n`);
    else await write(host.stderr, wrap(reportText(report, to, styleOf(host.stderr, host.env)), host.columns));
    if (text === undefined) return 1;
    if (out !== "-") {
      await save(out, text);
      await tellWritten(out, host);
    } else if (format === "text") await write(host.stdout, text);
    return 0;
  },
});

/** What the options make impossible is wrong usage. */
function attempt(make: () => Exported): Exported {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? new Refusal(error.message) : error;
  }
}

/** The report for people: a line of counts, and what is lossy or refused. */
function reportText({ lossless, lossy, refused }: Report, to: string, style: Style): string {
  const counts = [
    `${plural(lossless.length, "part")} lossless`,
    ...(lossy.length === 0 ? [] : [`${lossy.length} lossy`]),
    ...(refused.length === 0 ? [] : [`${refused.length} refused`]),
  ];
  const place = (at: string, construct: string): string => `${visible(at)} (${visible(construct)})`;
  return [
    `${style(refused.length === 0 ? "green" : "red", "canary-router:")} ${counts.join(", ")}`,
    ...lossy.flatMap(({ at, construct, why, example: { request, alias, other } }) => [
      `${style("yellow", "lossy")} ${place(at, construct)}: requests with ${visible(why)}`,
      ...formatWire(request)
        .split("\n")
        .map((line) => `    ${visible(line)}`),
      `  ${visible(alias)} here, ${visible(other)} by ${to}`,
    ]),
    ...refused.flatMap(({ at, construct, why, help }) => [
      `${style("red", "refused")} ${place(at, construct)}: ${visible(why)}`,
      `  ${style("cyan", "help:")} ${visible(help)}`,
    ]),
    "",
  ].join("\n");
}
