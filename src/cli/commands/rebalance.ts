import { jsonOf, rebalance as rebalanced } from "../../index.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { checkUnwritten, save, tellWritten } from "../files/save.ts";
import { write } from "../terminal/host.ts";

/** The command `rebalance`, which writes the plan that moves the fewest users. */
export const rebalance: Command = defineCommand({
  name: "rebalance",
  about: [
    "Lays out the split of an alias so that the least moves from the one before.",
    "Prints the plan of AFTER as JSON: every slot keeps its version unless that one shrinks. The layout is no function of the weights, so keep the plan beside the config, and give it to `compile` of the library in place of the config.",
  ],
  arguments: [
    { name: "BEFORE", description: "the alias config that is live" },
    { name: "AFTER", description: "the one that takes its place" },
  ],
  options: {
    out: { type: "string", value: "OUT", short: "o", default: "-", description: "the file to write, `-` for standard output" },
    force: { type: "boolean", needs: "out", description: "write over a file that is there" },
  },
  exits: { 0: "written", 1: "a config has errors", 2: "wrong usage, a file that cannot be read or written, or one that is there already" },
  examples: ["canary-router rebalance live.json next.json -o next.plan.json"],
  run: async ({ values: { out, force }, positionals: [one, other = ""] }, host) => {
    if (!force) await checkUnwritten(out);
    const [before, after] = [await loadAlias(one, host), await loadAlias(other, host)];
    if (before === undefined || after === undefined) return 1;
    const text = `${jsonOf(rebalanced(before, after), 2)}\n`;
    if (out === "-") await write(host.stdout, text);
    else {
      await save(out, text);
      await tellWritten(out, host);
    }
    return 0;
  },
});
