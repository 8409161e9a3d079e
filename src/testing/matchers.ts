import type { Pointer } from "../document/index.ts";
import { nodeReader, type NodeRequest, type RequestParts, toRequest } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { type Decision, interpret, type Route } from "../backend/index.ts";
import { formatExplanation, sharesOf } from "../route/index.ts";

/** A request as node has it, or its parts: cookies and the query by name, headers in any case. */
export type TestRequest = NodeRequest | RequestParts;

/** What a matcher tells its runner: Vitest and Jest take the same. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Matchers for `expect.extend`. They look at what a route means, its `plan`; random draws are never taken. */
export interface RouteMatchers<R = unknown> {
  /** The version for this request: for the draw that is given, or for every draw. */
  toRoute(request: TestRequest, version: Version, draw?: number): R;
  /** The percent of draws that each version gets, exactly. A version that is left out gets nothing. */
  toSplit(request: TestRequest, percents: { readonly [version: Version]: number }): R;
  /** The place in the config that decides: `/additional_version_strategy/v2`. */
  toDecideBy(request: TestRequest, at: Pointer, draw?: number): R;
}

/** The matchers as functions of what `expect` was given. */
export const matchers: {
  readonly toRoute: (route: unknown, request: TestRequest, version: Version, draw?: number) => Verdict;
  readonly toSplit: (route: unknown, request: TestRequest, percents: { readonly [version: Version]: number }) => Verdict;
  readonly toDecideBy: (route: unknown, request: TestRequest, at: Pointer, draw?: number) => Verdict;
} = {
  toRoute: (route, request, version, draw) => {
    const shares = sharesFor(route, request, draw);
    return verdict(
      route,
      request,
      draw,
      shares[version] === SLOTS,
      `answer ${version}${draw === undefined ? " for every draw" : ""}`,
      sharesText(shares),
    );
  },
  toSplit: (route, request, percents) => {
    const shares = sharesFor(route, request, undefined);
    const versions = new Set([...Object.keys(shares), ...Object.keys(percents)]);
    const pass = [...versions].every((version) => (shares[version] ?? 0) / 100 === (percents[version] ?? 0));
    const wanted = Object.entries(percents).map(([version, percent]) => `${version} ${percent} %`);
    return verdict(route, request, undefined, pass, `split as ${wanted.join(", ")}`, sharesText(shares));
  },
  toDecideBy: (route, request, at, draw) => {
    const decision = decisionFor(route, request, draw);
    return verdict(route, request, draw, decision.at === at, `decide by ${at}`, `${decision.at} (${decision.reason}, ${decision.version})`);
  },
};

function routeOf(value: unknown): Route {
  if (typeof value === "function" && "plan" in value) return value as unknown as Route;
  throw new TypeError("expected a route: give `expect` what `compile` returns");
}

function requestOf(request: TestRequest): NodeRequest {
  return toRequest(request as RequestParts);
}

function sharesFor(route: unknown, request: TestRequest, draw: number | undefined): Readonly<Record<Version, number>> {
  return sharesOf(routeOf(route).plan, nodeReader, requestOf(request), draw);
}

function decisionFor(route: unknown, request: TestRequest, draw: number | undefined): Decision {
  return interpret(routeOf(route).plan, nodeReader, requestOf(request), draw, () => 0).decision;
}

function sharesText(shares: Readonly<Record<Version, number>>): string {
  const some = Object.entries(shares).filter(([, slots]) => slots > 0);
  return some.map(([version, slots]) => (some.length === 1 ? version : `${version} ${slots / 100} %`)).join(", ");
}

function verdict(route: unknown, request: TestRequest, draw: number | undefined, pass: boolean, wanted: string, got: string): Verdict {
  return {
    pass,
    message: () => {
      const explained = formatExplanation(interpret(routeOf(route).plan, nodeReader, requestOf(request), draw, () => 0));
      return `expected the route ${pass ? "not " : ""}to ${wanted}, got ${got}\n\n${explained}`;
    },
  };
}
