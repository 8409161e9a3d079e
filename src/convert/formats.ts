import type { Target } from "./format.ts";
import { haproxy } from "./engine/haproxy.ts";
import { lua } from "./engine/lua.ts";
import { njs, quickjs } from "./engine/njs.ts";
import { nginx } from "./engine/nginx.ts";

/** What an alias can be written as. */
export const TARGETS: readonly Target[] = [haproxy, nginx, njs, lua, quickjs];
