import type { Target } from "./format.ts";
import { haproxy } from "./engine/haproxy.ts";
import { nginx } from "./engine/nginx.ts";

/** What an alias can be written as. */
export const TARGETS: readonly Target[] = [haproxy, nginx];
