import { explain as explainRequest, formatExplanation, jsonOf } from "../../index.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { FORMAT } from "../formats.ts";
import { REQUEST, requestOf } from "../request.ts";
import { Refusal, write } from "../terminal/host.ts";
import { type Style, styleOf, visibleLines, wrap } from "../terminal/style.ts";

/** The command `explain`. */
export const explain: Command = defineCommand({
  name: "explain",
  about: ["Says which version of an alias answers a request, and every step to it."],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: {
    ...REQUEST,
    draw: {
      type: "string",
      value: "NUMBER",
      read: drawOf,
      description: "the draw to split by, from 0 up to, not including, 1, in place of a random or sticky one",
    },
    format: FORMAT,
    json: { type: "boolean", deprecated: { use: "--format json" } },
  },
  exits: { 0: "explained", 1: "the config has errors", 2: "wrong usage or no such file" },
  examples: [
    "canary-router explain prod.json --header version=v1",
    "canary-router explain shop.yaml --cookie beta=on --path /cart",
    "canary-router explain shop.yaml --header X-User-Id=u-1007",
    "canary-router explain prod.json --draw 0.05",
  ],
  run: async ({ values, positionals: [file] }, host) => {
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const explanation = explainRequest(alias, requestOf(values), values.draw);
    if (values.format === "json") await write(host.stdout, `${jsonOf(explanation, 2)}\n`);
    else await write(host.stdout, `${wrap(painted(formatExplanation(explanation), styleOf(host.stdout, host.env)), host.columns)}\n`);
    return 0;
  },
});

function drawOf(text: string, option: string): number {
  const draw = text.trim() === "" ? Number.NaN : Number(text);
  if (draw >= 0 && draw < 1) return draw;
  throw new Refusal(`\`${option} ${text}\` is not a draw`, "write a number from 0 up to, not including, 1");
}

/** Colours the answer and the marks in an explanation. */
function painted(text: string, style: Style): string {
  const [answer = "", ...steps] = visibleLines(text).split("\n");
  const lines = steps.map((line) =>
    line
      .replace(/^( +)✓/, (_, indent) => `${indent}${style("green", "✓")}`)
      .replace(/^( +)✗/, (_, indent) => `${indent}${style("red", "✗")}`)
      .replace(/^ +▸.*/, (arm) => style("bold", arm)),
  );
  return [style("bold", answer), ...lines].join("\n");
}
