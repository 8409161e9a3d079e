import { Hono } from "hono";
import { proxy } from "hono/proxy";
import type { AliasConfig, FetchRequest } from "../../src/index.ts";
import type * as Emit from "../../src/route/emit.ts";
import type * as Gateway from "../../src/gateway/index.ts";
import type * as OnHono from "../../src/gateway/hosts/hono.ts";
import type * as Simulate from "../../src/simulate/index.ts";
import type * as Testing from "../../src/testing/index.ts";
import { answersOf } from "../support/answers.ts";
import { casesOf, type Suite } from "../support/case.ts";
import { type Compilers, corpusAnswers } from "../support/corpus-answers.ts";

/** The entries of the package that run in every runtime, as the runtime has loaded them. */
export interface Entries extends Compilers {
  readonly emit: typeof Emit;
  readonly simulate: typeof Simulate;
  readonly testing: typeof Testing;
  readonly gateway: typeof Gateway;
  readonly hono: typeof OnHono;
}

/** A host that is asked for in the first part of a path: what it is built with, and the upstream behind it. */
export interface HostRequest {
  readonly kind: "fetch" | "hono";
  readonly upstream: string;
  readonly config: AliasConfig;
  readonly alias: string;
  readonly affinity: Gateway.AffinityOptions | undefined;
}

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * What runs inside a runtime: a handler of requests. `/answers` gives what the library answers to some of all that it does; `/corpus` takes
 * files of the corpus and answers each case; `/host/<HostRequest as base64url>/…` is a host in front of an upstream, for the rest of the path.
 */
export function appOf(entries: Entries): Handler {
  const hosts = new Map<string, Handler>();
  return async (request) => {
    const { origin, pathname, search } = new URL(request.url);
    if (pathname === "/answers") return new Response(await answersOf(entries));
    if (pathname === "/corpus") {
      const suites = JSON.parse(await request.text()) as readonly Suite[];
      return Response.json(corpusAnswers(entries, suites.flatMap(casesOf)));
    }
    const [, first, asked = "", ...rest] = pathname.split("/");
    if (first !== "host") return new Response("there is nothing here", { status: 404 });
    const known = hosts.get(asked) ?? hostOf(entries, JSON.parse(atob(asked.replaceAll("-", "+").replaceAll("_", "/"))) as HostRequest);
    hosts.set(asked, known);
    return known(new Request(`${origin}/${rest.join("/")}${search}`, request));
  };
}

function hostOf({ main, gateway, hono }: Entries, { kind, upstream, config, alias, affinity }: HostRequest): Handler {
  const table = new gateway.AliasTable({ reader: main.fetchReader });
  table.apply({ revision: 1, aliases: { shop: config } });
  const options: Gateway.CanaryOptions<Request, FetchRequest> = {
    table,
    alias,
    attributes: (request) => ({ tenant: request.headers.get("x-tenant") ?? undefined }),
    ...(affinity && { affinity }),
  };
  const target = (url: string): string => {
    const { pathname, search } = new URL(url);
    return upstream + pathname + search;
  };
  if (kind === "fetch") {
    const decide = gateway.canary(options);
    return async (request) => {
      const { forward, finish } = decide(request);
      return finish(await fetch(new Request(target(request.url), forward())));
    };
  }
  const app = new Hono();
  app.use(hono.canary(options));
  app.all("*", (c) => proxy(target(c.req.url), c.req));
  return (request) => app.fetch(request);
}
