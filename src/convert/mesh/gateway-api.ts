import type { Pointer } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { AliasConfig } from "../../alias/index.ts";
import type { Plan } from "../../plan/index.ts";
import { libraryModel } from "../decide.ts";
import { type Document, isKind } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { type Fields, isFields, type Reading, type Source } from "../reading.ts";
import { refuseAttributes, refuseStickiness, Refusals } from "../refusals.ts";
import { aliasFromRoutes, alternativesOf, type Condition, destinationsOf, type RouteEntry } from "../routes.ts";
import { readByNode } from "../wire.ts";

/**
 * Gateway API: an HTTPRoute. Which of its rules counts is not their order: an exact path comes first, then a method, then the number of
 * headers, then that of parameters, and only then the order.
 */
export const gatewayApi: Target & Source = {
  name: "gateway-api",
  says: "Gateway API: an HTTPRoute",
  standalone: false,
  isOne: (document) => isKind(document, "gateway.networking.k8s.io/", "HTTPRoute"),
  read,
  write,
};

/** The limits of the API. */
const MOST = { rules: 16, matches: 64, all: 128, headers: 16 } as const;

function read({ value, at: place }: Document, reading: Reading): AliasConfig | undefined {
  const { spec, metadata } = reading.fields(value, place, ["apiVersion", "kind", "metadata", "spec", "status"]);
  const { rules } = reading.fields(spec, `${place}/spec`, ["rules"], ["parentRefs", "hostnames"]);
  const entries = reading.items(rules, `${place}/spec/rules`).flatMap(([rule, at]) => entriesOf(rule, at, reading));
  // A stable sort: what is alike stays in the order of the list.
  const sorted = entries.toSorted((a, b) => compare(b.rank, a.rank));
  const routes: RouteEntry[] = [];
  for (const { at, conditions, destinations } of sorted) {
    const last = routes.at(-1);
    if (last !== undefined && last.at === at) routes[routes.length - 1] = { ...last, alternatives: [...last.alternatives, conditions] };
    else routes.push({ at, alternatives: [conditions], destinations });
  }
  const name = isFields(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : undefined;
  return reading.refusals.all.length > 0 ? undefined : aliasFromRoutes(name, routes, reading.refusals, reading.lossy);
}

interface Entry {
  readonly at: Pointer;
  readonly conditions: readonly Condition[];
  readonly destinations: RouteEntry["destinations"];
  readonly rank: readonly number[];
}

function entriesOf(rule: unknown, at: Pointer, reading: Reading): readonly Entry[] {
  const fields = reading.fields(rule, at, ["name", "matches", "backendRefs"], ["timeouts"]);
  const destinations = reading.items(fields["backendRefs"], `${at}/backendRefs`).flatMap(([each, place]) => {
    const { name, weight } = reading.fields(each, place, ["name", "weight", "port", "kind", "group", "namespace"]) as Readonly<
      Record<string, unknown>
    >;
    const version = reading.text(name, `${place}/name`);
    return version === undefined ? [] : [{ version, weight: reading.number(weight, `${place}/weight`) ?? 1 }];
  });
  if (destinations.length === 0) reading.refuse(`${at}/backendRefs`, "rule", "a rule without a backend answers 500", "write `backendRefs`");
  reading.keeps(at, "rule");
  const matches = reading.items(fields["matches"], `${at}/matches`);
  return (matches.length === 0 ? [[{}, `${at}/matches`] as const] : matches).map(([match, place]) => {
    const conditions = conditionsOf(match, place, reading);
    return { at, conditions, destinations, rank: rankOf(conditions) };
  });
}

function rankOf(conditions: readonly Condition[]): readonly number[] {
  return (["path", "method", "header", "query"] as const).map((kind) => conditions.filter(({ field }) => field.kind === kind).length);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, each] of a.entries()) if (each !== b[index]) return each - (b[index] ?? 0);
  return 0;
}

function conditionsOf(match: unknown, at: Pointer, reading: Reading): readonly Condition[] {
  const fields = reading.fields(match, at, ["path", "method", "headers", "queryParams"]);
  const found: Condition[] = [];
  const { path } = fields;
  if (path !== undefined) {
    const { type = "PathPrefix", value = "/" } = reading.fields(path, `${at}/path`, ["type", "value"]) as Readonly<Record<string, unknown>>;
    if (type === "Exact" && typeof value === "string") found.push({ field: { kind: "path" }, value });
    else if (type !== "PathPrefix" || value !== "/")
      reading.refuse(`${at}/path`, ":path", "an alias compares whole paths", "write the type `Exact`, or the prefix `/`");
  }
  const method = reading.text(fields["method"], `${at}/method`);
  if (method !== undefined) found.push({ field: { kind: "method" }, value: method });
  for (const kind of ["header", "query"] as const) {
    const key = kind === "header" ? "headers" : "queryParams";
    const seen = new Set<string>();
    for (const [item, place] of reading.items(fields[key], `${at}/${key}`)) {
      const { type = "Exact", name, value } = reading.fields(item, place, ["type", "name", "value"]) as Readonly<Record<string, unknown>>;
      const text = typeof name === "string" ? (kind === "header" ? name.toLowerCase() : name) : "";
      const field: Field = { kind, name: text };
      if (seen.has(text)) reading.note(place, fieldName(field), "it is ignored: an earlier one has the same name");
      else if (type !== "Exact" || typeof value !== "string")
        reading.refuse(
          place,
          fieldName(field),
          "an alias compares whole values, and this is a regular expression",
          "write the type `Exact`",
        );
      else found.push({ field, value });
      seen.add(text);
    }
  }
  return found;
}

/** The methods that the schema of an HTTPRoute knows. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

function write(plan: Plan): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  const { rules } = plan;
  refuseStickiness(plan, refusals, "a gateway", ", or set the version in a header ahead of it");
  const made = rules.map(({ test, outcome }) => {
    const at = test.matches[0]?.at ?? "";
    const alternatives = alternativesOf(test, MOST.matches);
    if (alternatives === undefined)
      refusals.add(at, "strategy", `a rule has ${MOST.matches} matches at most`, "shorten the lists of values");
    for (const { field, at: place, values } of test.matches) {
      if (field.kind === "cookie" || field.kind === "authority")
        refusals.add(place, fieldName(field), "an HTTPRoute looks at paths, methods, headers and parameters", "put it into a header");
      if (field.kind === "method" && !values.every((value) => METHODS.includes(value)))
        refusals.add(place, fieldName(field), `an HTTPRoute has these methods only: ${METHODS.join(", ")}`, "take the others out");
    }
    return { at, alternatives: alternatives ?? [], version: plan.outcomes[outcome]?.version ?? "" };
  });
  if (made.length + 1 > MOST.rules)
    refusals.add("/additional_version_strategy", "strategies", `a route has ${MOST.rules} rules at most`, "keep fewer strategies");
  if (made.reduce((sum, { alternatives }) => sum + alternatives.length, 0) >= MOST.all)
    refusals.add("/additional_version_strategy", "strategies", `a route has fewer than ${MOST.all} matches`, "shorten the lists of values");
  // A later rule of which a match is more specific would be asked first.
  made.forEach(({ alternatives, at, version }, index) => {
    for (const later of made.slice(index + 1))
      if (
        later.version !== version &&
        later.alternatives.some((one) => alternatives.some((other) => compare(rankOf(one), rankOf(other)) > 0 && canMeet(one, other)))
      )
        refusals.add(at, "order", "a later strategy is more specific, and a gateway asks it first", "put the more specific strategy first");
  });
  const backend = (version: string, weight?: number): object => ({ name: version, port: 80, ...(weight !== undefined && { weight }) });
  const route = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: nameOf(plan.name ?? "alias") },
    spec: {
      rules: [
        ...made.map(({ alternatives, version }) => ({ matches: alternatives.map(matchOf), backendRefs: [backend(version)] })),
        { backendRefs: destinationsOf(plan).map(({ version, weight }) => backend(version, weight)) },
      ],
    },
  };
  for (const version of plan.versions)
    if (version !== nameOf(version))
      refusals.add(
        "/version",
        `version ${version}`,
        "a backend is a service, with letters in lower case, digits and `-`",
        "rename the version",
      );
  // What a repeated header is, is left to each gateway: one that takes the first is shown here.
  const read = (field: Field, request: Parameters<typeof readByNode>[1]): string | undefined =>
    field.kind === "header" ? request.headers.find(([name]) => name.toLowerCase() === field.name)?.[1].trim() : readByNode(field, request);
  return { text: `${JSON.stringify(route, null, 2)}\n`, refused: refusals.all, model: { ...libraryModel(plan), read } };
}

/** Whether a request may have all of some conditions and all of others. */
function canMeet(one: readonly Condition[], other: readonly Condition[]): boolean {
  return one.every(({ field, value }) => other.every((each) => fieldName(each.field) !== fieldName(field) || each.value === value));
}

function matchOf(conditions: readonly Condition[]): Fields {
  const of = (kind: "header" | "query"): readonly object[] =>
    conditions.flatMap(({ field, value }) => (field.kind === kind ? [{ type: "Exact", name: field.name, value }] : []));
  const path = conditions.find(({ field }) => field.kind === "path");
  const method = conditions.find(({ field }) => field.kind === "method");
  const [headers, queryParams] = [of("header"), of("query")];
  return {
    ...(path !== undefined && { path: { type: "Exact", value: path.value } }),
    ...(method !== undefined && { method: method.value }),
    ...(headers.length > 0 && { headers }),
    ...(queryParams.length > 0 && { queryParams }),
  };
}

function nameOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
}
