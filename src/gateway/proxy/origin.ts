import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { AliasSource } from "../source/source.ts";
import type { SourceConfig } from "./config.ts";
import { urlsOf } from "./reading.ts";

/** Opens the embedded store of an alias API, to follow the aliases of a project. The package of the store is not one of the gateway's. */
export type OpenStore = (path: string, project: string) => Promise<AliasSource>;

/**
 * Makes the source that a config names. Paths are relative to `base`. Rejects where a file with a password cannot be read, and where a store
 * cannot be opened.
 */
export async function openSource(config: SourceConfig, base: string, openStore: OpenStore | undefined): Promise<AliasSource> {
  const { kind, from, project = "", passwordFile, interval } = config;
  const every = interval === undefined ? {} : { interval: interval * 1_000 };
  if (kind === "directory") return (await import("../source/directory.ts")).directory(resolve(base, from), every);
  if (kind === "store") {
    if (openStore === undefined) throw new TypeError("the host of this gateway opens no store of an alias API");
    return openStore(resolve(base, from), project);
  }
  const urls = urlsOf(from) ?? [];
  const [url] = urls as readonly [URL];
  if (passwordFile !== undefined) url.password = encodeURIComponent((await readFile(resolve(base, passwordFile), "utf8")).trim());
  switch (kind) {
    case "http":
      return (await import("../source/http.ts")).http(url, every);
    case "etcd":
      return (await import("../source/etcd.ts")).etcd({ ...etcdOptions(urls), ...every });
    case "redis":
      return (await import("../source/redis.ts")).redis({ ...redisOptions(url), ...every });
  }
}

/** `etcd://user@one:2379,two:2379/canary/`: the path, without the slash that begins it, is the prefix; `etcds:` is etcd over TLS. */
function etcdOptions(urls: readonly URL[]) {
  const [{ protocol, pathname, username, password }] = urls as readonly [URL];
  const prefix = decodeURIComponent(pathname.slice(1));
  return {
    endpoints: urls.map(({ host, port }) => `${protocol === "etcds:" ? "https" : "http"}://${port === "" ? `${host}:2379` : host}`),
    ...(prefix !== "" && { prefix }),
    ...(username !== "" && { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
  };
}

/** `redis://one:6379/0?key=canary:aliases`: `key` and `channel` of the query are those of the hash, the rest is Redis's own. */
function redisOptions(url: URL) {
  const [key, channel] = [url.searchParams.get("key"), url.searchParams.get("channel")];
  const own = new URL(url);
  own.search = "";
  return { url: own.href, ...(key !== null && { key }), ...(channel !== null && { channel }) };
}
