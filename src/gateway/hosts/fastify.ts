/** Aliases in Fastify 5, and in `@fastify/http-proxy`. */
import fastifyPlugin from "fastify-plugin";
import type { NodeRequest } from "../../request/index.ts";
import type { CanaryOptions, Served } from "../host.ts";
import { canary as onNode, type NodeHostRequest, type NodeHostResponse } from "./node.ts";

export type { CanaryOptions, Served } from "../host.ts";
export type { AffinityOptions } from "../affinity.ts";
export type { OverrideOptions } from "../override.ts";
export type { NodeHostRequest, NodeHostResponse } from "./node.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What canary-router decided; `null` where no alias decides. */
    canary: Served | null;
  }
}

/** What the plugin uses of an instance of Fastify. */
export interface FastifyLike {
  decorateRequest(name: string, value: null): unknown;
  addHook(name: "onRequest", hook: (request: FastifyHostRequest, reply: { readonly raw: object }, done: () => void) => void): unknown;
}

/** What the plugin uses of a request of Fastify. */
export interface FastifyHostRequest {
  readonly raw: NodeHostRequest;
  readonly originalUrl: string;
  canary: Served | null;
}

/**
 * A plugin that decides each request before it is parsed, and puts the decision on `request.canary`. The functions of the options
 * take the request of node, `request.raw`. It holds for the instance that it is registered on, and those inside of it.
 * @throws TypeError for an option that cannot be used, when it is registered
 */
export const canary: (instance: FastifyLike, options: CanaryOptions<NodeHostRequest, NodeRequest>) => Promise<void> = fastifyPlugin(
  async (instance: FastifyLike, options: CanaryOptions<NodeHostRequest, NodeRequest>): Promise<void> => {
    const decide = onNode(options);
    instance.decorateRequest("canary", null);
    instance.addHook("onRequest", (request, reply, done) => {
      request.canary = decide(request.raw, reply.raw as NodeHostResponse) ?? null;
      done();
    });
  },
  { fastify: "5.x", name: "canary-router" },
);
