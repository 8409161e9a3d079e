import { once } from "node:events";
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Gateway, type OpenStore, parseGateway, startGateway } from "../../src/gateway/proxy/index.ts";
import { AliasTable } from "../../src/gateway/index.ts";

/** A line of a log. */
type Line = Readonly<Record<string, unknown>>;

/** A gateway that runs, what it has logged, and its table. */
export interface Running {
  readonly gateway: Gateway;
  readonly table: AliasTable;
  readonly lines: readonly Line[];
  readonly url: string;
  readonly admin: string;
}

/** Starts a gateway with a config whose addresses are of port 0 where it names none. */
export async function runGateway(base: string, config: Readonly<Record<string, unknown>>, openStore?: OpenStore): Promise<Running> {
  const checked = parseGateway({ listen: "127.0.0.1:0", admin: "127.0.0.1:0", ...config });
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push({ level, message, ...fields });
  const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  const { maxChanged } = checked.value.guard;
  const table = new AliasTable({ ...(maxChanged !== undefined && { maxChanged }) });
  const gateway = await startGateway(checked.value, { table, log, base, ...(openStore !== undefined && { openStore }) });
  const { listen, admin } = gateway.addresses;
  return { gateway, table, lines, url: `http://127.0.0.1:${listen.port}`, admin: `http://127.0.0.1:${admin?.port}` };
}

/** An upstream that answers with its name. */
export async function namedUpstream(
  name: string,
): Promise<{ readonly url: string; readonly close: () => void; readonly count: () => number }> {
  let count = 0;
  const server = createServer((_, response) => {
    count++;
    response.end(name);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close, count: () => count };
}

/** Writes aliases as files of a directory. */
export function writeAliases(path: string, aliases: Readonly<Record<string, unknown>>): void {
  for (const [name, config] of Object.entries(aliases)) writeFileSync(join(path, `${name}.json`), JSON.stringify(config));
}
