import { shares as sharesOf } from "../../index.ts";
import { onlyFile, readArguments } from "../arguments.ts";
import { loadAlias } from "../files/load.ts";
import { REQUEST, requestOf } from "../request.ts";
import { type Command, write } from "../terminal/host.ts";
import { jsonOf, printable } from "../terminal/style.ts";
import { percent, table } from "../terminal/table.ts";

const HELP = `Says what share of such requests each version gets, exactly.

Usage: canary-router shares FILE [REQUEST] [--json]

The request is given as to \`canary-router explain\`: --header, --cookie, --query,
--attribute, --method, --path. Everything goes to one version where a strategy
holds or a sticky key fixes the draw; otherwise the weights say.

Options:
  --json   slots of 10,000 for each version, as JSON

Exit codes: 0 told, 1 the config has errors, 2 wrong usage or no such file.

Examples:
  canary-router shares prod.json
  canary-router shares shop.yaml --header X-User-Id=u-1007
`;

/** The exact split of one request. */
export const shares: Command = {
  summary: "say what share of such requests each version gets",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, { ...REQUEST, json: { type: "boolean" } });
    const file = onlyFile(positionals, "shares");
    const request = requestOf(values);
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const slots = sharesOf(alias, request);
    if (values.json === true) await write(host.stdout, `${jsonOf(slots, 2)}\n`);
    else {
      const rows = Object.entries(slots).map(([version, own]) => [
        printable(version),
        percent(own, 10_000),
        "█".repeat(Math.round(own / 250)),
      ]);
      await write(
        host.stdout,
        rows.length === 0
          ? ""
          : `${table(rows.map(([version = "", share = ""]) => [version, share]))
              .map((line, index) => `${line}  ${rows[index]?.[2] ?? ""}`.trimEnd())
              .join("\n")}\n`,
      );
    }
    return 0;
  },
};
