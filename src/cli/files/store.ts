import type { EtcdStoreOptions } from "../../control/etcd.ts";
import type { Store } from "../../control/index.ts";
import { failureOf } from "./text.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";

/** What `--store` says in the help of commands. */
export const STORE = {
  type: "string",
  value: "STORE",
  required: true,
  description: "the file of an embedded database, which is made where it is not there, or `etcd://HOST:PORT/PREFIX/`",
} as const;

/** Opens the store of `--store`. Throws a `Refusal` where that cannot be done; whether etcd answers shows with the first call. */
export async function openStore(text: string, env: Terminal["env"]): Promise<Store> {
  if (/^etcds?:/.test(text)) return (await import("../../control/etcd.ts")).etcdStore(etcdOptions(text, env));
  if (/^[a-z]+:\/\//.test(text))
    throw new Refusal(
      `\`--store ${text.replace(/\/\/.*@/, "//…@")}\` is no store`,
      "write the path of a file, or `etcd://HOST:PORT/PREFIX/`",
    );
  if (text === "" || text === "-") throw new Refusal(`\`--store ${text}\` is no file`);
  const { lmdbStore } = await load(async () => import("../../control/lmdb.ts"), "lmdb", "an embedded store");
  try {
    return lmdbStore(text);
  } catch (error) {
    throw new Refusal(`${text}: ${failureOf(error)}`);
  }
}

/** `etcd://user@one:2379,two:2379/canary/`: the path is the prefix, `etcds:` is etcd over TLS, and the password comes from the environment. */
function etcdOptions(text: string, env: Terminal["env"]): EtcdStoreOptions {
  const [, secure, user, hosts = "", prefix = ""] =
    /^etcd(s)?:\/\/(?:([^@/:]+)@)?((?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?(?:,(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?)*)(?:\/([\w./-]*))?$/.exec(
      text,
    ) ?? [];
  if (hosts === "")
    throw new Refusal("`--store` is no address of etcd", "write `etcd://127.0.0.1:2379/canary/`; a password comes from $ETCD_PASSWORD");
  const endpoints = hosts.split(",").map((host) => `http${secure ?? ""}://${/:\d+$/.test(host) ? host : `${host}:2379`}`);
  const password = env["ETCD_PASSWORD"];
  return {
    endpoints,
    ...(prefix !== "" && { prefix: prefix.endsWith("/") ? prefix : `${prefix}/` }),
    ...(user !== undefined && { username: decodeURIComponent(user) }),
    ...(password !== undefined && { password }),
  };
}

/** Loads a module that needs a package which users install themselves. */
async function load<T>(module: () => Promise<T>, name: string, what: string): Promise<T> {
  try {
    return await module();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Refusal(`${what} needs the package \`${name}\`, which is not installed`, `npm install ${name}`);
  }
}
