// Routes with constraints, a strategy for each field, which reads it from the request as it is. `find` is asked for a constant
// path: that the router also finds the path is not counted against it. The routes for `or` are one for each rule.
// It cannot: sticky and random splits (the handler would do it, and does after the rules of W6), more than 31
// constrained routes for a path (W3), and two rules of an `and` on one field (W9).

import findMyWay from "find-my-way";
import { arms, cookie, cookieNames, headerNames, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";

const MOST = 31;

/** A strategy of the router's: the values of one field, each with its handlers. */
function strategy(name, read) {
  return {
    name,
    storage() {
      const handlers = new Map();
      return { get: (value) => handlers.get(value) ?? null, set: (value, handler) => handlers.set(value, handler) };
    },
    deriveConstraint: read,
    mustMatchWhenDerived: false,
  };
}

/** Every combination of the rules' values: what one `and` is, in a router that compares for equality alone. */
function combinations(rules) {
  const [first, ...rest] = rules;
  if (first === undefined) return [{}];
  return first.values.flatMap((value) => combinations(rest).map((others) => ({ [first.key]: value, ...others })));
}

export function prepare({ config }) {
  const tried = strategies(config);
  if (tried.length === 0 || stickyHeader(config) !== undefined) return undefined;
  const headers = headerNames(config);
  const cookies = cookieNames(config);
  const several = tried.some(({ all, rules }) => all && new Set(rules.map(({ param }) => param)).size < rules.length);
  if (several || tried.some(({ rules }) => rules.some(({ values }) => values.length > MOST))) return undefined;
  const key = ({ cookie: isCookie, param }) => (isCookie ? `c${cookies.indexOf(param)}` : `h${headers.indexOf(param)}`);
  const routes = tried.flatMap(({ version, all, rules }) => {
    const keyed = rules.map((rule) => ({ key: key(rule), values: rule.values }));
    const constraints = all ? combinations(keyed) : keyed.flatMap((rule) => combinations([rule]));
    return constraints.map((each) => ({ version, constraints: each }));
  });
  if (routes.length > MOST) return undefined;

  const router = findMyWay({
    constraints: Object.fromEntries([
      ...headers.map((name, n) => [`h${n}`, strategy(`h${n}`, (request) => request.headers[name])]),
      ...cookies.map((name, n) => [`c${n}`, strategy(`c${n}`, (request) => cookie(request.headers.cookie, name))]),
    ]),
  });
  for (const { version, constraints } of routes) router.on("GET", "/", { constraints }, () => version);
  const parts = arms(config);
  router.on("GET", "/", (draw) => {
    if (parts.length === 0) return config.version;
    let slot = 100 * (draw === undefined ? Math.random() : draw);
    for (const { version, percent } of parts) if ((slot -= percent) < 0) return version;
    return config.version;
  });
  const { constrainer } = router;
  return (request, draw) => router.find("GET", "/", constrainer.deriveConstraints(request)).handler(draw);
}
