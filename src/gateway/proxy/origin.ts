import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { AliasSource } from "../source/source.ts";
import type { SourceConfig } from "./config.ts";

/** Makes the source that a config names. Paths are relative to `base`. Rejects where a file with a password cannot be read. */
export async function openSource({ kind, from, passwordFile, interval }: SourceConfig, base: string): Promise<AliasSource> {
  const every = interval === undefined ? {} : { interval: interval * 1_000 };
  const password = passwordFile === undefined ? undefined : (await readFile(resolve(base, passwordFile), "utf8")).trim();
  if (kind === "directory") return (await import("../source/directory.ts")).directory(resolve(base, from), every);
  const url = new URL(from);
  if (password !== undefined) url.password = encodeURIComponent(password);
  switch (kind) {
    case "http":
      return (await import("../source/http.ts")).http(url, every);
    case "etcd":
      return (await import("../source/etcd.ts")).etcd({ ...etcdOptions(url), ...every });
    case "redis":
      return (await import("../source/redis.ts")).redis({ ...redisOptions(url), ...every });
  }
}

/** `etcd://user@one:2379/canary/`: the path, without the slash that begins it, is the prefix; `etcds:` is etcd over TLS. */
function etcdOptions({ protocol, host, pathname, username, password }: URL) {
  const prefix = decodeURIComponent(pathname.slice(1));
  return {
    endpoints: `${protocol === "etcds:" ? "https" : "http"}://${host.includes(":") ? host : `${host}:2379`}`,
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
