/** Threads of node for `simulate`: the only part of the simulation that needs node. The surface of `canary-router/simulate/workers`. */
export { workers } from "./workers.ts";
