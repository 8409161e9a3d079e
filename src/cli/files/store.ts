import type { Store } from "../../control/index.ts";
import { failureOf } from "./text.ts";
import { Refusal } from "../terminal/host.ts";

/** What `--store` says in the help of commands. */
export const STORE = {
  type: "string",
  value: "STORE",
  required: true,
  description: "the file of an embedded database, which is made where it is not there",
} as const;

/** Opens the store of `--store`. Throws a `Refusal` where that cannot be done. */
export async function openStore(text: string): Promise<Store> {
  if (text === "" || text === "-") throw new Refusal(`\`--store ${text}\` is no file`);
  const { lmdbStore } = await load(async () => import("../../control/lmdb.ts"), "lmdb", "an embedded store");
  try {
    return lmdbStore(text);
  } catch (error) {
    throw new Refusal(`${text}: ${failureOf(error)}`);
  }
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
