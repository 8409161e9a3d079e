import {
  detect,
  detectRollout,
  exportAlias,
  formatWire,
  importAlias,
  importRollout,
  PROVABLE,
  type Proof,
  proveExport,
  type Report,
  ROLLOUT_SOURCES,
  type RolloutConfig,
  SOURCES,
  TARGETS,
} from "../../convert/index.ts";
import { type Alias, type AliasConfig, BUDGETS, jsonOf, visible } from "../../alias/surface.ts";
import { formatShares } from "../../index.ts";
import { type Command, defineCommand } from "../command.ts";
import { aliasFileOf, nameOf } from "../files/alias.ts";
import { told } from "../files/load.ts";
import { checkUnwritten, save, tellWritten } from "../files/save.ts";
import { readFile, readValue } from "../files/text.ts";
import { FORMAT } from "../formats.ts";
import { Refusal, type Terminal, write } from "../terminal/host.ts";
import { type Style, styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";
import { requestWords } from "../terminal/paste.ts";

const ALIAS = "an alias of this library, as JSON";

const ROLLOUT = "a rollout of this library, as JSON, from one of Argo Rollouts or Flagger";

interface Format {
  readonly name: string;
  readonly says: string;
}

const choicesOf = (formats: readonly Format[]): Readonly<Record<string, string>> =>
  Object.fromEntries(formats.map(({ name, says }) => [name, says]));

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
    to: {
      type: "string",
      value: "NAME",
      choices: choicesOf([{ name: "alias", says: ALIAS }, { name: "rollout", says: ROLLOUT }, ...TARGETS]),
      required: true,
      description: "what to write",
    },
    from: {
      type: "string",
      value: "NAME",
      choices: choicesOf([{ name: "alias", says: ALIAS }, ...SOURCES, ...ROLLOUT_SOURCES]),
      description: "what FILE is, which is found out where this is left out",
    },
    standalone: {
      type: "string",
      value: "HOST:PORT",
      description: "write a whole configuration that listens there and answers each request with its version",
    },
    strict: { type: "boolean", description: "refuse what is lossy" },
    prove: {
      type: "boolean",
      description: `read back what is written, and prove that it decides as the alias, or show a request that it decides otherwise; of ${PROVABLE.join(", ")}`,
    },
    out: { type: "string", value: "OUT", short: "o", default: "-", description: "the file to write, `-` for standard output" },
    force: { type: "boolean", needs: "out", description: "write over a file that is there" },
    format: { ...FORMAT, description: "the form of the report" },
  },
  exits: {
    0: "written",
    1: "the config has errors, a part of it is refused, or `--prove` fails",
    2: "wrong usage, a file that cannot be read or written, or one that is there already",
  },
  examples: [
    "canary-router convert prod.yaml --to haproxy -o canary.cfg",
    "canary-router convert prod.yaml --to nginx --standalone 127.0.0.1:8080",
    "canary-router convert prod.yaml --to nginx --strict --format json",
    "canary-router convert prod.yaml --to istio --prove",
    "canary-router convert argo.yaml --to rollout -o rollout.json",
  ],
  run: async ({ values: { to, from, standalone, strict, prove, out, force, format }, positionals: [path] }, host) => {
    if (prove && !PROVABLE.includes(to))
      throw new Refusal(
        `what is written for \`${to}\` is not read back, so nothing is proved of it`,
        `\`--prove\` takes ${PROVABLE.join(", ")}`,
      );
    if (!force) await checkUnwritten(out);
    const read = await readConfig(path, from, to, host);
    if (read === undefined) return 1;
    const { text: made, report: told, proof }: Written = attempt(() => writeConfig(read, { to, strict, prove, standalone }));
    const report = joined(strict ? strictly(read.report) : read.report, told);
    const isSound = report.refused.length === 0 && (proof === undefined || proof.kind === "equivalent");
    const text = isSound ? made : undefined;
    const style = styleOf(host.stderr, host.env);
    if (format === "json") await write(host.stdout, `${jsonOf(proof === undefined ? report : { ...report, proof }, 2)}\n`);
    else await write(host.stderr, wrap(reportText(report, style) + (proof === undefined ? "" : proofText(proof, style)), host.columns));
    if (text === undefined) return 1;
    if (out !== "-") {
      await save(out, text);
      await tellWritten(out, host);
    } else if (format === "text") await write(host.stdout, text);
    return 0;
  },
});

const NOTHING: Report = { lossless: [], lossy: [], refused: [] };

/** What a file has: an alias, or a rollout. Without one, the report says what is refused. */
interface Read {
  readonly config?: Alias | AliasConfig | undefined;
  readonly rollout?: RolloutConfig | undefined;
  readonly report: Report;
}

/** Reads an alias, or a config of another router. Undefined where the alias has errors, which are told. */
async function readConfig(path: string, from: string | undefined, to: string, host: Terminal): Promise<Read | undefined> {
  const name = nameOf(path);
  const file = await readFile(path, name, host, BUDGETS.text);
  const checked = await readValue(file, BUDGETS.text, true);
  const value = checked.ok ? checked.value.value : undefined;
  const format = from ?? (to === "rollout" ? detectRollout(value) : (detect(value) ?? detectRollout(value))) ?? "alias";
  const isRollout = ROLLOUT_SOURCES.some((source) => source.name === format);
  if (isRollout && to !== "rollout")
    throw new Refusal(`${name}: a rollout is not one alias, but a course of them`, "write it with `--to rollout`");
  if (!isRollout && to === "rollout" && checked.ok)
    throw new Refusal(`${name}: there is no rollout in it`, "`--to rollout` reads a `Rollout` of Argo Rollouts and a `Canary` of Flagger");
  if (!checked.ok || (format === "alias" && !isManifest(value))) {
    const alias = await told(await aliasFileOf(file, name), host);
    return alias?.checked.ok === true ? { config: alias.checked.value, report: NOTHING } : undefined;
  }
  const [repeat] = checked.value.duplicates;
  if (repeat !== undefined) throw new Refusal(`${name}: ${repeat.message}`, repeat.help);
  if (isRollout) {
    const { config: rollout, report } = attempt(() => importRollout(value, { from: format }));
    return { rollout, report };
  }
  return attempt(() => importAlias(value, from === undefined ? {} : { from }));
}

/** Whether a value is a document of Kubernetes, which no alias is. */
function isManifest(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value);
}

/** What was written of a config, and what was proved of it. */
interface Written {
  readonly text: string | undefined;
  readonly report: Report;
  readonly proof?: Proof | undefined;
}

interface WriteTask {
  readonly to: string;
  readonly strict: boolean;
  readonly prove: boolean;
  readonly standalone: string | undefined;
}

function writeConfig({ config, rollout }: Read, { to, strict, prove, standalone }: WriteTask): Written {
  const isOwn = to === "alias" || to === "rollout";
  if (isOwn && standalone !== undefined) throw new RangeError(`\`${to}\` has no standalone form`);
  if (rollout !== undefined) return { text: `${JSON.stringify(rollout, null, 2)}\n`, report: NOTHING };
  if (config === undefined) return { text: undefined, report: NOTHING };
  const options = { to, strict, ...(standalone !== undefined && { standalone }) };
  if (!isOwn) return prove ? proveExport(config, options) : exportAlias(config, options);
  if ("primary" in config) throw new RangeError("the file is an alias already");
  return { text: `${JSON.stringify(config, null, 2)}\n`, report: NOTHING };
}

/** What is lossy as refused. */
function strictly({ lossless, lossy, refused, notes }: Report): Report {
  const more = lossy.map(({ at, construct, why }) => ({
    at,
    construct,
    why: `lossy: requests with ${why}`,
    help: "leave `--strict` out to accept that",
  }));
  return { lossless, lossy: [], refused: [...refused, ...more], ...(notes && { notes }) };
}

function joined(one: Report, other: Report): Report {
  return {
    lossless: [...one.lossless, ...other.lossless],
    lossy: [...one.lossy, ...other.lossy],
    refused: [...one.refused, ...other.refused],
    ...(one.notes && { notes: one.notes }),
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

/** What was proved, for people. */
function proofText(proof: Proof, style: Style): string {
  switch (proof.kind) {
    case "equivalent":
      return `${style("green", "proved")}: read back, what is written decides as the alias\n`;
    case "different": {
      const { request, draw, before, after } = proof;
      const drawn = draw === undefined ? "" : `, for the draw ${draw}`;
      const shares = (each: Readonly<Record<string, number>>): string => formatShares(Object.entries(each));
      return `${style("red", "different")}: ${requestWords(request)}${drawn}\n  ${shares(before)} here, ${shares(after)} there\n`;
    }
    case "unknown":
      return `${style("yellow", "not proved")}${proof.at === undefined ? "" : ` ${visible(proof.at)}`}: ${visible(proof.why)}\n`;
  }
}

/** The report for people: a line of counts, what is lossy or refused, and what is left to the router. */
function reportText({ lossless, lossy, refused, notes = [] }: Report, style: Style): string {
  const counts = [
    `${plural(lossless.length, "part")} lossless`,
    ...(lossy.length === 0 ? [] : [`${lossy.length} lossy`]),
    ...(refused.length === 0 ? [] : [`${refused.length} refused`]),
  ];
  const place = (at: string, construct: string): string => `${visible(at)} (${visible(construct)})`;
  return [
    `${style(refused.length === 0 ? "green" : "red", "canary-router:")} ${counts.join(", ")}`,
    ...lossy.flatMap(({ at, construct, why, example: { request, attributes = {}, alias, other } }) => [
      `${style("yellow", "lossy")} ${place(at, construct)}: requests with ${visible(why)}`,
      ...formatWire(request)
        .split("\n")
        .map((line) => `    ${visible(line)}`),
      ...Object.entries(attributes).map(([name, value]) => `    ${visible(`attribute ${name}: ${value}`)}`),
      `  ${visible(alias)} here, ${visible(other)} there`,
    ]),
    ...refused.flatMap(({ at, construct, why, help }) => [
      `${style("red", "refused")} ${place(at, construct)}: ${visible(why)}`,
      `  ${style("cyan", "help:")} ${visible(help)}`,
    ]),
    ...notes.map(({ at, construct, why }) => `${style("cyan", "note")} ${place(at, construct)}: ${visible(why)}`),
    "",
  ].join("\n");
}
