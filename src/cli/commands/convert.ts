import { detect, exportAlias, formatWire, importAlias, type Report, SOURCES, TARGETS } from "../../convert/index.ts";
import { type Alias, type AliasConfig, BUDGETS, visible } from "../../alias/surface.ts";
import { type Command, defineCommand } from "../command.ts";
import { aliasFileOf, nameOf } from "../files/alias.ts";
import { told } from "../files/load.ts";
import { checkUnwritten, save, tellWritten } from "../files/save.ts";
import { readFile, readValue } from "../files/text.ts";
import { FORMAT } from "../formats.ts";
import { Refusal, type Terminal, write } from "../terminal/host.ts";
import { jsonOf, type Style, styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

const ALIAS = "an alias of this library, as JSON";

const choicesOf = (formats: readonly { readonly name: string; readonly says: string }[]): Readonly<Record<string, string>> =>
  Object.fromEntries([["alias", ALIAS], ...formats.map(({ name, says }) => [name, says])]);

/** The command `convert`, which writes an alias for another router, or reads one from there. */
export const convert: Command = defineCommand({
  name: "convert",
  about: [
    "Writes an alias for another router, or reads one from there, and says what is lost.",
    "Each part is lossless, lossy or refused. What is lossy comes with a request that both sides decide differently. Where a part is refused, nothing is written.",
    "What is written goes to standard output, and the report to standard error. With `--format json` the report goes to standard output, and what is written only into a file.",
  ],
  arguments: [{ name: "FILE", description: "an alias, or a config that `--from` can name; `-` for standard input" }],
  options: {
    to: { type: "string", value: "NAME", choices: choicesOf(TARGETS), required: true, description: "what to write" },
    from: {
      type: "string",
      value: "NAME",
      choices: choicesOf(SOURCES),
      description: "what FILE is, which is found out where this is left out",
    },
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
  run: async ({ values: { to, from, standalone, strict, out, force, format }, positionals: [path] }, host) => {
    if (!force) await checkUnwritten(out);
    const read = await readConfig(path, from, host);
    if (read === undefined) return 1;
    const written = attempt(() => writeConfig(read.config, to, strict, standalone));
    const report = joined(strict ? strictly(read.report) : read.report, written.report);
    const text = report.refused.length === 0 ? written.text : undefined;
    if (format === "json") await write(host.stdout, `${jsonOf(report, 2)}\n`);
    else await write(host.stderr, wrap(reportText(report, styleOf(host.stderr, host.env)), host.columns));
    if (text === undefined) return 1;
    if (out !== "-") {
      await save(out, text);
      await tellWritten(out, host);
    } else if (format === "text") await write(host.stdout, text);
    return 0;
  },
});

const NOTHING: Report = { lossless: [], lossy: [], refused: [] };

/** What is known of a config. Without one, the report says what is refused. */
interface Read {
  readonly config: Alias | AliasConfig | undefined;
  readonly report: Report;
}

/** Reads an alias, or a config of another router. Undefined where the alias has errors, which are told. */
async function readConfig(path: string, from: string | undefined, host: Terminal): Promise<Read | undefined> {
  const name = nameOf(path);
  const file = await readFile(path, name, host, BUDGETS.text);
  const value = await readValue(file, BUDGETS.text, true);
  const foreign = from ?? (value.ok ? detect(value.value.value) : undefined) ?? "alias";
  if (foreign === "alias" || !value.ok) {
    const alias = await told(await aliasFileOf(file, name), host);
    return alias?.checked.ok === true ? { config: alias.checked.value, report: NOTHING } : undefined;
  }
  const [repeat] = value.value.duplicates;
  if (repeat !== undefined) throw new Refusal(`${name}: ${repeat.message}`, repeat.help);
  const { config, report } = attempt(() => importAlias(value.value.value, { from: foreign }));
  return { config, report };
}

function writeConfig(
  config: Read["config"],
  to: string,
  strict: boolean,
  standalone: string | undefined,
): { readonly text: string | undefined; readonly report: Report } {
  if (config === undefined) return { text: undefined, report: NOTHING };
  if (to !== "alias") return exportAlias(config, { to, strict, ...(standalone !== undefined && { standalone }) });
  if (standalone !== undefined) throw new RangeError("`alias` has no standalone form");
  if ("primary" in config) throw new RangeError("the file is an alias already");
  return { text: `${JSON.stringify(config, null, 2)}\n`, report: NOTHING };
}

/** What is lossy as refused. */
function strictly({ lossless, lossy, refused }: Report): Report {
  const more = lossy.map(({ at, construct, why }) => ({
    at,
    construct,
    why: `lossy: requests with ${why}`,
    help: "leave `--strict` out to accept that",
  }));
  return { lossless, lossy: [], refused: [...refused, ...more] };
}

function joined(one: Report, other: Report): Report {
  return {
    lossless: [...one.lossless, ...other.lossless],
    lossy: [...one.lossy, ...other.lossy],
    refused: [...one.refused, ...other.refused],
  };
}

/** What the options make impossible is wrong usage. */
function attempt<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? new Refusal(error.message) : error;
  }
}

/** The report for people: a line of counts, and what is lossy or refused. */
function reportText({ lossless, lossy, refused }: Report, style: Style): string {
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
      `  ${visible(alias)} here, ${visible(other)} there`,
    ]),
    ...refused.flatMap(({ at, construct, why, help }) => [
      `${style("red", "refused")} ${place(at, construct)}: ${visible(why)}`,
      `  ${style("cyan", "help:")} ${visible(help)}`,
    ]),
    "",
  ].join("\n");
}
