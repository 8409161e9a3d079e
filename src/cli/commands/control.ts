import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { jsonOf } from "../../alias/surface.ts";
import { createHandler, type RequestEntry } from "../../control/index.ts";
import { addressText, isLoopback, listenAddress, percentage, wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { followCredentials } from "../files/credentials.ts";
import { openStore, STORE } from "../files/store.ts";
import { closed, listening, stopSignal } from "../listening.ts";
import { notice, Refusal, type Terminal, write } from "../terminal/host.ts";

/** The command `control`, which serves the alias API. */
export const control: Command = defineCommand({
  name: "control",
  about: [
    "Serves the alias API of FunctionGraph, as the cloud's own SDKs speak it.",
    "Aliases are created, changed and deleted by the routes of the cloud, under `/v2/PROJECT/fgs/functions/URN/aliases`, and kept in a store with every change that was made to them. `control function` prepares a function in the same store, also while the server runs.",
    'The credentials are a YAML or JSON file, `projects: [{ id, keys: [{ access, secret }], tokens: ["sha256:…"] }]`, that nobody else may read. It is read again when it changes.',
    "The server speaks HTTP without TLS. Where clients are on other machines, put a proxy with TLS in front of it that passes `Host` on as it is.",
  ],
  arguments: [],
  options: {
    listen: {
      type: "string",
      value: "HOST:PORT",
      default: "127.0.0.1:8070",
      read: listenAddress,
      description: "where to listen; port 0 takes a free one",
    },
    store: STORE,
    credentials: { type: "string", value: "CREDENTIALS", description: "the file that says who may change which project" },
    insecure: { type: "boolean", description: "everybody may do everything; on loopback only" },
    profile: {
      type: "string",
      value: "PROFILE",
      default: "functiongraph",
      choices: { functiongraph: "what the cloud takes", extended: "all that this library knows" },
      description: "what an alias may say",
    },
    region: { type: "string", value: "REGION", default: "local", read: regionName, description: "the region in the URNs of new functions" },
    preconditions: { type: "boolean", description: "take `If-Match` and `?dry_run=true`, which the cloud does not have" },
    "max-moved": {
      type: "string",
      value: "PERCENT",
      read: percentage,
      description: "refuse a change that moves more of the split than that",
    },
    rate: { type: "string", value: "N", default: "1000", read: wholeNumber, description: "requests of one project in a second" },
    log: { type: "boolean", description: "print each request as a line of JSON" },
  },
  oneOf: ["credentials", "insecure"],
  exits: {
    0: "stopped by a signal",
    1: "the credentials have errors",
    2: "wrong usage, or a file or an address that cannot be used",
  },
  examples: [
    "canary-router control --store aliases.db --credentials credentials.yaml",
    "canary-router control --store aliases.db --insecure --profile extended",
  ],
  run: async ({ values }, host) => {
    const { listen: address, profile, region, preconditions, rate, insecure } = values;
    if (insecure && !isLoopback(address.host)) {
      throw new Refusal(
        `\`--insecure\` listens on loopback only, not on \`${address.host}\``,
        "give `--credentials`, or listen on 127.0.0.1",
      );
    }
    const stop = stopSignal(host);
    const credentials =
      values.credentials === undefined ? ("insecure" as const) : await followCredentials(values.credentials, host, stop.signal);
    if (credentials === undefined) return 1;
    const store = await openStore(values.store, host.env);
    try {
      const maxMoved = values["max-moved"];
      const { listener } = createHandler(store, {
        credentials,
        profile,
        region,
        preconditions,
        rate,
        ...(maxMoved !== undefined && { maxMoved }),
        onRequest: (entry) => void tell(entry, values.log, host),
      });
      const server = await listening(createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, listener), address);
      await notice(`the alias API is at http://${addressText(server.address() as AddressInfo)}`, host, "green");
      if (!stop.signal.aborted) await once(stop.signal, "abort");
      await closed(server);
    } finally {
      stop.dispose();
      await store.close();
    }
    return 0;
  },
});

function regionName(text: string, option: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text)) return text;
  throw new Refusal(`\`${option} ${text}\` is no region`, "letters, digits, `_` and `-`, such as `cn-north-4`");
}

async function tell({ error, ...entry }: RequestEntry, log: boolean, host: Terminal): Promise<void> {
  if (error !== undefined) await notice(`${entry.requestId}: ${error instanceof Error ? error.message : String(error)}`, host, "red");
  if (log) await write(host.stdout, `${jsonOf(entry)}\n`);
}
