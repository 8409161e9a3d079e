import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { formatCount, formatPercent, jsonOf, visible } from "../../alias/surface.ts";
import { haveSameWeights, isAlarm, LIVE_RISK, type LiveCount, type LiveSplit, lookLive, probabilityText } from "../../simulate/index.ts";
import { positiveNumber, wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { readMetrics, type Sample } from "../files/metrics.ts";
import { failureOf } from "../files/text.ts";
import { formats } from "../formats.ts";
import { notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { type Style, styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

const SLOTS = 10_000;

/** The command `watch`. */
export const watch: Command = defineCommand({
  name: "watch",
  about: [
    "Says live whether gateways split traffic as the weights say.",
    "It reads the counters of a gateway again and again, or those of all gateways from a Prometheus server, and runs the test of `simulate` that may be looked at as often as one likes: the risk of a false alarm is 0.05 % for all looks and aliases together. An alarm ends it with 1.",
    "What is tested are draws. A sticky split draws once for a key, and not for each request, so its counters prove nothing: it is listed and not judged. `simulate --served` judges it from a log, by keys.",
    "Where weights change, the test of their alias begins anew. What a gateway drew before it was first seen, or before it began anew, is left out.",
  ],
  arguments: [{ name: "URL", description: "`/metrics` of a gateway's admin listener, or a Prometheus server, without a path" }],
  options: {
    alias: { type: "string", value: "NAME", multiple: true, description: "judge this one only; may be repeated" },
    interval: { type: "string", value: "SECONDS", read: positiveNumber, description: "between two looks; 10 where it is left out" },
    count: { type: "string", value: "N", read: wholeNumber, description: "end after so many looks; without it, watch until Ctrl-C" },
    "token-file": { type: "string", value: "FILE", description: "what is sent as bearer token" },
    format: formats({ text: "a line for each alias that is new or an alarm, and all at the end", json: "a JSON object a look" }),
  },
  exits: {
    0: "the looks are over, and each split that could be judged fits its weights",
    1: "an alarm: a split does not fit its weights, or gave a version that has none",
    2: "wrong usage, no answer to the first question, or nothing that can be judged",
    130: "interrupted, and no alarm until then",
  },
  examples: ["canary-router watch http://127.0.0.1:9901/metrics", "canary-router watch http://prometheus:9090 --alias checkout --count 60"],
  run: async ({ values, positionals: [text] }, host) => {
    const url = urlOf(text);
    const token = await readToken(values["token-file"]);
    const { interval = 10, count = Infinity, alias: asked } = values;
    const isText = values.format === "text";
    let splits: Splits = new Map();
    let looks = 0;
    while (!host.interrupted.aborted) {
      const samples = await ask(url, token, looks, host);
      if (samples !== undefined) {
        const before = splits;
        splits = lookAt(before, samples, asked);
        looks++;
        if (looks === 1) check(splits, asked, url);
        const alarms = new Map([...splits].filter(([, split]) => isAlarming(split, judgedIn(splits))));
        const isNew = [...splits].some(([name, { why }]) => before.get(name)?.why !== why || !before.has(name));
        const isLast = looks >= count || alarms.size > 0;
        if (!isText) await write(host.stdout, `${jsonOf(reportOf(splits, looks))}\n`);
        else if (isNew || isLast) await write(host.stdout, textOf(alarms.size > 0 ? alarms : splits, judgedIn(splits), host));
        if (isLast) return alarms.size > 0 ? 1 : 0;
      }
      await pause(interval * 1_000, host.interrupted);
    }
    if (isText && looks > 0) await write(host.stdout, textOf(splits, judgedIn(splits), host));
    return 130;
  },
});

/** One alias: undefined `live` for one that cannot be judged now, and why. */
interface Split {
  readonly live: LiveSplit | undefined;
  readonly why: string | undefined;
}

type Splits = ReadonlyMap<string, Split>;

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new Refusal(`\`${text}\` is no URL`, "write `http://127.0.0.1:9901/metrics`, or `http://prometheus:9090`");
}

async function readToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Refusal(`${path}: ${failureOf(error)}`);
  });
  return text.trim();
}

function pause(milliseconds: number, interrupted: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal: interrupted }).catch(() => {});
}

/** A later question may fail, for gateways are restarted; the first may not. */
async function ask(url: URL, token: string | undefined, looks: number, host: Terminal): Promise<readonly Sample[] | undefined> {
  try {
    return await readMetrics(url, token, host.interrupted);
  } catch (error) {
    if (looks === 0 || !(error instanceof Refusal) || host.interrupted.aborted) throw error;
    await notice(error.message, host);
    return undefined;
  }
}

/** One more look at each alias. One that is not in the metrics any more is gone. */
function lookAt(before: Splits, samples: readonly Sample[], asked: readonly string[]): Splits {
  const byAlias = new Map<string, Sample[]>();
  for (const sample of samples) {
    const name = sample.labels["alias"];
    if (name === undefined || (asked.length > 0 && !asked.includes(name))) continue;
    const known = byAlias.get(name);
    if (known === undefined) byAlias.set(name, [sample]);
    else known.push(sample);
  }
  return new Map([...byAlias].map(([name, mine]) => [name, splitOf(before.get(name), mine)]));
}

/** Gateways are added up. Where they do not have the same weights, the fleet is on its way from one config to another. */
function splitOf(before: Split | undefined, samples: readonly Sample[]): Split {
  if (samples.some(({ name, value }) => name === "canary_router_split_sticky" && value > 0))
    return { live: undefined, why: "sticky: its requests are no draws" };
  const weights = new Map<string, Map<string, number>>();
  const counts: LiveCount[] = [];
  for (const { name, labels, value } of samples) {
    const { version = "", reason, alias: _, ...others } = labels;
    const gateway = JSON.stringify(Object.entries(others).toSorted());
    if (name === "canary_router_split_ratio")
      weights.set(gateway, (weights.get(gateway) ?? new Map<string, number>()).set(version, Math.round(value * SLOTS)));
    else if (name === "canary_router_decisions_total" && reason === "split") counts.push({ gateway, version, count: value });
  }
  const [slots, ...others] = weights.values();
  if (slots === undefined) return { live: undefined, why: "nothing is drawn" };
  if (others.some((other) => !haveSameWeights(other, slots))) return { live: undefined, why: "the gateways have different weights" };
  return { live: lookLive(before?.live, { slots, counts }), why: undefined };
}

/** Whether there is what was asked for, and something to judge. */
function check(splits: Splits, asked: readonly string[], url: URL): void {
  for (const name of asked) {
    if (splits.has(name)) continue;
    throw new Refusal(`${url.href}: no metric has the alias \`${name}\``);
  }
  if (splits.size === 0) throw new Refusal(`${url.href}: no metric of canary-router is there`);
  const whys = [...splits].flatMap(([name, { why }]) => (why === undefined ? [] : [`\`${name}\`: ${why}`]));
  if (whys.length < splits.size || [...splits.values()].some(({ why }) => why?.includes("different") === true)) return;
  const more = whys.length > SHOWN ? `; and ${formatCount(whys.length - SHOWN)} more` : "";
  throw new Refusal(`${url.href}: no alias can be judged: ${whys.slice(0, SHOWN).join("; ")}${more}`);
}

/** Aliases that a message names. */
const SHOWN = 5;

function judgedIn(splits: Splits): number {
  return [...splits.values()].filter(({ live }) => live !== undefined).length;
}

function isAlarming({ live }: Split, judged: number): boolean {
  return live !== undefined && isAlarm(live, judged);
}

function drawCount({ drawn }: LiveSplit): number {
  return [...drawn.values()].reduce((sum, count) => sum + count, 0);
}

function textOf(splits: Splits, judged: number, host: Terminal): string {
  const style = styleOf(host.stdout, host.env);
  const lines = [...splits].map(([name, split]) => lineOf(name, split, judged, style));
  return wrap(`${lines.join("\n")}\n`, host.columns);
}

function lineOf(name: string, split: Split, judged: number, style: Style): string {
  const { live, why } = split;
  if (live === undefined) return style("dim", `${visible(name)}: not judged, ${why}`);
  const draws = drawCount(live);
  const shares = [...live.slots].map(([version, width]) => {
    const part = draws === 0 ? "–" : formatPercent(live.drawn.get(version) ?? 0, draws);
    return `${visible(version)} ${part} for ${formatPercent(width, SLOTS)}`;
  });
  const wrong = live.impossible > 0 ? [`${plural(live.impossible, "draw")} of a version that has no weight`] : [];
  const said = [`${shares.join(", ")} of ${plural(draws, "draw")}`, ...wrong, `p ${probabilityText(live.test.p)}`].join("; ");
  return isAlarming(split, judged)
    ? `${style("red", `${visible(name)}: ALARM,`)} ${said}`
    : `${style("green", `${visible(name)}:`)} ${said}`;
}

/** A look, for programs. */
function reportOf(splits: Splits, looks: number): object {
  const judged = judgedIn(splits);
  return {
    look: looks,
    risk: LIVE_RISK,
    aliases: [...splits].map(([alias, split]) => {
      const { live, why } = split;
      if (live === undefined) return { alias, judged: false, why };
      const draws = drawCount(live);
      const versions = [...new Set([...live.slots.keys(), ...live.drawn.keys()])];
      return {
        alias,
        judged: true,
        alarm: isAlarming(split, judged),
        draws,
        p: live.test.p,
        impossible: live.impossible,
        changes: live.changes,
        versions: versions.map((version) => ({
          version,
          expected: (live.slots.get(version) ?? 0) / SLOTS,
          drawn: live.drawn.get(version) ?? 0,
        })),
      };
    }),
  };
}
