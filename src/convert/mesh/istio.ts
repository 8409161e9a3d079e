import { pointer, type Pointer } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { AliasConfig } from "../../alias/index.ts";
import type { Plan } from "../../plan/index.ts";
import { type Document, isKind, titleOf } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { type Fields, isFields, type Reading, type Source } from "../reading.ts";
import { refuseAttributes, refuseQueryNames, refuseStickiness, Refusals } from "../refusals.ts";
import { aliasFromRoutes, alternativesOf, type Condition, type Destination, destinationsOf, type RouteEntry } from "../routes.ts";
import type { WireRequest } from "../wire.ts";
import { envoyModel } from "./envoy-model.ts";
import { cookieOfRe2, re2Cookie, re2Encoded, textOfRe2 } from "./re2.ts";

/** Istio: a VirtualService with the subsets of a DestinationRule. Its routes are a list, as rules here are. */
export const istio: Target & Source = {
  name: "istio",
  says: "Istio: a VirtualService, and a DestinationRule with a subset for each version",
  standalone: false,
  isOne: (document) => isKind(document, GROUP, "VirtualService"),
  isBeside: (document) => isKind(document, GROUP, "DestinationRule"),
  read,
  write,
};

const GROUP = "networking.istio.io/";

/** Matches of one route: Istio has no limit, and proxies get slow. */
const MOST_MATCHES = 1_000;

function read({ value, at }: Document, reading: Reading, beside: readonly Document[]): AliasConfig | undefined {
  const { spec, metadata } = reading.fields(value, at, ["apiVersion", "kind", "metadata", "spec", "status"]);
  const { http } = reading.fields(spec, `${at}/spec`, ["http"], ["hosts", "gateways", "exportTo"]);
  const routes = reading.items(http, `${at}/spec/http`).flatMap(([item, place]) => routeOf(item, place, reading) ?? []);
  const last = routes.findIndex(({ alternatives }) => alternatives.some(({ length }) => length === 0));
  if (last !== -1)
    for (const { at: place } of routes.slice(last + 1))
      reading.note(place, "route", "no request comes to it: an earlier route takes every one");
  for (const { value: rule, at: place } of beside)
    reading.note(place, titleOf(rule), "it says where the versions are, and is left to the router");
  const name = isFields(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : undefined;
  return reading.refusals.all.length > 0 ? undefined : aliasFromRoutes(name, routes, reading.refusals, reading.lossy);
}

function routeOf(item: unknown, at: Pointer, reading: Reading): RouteEntry | undefined {
  const fields = reading.fields(item, at, ["name", "match", "route"], ["timeout", "retries"]);
  const destinations = reading.items(fields["route"], `${at}/route`).flatMap(([each, place]): readonly Destination[] => {
    const { destination, weight } = reading.fields(each, place, ["destination", "weight"]) as Readonly<Record<string, unknown>>;
    const { host, subset } = reading.fields(destination, `${place}/destination`, ["host", "subset", "port"]) as Readonly<
      Record<string, unknown>
    >;
    const version = reading.text(subset ?? host, `${place}/destination`);
    const share = reading.number(weight, `${place}/weight`) ?? 0;
    return version === undefined ? [] : [{ version, weight: share }];
  });
  // One destination takes everything, with a weight or without.
  const [only, other] = destinations;
  if (only === undefined) return reading.refuse(`${at}/route`, "route", "a route without a destination", "write `route`");
  const alternatives = reading.items(fields["match"], `${at}/match`).map(([match, place]) => conditionsOf(match, place, reading));
  reading.keeps(at, "route");
  return {
    at,
    alternatives: alternatives.length === 0 ? [[]] : alternatives,
    destinations: other === undefined ? [{ ...only, weight: 1 }] : destinations,
  };
}

function conditionsOf(match: unknown, at: Pointer, reading: Reading): readonly Condition[] {
  const fields = reading.fields(match, at, ["name", "headers", "queryParams", "uri", "method", "authority", "ignoreUriCase"]);
  if (fields["ignoreUriCase"] === true)
    reading.refuse(`${at}/ignoreUriCase`, "path", "an alias compares letters as they are", "take it out");
  const found: Condition[] = [];
  const add = (field: Field, text: unknown, place: Pointer): void => {
    const value = exactOf(text, field, place, reading);
    if (value !== undefined) found.push({ field, value });
  };
  for (const [name, text] of entriesOf(fields["headers"], `${at}/headers`, reading)) {
    const place = pointer(`${at}/headers`, name);
    if (name.startsWith("@")) reading.refuse(place, `header ${name}`, "a claim of a token is no header", "put it into a header");
    else if (name !== name.toLowerCase())
      reading.refuse(place, `header ${name}`, "Istio finds names in lower case only", `write \`${name.toLowerCase()}\``);
    else if (name === "cookie") readCookie(text, place, found, reading);
    else add({ kind: "header", name }, text, place);
  }
  for (const [name, text] of entriesOf(fields["queryParams"], `${at}/queryParams`, reading)) {
    const own = isFields(text) && typeof text["regex"] === "string" ? textOfRe2(text["regex"]) : undefined;
    add({ kind: "query", name }, own === undefined ? text : { exact: own }, pointer(`${at}/queryParams`, name));
  }
  if (fields["uri"] !== undefined) {
    const { uri } = fields;
    if (!(isFields(uri) && uri["prefix"] === "/")) add({ kind: "path" }, uri, `${at}/uri`);
  }
  if (fields["method"] !== undefined) add({ kind: "method" }, fields["method"], `${at}/method`);
  if (fields["authority"] !== undefined) add({ kind: "authority" }, fields["authority"], `${at}/authority`);
  return found;
}

/** The entries of an object; none where there is no value. */
function entriesOf(value: unknown, at: Pointer, reading: Reading): readonly (readonly [string, unknown])[] {
  if (isFields(value)) return Object.entries(value);
  if (value !== undefined) reading.refuse(at, "value", "expected an object", "write names with what they are matched with");
  return [];
}

/** A regular expression for one cookie, as it is usually written, and as it is written here. */
const COOKIE = /^\^\(\.\*\??;\\?s?[*? ]*\)\?\(?([A-Za-z0-9_-]+)=((?:[A-Za-z0-9_.-]|\\[.-])+)\)?\(;\.\*\)\?\$$/;

function readCookie(text: unknown, at: Pointer, found: Condition[], reading: Reading): void {
  const regex = isFields(text) && typeof text["regex"] === "string" ? text["regex"] : "";
  const own = cookieOfRe2(regex);
  if (own !== undefined) {
    reading.keeps(at, `cookie ${own.name}`);
    found.push({ field: { kind: "cookie", name: own.name }, value: own.value });
    return;
  }
  const [, name, pattern] = COOKIE.exec(regex) ?? [];
  const value = pattern?.replaceAll("\\", "");
  if (name === undefined || value === undefined || pattern === undefined) {
    reading.refuse(at, "header cookie", "a regular expression that does not stand for one cookie", "write `^(.*;\\s*)?name=value(;.*)?$`");
    return;
  }
  found.push({ field: { kind: "cookie", name }, value });
  // It also finds a cookie that is there twice, of which an alias sees the first.
  const request: WireRequest = { method: "GET", target: "/", headers: [["cookie", `${name}=other; ${name}=${value}`]] };
  reading.lossy.push({
    at,
    construct: `cookie ${name}`,
    why: "a cookie that is there twice",
    example: { request, alias: "no match", other: "a match" },
  });
  const loose = pattern.replace(/(?<!\\)\./, "x");
  if (loose === pattern) return;
  reading.lossy.push({
    at,
    construct: `cookie ${name}`,
    why: "another character where the expression has a dot",
    example: {
      request: { ...request, headers: [["cookie", `${name}=${loose.replaceAll("\\", "")}`]] },
      alias: "no match",
      other: "a match",
    },
  });
}

function exactOf(text: unknown, field: Field, at: Pointer, reading: Reading): string | undefined {
  const fields: Fields = isFields(text) ? text : {};
  const { exact, prefix, regex } = fields as { readonly exact?: unknown; readonly prefix?: unknown; readonly regex?: unknown };
  const kind = prefix !== undefined ? "a prefix" : regex !== undefined ? "a regular expression" : "presence";
  if (typeof exact === "string") {
    reading.keeps(at, fieldName(field));
    return exact;
  }
  return reading.refuse(at, fieldName(field), `an alias compares whole values, and this is ${kind}`, "write `exact`, once for each value");
}

function write(plan: Plan): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  const { rules } = plan;
  refuseQueryNames(plan, refusals, "Envoy");
  refuseStickiness(plan, refusals, "Istio", ", or set the version in a header ahead of it");
  const host = nameOf(plan.name ?? "alias");
  const subsets = subsetsOf(plan, refusals);
  const http = rules.map(({ test, outcome }, index) => {
    const alternatives = alternativesOf(test, MOST_MATCHES);
    const first = test.matches[0]?.at ?? "";
    if (alternatives === undefined) refusals.add(first, "strategy", `more than ${MOST_MATCHES} matches`, "shorten the lists of values");
    const version = plan.outcomes[outcome]?.version ?? "";
    return {
      name: `rule-${index}`,
      match: (alternatives ?? []).map((conditions) => matchOf(conditions, first, refusals)),
      route: [{ destination: { host, subset: subsets.get(version) } }],
    };
  });
  const route = destinationsOf(plan).map(({ version, weight }) => ({ destination: { host, subset: subsets.get(version) }, weight }));
  const service = {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: host },
    spec: { hosts: [host], http: [...http, { name: "split", route }] },
  };
  const rule = {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: host },
    spec: { host, subsets: [...subsets.values()].map((name) => ({ name, labels: { version: name } })) },
  };
  const text = [service, rule].map((each) => `${JSON.stringify(each, null, 2)}\n`).join("---\n");
  return { text, refused: refusals.all, model: envoyModel(plan) };
}

function matchOf(conditions: readonly Condition[], at: Pointer, refusals: Refusals): object {
  const headers: Record<string, object> = {};
  const queryParams: Record<string, object> = {};
  const match: Record<string, object> = {};
  for (const { field, value } of conditions) {
    switch (field.kind) {
      case "header":
        headers[field.name] = { exact: value };
        break;
      case "cookie":
        if (headers["cookie"] !== undefined)
          refusals.add(at, fieldName(field), "a match has one expression for all cookies", "ask for one cookie in a strategy");
        headers["cookie"] = { regex: re2Cookie(field.name, value) };
        break;
      case "query":
        queryParams[field.name] = { regex: re2Encoded(value) };
        break;
      case "path":
        match["uri"] = { exact: value };
        break;
      case "method":
        match["method"] = { exact: value };
        break;
      case "authority":
        match["authority"] = { exact: value };
        break;
      case "attribute":
        break;
    }
  }
  return {
    ...match,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(queryParams).length > 0 && { queryParams }),
  };
}

/** The names of subsets, which are names of DNS: letters in lower case, digits and `-`. */
function subsetsOf(plan: Plan, refusals: Refusals): ReadonlyMap<string, string> {
  const subsets = new Map(plan.versions.map((version) => [version, nameOf(version)]));
  for (const [version, name] of subsets)
    if (version !== name)
      refusals.add("/version", `version ${version}`, "a subset has letters in lower case, digits and `-`", "rename the version");
  return subsets;
}

function nameOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
}
