/** The conductor: compile, explain, shares. */
export { compile, type CompileOptions } from "./compile.ts";
export { explain, formatExplanation } from "./explain.ts";
export { formatShares, shares, sharesOf } from "./shares.ts";
