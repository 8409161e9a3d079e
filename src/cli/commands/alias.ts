import { isDeepStrictEqual } from "node:util";
import { jsonOf, movement, visible } from "../../index.ts";
import type { AliasAnswer, AliasBody, AliasClient, Change, Tagged } from "../../control/index.ts";
import { wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { API, API_EXITS, API_HELP, asking, clientFor, confirmed, URN } from "../files/api.ts";
import { loadAliasFile } from "../files/load.ts";
import { FORMAT } from "../formats.ts";
import { movementLines } from "../reporters/movement.ts";
import { notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { wrap } from "../terminal/style.ts";
import { plural, table } from "../terminal/table.ts";

const NAME = { name: "NAME", description: "the name of the alias" } as const;
const YES = { type: "boolean", description: "send without asking" } as const;

/** The command `alias list`. */
export const aliasList: Command = defineCommand({
  name: "alias list",
  about: ["Lists the aliases of a function, with their primary version and what else they send requests to.", API_HELP],
  arguments: [URN],
  options: { ...API, format: FORMAT },
  exits: API_EXITS,
  examples: ["canary-router alias list shop --endpoint http://127.0.0.1:8070"],
  run: async ({ values: { endpoint, format }, positionals: [urn] }, host) => {
    const client = clientFor(urn, endpoint, host);
    return asking(host, async () => {
      const aliases = await client.list(urn);
      if (format === "json") await write(host.stdout, `${jsonOf(aliases, 2)}\n`);
      else
        await write(
          host.stdout,
          table(aliases.map(rowOf), host.columns)
            .map((line) => `${line}\n`)
            .join(""),
        );
      return 0;
    });
  },
});

/** The command `alias show`. */
export const aliasShow: Command = defineCommand({
  name: "alias show",
  about: [
    "Prints an alias as JSON, as the API has it.",
    "`--history` prints its changes instead, the newest first; the cloud keeps none.",
    API_HELP,
  ],
  arguments: [URN, NAME],
  options: { ...API, history: { type: "boolean", description: "print the changes, with who made them, when, and what moved" } },
  exits: API_EXITS,
  examples: ["canary-router alias show shop live --endpoint http://127.0.0.1:8070"],
  run: async ({ values: { endpoint, history }, positionals: [urn, name = ""] }, host) => {
    const client = clientFor(urn, endpoint, host);
    return asking(host, async () => {
      const value = history ? await client.history(urn, name) : (await existing(client, urn, name)).alias;
      await write(host.stdout, `${jsonOf(value, 2)}\n`);
      return 0;
    });
  },
});

/** The command `alias diff`. */
export const aliasDiff: Command = defineCommand({
  name: "alias diff",
  about: ["Says what would move if a config took the place of what an alias says now. Nothing is sent but the question.", API_HELP],
  arguments: [URN, NAME, { name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: API,
  exits: API_EXITS,
  examples: ["canary-router alias diff shop live next.json --endpoint http://127.0.0.1:8070"],
  run: async ({ values: { endpoint }, positionals: [urn, name = "", path = ""] }, host) => {
    const client = clientFor(urn, endpoint, host);
    const next = await readBody(path, name, host);
    if (next === undefined) return 1;
    return asking(host, async () => {
      const now = await existing(client, urn, name);
      await write(host.stdout, wrap(`${lines(name, now.alias, next, host).join("\n")}\n`, host.columns));
      return 0;
    });
  },
});

/** The command `alias set`. */
export const aliasSet: Command = defineCommand({
  name: "alias set",
  about: [
    "Makes an alias say what a config says, and creates it where it is not there.",
    "Shows what moves and asks before anything is sent.",
    API_HELP,
  ],
  arguments: [URN, NAME, { name: "FILE", description: "an alias config, JSON or YAML" }],
  options: { ...API, yes: YES },
  exits: API_EXITS,
  examples: ["canary-router alias set shop live next.json --yes --endpoint http://127.0.0.1"],
  run: async ({ values: { endpoint, yes }, positionals: [urn, name = "", path = ""] }, host) => {
    const client = clientFor(urn, endpoint, host);
    if (path === "-" && !yes) throw new Refusal("the config and the answer cannot both come from standard input", "give `--yes`");
    const next = await readBody(path, name, host);
    if (next === undefined) return 1;
    return asking(host, async () => replace({ client, urn, name, yes }, await client.show(urn, name), next, host));
  },
});

/** The command `alias promote`. */
export const aliasPromote: Command = defineCommand({
  name: "alias promote",
  about: [
    "Makes the additional version of an alias its primary one, for all requests: the end of a rollout.",
    "Weights, strategies and the order go; description and stickiness stay. Shows what moves and asks before anything is sent.",
    API_HELP,
  ],
  arguments: [URN, NAME],
  options: {
    ...API,
    to: { type: "string", value: "VERSION", description: "which version, where the alias has several beside its primary" },
    yes: YES,
  },
  exits: API_EXITS,
  examples: ["canary-router alias promote shop live --endpoint http://127.0.0.1:8070 --yes"],
  run: async ({ values: { endpoint, to, yes }, positionals: [urn, name = ""] }, host) => {
    const client = clientFor(urn, endpoint, host);
    return asking(host, async () => {
      const now = await existing(client, urn, name);
      const version = promoted(now.alias, to);
      const { description, stickiness } = now.alias;
      const next: AliasBody = {
        version,
        ...(description !== undefined && { description }),
        ...(stickiness !== undefined && { stickiness }),
      };
      return replace({ client, urn, name, yes }, now, next, host);
    });
  },
});

/** The command `alias rollback`. */
export const aliasRollback: Command = defineCommand({
  name: "alias rollback",
  about: [
    "Makes an alias say what it said before: before its last change, or after the one that `--to` names.",
    "It needs the history that `canary-router control` keeps; the cloud has none. An alias that was deleted is created again. Shows what moves and asks before anything is sent.",
    API_HELP,
  ],
  arguments: [URN, NAME],
  options: {
    ...API,
    to: { type: "string", value: "REVISION", read: wholeNumber, description: "the revision, as `alias show --history` has it" },
    yes: YES,
  },
  exits: API_EXITS,
  examples: ["canary-router alias rollback shop live --endpoint http://127.0.0.1:8070 --yes"],
  run: async ({ values: { endpoint, to, yes }, positionals: [urn, name = ""] }, host) => {
    const client = clientFor(urn, endpoint, host);
    return asking(host, async () => {
      const now = await client.show(urn, name);
      const next = earlier(await client.history(urn, name), to);
      return replace({ client, urn, name, yes }, now, next, host);
    });
  },
});

/** What an alias said before its last change, or after one. */
function earlier(changes: readonly Change[], to: number | undefined): AliasBody {
  if (to === undefined) {
    const before = changes[0]?.before;
    if (before === undefined)
      throw new Refusal("the last change created the alias, so there is nothing before it", "delete it by the API, or give `--to`");
    return before;
  }
  const found = changes.find(({ revision }) => revision === to);
  if (found === undefined) throw new Refusal(`the alias has no revision \`${to}\``, "see `alias show --history`");
  if (found.after === undefined) throw new Refusal(`revision \`${to}\` deleted the alias`, "name an earlier one");
  return found.after;
}

function promoted(
  { version, additional_version_weights: weights, additional_version_strategy: strategies }: AliasAnswer,
  to: string | undefined,
): string {
  const others = [...new Set([...Object.keys(weights ?? {}), ...Object.keys(strategies ?? {})])].filter((other) => other !== version);
  const known = others.map((other) => `\`${visible(other)}\``).join(", ");
  if (to !== undefined) {
    if (others.includes(to)) return to;
    throw new Refusal(`\`${to}\` is no additional version of the alias`, known === "" ? "it has none" : `it has ${known}`);
  }
  const [only, second] = others;
  if (only === undefined) throw new Refusal("the alias has no version beside its primary", "use `alias set`");
  if (second !== undefined) throw new Refusal(`the alias has several versions beside its primary: ${known}`, "name one by `--to`");
  return only;
}

async function existing(client: AliasClient, urn: string, name: string): Promise<Tagged> {
  const found = await client.show(urn, name);
  if (found === undefined) throw new Refusal(`the function has no alias \`${visible(name)}\``, "see `alias list`");
  return found;
}

interface Replacement {
  readonly client: AliasClient;
  readonly urn: string;
  readonly name: string;
  readonly yes: boolean;
}

/** Shows what moves, asks, and sends. */
async function replace({ client, urn, name, yes }: Replacement, now: Tagged | undefined, next: AliasBody, host: Terminal): Promise<0 | 1> {
  if (now === undefined) await write(host.stdout, `creates the alias ${visible(name)} with the primary version ${visible(next.version)}\n`);
  else {
    const { name: _name, last_modified: _time, alias_urn: _urn, ...before } = now.alias;
    await write(host.stdout, wrap(`${lines(name, now.alias, next, host).join("\n")}\n`, host.columns));
    // What was read from a text has no prototype.
    if (isDeepStrictEqual(structuredClone(before), structuredClone(next))) return 0;
  }
  if (!yes && !(await confirmed("send this?", host))) {
    await notice("nothing was sent", host);
    return 1;
  }
  const alias = now === undefined ? await client.create(urn, name, next) : await client.update(urn, name, next, now.tag);
  await notice(`${alias.alias_urn} is set`, host, "green");
  return 0;
}

function lines(
  name: string,
  { name: _name, last_modified: _time, alias_urn: _urn, ...before }: AliasAnswer,
  after: AliasBody,
  host: Terminal,
): readonly string[] {
  return movementLines(movement({ name, ...before }, { name, ...after }), host.columns);
}

/** The keys that are sent; the name stands in the path. */
async function readBody(path: string, name: string, host: Terminal): Promise<AliasBody | undefined> {
  const file = await loadAliasFile(path, host);
  const written = await file?.written();
  if (file?.checked.ok !== true || written === undefined) return undefined;
  const named = file.checked.value.name;
  if (named !== undefined && named !== name)
    throw new Refusal(`the config names the alias \`${visible(named)}\`, not \`${visible(name)}\``);
  const { name: _name, last_modified: _time, alias_urn: _urn, ...body } = written.value as AliasAnswer;
  return body;
}

function rowOf(alias: AliasAnswer): readonly [string, string, string] {
  const { additional_version_weights: weights = {}, additional_version_strategy: strategies = {} } = alias;
  const parts = [
    ...Object.entries(weights ?? {}).map(([version, weight]) => `${visible(version)} ${weight} %`),
    ...Object.entries(strategies ?? {}).map(([version, { rules }]) => `${visible(version)} by ${plural(rules.length, "rule")}`),
  ];
  return [visible(alias.name), visible(alias.version), parts.join(", ")];
}
