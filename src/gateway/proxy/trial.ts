import { format } from "../../document/index.ts";
import { follow } from "../source/follow.ts";
import { AliasTable } from "../table.ts";
import { openChooser } from "./chooser.ts";
import type { GatewayConfig } from "./config.ts";
import type { GatewayOptions } from "./gateway.ts";
import { aliasesOf, reachable } from "./reach.ts";
import { openSource } from "./origin.ts";

/** What a gateway would do with its aliases as they are now. */
export interface Trial {
  readonly revision: number | undefined;
  /** The aliases that it would serve. */
  readonly served: readonly string[];
  /** Why it would not be ready, or would refuse an alias, a line each. */
  readonly faults: readonly string[];
}

/** Reads the aliases of a gateway once, without its snapshot. The signal ends the waiting for a source that does not answer. Rejects as `startGateway` does. */
export async function tryGateway(
  config: GatewayConfig,
  { base, openStore }: Pick<GatewayOptions, "base" | "openStore">,
  signal: AbortSignal,
): Promise<Trial> {
  const table = new AliasTable();
  const faults: string[] = [];
  const done = new AbortController();
  let answered = false;
  let problem = "it does not answer";
  await openChooser(table, config, base);
  await follow(table, await openSource(config.aliases, base, openStore), {
    signal: AbortSignal.any([signal, done.signal]),
    check: (alias, value) => reachable(config, alias, value),
    onUpdate: ({ rejected }) => {
      for (const { alias, diagnostics } of rejected)
        for (const diagnostic of diagnostics) faults.push(`\`${alias}\`: ${format(diagnostic).split("\n", 1)[0]}`);
      answered = true;
      done.abort();
    },
    onStatus: ({ reason }) => {
      if (reason !== undefined) problem = reason;
    },
  });
  if (!answered) faults.push(`the source: ${problem}`);
  const rejected = new Set(faults.map((fault) => fault.split("`")[1]));
  for (const alias of aliasesOf(config))
    if (answered && !table.has(alias) && !rejected.has(alias))
      faults.push(`\`${alias}\`: a route names it, and the source does not have it`);
  return { revision: answered ? table.revision : undefined, served: [...table.keys()], faults };
}
