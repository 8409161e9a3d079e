import { dirname } from "node:path";
import type { AdminPage, GatewayConfig, Log, OpenStore } from "../../gateway/proxy/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { readModel } from "../files/model.ts";
import { openStore } from "../files/store.ts";
import { type ExitCode, notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { styleOf } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";
import { visible } from "../../alias/surface.ts";

/** How long `--dry-run` waits for the source, in milliseconds. */
const PATIENCE = 10_000;

/** The command `serve`. */
export const serve: Command = defineCommand({
  name: "serve",
  about: [
    "Runs a gateway: a reverse proxy that sends each request to the upstream of the version that an alias decides.",
    "The config names where to listen, where the aliases come from and where requests go; docs/serve.md describes it. Changes of the aliases and of the file take effect while requests flow, and a change that has errors is refused. Logs are JSON lines on standard output. SIGHUP reads the file again; SIGTERM and Ctrl-C end the gateway once the requests that are under way have ended.",
    "It needs the packages http-proxy-3, pino and prom-client, redis where the aliases come from there, and lmdb where they are those of an alias API.",
  ],
  arguments: [{ name: "FILE", description: "the config of the gateway, YAML or JSON" }],
  options: {
    "dry-run": { type: "boolean", description: "say whether it would run, with what its aliases are now, and do not listen" },
  },
  exits: {
    0: "it was told to end, and every request has been answered; or it would run",
    1: "the config has errors; or, with --dry-run, an alias is missing or cannot be served",
    2: "wrong usage, no such file, a package is missing, or an address that is taken",
  },
  examples: ["canary-router serve gateway.yaml --dry-run", "canary-router serve gateway.yaml"],
  run: async ({ values, positionals: [path] }, host) => {
    const { parseGateway } = await loadGateway();
    const read = await readModel(path, host, parseGateway);
    if (!read.ok) return 1;
    return values["dry-run"] ? dryRun(path, read.value, host) : run(path, read.value, host);
  },
});

/** The gateway and the packages that it needs. */
async function loadGateway(): Promise<typeof import("../../gateway/proxy/index.ts")> {
  try {
    return await import("../../gateway/proxy/index.ts");
  } catch (error) {
    throw missing(error);
  }
}

/** What to install, where a package is not there. */
function missing(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const name = code === "ERR_MODULE_NOT_FOUND" ? /package '([^']+)'/.exec(message)?.[1] : undefined;
  return name === undefined ? error : new Refusal(`\`serve\` needs the package \`${name}\``, `npm install ${name}`);
}

async function run(path: string, config: GatewayConfig, host: Terminal): Promise<ExitCode> {
  const { startGateway, watchFile } = await loadGateway();
  const { AliasTable } = await import("../../gateway/index.ts");
  const { log, flush } = await openLog(config, host);
  const base = dirname(path);
  const { maxChanged, maxMoved, keepPrimary } = config.guard;
  const table = new AliasTable({
    ...(maxChanged !== undefined && { maxChanged }),
    ...(maxMoved !== undefined && { maxMoved }),
    keepPrimary,
  });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  host.interrupted.addEventListener("abort", end, { once: true });
  process.once("SIGTERM", end);
  if (host.interrupted.aborted) end();
  try {
    const page = await openPage();
    const gateway = await startGateway(config, { table, log, base, openStore: storeOpener(host), page }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const reload = async (): Promise<void> => {
      const next = await readAgain(path, host, log);
      if (next === undefined) return;
      await gateway.reload(next).catch((error: Error) => {
        log.error(
          { event: "config_rejected", file: path, error: error.message },
          "a file that the config names cannot be used, and the config before is kept",
        );
      });
    };
    const watching = watchFile(path, reload, ending.signal);
    process.on("SIGHUP", watching.nudge);
    await new Promise<void>((resolve) => {
      if (ending.signal.aborted) return resolve();
      ending.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    process.off("SIGHUP", watching.nudge);
    await watching.done;
    await gateway.close();
    return 0;
  } finally {
    process.off("SIGTERM", end);
    await flush();
  }
}

/** The studio, which shows the gateway; undefined where it has not been built. */
async function openPage(): Promise<AdminPage | undefined> {
  const { pageHeaders, servedPage } = await import("../studio-page.ts");
  try {
    return { files: await servedPage([], true), headers: pageHeaders(true) };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Opens the file of an alias API. The gateway and the alias API know nothing of one another. */
function storeOpener(host: Terminal): OpenStore {
  return async (path, project) => {
    const { storeSource } = await import("../../control/index.ts");
    return storeSource(await openStore(path, host.env), project, { closes: true });
  };
}

/** An address that is taken, or a file that is not there, in words. */
function refusalOf(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException & { readonly port?: number };
  switch (code) {
    case "EADDRINUSE":
    case "EACCES":
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "ENOENT":
    case "ESECRET":
      return new Refusal(message);
    default:
      return missing(error);
  }
}

/** Reads the config again. What is wrong with it is logged, and it is then undefined. */
async function readAgain(path: string, host: Terminal, log: Log): Promise<GatewayConfig | undefined> {
  const { parseGateway } = await loadGateway();
  try {
    const read = await readModel(path, host, parseGateway);
    if (read.ok) return read.value;
    log.error({ event: "config_rejected", file: path }, "config has errors, and the one before is kept");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.error({ event: "config_rejected", file: path, error: error.message }, "config cannot be read, and the one before is kept");
  }
  return undefined;
}

/** Lines are gathered up to so many bytes before they are written, and for so many milliseconds at most. */
const GATHERED = 4_096;
const GATHERING = 250;

async function openLog(
  { log: { level } }: GatewayConfig,
  host: Terminal,
): Promise<{ readonly log: Log; readonly flush: () => Promise<void> }> {
  const { pino } = await import("pino").catch((error: unknown) => {
    throw missing(error);
  });
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (host.stdout !== process.stdout) return { log: pino(options, host.stdout), flush: async () => {} };
  const destination = pino.destination({ fd: 1, sync: false, minLength: GATHERED });
  const timer = setInterval(() => destination.flush(), GATHERING);
  return {
    log: pino(options, destination),
    flush: async () => {
      clearInterval(timer);
      await new Promise<void>((resolve) => destination.flush(() => resolve()));
    },
  };
}

/** Reads the aliases once, and says what the gateway would do. */
async function dryRun(path: string, config: GatewayConfig, host: Terminal): Promise<ExitCode> {
  const { tryGateway } = await loadGateway();
  const found = await tryGateway(
    config,
    { base: dirname(path), openStore: storeOpener(host) },
    AbortSignal.any([host.interrupted, AbortSignal.timeout(PATIENCE)]),
  ).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const style = styleOf(host.stdout, host.env);
  const lines = [
    `${path}: ${plural(config.routes.length, "route")}, ${plural(found.served.length, "alias", "aliases")} of revision ${found.revision ?? "–"}`,
    ...found.faults.map((fault) => `${style("red", "cannot be served:")} ${visible(fault)}`),
  ];
  await write(host.stdout, `${lines.join("\n")}\n`);
  if (found.faults.length === 0) await notice("it would run", host, "green");
  return found.faults.length === 0 ? 0 : 1;
}
