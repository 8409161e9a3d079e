import { pointer, type Pointer } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { AliasConfig } from "../../alias/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Target, Written } from "../format.ts";
import { type Fields, isFields, isKind, type Reading, type Source } from "../reading.ts";
import { refuseAttributes, refuseQueryNames, refuseStickiness, Refusals } from "../refusals.ts";
import { aliasFromRoutes, alternativesOf, type Condition, type Destination, destinationsOf, type RouteEntry } from "../routes.ts";
import type { WireRequest } from "../wire.ts";
import { envoyModel } from "./envoy-model.ts";
import { re2Cookie, re2Encoded } from "./re2.ts";

/** Istio: a VirtualService with the subsets of a DestinationRule. Its routes are a list, as rules here are. */
export const istio: Target & Source = {
  name: "istio",
  says: "Istio: a VirtualService, and a DestinationRule with a subset for each version",
  standalone: false,
  detect: (value) => documentsOf(value).some((each) => isKind(each, "networking.istio.io/", "VirtualService")),
  read,
  write,
};

function documentsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** Matches of one route: Istio has no limit, and proxies get slow. */
const MOST_MATCHES = 1_000;

function read(value: unknown, reading: Reading): AliasConfig | undefined {
  const documents = documentsOf(value);
  const services = documents.filter((each) => isKind(each, "networking.istio.io/", "VirtualService"));
  const [service, second] = services;
  if (service === undefined) return undefined;
  if (second !== undefined) return reading.refuse("", "VirtualService", "several virtual services", "convert them one by one");
  const at = Array.isArray(value) ? pointer("", documents.indexOf(service)) : "";
  const { spec } = reading.fields(service, at, ["apiVersion", "kind", "metadata", "spec", "status"]) as Readonly<Record<string, unknown>>;
  const { http } = reading.fields(spec, `${at}/spec`, ["hosts", "gateways", "http", "exportTo"]) as Readonly<Record<string, unknown>>;
  const routes = reading.items(http, `${at}/spec/http`).flatMap(([item, place]) => routeOf(item, place, reading) ?? []);
  for (const { at: place } of routes.slice(routes.findIndex(({ alternatives }) => alternatives.some(({ length }) => length === 0)) + 1))
    reading.keeps(place, "route that no request comes to");
  const { metadata } = service;
  const name = isFields(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : undefined;
  return reading.refusals.all.length > 0 ? undefined : aliasFromRoutes(name, routes, reading.refusals, reading.lossy);
}

function routeOf(item: unknown, at: Pointer, reading: Reading): RouteEntry | undefined {
  const fields = reading.fields(item, at, ["name", "match", "route", "timeout", "retries"]);
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
  for (const [name, text] of entriesOf(fields["headers"])) {
    const place = pointer(`${at}/headers`, name);
    if (name.startsWith("@")) reading.refuse(place, `header ${name}`, "a claim of a token is no header", "put it into a header");
    else if (name !== name.toLowerCase())
      reading.refuse(place, `header ${name}`, "Istio finds names in lower case only", `write \`${name.toLowerCase()}\``);
    else if (name === "cookie") readCookie(text, place, found, reading);
    else add({ kind: "header", name }, text, place);
  }
  for (const [name, text] of entriesOf(fields["queryParams"])) add({ kind: "query", name }, text, pointer(`${at}/queryParams`, name));
  if (fields["uri"] !== undefined) {
    const { uri } = fields;
    if (!(isFields(uri) && uri["prefix"] === "/")) add({ kind: "path" }, uri, `${at}/uri`);
  }
  if (fields["method"] !== undefined) add({ kind: "method" }, fields["method"], `${at}/method`);
  if (fields["authority"] !== undefined) add({ kind: "authority" }, fields["authority"], `${at}/authority`);
  return found;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isFields(value) ? Object.entries(value) : [];
}

/** A regular expression for one cookie, as it is usually written, and as it is written here. */
const COOKIE = /^\^\(\.\*\??;\\?s?[*? ]*\)\?\(?([A-Za-z0-9_-]+)=([A-Za-z0-9_.-]+)\)?\(;\.\*\)\?\$$/;

function readCookie(text: unknown, at: Pointer, found: Condition[], reading: Reading): void {
  const regex = isFields(text) && typeof text["regex"] === "string" ? text["regex"] : "";
  const written = /^\(\?:.*\)\*\[ \\t\]\*([A-Za-z0-9_-]+)\[ \\t\]\*=\[ \\t\]\*([A-Za-z0-9_.-]+)\[ \\t\]\*\(\?:;\.\*\)\?$/.exec(regex);
  const [, name, value] = written ?? COOKIE.exec(regex) ?? [];
  if (name === undefined || value === undefined) {
    reading.refuse(at, "header cookie", "a regular expression that does not stand for one cookie", "write `^(.*;\\s*)?name=value(;.*)?$`");
    return;
  }
  found.push({ field: { kind: "cookie", name }, value });
  if (written !== null) return;
  // It also finds a cookie that is there twice, of which an alias sees the first.
  const request: WireRequest = { method: "GET", target: "/", headers: [["cookie", `${name}=other; ${name}=${value}`]] };
  reading.lossy.push({
    at,
    construct: `cookie ${name}`,
    why: "a cookie that is there twice",
    example: { request, alias: "no match", other: "a match" },
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
