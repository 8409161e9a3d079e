import type { RouteConfig } from "./config.ts";

/** Finds the route of a host and a path: that of the host before those of every host, and of several the one with the longest path. */
export type FindRoute<R> = (host: string, path: string) => R | undefined;

/** Prepares the look-up. Paths are compared as they are sent: nothing is decoded or resolved. */
export function routeFinder<R extends Pick<RouteConfig, "host" | "path">>(routes: readonly R[]): FindRoute<R> {
  const byHost = new Map<string | undefined, R[]>();
  for (const route of routes.toSorted((one, other) => other.path.length - one.path.length))
    byHost.set(route.host, [...(byHost.get(route.host) ?? []), route]);
  const everywhere = byHost.get(undefined) ?? [];
  return (host, path) =>
    byHost.get(host)?.find((route) => matches(route.path, path)) ?? everywhere.find((route) => matches(route.path, path));
}

/** `/a` matches `/a` and `/a/b`, and not `/ab`. */
function matches(prefix: string, path: string): boolean {
  if (prefix === "/") return true;
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);
}
