import { type Pointer, shown, sound } from "../document/index.ts";
import { nodeReader, type NodeRequest, type RequestParts, toRequest } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { isDraw } from "../plan/index.ts";
import { type Decision, interpret, type Route } from "../backend/index.ts";
import { formatExplanation, formatShares, sharesOf } from "../route/index.ts";
import { judgeAll, lawFailure } from "./judge-laws.ts";
import type { ConditionConfig, LawConfig, ScopeConfig } from "./law.ts";
import { parseSuite } from "./suite.ts";

/** A request as node has it, or its parts: cookies and the query by name, headers in any case. */
export type TestRequest = NodeRequest | RequestParts;

/** What a matcher returns to its runner: the same for Vitest and Jest. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Matchers for `expect.extend`. They look at the `plan` of a route, so no result depends on a random draw. */
export interface RouteMatchers<R = unknown> {
  /** Passes if the request gets this version: for the given draw, or for every draw if none is given. */
  toRoute(request: TestRequest, version: Version, draw?: number): R;
  /** Passes if each version gets exactly this percent of the draws. A version that is not listed must get nothing. */
  toSplit(request: TestRequest, percents: { readonly [version: Version]: number }): R;
  /** Passes if this place in the config decides: `/additional_version_strategy/v2`. */
  toDecideBy(request: TestRequest, at: Pointer, draw?: number): R;
  /** Passes if it is proved that every request like `when` gets this version, for every draw. Throws where nothing is proved or refuted. */
  toAlwaysRoute(when: ConditionConfig | ScopeConfig, version: Version): R;
  /** Passes if it is proved that no request like `when` gets this version. */
  toNeverRoute(when: ConditionConfig | ScopeConfig, version: Version): R;
  /** Passes if it is proved that no request gets more than this percent of the version. */
  toRouteAtMost(version: Version, percent: number, scope?: ScopeConfig): R;
  /** Passes if it is proved that requests with one value of the key, such as `header x-user-id`, get one version. */
  toKeepVersionOf(key: string, scope?: ScopeConfig): R;
}

/** The matchers as functions. The first argument is the value that was passed to `expect`. */
export const matchers: {
  readonly toRoute: (route: unknown, request: TestRequest, version: Version, draw?: number) => Verdict;
  readonly toSplit: (route: unknown, request: TestRequest, percents: { readonly [version: Version]: number }) => Verdict;
  readonly toDecideBy: (route: unknown, request: TestRequest, at: Pointer, draw?: number) => Verdict;
  readonly toAlwaysRoute: (route: unknown, when: ConditionConfig | ScopeConfig, version: Version) => Verdict;
  readonly toNeverRoute: (route: unknown, when: ConditionConfig | ScopeConfig, version: Version) => Verdict;
  readonly toRouteAtMost: (route: unknown, version: Version, percent: number, scope?: ScopeConfig) => Verdict;
  readonly toKeepVersionOf: (route: unknown, key: string, scope?: ScopeConfig) => Verdict;
} = {
  toRoute: (route, request, version, draw) => {
    const shares = sharesFor(route, request, draw);
    return verdict(
      route,
      request,
      draw,
      shares[version] === SLOTS,
      `answer ${version}${draw === undefined ? " for every draw" : ""}`,
      formatShares(Object.entries(shares)),
    );
  },
  toSplit: (route, request, percents) => {
    const shares = sharesFor(route, request, undefined);
    const versions = new Set([...Object.keys(shares), ...Object.keys(percents)]);
    const pass = [...versions].every((version) => (shares[version] ?? 0) / 100 === (percents[version] ?? 0));
    const wanted = Object.entries(percents).map(([version, percent]) => `${version} ${percent} %`);
    return verdict(route, request, undefined, pass, `split as ${wanted.join(", ")}`, formatShares(Object.entries(shares)));
  },
  toDecideBy: (route, request, at, draw) => {
    const decision = decisionFor(route, request, draw);
    return verdict(route, request, draw, decision.at === at, `decide by ${at}`, `${decision.at} (${decision.reason}, ${decision.version})`);
  },
  toAlwaysRoute: (route, when, version) => lawVerdict(route, { always: { ...scopeOf(when), version } }),
  toNeverRoute: (route, when, version) => lawVerdict(route, { never: { ...scopeOf(when), version } }),
  toRouteAtMost: (route, version, percent, scope = {}) => lawVerdict(route, { at_most: { ...scope, version, share: percent } }),
  toKeepVersionOf: (route, key, scope = {}) => lawVerdict(route, { keeps: { ...scope, key } }),
};

/** A condition, or a scope with `when` and `unless`. An empty condition is every request. */
function scopeOf(when: ConditionConfig | ScopeConfig): ScopeConfig {
  if ("when" in when || "unless" in when || Object.keys(when).length === 0) return when as ScopeConfig;
  return { when: when as ConditionConfig };
}

function lawVerdict(route: unknown, config: LawConfig): Verdict {
  const { laws } = sound(parseSuite({ laws: [config] }, { alias: routeOf(route).plan }));
  const [judged] = judgeAll(laws);
  if (judged === undefined) throw new TypeError("expected a route: give `expect` what `compile` returns");
  const { law, result } = judged;
  const failure = lawFailure(law, result);
  if (failure !== undefined && result.kind !== "refuted") throw new Error(failure.message);
  return {
    pass: failure === undefined,
    message: () =>
      failure === undefined
        ? `expected the law to be refuted, and it is proved: ${law.title}`
        : `${failure.message}\n\n${failure.explanation}`,
  };
}

function routeOf(value: unknown): Route {
  if (typeof value === "function" && "plan" in value) return value as unknown as Route;
  throw new TypeError("expected a route: give `expect` what `compile` returns");
}

function requestOf(request: TestRequest): NodeRequest {
  return toRequest(request as RequestParts);
}

/** @throws RangeError for a draw that is none: no route could be meant by it */
function checkDraw(draw: number | undefined): void {
  if (draw !== undefined && !isDraw(draw)) throw new RangeError(`${shown(draw)} is no draw: give a number from 0 up to, not including, 1`);
}

function sharesFor(route: unknown, request: TestRequest, draw: number | undefined): Readonly<Record<Version, number>> {
  checkDraw(draw);
  return sharesOf(routeOf(route).plan, nodeReader, requestOf(request), draw);
}

function decisionFor(route: unknown, request: TestRequest, draw: number | undefined): Decision {
  checkDraw(draw);
  return interpret(routeOf(route).plan, nodeReader, requestOf(request), draw, () => 0).decision;
}

function verdict(route: unknown, request: TestRequest, draw: number | undefined, pass: boolean, wanted: string, got: string): Verdict {
  return {
    pass,
    message: () => {
      const explained = formatExplanation(
        interpret(routeOf(route).plan, nodeReader, requestOf(request), draw, () => 0),
        true,
      );
      return `expected the route ${pass ? "not " : ""}to ${wanted}, got ${got}\n\n${explained}`;
    },
  };
}
