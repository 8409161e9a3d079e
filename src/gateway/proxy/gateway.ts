import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Diagnostic } from "../../document/index.ts";
import type { AliasTable } from "../table.ts";
import { follow } from "../source/follow.ts";
import type { AliasSource } from "../source/source.ts";
import { type SourceStatus, STARTING } from "../source/status.ts";
import { adminHandler, type AdminPage } from "./admin.ts";
import { openChooser, readSecret } from "./chooser.ts";
import type { Address, GatewayConfig } from "./config.ts";
import { decisionHandler } from "./decisions.ts";
import { type Listener, listen } from "./listener.ts";
import { type RecentChange, withChange } from "./live.ts";
import { exchangeFields, type Log, logStatus, logUpdate } from "./log.ts";
import { gatewayMetrics } from "./metrics.ts";
import { openSource, type OpenStore } from "./origin.ts";
import { createProxy } from "./proxy.ts";
import { aliasesOf, reachable } from "./reach.ts";

/** What a gateway needs of its host. */
export interface GatewayOptions {
  /** The table that the source fills. */
  readonly table: AliasTable;
  readonly log: Log;
  /** The directory that paths of the config are relative to. */
  readonly base: string;
  /** Opens the embedded store of an alias API, where the config names one. */
  readonly openStore?: OpenStore;
  /** What the admin listener shows to browsers. */
  readonly page?: AdminPage | undefined;
}

/** A gateway that runs. */
export interface Gateway {
  /** Where it listens, with the ports that were given where port 0 was asked for. */
  readonly addresses: { readonly listen: Address; readonly admin: Address | undefined; readonly decisions: Address | undefined };
  readonly status: () => SourceStatus;
  /**
   * Takes another config while requests flow. Returns the keys that take effect only when it is started again. Rejects where a file of secrets
   * or a store cannot be read, and keeps the config then.
   */
  readonly reload: (config: GatewayConfig) => Promise<readonly string[]>;
  /** Ends it: takes no more requests, and waits for those that are under way for as long as the config says. */
  readonly close: () => Promise<void>;
}

/** Starts a gateway. Rejects where it cannot listen, or a file of the config cannot be read. */
export async function startGateway(first: GatewayConfig, { table, log, base, openStore, page }: GatewayOptions): Promise<Gateway> {
  let config = first;
  let status = STARTING;
  const rejected = new Map<string, readonly Diagnostic[]>();
  let changes: readonly RecentChange[] = [];
  let isDraining = false;
  const token = config.admin?.token && (await readSecret(config.admin.token, base));
  let choose = await openChooser(table, config, base);
  const metrics = gatewayMetrics(table, {
    aliases: () => aliasesOf(config),
    status: () => status,
    active: () => proxy.active(),
  });

  const proxy = createProxy(config, {
    choose: (...asked) => choose(...asked),
    onExchange: (exchange) => {
      metrics.count(exchange);
      if (exchange.fault !== undefined || (exchange.error !== undefined && exchange.status !== 499))
        log.error(exchangeFields(exchange), "request failed");
      else if (config.log.requests) log.info(exchangeFields(exchange), "request");
    },
    onFailure: (exchange) => {
      metrics.fail(exchange);
      log.warn({ ...exchangeFields(exchange), event: "upstream_failed" }, "upstream failed");
    },
  });

  let following = begin(await openSource(config.aliases, base, openStore));
  function begin(source: AliasSource): { readonly end: () => Promise<void> } {
    const ending = new AbortController();
    const { snapshot } = config;
    const done = follow(table, source, {
      signal: ending.signal,
      ...(snapshot !== undefined && { snapshot: resolve(base, snapshot) }),
      check: (alias, value) => reachable(config, alias, value),
      onStatus: (next) => {
        logStatus(log, next, status);
        status = next;
      },
      onUpdate: (update) => {
        for (const alias of update.accepted) rejected.delete(alias);
        for (const { alias, diagnostics } of update.rejected) rejected.set(alias, diagnostics);
        changes = withChange(changes, update);
        logUpdate(log, update);
      },
    }).catch((error: Error) => {
      status = { ...status, state: "degraded", reason: `the source has ended: ${error.message}` };
      log.error({ event: "source", state: status.state, reason: status.reason }, "source ended");
    });
    return {
      end: async () => {
        ending.abort();
        await done;
      },
    };
  }

  const opened = async (address: Address | undefined, handlers: Parameters<typeof listen>[2]): Promise<Listener | undefined> =>
    address && (await listen(address, config, handlers));
  const noUpgrade = (_: unknown, socket: { readonly destroy: () => void }): void => socket.destroy();
  const onRefused = (fault: { readonly code: string; readonly status: number }, error: Error): void =>
    log.warn({ event: "refused", status: fault.status, fault: fault.code, error: error.message }, "no request");
  const view = {
    table,
    aliases: () => aliasesOf(config),
    status: () => status,
    rejected: () => rejected,
    changes: () => changes,
    isDraining: () => isDraining,
    metrics: metrics.read,
  };
  const decide = decisionHandler({ choose: (...asked) => choose(...asked), header: () => config.header });
  let [admin, decisions, web]: (Listener | undefined)[] = [];
  try {
    admin = await opened(config.admin, { handle: adminHandler(view, { host: config.admin?.host ?? "", token }, page), upgrade: noUpgrade });
    decisions = await opened(config.decisions, { handle: decide, upgrade: noUpgrade });
    web = await opened(config.listen, { handle: proxy.handle, upgrade: proxy.upgrade, onRefused });
  } catch (error) {
    await Promise.all([following.end(), admin?.close(0), decisions?.close(0)]);
    throw error;
  }
  const addresses = { listen: web?.address ?? config.listen, admin: admin?.address, decisions: decisions?.address };
  log.info({ event: "listening", ...addresses }, "listening");
  return { addresses, status: () => status, reload, close };

  async function reload(next: GatewayConfig): Promise<readonly string[]> {
    const before = config;
    // A config that was refused for want of an upstream is told again.
    const isFollowed = !differ(before, next, ["aliases", "snapshot", "routes"]);
    const chooser = await openChooser(table, next, base);
    // Last, because a store that is opened is closed by who follows it.
    const source = isFollowed ? undefined : await openSource(next.aliases, base, openStore);
    choose = chooser;
    config = next;
    proxy.configure(next);
    if (source !== undefined) {
      await following.end();
      following = begin(source);
    }
    const later = RESTART.filter((path) => !isDeepStrictEqual(valueAt(before, path), valueAt(next, path)));
    log.info({ event: "config_accepted", ...(later.length > 0 && { restart: later }) }, "config accepted");
    return later;
  }

  async function close(): Promise<void> {
    isDraining = true;
    proxy.drain();
    log.info({ event: "ending", active: proxy.active() }, "ending");
    const { shutdown } = config.timeouts;
    await Promise.all([web?.close(shutdown), decisions?.close(shutdown)]);
    proxy.close();
    await following.end();
    await admin?.close(0);
    log.info({ event: "ended" }, "ended");
  }
}

/** What a listener is made with: it takes effect when the gateway is started again. */
const RESTART = [
  "listen",
  "admin",
  "decisions",
  "guard",
  "limits.head",
  "limits.connections",
  "timeouts.head",
  "timeouts.request",
  "timeouts.keepAlive",
  "log.level",
] as const;

function valueAt(config: GatewayConfig, path: (typeof RESTART)[number]): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], config);
}

function differ(one: GatewayConfig, other: GatewayConfig, keys: readonly (keyof GatewayConfig)[]): boolean {
  return keys.some((key) => !isDeepStrictEqual(one[key], other[key]));
}
