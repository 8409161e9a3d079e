import { bounded, fail, type Input, isAbsent, list, pointerTo, record, shown, string, warn, words } from "../document/index.ts";
import type { RuleConfig } from "../alias/index.ts";
import type { StepRules } from "./steps.ts";
import type { Route, Track } from "./track.ts";

/** Matches of one route. */
const MOST_MATCHES = 100;

/** What can be compared in Argo and not in an alias. */
const PATTERNS = ["prefix", "regex"] as const;

/**
 * A route by headers; without `match` it is removed, as in Argo. Any of its matches is enough, but where a load balancer of AWS
 * compares. In a document of Argo, a route that an alias cannot express is told and not simulated; in our own it is refused.
 */
export function readHeaderRoute(input: Input, track: Track, rules: StepRules): void {
  if (track.strategy !== null && track.strategy !== undefined && Object.hasOwn(track.strategy, track.canary)) {
    fail(input, "header-route", `${shown(track.canary)} has a strategy already`, "add the header's rule to it with `setStrategy`");
    return;
  }
  const fields = record(input, ["name", "match"]);
  const name = fields && string(fields.name);
  if (fields === undefined || name === undefined) return;
  const at = pointerTo(input);
  const mark = (text: string): void => track.mark({ at, kind: "setHeaderRoute", text });
  if (isAbsent(fields.match)) {
    track.setRoute(name, undefined, at);
    mark(`ends the route ${shown(name)}`);
    return;
  }
  const matches = list(fields.match, { limit: MOST_MATCHES, what: "matches" });
  if (matches?.length === 0) {
    fail(fields.match, "header-route", "the route has no match", "write one, or remove the route: leave `match` out");
    return;
  }
  const read = (matches ?? []).map((match) => readMatch(match, rules));
  const patterns = read.filter((match) => match === "pattern").length;
  const found = read.flatMap((match) => (match === "pattern" || match === undefined ? [] : [match]));
  const route: Route = rules.alb ? joined(found) : { combine: "or", rules: found };
  const alone = track.routes.size === 0 || (track.routes.size === 1 && track.routes.has(name));
  if (route.combine === "and" && route.rules.length > 1 && !alone) {
    fail(input, "header-route", "a route by several headers beside another one", "simulate one of the two routes at a time");
    return;
  }
  const headers = words([...new Set(route.rules.map(({ param }) => param))], route.combine);
  if (patterns > 0) {
    track.setRoute(name, undefined, at);
    mark(`routes by patterns as ${shown(name)}, which is not simulated: the split decides such requests here`);
    return;
  }
  track.setRoute(name, route, at);
  mark(`routes requests by ${headers} to the canary as ${shown(name)}`);
}

/** A match as a rule; `pattern` where it is told of and not simulated; undefined where it is refused. */
function readMatch(match: Input, { own, alb }: StepRules): RuleConfig | "pattern" | undefined {
  const parts = record(match, ["headerName", "headerValue"]);
  const value = parts && record(parts.headerValue, ["exact", ...PATTERNS]);
  const param = parts && bounded(parts.headerName);
  if (value === undefined || param === undefined) return undefined;
  for (const key of PATTERNS) {
    if (isAbsent(value[key])) continue;
    const message = `an alias cannot compare by \`${key}\``;
    if (own) return fail(value[key], "header-route", message, "write the whole value, as `exact`");
    warn(value[key], "header-route", message, "the route is not simulated: write the whole value, as `exact`, to see it");
    return "pattern";
  }
  const exact = bounded(value.exact);
  if (exact !== undefined && alb && /[*?,]/.test(exact)) {
    warn(value.exact, "header-route", `${shown(exact)} has a wildcard, or a comma`, "the route is not simulated");
    return "pattern";
  }
  return exact === undefined ? undefined : { rule_type: "Header", param, op: "=", value: exact };
}

/** All headers, and any of the values of each. */
function joined(found: readonly RuleConfig[]): Route {
  const values = new Map<string, string[]>();
  for (const { param, value } of found) values.set(param, [...(values.get(param) ?? []), String(value)]);
  const rules = Array.from(values, ([param, all]): RuleConfig => ({
    rule_type: "Header",
    param,
    op: all.length === 1 ? "=" : "in",
    value: all.join(","),
  }));
  return { combine: "and", rules };
}
