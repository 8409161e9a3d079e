import { pointer, type Pointer, shown } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { AliasConfig } from "../../alias/index.ts";
import type { Plan, Test } from "../../plan/index.ts";
import { libraryModel, type Model } from "../decide.ts";
import type { Document } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { isFields, type Reading, type Source } from "../reading.ts";
import { refuseAttributes, refuseStickiness, Refusals } from "../refusals.ts";
import { aliasFromRoutes, type Condition, type Destination, destinationsOf, productOf, type RouteEntry } from "../routes.ts";
import { linesOf, readByNode, type WireRequest } from "../wire.ts";

/**
 * APISIX: a route with the plugin `traffic-split`, whose rules are a list, as rules here are. Upstreams are named after the versions; the
 * primary is the upstream of the route itself.
 */
export const apisix: Target & Source = {
  name: "apisix",
  says: "APISIX: a route with the plugin traffic-split, and an upstream for each version",
  standalone: false,
  isOne: ({ plugins }) => isFields(plugins) && "traffic-split" in plugins,
  read,
  write,
};

/** Upstreams of one rule, by the schema of the plugin. */
const MOST_UPSTREAMS = 20;

function write(plan: Plan): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  refuseStickiness(plan, refusals, "APISIX", ", or write a `lua` module");
  const [primary = ""] = plan.versions;
  const upstream = (version: string, weight: number): object => ({ ...(version !== primary && { upstream_id: version }), weight });
  const rules = plan.rules.map(({ test, outcome }) => ({
    match: alternativesOf(test, refusals).map((vars) => ({ vars })),
    weighted_upstreams: [upstream(plan.outcomes[outcome]?.version ?? "", 1)],
  }));
  const destinations = destinationsOf(plan).filter(({ weight }) => weight > 0);
  if (destinations.length > MOST_UPSTREAMS)
    refusals.add("/additional_version_weights", "split", `a rule has ${MOST_UPSTREAMS} upstreams at most`, "split between fewer versions");
  const divisor = destinations.reduce((all, { weight }) => greatestDivisor(all, weight), 0);
  const split = { weighted_upstreams: destinations.map(({ version, weight }) => upstream(version, weight / divisor)) };
  // Versions that only rules name are upstreams too, and must be there in APISIX under these ids, as all of them must.
  const route = { upstream_id: primary, plugins: { "traffic-split": { rules: [...rules, split] } } };
  for (const version of plan.versions)
    if (!/^[a-zA-Z0-9-_.]{1,64}$/.test(version))
      refusals.add(
        "/version",
        `version ${version}`,
        "an id of APISIX has letters, digits, `-`, `_` and `.`, at most 64",
        "rename the version",
      );
  return { text: `${JSON.stringify(route, null, 2)}\n`, refused: refusals.all, model: modelOf(plan) };
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

/** A list of conditions that all hold, one for each alternative. */
function alternativesOf({ kind, matches }: Test, refusals: Refusals): readonly (readonly unknown[])[] {
  const conditions = matches.map(({ field, values, at }) => conditionOf(field, values, at, refusals));
  return kind === "all" ? [conditions] : conditions.map((each) => [each]);
}

function conditionOf(field: Field, values: readonly string[], at: Pointer, refusals: Refusals): unknown {
  if (field.kind === "path") return [REQUEST_TARGET, "~~", pathPattern(values)];
  const name = variableOf(field, at, refusals);
  return values.length === 1 ? [name, "==", values[0]] : [name, "in", values];
}

const REQUEST_TARGET = "request_uri";

/** An expression for a request target whose path is one of these. */
function pathPattern(paths: readonly string[]): string {
  return `^(?:${paths.map(pcreLiteral).join("|")})(?:\\?|$)`;
}

/** The paths of an expression that `pathPattern` wrote; undefined for another one. */
function pathsIn(expression: string): readonly string[] | undefined {
  const [, list] = /^\^\(\?:(.+)\)\(\?:\\\?\|\$\)$/.exec(expression) ?? [];
  const paths = list?.split("|").map((literal) => {
    const bytes = literal.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return new TextDecoder().decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
  });
  return paths !== undefined && pathPattern(paths) === expression ? paths : undefined;
}

/** A text that a regular expression of PCRE means, byte by byte. */
function pcreLiteral(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return bytes.map((unit) => (/[0-9A-Za-z/_-]/.test(unit) ? unit : `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`)).join("");
}

/** The variable that has a field. Those of headers have `_` for `-`. */
function variableOf(field: Field, at: Pointer, refusals: Refusals): string {
  const plain = (name: string, pattern: RegExp): string => {
    if (!pattern.test(name))
      refusals.add(at, fieldName(field), "no variable of APISIX has that name", "rename it with letters, digits and `_`");
    return name;
  };
  switch (field.kind) {
    case "header":
      return `http_${plain(field.name, /^[a-z0-9-]+$/).replaceAll("-", "_")}`;
    case "cookie":
      return `cookie_${plain(field.name, /^[A-Za-z0-9_-]+$/)}`;
    case "query":
      return `arg_${plain(field.name, /^[A-Za-z0-9_-]+$/)}`;
    case "method":
      return "request_method";
    case "authority":
      return "http_host";
    case "path":
      return REQUEST_TARGET;
    case "attribute":
      return field.name;
  }
}

/**
 * What APISIX sees, by its source (`apisix/core/ctx.lua`, 3.x) and that of lua-resty-cookie: the first line of a header, whose name folds `-`
 * and `_`; the last cookie of a name; and of a query the first parameter, where one without `=` is no text.
 */
function modelOf(plan: Plan): Model {
  const read = (field: Field, request: WireRequest): string | undefined => {
    switch (field.kind) {
      case "header": {
        const folded = field.name.replaceAll("_", "-");
        const line = request.headers.find(([name]) => name.toLowerCase().replaceAll("_", "-") === folded);
        return line && linesOf({ ...request, headers: [[folded, line[1]]] }, folded)[0];
      }
      case "cookie": {
        const [line] = linesOf(request, "cookie");
        const pairs = (line ?? "").split(";").toReversed();
        for (const pair of pairs) {
          const value = readByNode(field, { ...request, headers: [["cookie", pair]] });
          if (value !== undefined) return value;
        }
        return undefined;
      }
      case "query": {
        const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(request.target) ?? [];
        const pair = query.split("&").find((each) => readByNode(field, { ...request, target: `/?${each}` }) !== undefined);
        return pair?.includes("=") === true ? readByNode(field, { ...request, target: `/?${pair}` }) : undefined;
      }
      case "path":
      case "method":
      case "authority":
      case "attribute":
        return readByNode(field, request);
    }
  };
  return { ...libraryModel(plan), read };
}

/** Which requests come to a route, which an alias does not say. */
const SCOPE = ["uri", "uris", "host", "hosts", "methods", "priority", "status"];

function read({ value, at: top }: Document, reading: Reading): AliasConfig | undefined {
  const known = ["id", "name", "desc", "plugins", "upstream", "upstream_id", "create_time", "update_time", "labels"];
  const route = reading.fields(value, top, known, SCOPE);
  const plugins = reading.fields(route["plugins"], `${top}/plugins`, ["traffic-split"]);
  const at = `${top}/plugins/traffic-split`;
  const { rules } = reading.fields(plugins["traffic-split"], at, ["rules"], ["_meta"]);
  const own = isFields(route["upstream"]) ? route["upstream"]["name"] : undefined;
  const primary = reading.text(route["upstream_id"] ?? own, `${top}/upstream_id`) ?? "primary";
  const entries = reading.items(rules, `${at}/rules`).flatMap(([item, place]) => entryOf(item, place, primary, reading) ?? []);
  // A request that no rule takes goes to the upstream of the route.
  const all = [...entries, { at, alternatives: [[]], destinations: [{ version: primary, weight: 1 }] }];
  const name = reading.text(route["name"], `${top}/name`);
  if (reading.refusals.all.length > 0) return undefined;
  return aliasFromRoutes(name !== undefined && /^[A-Za-z][\w-]*$/.test(name) ? name : undefined, all, reading.refusals, reading.lossy);
}

function entryOf(item: unknown, at: Pointer, primary: string, reading: Reading): RouteEntry | undefined {
  const { match, weighted_upstreams: upstreams } = reading.fields(item, at, ["match", "weighted_upstreams"]);
  if (Array.isArray(match) && match.length === 0)
    return reading.refuse(`${at}/match`, "match", "an empty match takes over what came of the rule ahead of it", "take the key out");
  const alternatives = reading
    .items(match, `${at}/match`)
    .flatMap(([each, place]) => alternativesIn(reading.fields(each, place, ["vars"])["vars"], `${place}/vars`, reading));
  const destinations = reading.items(upstreams, `${at}/weighted_upstreams`).flatMap(([each, place]): readonly Destination[] => {
    const fields = reading.fields(each, place, ["upstream_id", "upstream", "weight"]);
    const inline = isFields(fields["upstream"]) ? fields["upstream"]["name"] : undefined;
    if (fields["upstream"] !== undefined && inline === undefined)
      return (
        reading.refuse(`${place}/upstream`, "upstream", "an upstream without a name", "give it a `name`, which becomes the version") ?? []
      );
    const version = reading.text(fields["upstream_id"] ?? inline, place) ?? primary;
    return [{ version, weight: reading.number(fields["weight"], `${place}/weight`) ?? 1 }];
  });
  reading.keeps(at, "rule");
  if (destinations.length === 0)
    return reading.refuse(`${at}/weighted_upstreams`, "upstreams", "a rule without an upstream", "write `weighted_upstreams`");
  return { at, alternatives: match === undefined ? [[]] : alternatives, destinations };
}

/** What a list of conditions asks for, as alternatives: `["OR", …]` has one for each of its conditions. */
function alternativesIn(vars: unknown, at: Pointer, reading: Reading): readonly (readonly Condition[])[] {
  const items = reading.items(vars, at);
  const [first] = items;
  if (first === undefined) return [[]];
  const [operator] = first;
  if (operator === "AND" || operator === "OR") {
    const each = items.slice(1).map(([item, place]) => valuesOf(item, place, reading));
    return operator === "OR" ? each.flat().map((condition) => [condition]) : productOf(each);
  }
  if (typeof operator === "string" && operator.startsWith("!")) {
    reading.refuse(at, `operator ${operator}`, "an alias has no negation", "write what is wanted");
    return [];
  }
  return productOf(items.map(([item, place]) => valuesOf(item, place, reading)));
}

/** A condition, once for each of its values. */
function valuesOf(item: unknown, at: Pointer, reading: Reading): readonly Condition[] {
  if (!Array.isArray(item) || item.length !== 3 || typeof item[0] !== "string" || typeof item[1] !== "string") {
    reading.refuse(at, "condition", "expected a variable, an operator and a value", 'write `["http_x_user", "==", "a"]`');
    return [];
  }
  const [variable, operator, value] = item as unknown as readonly [string, string, unknown];
  const paths = typeof value === "string" && variable === REQUEST_TARGET && operator === "~~" ? pathsIn(value) : undefined;
  if (paths !== undefined) return paths.map((each) => ({ field: { kind: "path" }, value: each }));
  const field = fieldIn(variable);
  if (field === undefined) {
    reading.refuse(pointer(at, 0), `variable ${variable}`, "an alias has no such field", "put it into a header ahead of APISIX");
    return [];
  }
  const values = operator === "in" && Array.isArray(value) ? (value as readonly unknown[]) : operator === "==" ? [value] : undefined;
  if (values === undefined) {
    reading.refuse(pointer(at, 1), `operator ${operator}`, "an alias compares whole values", "write `==`, or `in` with a list");
    return [];
  }
  return values.flatMap((each): readonly Condition[] => {
    if (typeof each === "string") return [{ field, value: each }];
    reading.refuse(pointer(at, 2), fieldName(field), `${shown(String(each))} is compared as a number`, "write it in quotes");
    return [];
  });
}

function fieldIn(variable: string): Field | undefined {
  const [, prefix, name = ""] = /^(http|cookie|arg)_(.+)$/.exec(variable) ?? [];
  if (variable === "http_host") return { kind: "authority" };
  if (variable === "request_method") return { kind: "method" };
  switch (prefix) {
    case "http":
      return { kind: "header", name: name.toLowerCase().replaceAll("_", "-") };
    case "cookie":
      return { kind: "cookie", name };
    case "arg":
      return { kind: "query", name };
    default:
      return undefined;
  }
}
