import { Fault, services } from "../../control/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { openStore, STORE } from "../files/store.ts";
import { notice, Refusal, write } from "../terminal/host.ts";

/** The command `control function`, which prepares a function in a store. */
export const controlFunction: Command = defineCommand({
  name: "control function",
  about: [
    "Prepares a function and its versions for the alias API.",
    "Makes the function where the store has none, and publishes those of the versions that it has not. It works while a server has the same store open.",
  ],
  arguments: [{ name: "URN", description: "`urn:fss:REGION:PROJECT:function:PACKAGE:NAME`" }],
  options: {
    store: STORE,
    versions: {
      type: "string",
      value: "VERSIONS",
      multiple: true,
      list: true,
      description: "the versions that it must have, with commas between them; `latest` is always there",
    },
    profile: {
      type: "string",
      value: "PROFILE",
      default: "functiongraph",
      choices: { functiongraph: "names that the cloud takes", extended: "names that this library knows" },
      description: "which names of versions are taken",
    },
  },
  exits: {
    0: "the function has these versions",
    1: "the URN or a version is none, or the function has too many versions",
    2: "wrong usage, or a store that cannot be opened",
  },
  examples: ["canary-router control function urn:fss:a:p:function:default:shop --store a.db"],
  run: async ({ values: { store: text, versions, profile }, positionals: [urn] }, host) => {
    const fields = urn.split(":");
    if (fields.length !== 7 || fields[0] !== "urn") {
      throw new Refusal(`\`${urn}\` is no full URN of a function`, "write `urn:fss:REGION:PROJECT:function:PACKAGE:NAME`");
    }
    const store = await openStore(text, host.env);
    try {
      const terms = { profile, region: fields[2] ?? "", now: new Date(), who: "control function" };
      const record = await services(store)(fields[3] ?? "", terms).prepareFunction(
        urn,
        versions.filter((version) => version !== ""),
      );
      await write(host.stdout, `${urn}: ${["latest", ...record.versions.map(({ name }) => name)].join(", ")}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await notice(`${error.code}: ${error.message}`, host, "red");
      return 1;
    } finally {
      await store.close();
    }
  },
});
