import { explain as explainRequest, formatExplanation } from "../../index.ts";
import { onlyFile, readArguments } from "../arguments.ts";
import { loadAlias } from "../files/load.ts";
import { REQUEST, requestOf } from "../request.ts";
import { type Command, Refusal, write } from "../terminal/host.ts";
import { jsonOf, printable, type Style, styleOf, wrap } from "../terminal/style.ts";

const HELP = `Says which version of an alias answers a request, and every step to it.

Usage: canary-router explain FILE [REQUEST] [--draw NUMBER] [--json]

The request, as much of it as matters; the first four may be repeated:
  --header NAME=VALUE     a header; the name in any case
  --cookie NAME=VALUE     a cookie, as it is sent: nothing is decoded
  --query NAME=VALUE      a query parameter, in plain text
  --attribute NAME=VALUE  what the host vouches for: tenant, country, a claim
  --method METHOD         GET where it is left out
  --path PATH             / where it is left out; may have a query

Options:
  --draw NUMBER           the draw to split by, from 0 up to, not including, 1,
                          in place of a random or sticky one
  --json                  the explanation as JSON, for programs

Exit codes: 0 explained, 1 the config has errors, 2 wrong usage or no such file.

Examples:
  canary-router explain prod.json --header version=v1
  canary-router explain shop.yaml --cookie beta=on --path /cart
  canary-router explain shop.yaml --header X-User-Id=u-1007
  canary-router explain prod.json --draw 0.05
`;

/** Explains one request. */
export const explain: Command = {
  summary: "say which version answers a request, and every step to it",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, { ...REQUEST, draw: { type: "string" }, json: { type: "boolean" } });
    const file = onlyFile(positionals, "explain");
    const request = requestOf(values);
    const draw = values.draw === undefined ? undefined : drawOf(values.draw);
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const explanation = explainRequest(alias, request, draw);
    if (values.json === true) await write(host.stdout, `${jsonOf(explanation, 2)}\n`);
    else await write(host.stdout, `${wrap(painted(formatExplanation(explanation), styleOf(host.stdout, host.env)), host.columns)}\n`);
    return 0;
  },
};

function drawOf(text: string): number {
  const draw = text.trim() === "" ? Number.NaN : Number(text);
  if (draw >= 0 && draw < 1) return draw;
  throw new Refusal(`\`--draw ${text}\` is not a draw`, "write a number from 0 up to, not including, 1");
}

/** The answer and the marks of an explanation in colour. */
function painted(text: string, style: Style): string {
  const [answer = "", ...steps] = printable(text).split("\n");
  const lines = steps.map((line) =>
    line
      .replace(/^( +)✓/, (_, indent) => `${indent}${style("green", "✓")}`)
      .replace(/^( +)✗/, (_, indent) => `${indent}${style("red", "✗")}`)
      .replace(/^ +▸.*/, (arm) => style("bold", arm)),
  );
  return [style("bold", answer), ...lines].join("\n");
}
