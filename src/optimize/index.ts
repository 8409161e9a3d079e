/** Plan to plan: rewrites that keep every decision, a file each. */
export { optimize, type Pass, passes } from "./passes.ts";
