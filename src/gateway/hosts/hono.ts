/** Aliases in Hono 4: on node, in Workers, in Bun and in Deno. */
import { createMiddleware } from "hono/factory";
import type { MiddlewareHandler } from "hono";
import type { FetchRequest } from "../../request/index.ts";
import type { CanaryOptions, Served } from "../host.ts";
import { canary as onFetch } from "./fetch.ts";

export type { CanaryOptions, Served } from "../host.ts";
export type { AffinityOptions } from "../affinity.ts";
export type { OverrideOptions } from "../override.ts";

/** What the middleware sets: `c.get("canary")`, undefined where no alias decides. */
export interface CanaryEnv {
  Variables: { canary: Served | undefined };
}

/**
 * A middleware that decides a request. The decision is `c.get("canary")`, and `c.req.raw` carries the upstream header, so that
 * `proxy(url, c.req)` of `hono/proxy` passes it on. The functions of the options take the `Request`, `c.req.raw`.
 * @throws TypeError for an option that cannot be used
 */
export function canary(options: CanaryOptions<Request, FetchRequest>): MiddlewareHandler<CanaryEnv> {
  const decide = onFetch(options);
  return createMiddleware<CanaryEnv>(async (context, next) => {
    const { served, forward, finish } = decide(context.req.raw);
    context.set("canary", served);
    context.req.raw = forward();
    await next();
    const finished = finish(context.res);
    if (finished === context.res) return;
    // What is assigned to `res` takes over the headers of the response before it, so that one is dropped first.
    context.res = undefined;
    context.res = finished;
  });
}
