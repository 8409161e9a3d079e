import { shares as sharesOf } from "../../index.ts";
import { formatPercent, jsonOf, visible } from "../../alias/surface.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { formats } from "../formats.ts";
import { REQUEST, requestOf } from "../request.ts";
import { write } from "../terminal/host.ts";
import { table } from "../terminal/table.ts";

/** The command `shares`, which computes the exact split of one request. */
export const shares: Command = defineCommand({
  name: "shares",
  about: [
    "Says what share of such requests each version gets, exactly.",
    "Everything goes to one version where a strategy holds or a sticky key fixes the draw; otherwise the weights say.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: {
    ...REQUEST,
    format: formats({ text: "for people", json: "slots of 10,000 for each version" }),
    json: { type: "boolean", deprecated: { use: "--format json" } },
  },
  exits: { 0: "printed", 1: "the config has errors", 2: "wrong usage or no such file" },
  examples: ["canary-router shares prod.json", "canary-router shares shop.yaml --header X-User-Id=u-1007"],
  run: async ({ values, positionals: [file] }, host) => {
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const slots = sharesOf(alias, requestOf(values));
    if (values.format === "json") {
      await write(host.stdout, `${jsonOf(slots, 2)}\n`);
      return 0;
    }
    const entries = Object.entries(slots);
    const lines = table(
      entries.map(([version, own]) => [visible(version), formatPercent(own, 10_000)]),
      host.columns,
    );
    const bars = entries.map(([, own]) => "█".repeat(Math.round(own / 250)));
    await write(host.stdout, lines.map((line, index) => `${line}  ${bars[index]}`.trimEnd() + "\n").join(""));
    return 0;
  },
});
