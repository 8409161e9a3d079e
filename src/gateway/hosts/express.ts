/** Aliases in Express 5. */
import type { NodeRequest } from "../../request/index.ts";
import type { CanaryOptions, Served } from "../host.ts";
import { canary as onNode, type NodeHostRequest, type NodeHostResponse } from "./node.ts";

export type { CanaryOptions, Served } from "../host.ts";
export type { AffinityOptions } from "../affinity.ts";
export type { OverrideOptions } from "../override.ts";
export type { NodeHostRequest, NodeHostResponse } from "./node.ts";

declare global {
  namespace Express {
    interface Request {
      /** What canary-router decided; undefined where no alias decides. */
      canary?: Served | undefined;
    }
  }
}

/**
 * A middleware that decides a request and puts the decision on `request.canary`. Rules see the whole target, also where the
 * middleware is mounted on a path.
 * @throws TypeError for an option that cannot be used
 */
export function canary<Q extends NodeHostRequest & { canary?: Served | undefined }>(
  options: CanaryOptions<Q, NodeRequest>,
): (request: Q, response: NodeHostResponse, next: () => void) => void {
  const decide = onNode(options);
  return (request, response, next) => {
    request.canary = decide(request, response);
    next();
  };
}
