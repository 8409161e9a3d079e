import { jsonOf } from "../../alias/surface.ts";
import { CountError, type CountVerdict, judgeCounts } from "../../simulate/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { readCounts } from "../files/counts.ts";
import { loadAlias } from "../files/load.ts";
import { FORMAT } from "../formats.ts";
import { verdictText } from "../reporters/simulation.ts";
import { notice, Refusal, write } from "../terminal/host.ts";
import { styleOf } from "../terminal/style.ts";

/** The command `verdict`, which judges counts of what was served. */
export const verdict: Command = defineCommand({
  name: "verdict",
  about: [
    "Says whether counts of what was served are what the weights of an alias say.",
    "By the exact test, or chi-square for many arms, and by the test that may be looked at at any time. Counts are of users where the split is sticky, and of requests where it is random.",
    "Counts are a CSV file with the columns `version` and `count` (or `users`, or `requests`). With `reason` (`rule`, `split`, `default`, `error`), only what the split decided is compared with the weights; with `decided`, what the alias decides is compared with what was served. Where `--counts` begins with `SELECT`, it is a query of the warehouse that gives these columns. `prometheus:URL` reads the counters of a gateway, or of a Prometheus server, for the alias that the config names.",
  ],
  arguments: [{ name: "FILE", description: "the alias config that was live, JSON or YAML" }],
  options: {
    counts: {
      type: "string",
      value: "COUNTS",
      required: true,
      input: true,
      description: "a CSV file, `-` for standard input, `prometheus:URL`, or a query",
    },
    warehouse: {
      type: "string",
      value: "WHERE",
      description:
        "the warehouse of the query: `duckdb:FILE`, `duckdb:` for none but the files that the query reads, `postgres://HOST/DATABASE`, or `http://HOST:8123`",
    },
    format: FORMAT,
  },
  exits: {
    0: "what was served fits the alias",
    1: "it does not, or the config has errors",
    2: "wrong usage, a file that cannot be read, or counts that cannot be judged",
  },
  examples: ["canary-router verdict shop.yaml --counts counts.csv"],
  run: async ({ values: { counts: where, warehouse, format }, positionals: [file] }, host) => {
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const { rows, unit } = await readCounts(where, { warehouse, alias: alias.name }, host);
    const judged = attempt(() => judgeCounts(alias, rows));
    const sticky = judged.split?.unit === "key";
    if (sticky && unit === "requests")
      throw new Refusal("the split is sticky, and requests of one user are not independent", "count users: give a column `users`");
    if (sticky && unit === undefined) await notice("the counts are taken for users, because the split is sticky", host);
    if (judged.split === undefined && judged.ways.length === 0)
      throw new Refusal("none of the counts came to the split, so there is nothing to compare with the weights");
    await write(
      host.stdout,
      format === "json" ? `${jsonOf(judged, 2)}\n` : verdictText(judged, styleOf(host.stdout, host.env), host.columns),
    );
    return judged.fits ? 0 : 1;
  },
});

function attempt(judge: () => CountVerdict): CountVerdict {
  try {
    return judge();
  } catch (error) {
    if (error instanceof CountError) throw new Refusal(error.message, "give the counts a column `reason`, as in the metrics of a gateway");
    throw error;
  }
}
