import { shown } from "../document/index.ts";
import type { AliasChange } from "./aliases.ts";
import { Fault } from "./fault.ts";
import { type ChangeOptions, type Service, tagOf } from "./service.ts";

/** A request once its path is read: what its route needs. */
export interface Call {
  readonly service: Service;
  /** The parts of the path that stand in braces in its pattern. */
  readonly path: Readonly<Record<"function_urn" | "alias_name" | "trigger_type_code" | "trigger_id", string>>;
  readonly query: ReadonlyMap<string, string>;
  readonly body: string;
  /** The value of `If-Match`, where the service takes it. */
  readonly ifMatch: string | undefined;
}

/** What a route answers: a status, and a value for JSON; no body where it is undefined. */
export interface Answer {
  readonly status: number;
  readonly value?: unknown;
  /** Computed only where it is sent. */
  readonly tag?: () => string;
}

/** One operation of the API. */
export interface ApiRoute {
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With braces around what differs. */
  readonly pattern: string;
  /** The parameters of the query that it takes. */
  readonly query: readonly string[];
  readonly hasBody: boolean;
  /** Whether it takes `If-Match`. */
  readonly matches?: boolean;
  readonly run: (call: Call) => Promise<Answer>;
}

const FUNCTIONS = "/v2/{project_id}/fgs/functions";
const FUNCTION = `${FUNCTIONS}/{function_urn}`;
const ALIASES = `${FUNCTION}/aliases`;
const ALIAS = `${ALIASES}/{alias_name}`;
const TRIGGERS = "/v2/{project_id}/fgs/triggers/{function_urn}";
const PAGE = ["marker", "maxitems"] as const;

/** Every operation that is served, by the names of the SDK; the history is this service's own. */
export const ROUTES: readonly ApiRoute[] = [
  {
    operation: "createVersionAlias",
    method: "POST",
    pattern: ALIASES,
    query: ["dry_run"],
    hasBody: true,
    run: async ({ service, path, query, body }) => {
      const options = optionsOf(query);
      return changed(await service.createAlias(path.function_urn, body, options), options);
    },
  },
  {
    operation: "updateVersionAlias",
    method: "PUT",
    pattern: ALIAS,
    query: ["dry_run"],
    hasBody: true,
    matches: true,
    run: async ({ service, path, query, body, ifMatch }) => {
      const options = { ...optionsOf(query), ifMatch };
      return changed(await service.updateAlias(path.function_urn, path.alias_name, body, options), options);
    },
  },
  {
    operation: "showVersionAlias",
    method: "GET",
    pattern: ALIAS,
    query: [],
    hasBody: false,
    run: async ({ service, path }) => {
      const alias = await service.showAlias(path.function_urn, path.alias_name);
      return { status: 200, value: alias, tag: () => tagOf(alias) };
    },
  },
  {
    operation: "listVersionAliases",
    method: "GET",
    pattern: ALIASES,
    query: [],
    hasBody: false,
    run: async ({ service, path }) => ({ status: 200, value: await service.listAliases(path.function_urn) }),
  },
  {
    operation: "deleteVersionAlias",
    method: "DELETE",
    pattern: ALIAS,
    query: ["dry_run"],
    hasBody: false,
    matches: true,
    run: async ({ service, path, query, ifMatch }) => {
      await service.deleteAlias(path.function_urn, path.alias_name, { ...optionsOf(query), ifMatch });
      return { status: 204 };
    },
  },
  {
    operation: "listAliasHistory",
    method: "GET",
    pattern: `${ALIAS}/history`,
    query: ["limit", "before"],
    hasBody: false,
    run: async ({ service, path, query }) => {
      const limit = countOf(query, "limit", 100, 1000);
      const before = query.has("before") ? countOf(query, "before", 0, Number.MAX_SAFE_INTEGER) : undefined;
      return { status: 200, value: await service.aliasHistory(path.function_urn, path.alias_name, limit, before) };
    },
  },
  {
    operation: "createFunction",
    method: "POST",
    pattern: FUNCTIONS,
    query: [],
    hasBody: true,
    run: async ({ service, body }) => ({ status: 200, value: await service.createFunction(body) }),
  },
  {
    operation: "listFunctions",
    method: "GET",
    pattern: FUNCTIONS,
    query: PAGE,
    hasBody: false,
    run: async ({ service, query }) => ({ status: 200, value: pageOf("functions", await service.listFunctions(), query) }),
  },
  {
    operation: "showFunctionConfig",
    method: "GET",
    pattern: `${FUNCTION}/config`,
    query: [],
    hasBody: false,
    run: async ({ service, path }) => ({ status: 200, value: await service.showFunction(path.function_urn) }),
  },
  {
    operation: "deleteFunction",
    method: "DELETE",
    pattern: FUNCTION,
    query: [],
    hasBody: false,
    run: async ({ service, path }) => {
      await service.deleteFunction(path.function_urn);
      return { status: 204 };
    },
  },
  {
    operation: "createFunctionVersion",
    method: "POST",
    pattern: `${FUNCTION}/versions`,
    query: [],
    hasBody: true,
    run: async ({ service, path, body }) => ({ status: 200, value: await service.publishVersion(path.function_urn, body) }),
  },
  {
    operation: "listFunctionVersions",
    method: "GET",
    pattern: `${FUNCTION}/versions`,
    query: PAGE,
    hasBody: false,
    run: async ({ service, path, query }) => ({
      status: 200,
      value: pageOf("versions", await service.listVersions(path.function_urn), query),
    }),
  },
  {
    operation: "createFunctionTrigger",
    method: "POST",
    pattern: TRIGGERS,
    query: [],
    hasBody: true,
    run: async ({ service, path, body }) => ({ status: 201, value: await service.createTrigger(path.function_urn, body) }),
  },
  {
    operation: "listFunctionTriggers",
    method: "GET",
    pattern: TRIGGERS,
    query: [],
    hasBody: false,
    run: async ({ service, path }) => ({ status: 200, value: await service.listTriggers(path.function_urn) }),
  },
  {
    operation: "deleteFunctionTrigger",
    method: "DELETE",
    pattern: `${TRIGGERS}/{trigger_type_code}/{trigger_id}`,
    query: [],
    hasBody: false,
    run: async ({ service, path }) => {
      await service.deleteTrigger(path.function_urn, path.trigger_type_code, path.trigger_id);
      return { status: 204 };
    },
  },
];

/** Parameters of the query that this service has and the cloud has not. */
export const OWN_PARAMETERS: ReadonlySet<string> = new Set(["dry_run"]);

function optionsOf(query: ReadonlyMap<string, string>): ChangeOptions {
  const text = query.get("dry_run");
  if (text !== undefined && text !== "true" && text !== "false") {
    throw new Fault("FSS.1001", `\`dry_run\` is \`true\` or \`false\`, not ${shown(text)}`);
  }
  return { dryRun: text === "true" };
}

function changed({ alias, moved, warnings }: AliasChange, { dryRun = false }: ChangeOptions): Answer {
  if (!dryRun) return { status: 200, value: alias, tag: () => tagOf(alias) };
  return { status: 200, value: { alias, ...(moved !== undefined && { moved }), diagnostics: warnings } };
}

/** A whole number of the query. */
function countOf(query: ReadonlyMap<string, string>, name: string, otherwise: number, most: number): number {
  const text = query.get(name);
  if (text === undefined) return otherwise;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= most) return count;
  throw new Fault("FSS.1001", `\`${name}\` is a whole number, at most ${most}: ${shown(text)}`);
}

/** One page of a list; `marker` counts the items before it. */
function pageOf<T>(name: string, items: readonly T[], query: ReadonlyMap<string, string>): unknown {
  const from = countOf(query, "marker", 0, Number.MAX_SAFE_INTEGER);
  const limit = countOf(query, "maxitems", 400, 1000);
  const page = items.slice(from, from + limit);
  return { [name]: page, next_marker: from + page.length, count: items.length };
}
