import type { Pointer } from "../../document/index.ts";
import { type Plan, runsOf } from "../../plan/index.ts";
import type { Model } from "../decide.ts";
import type { Target, Written } from "../format.ts";
import { refuseAttributes, refuseQueryNames, Refusals } from "../refusals.ts";
import { alternativesOf, type Condition, destinationsOf } from "../routes.ts";
import { envoyModel } from "./envoy-model.ts";
import { re2Cookie, re2Encoded } from "./re2.ts";

/**
 * Envoy: a RouteConfiguration. Its routes are a list, as rules here are, and each has the conditions of one alternative. Clusters are
 * named after the versions.
 */
export const envoy: Target = {
  name: "envoy",
  says: "Envoy: a RouteConfiguration, with a cluster for each version",
  standalone: false,
  write,
};

/** Routes of one strategy. Envoy has no limit, but tries them one after the other. */
const MOST_ROUTES = 1_000;

/** Where a trusted hop puts the slot of a sticky draw: Envoy takes a number from a header in place of its own draw. */
const SLOT_HEADER = "x-canary-slot";

function write(plan: Plan): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  refuseQueryNames(plan, refusals, "Envoy");
  const routes = plan.rules.flatMap(({ test, outcome }, index) => {
    const at = test.matches[0]?.at ?? "";
    const alternatives = alternativesOf(test, MOST_ROUTES);
    if (alternatives === undefined) refusals.add(at, "strategy", `more than ${MOST_ROUTES} routes`, "shorten the lists of values");
    return (alternatives ?? []).map((conditions, place) => ({
      name: `rule-${index}-${place}`,
      match: matchOf(conditions, at, refusals),
      route: { cluster: plan.outcomes[outcome]?.version ?? "" },
    }));
  });
  const configuration = {
    name: plan.name ?? "alias",
    virtual_hosts: [
      {
        name: plan.name ?? "alias",
        domains: ["*"],
        routes: [...routes, { name: "split", match: { prefix: "/" }, route: splitOf(plan) }],
      },
    ],
  };
  return { text: `${JSON.stringify(configuration, null, 2)}\n`, refused: refusals.all, model: modelOf(plan) };
}

/** How Envoy decides. Where the split is sticky, a request without a slot is drawn at random. */
function modelOf(plan: Plan): Model {
  const model = envoyModel(plan);
  const { split } = plan;
  return split.kind === "fixed" || split.sticky === undefined ? model : { ...model, isRandom: true, drawOf: () => Number.NaN };
}

/** Weights are slots, of 10,000. For a slot from a header they stand in the order of the slots, so that each means its version. */
function splitOf(plan: Plan): object {
  const { split } = plan;
  const sticky = split.kind === "arms" && split.sticky !== undefined;
  const runs = runsOf(plan);
  const clusters = sticky
    ? runs.map(({ until, version }, index) => ({ name: version, weight: until - (runs[index - 1]?.until ?? 0) }))
    : destinationsOf(plan).map(({ version, weight }) => ({ name: version, weight }));
  const [only, other] = clusters;
  if (only !== undefined && other === undefined) return { cluster: only.name };
  return { weighted_clusters: { clusters, ...(sticky && { header_name: SLOT_HEADER }) } };
}

function matchOf(conditions: readonly Condition[], at: Pointer, refusals: Refusals): object {
  const headers: object[] = [];
  const parameters: object[] = [];
  let path: object = { prefix: "/" };
  for (const { field, value } of conditions) {
    switch (field.kind) {
      case "header":
        // Envoy keeps the field Host as `:authority`.
        headers.push({ name: field.name === "host" ? ":authority" : field.name, string_match: exact(value) });
        break;
      case "cookie":
        headers.push({ name: "cookie", string_match: regex(re2Cookie(field.name, value)) });
        break;
      case "query":
        parameters.push({ name: field.name, string_match: value === "" ? exact("") : regex(re2Encoded(value)) });
        break;
      case "path":
        if ("path" in path) refusals.add(at, ":path", "a match has one path", "ask for one path in a strategy");
        path = { path: value };
        break;
      case "method":
      case "authority":
        headers.push({ name: `:${field.kind}`, string_match: exact(value) });
        break;
      case "attribute":
        break;
    }
  }
  return {
    ...path,
    ...(headers.length > 0 && { headers }),
    ...(parameters.length > 0 && { query_parameters: parameters }),
  };
}

const exact = (value: string): object => ({ exact: value });
const regex = (text: string): object => ({ safe_regex: { regex: text } });
